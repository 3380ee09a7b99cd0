import { genericError, keyword, type Limits, Meter, RtfsMap, RtfsSymbol, type Value } from '@rtfs/core'
import type { ExpansionContext } from '@rtfs/stdlib'
import type { UnitFrame } from '../shared/environment.js'
import type { Delegate, HostServices, ModuleServices, Services } from '../shared/services.js'
import { type BoundaryOptions, HostBoundary } from './boundary.js'
import type { RunState } from './run-state.js'

/** A test that a unit registered with `deftest`. */
export interface RegisteredTest {
  readonly name: string
  /** Module that it stands in, `undefined` for the program. */
  readonly module: string | undefined
  readonly run: () => Value
}

/** What services need beyond the boundary. */
export interface ServicesOptions extends BoundaryOptions {
  readonly limits: Limits
  /** A map, or nil. */
  readonly taskContext: Value
  readonly contextFallback: boolean
  readonly modules: ModuleServices
  readonly delegate: ((services: RunServices) => Delegate) | undefined
}

/**
 * The services of a session. Compiled code may keep a reference to it: `begin` starts an attempt with a fresh account
 * and fresh positions, everything else stays.
 */
export class RunServices implements Services {
  meter: Meter
  host: HostServices
  readonly modules: ModuleServices
  readonly delegate: Delegate | undefined
  readonly taskContext: Value
  readonly expansion: ExpansionContext | undefined = undefined
  readonly #options: ServicesOptions
  #boundary: HostBoundary
  #run: RunState
  #symbols = 0
  #tests: RegisteredTest[] = []

  constructor(options: ServicesOptions, run: RunState) {
    this.#options = options
    this.#run = run
    this.taskContext = options.taskContext
    this.meter = new Meter(options.limits, run.now)
    this.#boundary = new HostBoundary(options, run, this.meter)
    this.host = this.#boundary
    this.modules = options.modules
    this.delegate = options.delegate?.(this)
  }

  /** The run that the current attempt belongs to. */
  get run(): RunState {
    return this.#run
  }

  /** Tests registered in the current attempt. */
  get tests(): readonly RegisteredTest[] {
    return this.#tests
  }

  /** Puts back the tests of an earlier attempt: a run of a test registers none. */
  keepTests(tests: readonly RegisteredTest[]): void {
    this.#tests = [...tests]
  }

  /** Starts an attempt of a run. */
  begin(run: RunState, limits: Limits = this.#options.limits): void {
    this.#run = run
    this.meter = new Meter(limits, run.now)
    this.#boundary = new HostBoundary(this.#options, run, this.meter)
    this.host = this.#boundary
    this.#symbols = 0
    this.#tests = []
  }

  perform(capability: string, args: readonly Value[]): Value {
    return this.#boundary.perform(capability, args)
  }

  contextFallback(name: string): Value | undefined {
    if (!this.#options.contextFallback) return undefined
    return this.#boundary.contextOffer(name)
  }

  taskField(name: string): Value {
    if (!(this.taskContext instanceof RtfsMap)) throw genericError('No task context available')
    const value = this.taskContext.get(keyword(name))
    return value === undefined ? (this.taskContext.get(name) ?? null) : value
  }

  gensym(base: string): Value {
    return new RtfsSymbol(`${base}__${++this.#symbols}__auto`)
  }

  registerTest(name: string, run: () => Value, unit: UnitFrame): void {
    this.#tests.push({ name, module: unit.module, run })
  }
}
