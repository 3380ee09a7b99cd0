import { isRtfsError, type Limits, type Value } from '@rtfs/core'
import type {
  FunctionExample,
  ModuleVerifier,
  PreparedModule,
  ProgramRunner,
  VerificationCheck,
  VerificationRequest,
} from '@rtfs/interfaces'
import { createBytecodeTier, createRuntime, type Session } from '@rtfs/runtime'
import { checkProgram } from './check.js'
import { differentialCheck } from './differential.js'
import { runExample } from './examples.js'
import { pureExecution } from './execution.js'
import { type FunctionInfo, functionsOf } from './functions.js'
import type { Bytecode } from './wasm.js'

/** Limits of the runs that verify a module, well below those of a program. */
export const verificationLimits: Partial<Limits> = { deadlineMs: 5000, fuel: 1e8 }

/**
 * Verifies a function before it is signed: types, the identity of source and claims, the tests of its module in every
 * tier, its examples in the evaluator, in the IR runtime and on the very bytes that are published, and generated cases,
 * for which evaluator and bytes have to agree. Nothing is granted: an example that needs an effect fails.
 */
export function createVerifier(bytecode: Bytecode): ModuleVerifier {
  return {
    async verify(request) {
      const checks: VerificationCheck[] = []
      const prepared = bytecode.executor.prepare(request.bytes, {
        imports: request.imports,
        exports: [request.exportName],
      })
      const compiled = callerOfModule(prepared, request.exportName)
      if (request.source === undefined) {
        checks.push(check('source', false, 0, 'the source is needed to verify a module'))
      } else {
        const { info, result } = typeCheck(request, request.source)
        checks.push(result)
        if (info !== undefined) {
          for (const tier of ['ast', 'ir'] as const) {
            const session = await sessionOf(request.source, tier)
            const tests = await testsCheck(session, tier, info.module)
            if (tests !== undefined) checks.push(tests)
            const call = await callerOf(session, info, tier)
            checks.push(await examplesCheck(tier, request.examples, call))
            if (tier === 'ast' && info.effects.length === 0) {
              checks.push(await differentialCheck(request.interface, request.codeHash, call, compiled))
            }
          }
          const tests = await compiledTestsCheck(bytecode, request.source, info.module)
          if (tests !== undefined) checks.push(tests)
        }
      }
      checks.push(await examplesCheck('wasm', request.examples, compiled))
      return { verifier: { id: 'rtfs-sdk', version: '3' }, checks }
    },
  }
}

/** Runs a caller's examples on a candidate of the cache, under limits and without grants. */
export function createRunner(bytecode: Bytecode): ProgramRunner {
  return {
    async runExamples({ bytes, imports, exportName, examples }) {
      const prepared = bytecode.executor.prepare(bytes, { imports, exports: [exportName] })
      const call = callerOfModule(prepared, exportName)
      const outcomes = []
      for (const example of examples) {
        try {
          outcomes.push(await runExample(example, call))
        } catch (error) {
          if (!isRtfsError(error)) throw error
          outcomes.push({ passed: false, detail: error.message })
        }
      }
      return outcomes
    },
  }
}

/** The source checks, and has a function that is what the request claims. */
function typeCheck(
  request: VerificationRequest,
  source: string,
): { readonly info: FunctionInfo | undefined; readonly result: VerificationCheck } {
  const failed = (detail: string) => ({ info: undefined, result: check('types', false, 1, detail) })
  const checked = checkProgram(createRuntime(), source)
  const error = checked.diagnostics.find(item => item.severity === 'error')
  if (error !== undefined || checked.unit === undefined)
    return failed(error?.message ?? 'the source does not parse')
  const info = functionsOf(checked.unit).find(
    each => each.interfaceHash === request.interfaceHash && each.codeHash === request.codeHash,
  )
  if (info === undefined) return failed('the source has no function with this interface and this code')
  return { info, result: check('types', true, 1, `${info.signature}, no conflicts`) }
}

type Caller = (args: readonly Value[], fuel?: number) => Value | Promise<Value>

async function sessionOf(source: string, tier: 'ast' | 'ir'): Promise<Session> {
  const session = createRuntime({ limits: verificationLimits }).session()
  await session.run(source, { tier })
  return session
}

async function callerOf(
  session: Session,
  { symbol, module }: FunctionInfo,
  tier: 'ast' | 'ir',
): Promise<Caller> {
  if (module !== undefined) await session.run(`(import ${module})`, { tier })
  return async (args, fuel) => (await session.call(symbol, args, { tier, ...limitsWith(fuel) })).value
}

function callerOfModule(prepared: PreparedModule, exportName: string): Caller {
  return (args, fuel) =>
    prepared.call(exportName, args, pureExecution({ ...verificationLimits, ...limitsWith(fuel).limits }))
}

function limitsWith(fuel: number | undefined): { readonly limits?: Partial<Limits> } {
  return fuel === undefined ? {} : { limits: { fuel } }
}

/**
 * The tests of the module in compiled code, of the whole text: tests are no part of what is published. `undefined` without
 * tests; a text that the backend does not cover as a whole is named, and no failure.
 */
async function compiledTestsCheck(
  { backend, executor }: Bytecode,
  source: string,
  module: string | undefined,
): Promise<VerificationCheck | undefined> {
  if (!/\(\s*deftest\b/.test(source)) return undefined
  const runtime = createRuntime({
    limits: verificationLimits,
    tiers: [() => createBytecodeTier(backend, executor)],
  })
  const session = runtime.session()
  try {
    await session.run(source, { tier: 'wasm', fallback: false })
    return await testsCheck(session, 'wasm', module)
  } catch (error) {
    if (!isRtfsError(error, 'UnsupportedError')) throw error
    return check('tests wasm', true, 0, `not run: ${error.message}`)
  }
}

/** The `deftest`s of the module, if it has any; those that need an effect cannot be run here. */
async function testsCheck(
  session: Session,
  tier: 'ast' | 'ir' | 'wasm',
  module: string | undefined,
): Promise<VerificationCheck | undefined> {
  const name = `tests ${tier}`
  let passed = 0
  let effects = 0
  for (const test of await session.runTests({ tier })) {
    if (test.module !== module) continue
    if (test.error === undefined) passed++
    else if (isRtfsError(test.error) && test.error.value?.kind === 'SecurityViolation') effects++
    else {
      const reason = isRtfsError(test.error) ? test.error.message : 'an unexpected fault'
      return check(name, false, passed + 1, `${test.name}: ${reason}`)
    }
  }
  if (passed + effects === 0) return undefined
  const detail = passed === 0 ? 'none could be run' : 'all pass'
  return check(
    name,
    true,
    passed,
    effects === 0 ? detail : `${detail}; ${effects} need effects and were not run`,
  )
}

async function examplesCheck(
  tier: string,
  examples: readonly FunctionExample[],
  call: Caller,
): Promise<VerificationCheck> {
  const name = `examples ${tier}`
  for (const [index, example] of examples.entries()) {
    const outcome = await runExample(example, call)
    if (!outcome.passed) return check(name, false, index + 1, outcome.detail)
  }
  return check(name, true, examples.length, examples.length === 0 ? 'no examples to run' : 'all as expected')
}

function check(name: string, passed: boolean, cases: number, detail: string): VerificationCheck {
  return { name, passed, cases, detail }
}
