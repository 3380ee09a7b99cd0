import { type Diagnostic, fromJs, RtfsError, type SourceText, type Value } from '@rtfs/core'
import type { Effect, EffectResult } from '@rtfs/interfaces'
import { type Defmacro, hasErrors, type ParseResult, type Program } from '@rtfs/parser'
import { rememberSource } from './error-source.js'
import { Driver, type RunOutcome } from './host/driver.js'
import { Journal } from './host/journal.js'
import { RunState } from './host/run-state.js'
import { createMacroEvaluator, defineHelpers } from './macros/macro-evaluator.js'
import { type ParsedText, parseText } from './macros/parse-text.js'
import type { RunOptions } from './options.js'
import { RtfsParseError } from './parse-error.js'
import type { RuntimeParts } from './runtime-parts.js'
import { changesSession, SessionCore, type UnitOfWork } from './session-core.js'
import { unfilled } from './shared/environment.js'

/** What can be run: a text, or a program that was parsed before, with its source for messages. */
export type RunSource = string | Program | Pick<ParseResult, 'program' | 'source'>

/** What a run came to. */
export interface RunResult {
  readonly value: Value
  /** The tier that gave the value. */
  readonly tier: 'ast' | 'ir' | 'wasm'
  /** Fuel of the last attempt. */
  readonly fuel: number
  /** How often the program was evaluated: once, and again after each suspension. */
  readonly attempts: number
  /** Warnings of the parser. */
  readonly diagnostics: readonly Diagnostic[]
  /** Names of the tests that the program defines. */
  readonly tests: readonly string[]
}

/** The outcome of one test. */
export interface TestResult {
  readonly name: string
  readonly module: string | undefined
  /** What the test raised, `undefined` when it passed. */
  readonly error: unknown
}

/**
 * Programs that build on one another: definitions, imports and macros of one unit are there for the next, also when
 * the unit failed after them. Runs of a session happen one after the other.
 */
export class Session {
  readonly #parts: RuntimeParts
  readonly #core: SessionCore
  readonly #evaluator = createMacroEvaluator()
  #macros: ReadonlyMap<string, Defmacro> = new Map()
  #knownModules: ParsedText['knownModules'] = new Map()
  /** Definitions that the macro evaluator has not been told yet. */
  #helpers: Program[] = []
  /** Texts of the units so far: a function may fail long after its unit. */
  readonly #sources = new Map<string, SourceText>()
  #units = 0
  #queue: Promise<unknown> = Promise.resolve()
  #running = 0

  /** Use `createRuntime(…).session()`. */
  constructor(parts: RuntimeParts) {
    this.#parts = parts
    this.#core = new SessionCore(parts)
  }

  /** Parses a text as the next unit of this session; its macros stay known. */
  parse(text: string, options: { readonly file?: string } = {}): ParseResult {
    for (const { forms } of this.#helpers.splice(0)) defineHelpers(this.#evaluator, forms)
    const { frame } = this.#core
    const parsed = parseText(text, {
      evaluator: this.#evaluator,
      modules: this.#parts.files,
      macros: this.#macros,
      knownModules: this.#knownModules,
      knownGlobals: new Set([...frame.names(), ...frame.imported.keys()]),
      knownTypes: new Set([...frame.types.keys(), ...frame.importedTypes.keys()]),
      ...options,
    })
    if (!hasErrors(parsed)) {
      this.#macros = parsed.macros
      this.#knownModules = parsed.knownModules
    }
    return parsed
  }

  /** Runs a unit to its end, performing its effects. Rejects with an RtfsError. */
  run(source: RunSource, options: RunOptions = {}): Promise<RunResult> {
    return this.#enqueue(async () => {
      const { unit, diagnostics } = this.#unitOf(source, options)
      return this.#finish(unit, diagnostics, options, await this.#open(options), driver => driver.run())
    })
  }

  /** Runs a unit whose effects all answer at once. Throws an RtfsError, also for one that does not. */
  runSync(source: RunSource, options: RunOptions = {}): RunResult {
    this.#requireIdle()
    const { unit, diagnostics } = this.#unitOf(source, options)
    return this.#finishNow(unit, diagnostics, options, this.#openNow(options))
  }

  /** Calls a function that an earlier unit defined, or `module/function`. */
  call(name: string, args: readonly unknown[] = [], options: RunOptions = {}): Promise<RunResult> {
    return this.#enqueue(async () => {
      const unit = callOf(name, args)
      return this.#finish(unit, [], options, await this.#open(options), driver => driver.run())
    })
  }

  /** `call` for functions whose effects all answer at once. */
  callSync(name: string, args: readonly unknown[] = [], options: RunOptions = {}): RunResult {
    this.#requireIdle()
    return this.#finishNow(callOf(name, args), [], options, this.#openNow(options))
  }

  /** A run whose effects somebody else performs. The session is busy until it is complete, fails or is cancelled. */
  open(source: RunSource, options: RunOptions = {}): OpenRun {
    this.#requireIdle()
    const { unit } = this.#unitOf(source, options)
    const run = this.#openNow(options, true)
    const drive = this.#core.drive(unit, run, options)
    const driver = new Driver(drive)
    const { host } = this.#parts.options
    this.#running++
    host?.prepareExecution?.()
    return new OpenRun(driver, error => {
      this.#running--
      if (error !== undefined) this.#place(error, unit)
      this.#core.finish(unit, run, drive, driver.tier)
      host?.cleanupExecution?.()
    })
  }

  /** Runs the tests that the last unit registered, each as a run of its own. */
  runTests(options: RunOptions = {}): Promise<readonly TestResult[]> {
    return this.#enqueue(async () => {
      const results: TestResult[] = []
      for (const { name, module, run: test } of this.#core.services.tests) {
        const run = await this.#open({ ...options, runId: this.#newId() })
        const driver = new Driver(this.#core.driveTest(test, run, options))
        try {
          await driver.run()
          results.push({ name, module, error: undefined })
        } catch (error) {
          results.push({ name, module, error })
        }
      }
      return results
    })
  }

  /** The value that a name of the session has, `undefined` when it has none. */
  value(name: string): Value | undefined {
    const content = this.#core.frame.find(name)?.value
    return content === unfilled ? undefined : content
  }

  /** Names that the units so far defined. */
  names(): readonly string[] {
    return [...this.#core.frame.names()]
  }

  /** Modules that were defined or loaded. */
  get modules(): SessionCore['registry'] {
    return this.#core.registry
  }

  #unitOf(source: RunSource, options: RunOptions): { unit: UnitOfWork; diagnostics: readonly Diagnostic[] } {
    const call = options.call === undefined ? undefined : callOf(options.call, options.args ?? []).call
    this.#units++
    if (typeof source === 'string') {
      const parsed = this.parse(source, { file: options.file ?? `<unit ${this.#units}>` })
      if (hasErrors(parsed)) throw new RtfsParseError(parsed.diagnostics, parsed.source)
      return {
        unit: this.#known({ program: parsed.program, source: parsed.source, call }),
        diagnostics: parsed.diagnostics,
      }
    }
    const given = 'kind' in source ? { program: source, source: undefined } : source
    return { unit: this.#known({ program: given.program, source: given.source, call }), diagnostics: [] }
  }

  #known(unit: UnitOfWork): UnitOfWork {
    const { program, source } = unit
    if (program === undefined || !changesSession(unit)) return unit
    this.#helpers.push(program)
    if (source?.file !== undefined) this.#sources.set(source.file, source)
    return unit
  }

  /** Remembers which text an error of a unit points into, and returns it. */
  #place(error: unknown, { source }: UnitOfWork): unknown {
    return rememberSource(error, source, file => this.#sources.get(file) ?? this.#parts.files.source(file))
  }

  async #open(options: RunOptions): Promise<RunState> {
    const { journal } = this.#parts.options
    const { runId, signal } = options
    const known =
      journal === undefined || runId === undefined ? [] : await journal.load(runId, signalOf(signal))
    return this.#state(options, Journal.from(known), false)
  }

  #openNow(options: RunOptions, external: boolean = false): RunState {
    const { journal } = this.#parts.options
    if (journal !== undefined && options.runId !== undefined && !external) {
      throw new RtfsError('RTFS_USAGE', 'the journal of a run cannot be loaded at once: use run')
    }
    return this.#state(options, new Journal(), external)
  }

  #state(options: RunOptions, journal: Journal, external: boolean): RunState {
    const { clock, options: runtime } = this.#parts
    return new RunState({
      id: options.runId ?? this.#newId(),
      journal,
      clock,
      external,
      signal: options.signal,
      store: runtime.journal,
      retryInDoubt: runtime.retryInDoubt,
    })
  }

  #newId(): string {
    return crypto.randomUUID()
  }

  async #finish(
    unit: UnitOfWork,
    diagnostics: readonly Diagnostic[],
    options: RunOptions,
    run: RunState,
    go: (driver: Driver) => Promise<Value>,
  ): Promise<RunResult> {
    const drive = this.#core.drive(unit, run, options)
    const driver = new Driver(drive)
    const { host } = this.#parts.options
    host?.prepareExecution?.()
    try {
      return this.#result(await go(driver), driver, diagnostics)
    } catch (error) {
      throw this.#place(error, unit)
    } finally {
      this.#core.finish(unit, run, drive, driver.tier)
      host?.cleanupExecution?.()
    }
  }

  #finishNow(
    unit: UnitOfWork,
    diagnostics: readonly Diagnostic[],
    options: RunOptions,
    run: RunState,
  ): RunResult {
    const drive = this.#core.drive(unit, run, options)
    const driver = new Driver(drive)
    const { host } = this.#parts.options
    host?.prepareExecution?.()
    try {
      return this.#result(driver.runSync(), driver, diagnostics)
    } catch (error) {
      throw this.#place(error, unit)
    } finally {
      this.#core.finish(unit, run, drive, driver.tier)
      host?.cleanupExecution?.()
    }
  }

  #result(value: Value, driver: Driver, diagnostics: readonly Diagnostic[]): RunResult {
    const { services } = this.#core
    return {
      value,
      tier: driver.tier.name,
      fuel: services.meter.spentFuel,
      attempts: driver.attempts,
      diagnostics,
      tests: services.tests.map(test => test.name),
    }
  }

  /** Runs of one session happen one after the other: they share its frames. */
  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    this.#running++
    const result = this.#queue.then(async () => {
      try {
        return await work()
      } finally {
        this.#running--
      }
    })
    this.#queue = result.catch(() => {})
    return result
  }

  #requireIdle(): void {
    if (this.#running > 0) throw new RtfsError('RTFS_USAGE', 'the session is busy with another run')
  }
}

/** A run that somebody else drives: `start`, perform the effects, `resume` with their results, until it is complete. */
export class OpenRun {
  readonly #driver: Driver
  readonly #ended: (error: unknown) => void
  #outcome: RunOutcome | undefined
  #isOver = false

  /** Use `open` of a runtime or session. */
  constructor(driver: Driver, ended: (error: unknown) => void) {
    this.#driver = driver
    this.#ended = ended
  }

  /** Evaluates up to the first effects. Throws the error of the program. */
  start(): RunOutcome {
    if (this.#outcome !== undefined) throw new RtfsError('RTFS_USAGE', 'the run was started before')
    return this.#step(() => this.#driver.attempt())
  }

  /** Goes on with the results of the effects that the last outcome asked for, in their order. */
  resume(results: readonly EffectResult[]): RunOutcome {
    const waiting: readonly Effect[] | undefined =
      this.#outcome?.status === 'requires-host' ? this.#outcome.effects : undefined
    if (waiting === undefined) throw new RtfsError('RTFS_USAGE', 'the run waits for no effects')
    return this.#step(() => this.#driver.resume(waiting, results))
  }

  /** Ends a run that will not be resumed. Nothing of the program runs any more; releasing what it holds is yours. */
  cancel(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#ended(undefined)
  }

  #step(step: () => RunOutcome): RunOutcome {
    if (this.#isOver) throw new RtfsError('RTFS_USAGE', 'the run is over')
    try {
      this.#outcome = step()
    } catch (error) {
      this.#isOver = true
      this.#ended(error)
      throw error
    }
    if (this.#outcome.status === 'complete') this.cancel()
    return this.#outcome
  }
}

function callOf(name: string, args: readonly unknown[]): UnitOfWork {
  return { program: undefined, source: undefined, call: { name, args: args.map(arg => fromJs(arg)) } }
}

function signalOf(signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal }
}
