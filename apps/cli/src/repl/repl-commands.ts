import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { defaultLimits, formatType, formatValue, isRtfsError, type Limits } from '@rtfs/core'
import { formatUnit, infer, inferEffects, lower, type Unit } from '@rtfs/ir'
import { printProgram } from '@rtfs/parser'
import { reasonOf } from '@rtfs/sdk/files'
import { bytecode } from '../bytecode.js'
import { UsageError } from '../failure.js'
import { tiers } from '../flags.js'
import { watOf } from '../wat.js'
import { documentationOf } from './documentation.js'
import type { ReplSession } from './repl-session.js'

/** What commands need of the prompt that they were typed at. */
export interface Prompt {
  readonly session: ReplSession
  readonly cwd: string
  readonly print: (text: string) => void
  /** RTFS text, with colours where there are any. */
  readonly paint: (text: string) => string
  /** Runs an entry as if it had been typed; `timed` says how long it took. */
  readonly evaluate: (text: string, timed: boolean) => Promise<void>
  readonly load: (file: string) => Promise<void>
  /** Prints the last value, all of it. */
  readonly printAll: () => void
  readonly reportLast: () => void
  readonly quit: () => void
}

interface ReplCommand {
  /** What stands behind the name. */
  readonly takes: string
  readonly about: string
  readonly run: (argument: string, prompt: Prompt) => Promise<void> | void
}

/** The commands of the prompt, by name. Any other keyword is a keyword. */
export const replCommands: ReadonlyMap<string, ReplCommand> = new Map<string, ReplCommand>([
  [':help', { takes: '', about: 'this list', run: (_, prompt) => prompt.print(helpText()) }],
  [':doc', { takes: 'NAME', about: 'what a name is: type, text, examples', run: doc }],
  [':type', { takes: 'FORM', about: 'the type that the checker gives a form', run: type }],
  [':ast', { takes: 'FORM', about: 'the form with its macros expanded', run: showAst }],
  [':ir', { takes: 'FORM', about: 'what the form is lowered to', run: showIr }],
  [':wat', { takes: 'FORM', about: 'the WebAssembly of a form', run: showWat }],
  [
    ':time',
    {
      takes: 'FORM',
      about: 'runs a form and says what it took',
      run: (text, prompt) => prompt.evaluate(requireForm(text, ':time'), true),
    },
  ],
  [
    ':explain',
    { takes: '[FORM]', about: 'type, effects and tiers of a form; alone: the last error', run: explain },
  ],
  [':tier', { takes: '[TIER]', about: `which tier runs entries: ${tiers.join(', ')}`, run: tier }],
  [
    ':load',
    {
      takes: 'FILE',
      about: 'runs a file in this session',
      run: (file, prompt) => prompt.load(requireForm(file, ':load')),
    },
  ],
  [':save', { takes: 'FILE', about: 'writes the definitions of this session to a file', run: save }],
  [':limits', { takes: '[NAME N]', about: 'limits of an entry; sets one: :limits fuel 1e6', run: limits }],
  [':all', { takes: '', about: 'prints the last value, all of it', run: (_, prompt) => prompt.printAll() }],
  [':reset', { takes: '', about: 'forgets every definition', run: reset }],
  [':quit', { takes: '', about: 'ends the session (Ctrl-D does, too)', run: (_, prompt) => prompt.quit() }],
])

function helpText(): string {
  const rows = [...replCommands].map(
    ([name, { takes, about }]) => `  ${`${name} ${takes}`.padEnd(18)} ${about}`,
  )
  return [
    'Type a form; Enter runs it when it is whole, and makes a new line while it is open.',
    ...rows,
    '  *1 *2 *3 *e        the last three values, the last error',
    'Tab completes, Up and Ctrl-R recall, Alt-Enter breaks a line, Ctrl-C stops what runs.',
  ].join('\n')
}

function requireForm(text: string, command: string): string {
  if (text !== '') return text
  throw new UsageError(`${command} takes ${replCommands.get(command)?.takes}`)
}

function doc(name: string, { session, print, paint }: Prompt): void {
  const text = documentationOf(requireForm(name, ':doc'), session, paint)
  print(text ?? `nothing is known about ${name}`)
}

/** A form lowered together with all definitions before it. */
function loweredOf(text: string, command: string, session: ReplSession): { unit: Unit; own: number } {
  const parsed = session.parse(requireForm(text, command))
  return { unit: lower(session.programWith(parsed)).unit, own: parsed.program.forms.length }
}

function typeText(text: string, command: string, session: ReplSession): string {
  const { unit } = loweredOf(text, command, session)
  const last = infer(unit).unit.forms.at(-1)
  return last === undefined ? ':nil' : formatType(last.type)
}

function type(text: string, { session, print, paint }: Prompt): void {
  print(paint(typeText(text, ':type', session)))
}

function showAst(text: string, { session, print, paint }: Prompt): void {
  print(paint(printProgram(session.parse(requireForm(text, ':ast')).program).trimEnd()))
}

function showIr(text: string, { session, print }: Prompt): void {
  const { unit, own } = loweredOf(text, ':ir', session)
  print(formatUnit({ ...unit, forms: unit.forms.slice(-own) }, { brief: true }))
}

async function showWat(text: string, { session, print }: Prompt): Promise<void> {
  const { unit } = loweredOf(text, ':wat', session)
  const { backend } = await bytecode()
  print((await watOf(backend.compile(unit, { program: true, closed: true }).bytes)).trimEnd())
}

async function explain(text: string, prompt: Prompt): Promise<void> {
  const { session, print, paint } = prompt
  if (text === '') {
    if (session.lastError === undefined) print('no error so far; :explain FORM looks at a form')
    else prompt.reportLast()
    return
  }
  const { unit } = loweredOf(text, ':explain', session)
  const effects = new Set([...inferEffects(unit).values()].flat())
  print(`type     ${paint(typeText(text, ':explain', session))}`)
  print(`effects  ${effects.size === 0 ? 'none known in the definitions' : [...effects].join(', ')}`)
  print(
    `tier     ${session.tier === 'auto' ? 'auto: ir, or ast where that one does not reach' : session.tier}`,
  )
  print(`wasm     ${await wasmCoverage(unit)}`)
}

async function wasmCoverage(unit: Unit): Promise<string> {
  const { backend } = await bytecode()
  try {
    return `${backend.compile(unit, { program: true, closed: true }).bytes.length} bytes with all definitions`
  } catch (error) {
    if (isRtfsError(error, 'UnsupportedError')) return `not covered: ${error.message}`
    throw error
  }
}

function tier(text: string, { session, print }: Prompt): void {
  if (text !== '') {
    const chosen = tiers.find(each => each === text)
    if (chosen === undefined) throw new UsageError(`:tier is one of ${tiers.join(', ')}, not '${text}'`)
    session.tier = chosen
  }
  print(`tier ${session.tier}`)
}

function save(file: string, { session, cwd, print }: Prompt): void {
  const text = session.definitionsText()
  try {
    writeFileSync(resolve(cwd, requireForm(file, ':save')), text)
  } catch (cause) {
    if (cause instanceof UsageError) throw cause
    throw new UsageError(`cannot write ${file}: ${reasonOf(cause)}`)
  }
  print(`${file}: ${text.length} characters`)
}

const limitNames = {
  fuel: 'fuel',
  ms: 'deadlineMs',
  depth: 'depth',
  output: 'outputBytes',
  memory: 'allocBytes',
} as const

function limits(text: string, { session, print }: Prompt): void {
  const [name, value, ...rest] = text.split(/\s+/).filter(word => word !== '')
  if (name !== undefined) {
    if (!Object.hasOwn(limitNames, name) || value === undefined || rest.length > 0) {
      throw new UsageError(
        `:limits takes a name (${Object.keys(limitNames).join(', ')}) and a number or 'unlimited'`,
      )
    }
    const number = value === 'unlimited' ? Infinity : /^\d+(e\d+)?$/.test(value) ? Number(value) : Number.NaN
    if (Number.isNaN(number)) throw new UsageError(`${value} is no whole number, and not 'unlimited'`)
    session.limits = { ...session.limits, [limitNames[name as keyof typeof limitNames]]: number }
  }
  const current: Limits = { ...defaultLimits, ...session.limits }
  for (const [short, limit] of Object.entries(limitNames))
    print(`${short.padEnd(7)} ${limitText(current[limit])}`)
}

function limitText(value: number): string {
  return value === Infinity ? 'unlimited' : formatValue(value)
}

async function reset(_: string, { session, print }: Prompt): Promise<void> {
  await session.reset()
  print('everything is forgotten')
}
