import { type Limits, type RtfsError, RtfsErrorValue, type Value } from '@rtfs/core'
import { ast, type Defmacro, type Expr, hasErrors, type ParseResult, type Program } from '@rtfs/parser'
import {
  createRuntime,
  RtfsParseError,
  type RunResult,
  type RuntimeOptions,
  type Session,
  type TierChoice,
} from '@rtfs/runtime'
import { bytecode } from '../bytecode.js'
import { tokensOf } from './tokens.js'

export interface ReplSessionOptions {
  readonly runtime: RuntimeOptions
  /** Does each evaluation, which never waits; Ctrl-C has to end it. */
  readonly around: <T>(evaluate: () => T) => T
  /** True when a capability may answer later. */
  readonly waits: boolean
  readonly limits: Partial<Limits>
  readonly tier: TierChoice
}

/** One form that ran. */
export interface Evaluated extends RunResult {
  readonly form: Expr
  readonly milliseconds: number
}

const nowhere = { start: 0, end: 0 }

/** Kinds of forms that later entries may need. */
const definitions = new Set([
  'def',
  'defn',
  'defmacro',
  'deftype',
  'defstruct',
  'module',
  'import',
  'deftest',
])

/** A session of the runtime with what a person at a prompt needs besides: last values, definitions, a tier. */
export class ReplSession {
  tier: TierChoice
  limits: Partial<Limits>
  /** The error of the last entry that failed, with the text it points into. */
  lastError: RtfsError | undefined
  lastValue: Value | undefined
  readonly #options: ReplSessionOptions
  #session!: Session
  #entries = 0
  /** `*1`, `*2`, `*3`: the last values, newest first. */
  #values: Value[] = []
  /** Definitions by name, in the order in which they were first made. */
  readonly #definitions = new Map<string, { readonly text: string; readonly form: Expr }>()
  readonly #keywords = new Set<string>()

  constructor(options: ReplSessionOptions) {
    this.#options = options
    this.tier = options.tier
    this.limits = options.limits
  }

  /** Forgets everything. */
  async reset(): Promise<void> {
    const runtime = createRuntime({ ...this.#options.runtime, bytecode: await bytecode() })
    this.#session = runtime.session()
    this.#values = []
    this.lastError = undefined
    this.lastValue = undefined
    this.#definitions.clear()
  }

  /** Parses the text of an entry, a file for `file`. Throws RtfsParseError. */
  parse(text: string, file = `input ${++this.#entries}`): ParseResult {
    for (const token of tokensOf(text)) {
      if (token.kind === 'keyword') this.#keywords.add(text.slice(token.start, token.end))
    }
    const parsed = this.#session.parse(text, { file })
    if (hasErrors(parsed)) throw new RtfsParseError(parsed.diagnostics, parsed.source)
    return parsed
  }

  /** Runs the forms of an entry one after the other; `done` is told of each. Throws what the first bad one throws. */
  async evaluate(parsed: ParseResult, signal: AbortSignal, done: (result: Evaluated) => void): Promise<void> {
    this.#bindLast(parsed.source.text)
    for (const form of parsed.program.forms) {
      const unit = { ...parsed, program: ast.program([form], form), diagnostics: [] }
      const options = {
        tier: this.tier,
        fallback: true,
        limits: this.limits,
        ...(parsed.source.file === undefined ? {} : { file: parsed.source.file }),
      }
      const { around } = this.#options
      const began = performance.now()
      // What a definition made before it failed is there, so it counts as well.
      if (definitions.has(form.kind)) this.#define(form, parsed.source.text.slice(form.start, form.end))
      const result = this.#options.waits
        ? await this.#session.run(unit, { ...options, signal, around })
        : around(() => this.#session.runSync(unit, options))
      this.#values = [result.value, ...this.#values].slice(0, 3)
      this.lastValue = result.value
      done({ ...result, form, milliseconds: performance.now() - began })
    }
  }

  #define(form: Expr, text: string): void {
    const key = 'name' in form && typeof form.name === 'string' ? form.name : text
    this.#definitions.delete(key)
    this.#definitions.set(key, { text, form })
  }

  /** `*1` and its like are defined when an entry asks for them: unused values need not live. */
  #bindLast(text: string): void {
    const last = new Map<string, Value>()
    this.#values.forEach((value, i) => {
      last.set(`*${i + 1}`, value)
    })
    const error = this.lastError?.value
    if (error instanceof RtfsErrorValue) last.set('*e', error)
    const forms = tokensOf(text).flatMap(token => {
      const name = token.kind === 'name' ? text.slice(token.start, token.end) : ''
      if (!/^\*[123e]$/.test(name)) return []
      const value = last.get(name) ?? null
      return [ast.def(name, nowhere, undefined, ast.literal(value, nowhere), new Map(), nowhere)]
    })
    if (forms.length > 0) this.#session.runSync(ast.program(forms, nowhere), { tier: 'auto' })
  }

  /** The program of all definitions, with a form behind them: what the checker and compilers need to know. */
  programWith(parsed: ParseResult): Program {
    const known = [...this.#definitions.values()].map(({ form }) => form)
    return ast.program([...known, ...parsed.program.forms], parsed.program)
  }

  /** Texts of the definitions that are in force, as a program. */
  definitionsText(): string {
    return [...this.#definitions.values()].map(({ text }) => `${text}\n`).join('\n')
  }

  definition(name: string): Expr | undefined {
    return this.#definitions.get(name)?.form
  }

  value(name: string): Value | undefined {
    return this.#session.value(name)
  }

  /** Names that entries defined, macros among them. */
  names(): readonly string[] {
    const own = this.#session.names().filter(name => !/^\*[123e]$/.test(name))
    const macros = [...this.#definitions.values()].flatMap(({ form }) =>
      form.kind === 'defmacro' ? [(form as Defmacro).name] : [],
    )
    return [...new Set([...own, ...macros])]
  }

  keywords(): ReadonlySet<string> {
    return this.#keywords
  }
}
