import { formatValue, isRtfsError, Keyword, type RtfsMap, type Type, type Value } from '@rtfs/core'
import type { VerificationCheck } from '@rtfs/interfaces'
import { parseType } from '@rtfs/parser'
import { seededNumbers, valueOfType } from './arguments.js'

/** Calls a function of one tier under a limit of fuel. */
export type LimitedCaller = (args: readonly Value[], fuel: number) => Value | Promise<Value>

const cases = 24
const fuelOfCase = 50_000

/**
 * Cases made of the parameter types, the same for the same code: the evaluator, which says what the language means,
 * against the compiled bytes. Values and kinds of errors have to be equal.
 */
export async function differentialCheck(
  signature: string,
  seed: string,
  evaluator: LimitedCaller,
  compiled: LimitedCaller,
): Promise<VerificationCheck> {
  const name = 'generated'
  const { type } = parseType(signature)
  if (type?.kind !== 'function') throw new Error(`not a function type: ${signature}`)
  const random = seededNumbers(seed)
  let run = 0
  let undecided = 0
  for (let i = 0; i < cases; i++) {
    const args = argumentsOf(type, random)
    if (args === undefined) continue
    let expected = await outcomeOf(evaluator, args, fuelOfCase)
    let got = await outcomeOf(compiled, args, fuelOfCase)
    // One that stops just before the limit may be on the other side of it elsewhere: give the slower one more.
    if (expected.spent !== got.spent) {
      if (expected.spent) expected = await outcomeOf(evaluator, args, fuelOfCase * 2)
      else got = await outcomeOf(compiled, args, fuelOfCase * 2)
    }
    if (expected.undecided || got.undecided) {
      undecided++
      continue
    }
    run++
    if (expected.text === got.text) continue
    const said = args.map(arg => formatValue(arg, shown)).join(' ')
    const detail = `(${said}) is ${expected.text.slice(0, 200)} in the evaluator, ${got.text.slice(0, 200)} compiled`
    return { name, passed: false, cases: run, detail }
  }
  const detail = run === 0 ? 'no arguments of these types can be made' : 'evaluator and compiled code agree'
  return {
    name,
    passed: true,
    cases: run,
    detail: undecided === 0 ? detail : `${detail}; ${undecided} ran out of time or memory`,
  }
}

const shown = { maxLength: 120, ellipsis: '…' }

function argumentsOf(type: Extract<Type, { kind: 'function' }>, random: () => number): Value[] | undefined {
  const params = [...type.params]
  if (type.rest !== undefined) {
    for (let left = Math.floor(random() * 3); left > 0; left--) params.push(type.rest)
  }
  const values = params.map(param => valueOfType(param, random))
  return values.includes(undefined) ? undefined : (values as Value[])
}

interface Outcome {
  readonly text: string
  /** Stopped by the limit of fuel. */
  readonly spent: boolean
  /** Stopped by something that does not follow from the program alone, or not covered by the tier. */
  readonly undecided: boolean
}

async function outcomeOf(call: LimitedCaller, args: readonly Value[], fuel: number): Promise<Outcome> {
  try {
    return { text: formatValue(await call(args, fuel)), spent: false, undecided: false }
  } catch (error) {
    if (!isRtfsError(error)) throw error
    const { value } = error
    if (error.code === 'UnsupportedError') return { text: error.code, spent: false, undecided: true }
    if (value === undefined) throw error
    if (value.kind !== 'BudgetExhausted') return { text: `! ${value.kind}`, spent: false, undecided: false }
    const spent = isFuel(value.details)
    return { text: '! BudgetExhausted', spent, undecided: !spent }
  }
}

function isFuel(data: RtfsMap): boolean {
  return [...data].some(([, value]) => value instanceof Keyword && value.name === 'fuel')
}
