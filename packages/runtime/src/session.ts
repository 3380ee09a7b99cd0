import { type Diagnostic, fromJs, RtfsError, type SourceText, type Value } from '@rtfs/core'
import type { Effect, EffectResult } from '@rtfs/interfaces'
import { type Defmacro, hasErrors, type ParseResult, type Program } from '@rtfs/parser'
import { rememberRun } from './error-run.js'
import { rememberSource } from './error-source.js'
import { Execution, type RunResult } from './execution.js'
import { Driver, type RunOutcome } from './host/driver.js'
import { Journal } from './host/journal.js'
import { newRunId, RunState } from './host/run-state.js'
import { createMacroEvaluator, defineHelpers } from './macros/macro-evaluator.js'
import { type ParsedText, parseText } from './macros/parse-text.js'
import type { RunOptions } from './options.js'
import { RtfsParseError } from './parse-error.js'
import type { RuntimeParts } from './runtime-parts.js'
import { changesSession, SessionCore, type UnitOfWork } from './session-core.js'
import { unfilled } from './shared/environment.js'

/** What can be run: a text, or a program that was parsed before, with its source for messages. */
export type RunSource = string | Program | Pick<ParseResult, 'program' | 'source' | 'diagnostics'>

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
    return this.#enqueue(() => this.#execute(this.#workOf(source, options), options))
  }

  /** Runs a unit whose effects all answer at once. Throws an RtfsError, also for one that does not. */
  runSync(source: RunSource, options: RunOptions = {}): RunResult {
    this.#requireIdle()
    return this.#executeNow(this.#workOf(source, options), options)
  }

  /** Calls a function that an earlier unit defined, or `module/function`. */
  call(name: string, args: readonly unknown[] = [], options: RunOptions = {}): Promise<RunResult> {
    return this.#enqueue(() => this.#execute(callOf(name, args), options))
  }

  /** `call` for functions whose effects all answer at once. */
  callSync(name: string, args: readonly unknown[] = [], options: RunOptions = {}): RunResult {
    this.#requireIdle()
    return this.#executeNow(callOf(name, args), options)
  }

  /** A run whose effects somebody else performs. The session is busy until it is complete, fails or is cancelled. */
  open(source: RunSource, options: RunOptions = {}): OpenRun {
    this.#requireIdle()
    const { unit } = this.#workOf(source, options)
    const execution = this.#begin(unit, this.#stateNow(options, true), options)
    this.#running++
    return new OpenRun(execution.driver, error => {
      this.#running--
      if (error !== undefined) this.#place(execution.failed(error), unit)
      execution.end()
    })
  }

  /** Runs the tests that the last unit registered, each as a run of its own. */
  runTests(options: RunOptions = {}): Promise<readonly TestResult[]> {
    return this.#enqueue(async () => {
      const results: TestResult[] = []
      for (const { name, module, run: test } of this.#core.services.tests) {
        const run = await this.#state({ ...options, runId: newRunId() })
        const driver = new Driver(this.#core.driveTest(test, run, options))
        try {
          await driver.run()
          results.push({ name, module, error: undefined })
        } catch (error) {
          results.push({ name, module, error: rememberRun(error, driver, this.#core.services.meter) })
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

  #workOf(source: RunSource, options: RunOptions): Work {
    this.#units++
    const parsed = this.#parsed(source, options)
    if ('diagnostics' in parsed && hasErrors(parsed))
      throw new RtfsParseError(parsed.diagnostics, parsed.source)
    const call = options.call === undefined ? undefined : callOf(options.call, options.args ?? []).unit.call
    const unit = { program: parsed.program, source: parsed.source, call }
    if (changesSession(unit)) {
      this.#helpers.push(parsed.program)
      if (parsed.source?.file !== undefined) this.#sources.set(parsed.source.file, parsed.source)
    }
    return { unit, diagnostics: 'diagnostics' in parsed ? parsed.diagnostics : [] }
  }

  #parsed(
    source: RunSource,
    { file }: RunOptions,
  ): Exclude<RunSource, string | Program> | { readonly program: Program; readonly source: undefined } {
    if (typeof source === 'string') return this.parse(source, { file: file ?? `<unit ${this.#units}>` })
    return 'kind' in source ? { program: source, source: undefined } : source
  }

  async #execute({ unit, diagnostics }: Work, options: RunOptions): Promise<RunResult> {
    const execution = this.#begin(unit, await this.#state(options), options)
    try {
      return execution.result(await execution.driver.run(), diagnostics)
    } catch (error) {
      throw this.#place(execution.failed(error), unit)
    } finally {
      execution.end()
    }
  }

  #executeNow({ unit, diagnostics }: Work, options: RunOptions): RunResult {
    const execution = this.#begin(unit, this.#stateNow(options, false), options)
    try {
      return execution.result(execution.driver.runSync(), diagnostics)
    } catch (error) {
      throw this.#place(execution.failed(error), unit)
    } finally {
      execution.end()
    }
  }

  #begin(unit: UnitOfWork, run: RunState, options: RunOptions): Execution {
    return new Execution(this.#core, unit, run, options, this.#parts.options.host)
  }

  /** Remembers which text an error of a unit points into, and returns it. */
  #place(error: unknown, { source }: UnitOfWork): unknown {
    return rememberSource(error, source, file => this.#sources.get(file) ?? this.#parts.files.source(file))
  }

  /** The state of a run, with the journal of an earlier process where there is one. */
  async #state(options: RunOptions): Promise<RunState> {
    const { journal } = this.#parts.options
    const { runId, signal } = options
    if (journal === undefined || runId === undefined) return this.#stateWith(options, new Journal(), false)
    const known = await journal.load(runId, signal === undefined ? {} : { signal })
    return this.#stateWith(options, Journal.from(known), false)
  }

  #stateNow(options: RunOptions, external: boolean): RunState {
    if (this.#parts.options.journal !== undefined && options.runId !== undefined && !external) {
      throw new RtfsError('RTFS_USAGE', 'the journal of a run cannot be loaded at once: use run')
    }
    return this.#stateWith(options, new Journal(), external)
  }

  #stateWith(options: RunOptions, journal: Journal, external: boolean): RunState {
    const { clock, options: runtime } = this.#parts
    return new RunState({
      id: options.runId,
      journal,
      clock,
      external,
      signal: options.signal,
      store: runtime.journal,
      retryInDoubt: runtime.retryInDoubt,
    })
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

/** A unit with the warnings of its parsing. */
interface Work {
  readonly unit: UnitOfWork
  readonly diagnostics: readonly Diagnostic[]
}

function callOf(name: string, args: readonly unknown[]): Work {
  const call = { name, args: args.map(arg => fromJs(arg)) }
  return { unit: { program: undefined, source: undefined, call }, diagnostics: [] }
}
