import {
  isRtfsError,
  isSuspended,
  type Limits,
  type SourceText,
  undefinedSymbol,
  type Value,
} from '@rtfs/core'
import type { Program } from '@rtfs/parser'
import { changesUnit } from './ast/changes.js'
import { astTier } from './ast/tier.js'
import { CallDelegate } from './delegation/delegate.js'
import type { Drive } from './host/driver.js'
import { Journal } from './host/journal.js'
import { RunState } from './host/run-state.js'
import { RunServices } from './host/services.js'
import { ModuleRegistry } from './modules/registry.js'
import type { RunOptions } from './options.js'
import type { RuntimeParts } from './runtime-parts.js'
import { type FrameSnapshot, type LoadedModule, UnitFrame } from './shared/environment.js'
import { readGlobal, readQualified } from './shared/names.js'
import type { Tier } from './shared/tier.js'
import { Tiers } from './tiers.js'

/** What one run evaluates: a program, a call of a function, or the one and then the other. */
export interface UnitOfWork {
  readonly program: Program | undefined
  readonly source: SourceText | undefined
  readonly call: { readonly name: string; readonly args: readonly Value[] } | undefined
}

/** What the units so far made in one tier. A tier's functions stay in its own environment. */
interface Environment {
  readonly frame: UnitFrame
  modules: ReadonlyMap<string, LoadedModule>
  /** How many units of the history have run here. */
  done: number
}

/** An environment before a run. */
interface Saved {
  readonly frame: FrameSnapshot
  readonly modules: Environment['modules']
}

/** The state of a session: what its units defined, in each tier, and the services that they run with. */
export class SessionCore {
  readonly services: RunServices
  readonly registry: ModuleRegistry
  readonly #parts: RuntimeParts
  readonly #tiers: Tiers
  readonly #environments = new Map<Tier, Environment>()
  /** Units that ran, with their journals: another tier catches up by running them again, without new effects. */
  readonly #history: { readonly unit: UnitOfWork; readonly run: RunState }[] = []
  /** The tier that is running. */
  #tier: Tier = astTier
  #frame = new UnitFrame()
  /** The environment whose modules the registry has. */
  #active: Environment | undefined
  /** The run for which the tier was asked whether rules of delegation have changed. */
  #rulesAskedIn: RunState | undefined
  /** A unit that defines something needed the evaluator, so that the units after it do too. */
  #demoted = false

  constructor(parts: RuntimeParts) {
    this.#parts = parts
    const { boundary, limits, options, clock } = parts
    const { delegation, taskContext = null, contextFallback = false } = options
    this.#tiers = new Tiers(options)
    this.registry = new ModuleRegistry(
      parts.files,
      (file, frame) => {
        this.#tier.run(file.program, frame, this.services)
      },
      { autoload: options.autoload ?? false },
    )
    const idle = new RunState({ id: '', journal: new Journal(), clock })
    const delegate = delegation && ((services: RunServices) => this.#makeDelegate(services))
    const modules = this.registry
    this.services = new RunServices(
      { ...boundary, limits, taskContext, contextFallback, modules, delegate },
      idle,
    )
  }

  #makeDelegate(services: RunServices): CallDelegate {
    return new CallDelegate(this.#parts.options.delegation ?? {}, {
      services,
      contextHash: this.#parts.contextHash,
    })
  }

  /** What a driver needs to run a unit. */
  drive(unit: UnitOfWork, run: RunState, options: RunOptions): Drive {
    const { tiers, replaceUncovered } = this.#demoted ? evaluatorOnly : this.#tiers.choose(options)
    const limits: Limits = { ...this.#parts.limits, ...options.limits }
    const before = new Map<Environment, Saved>()
    const { delegate } = this.services
    const { around = justCall } = options
    return {
      run,
      services: this.services,
      boundary: this.#parts.boundary,
      delegate: delegate instanceof CallDelegate ? delegate : undefined,
      tiers,
      replaceUncovered,
      attempt: tier =>
        around(() => {
          const environment = this.#environment(tier, unit.program, run)
          if (changesSession(unit)) this.#putBack(environment, before)
          return this.#evaluate(unit, tier, environment, run, limits)
        }),
    }
  }

  /** Before a unit that may change it is evaluated again, the environment is what it was before the first time. */
  #putBack(environment: Environment, before: Map<Environment, Saved>): void {
    const saved = before.get(environment)
    if (saved === undefined) {
      before.set(environment, { frame: environment.frame.snapshot(), modules: environment.modules })
    } else {
      environment.frame.restore(saved.frame)
      environment.modules = saved.modules
      this.#active = undefined
    }
  }

  /** Notes that a unit has run, with whatever outcome: what it defined stays. */
  finish(unit: UnitOfWork, run: RunState, drive: Drive, tier: Tier): void {
    const environment = this.#environments.get(tier)
    if (environment === undefined || !changesSession(unit)) return
    environment.modules = this.registry.snapshot()
    run.replayOnly()
    this.#history.push({ unit, run })
    environment.done = this.#history.length
    if (tier !== drive.tiers[0]) this.#demoted = true
  }

  /** The frame of the tier that ran last. */
  get frame(): UnitFrame {
    return this.#frame
  }

  /** The environment of a tier, with all units so far in it. */
  #environment(tier: Tier, next?: Program, run?: RunState): Environment {
    let environment = this.#environments.get(tier)
    if (
      environment !== undefined &&
      next !== undefined &&
      tier.outdated?.(next, environment.frame) === true
    ) {
      environment = undefined
    }
    // Once for a run: evaluating it again has to take the same way.
    if (environment !== undefined && run !== undefined && this.#rulesAskedIn !== run) {
      this.#rulesAskedIn = run
      if (tier.rulesChanged?.(this.services) === true) environment = undefined
    }
    if (environment === undefined) {
      environment = { frame: new UnitFrame(), modules: new Map(), done: 0 }
      this.#environments.set(tier, environment)
    }
    for (; environment.done < this.#history.length; environment.done++) {
      const { unit, run } = this.#history[environment.done]!
      try {
        this.#evaluate(unit, tier, environment, run, this.#parts.limits)
      } catch (error) {
        // The unit failed before, too; what it defined until then is there.
        if (!isRtfsError(error) && !isSuspended(error) && !(error instanceof RangeError)) throw error
      }
      environment.modules = this.registry.snapshot()
    }
    return environment
  }

  #evaluate(unit: UnitOfWork, tier: Tier, environment: Environment, run: RunState, limits: Limits): Value {
    const { program, source, call } = unit
    if (this.#active !== environment) {
      this.registry.restore(environment.modules)
      this.#active = environment
    }
    this.services.begin(run, limits)
    this.#tier = tier
    const frame = environment.frame.forUnit(source)
    this.#frame = frame
    frame.isEntry = true
    frame.program = program
    if (program !== undefined && changesUnit(program)) frame.programs.add(program)
    try {
      const value = program === undefined ? null : tier.run(program, frame, this.services)
      if (call === undefined) return value
      return tier.call(this.#function(call.name, frame), call.args, this.services, frame)
    } finally {
      frame.isEntry = false
    }
  }

  #function(name: string, frame: UnitFrame): Value {
    if (name.length > 1 && name.includes('/')) return readQualified(name, frame, this.services)
    const value = readGlobal(name, frame, this.services)
    if (value === undefined) throw undefinedSymbol(name)
    return value
  }

  /** Runs a test that a unit registered, as a run of its own in the tier that the unit ran in. */
  driveTest(test: () => Value, run: RunState, options: RunOptions): Drive {
    const limits: Limits = { ...this.#parts.limits, ...options.limits }
    const tier: Tier = { ...this.#tier, run: test }
    const { delegate } = this.services
    const { around = justCall } = options
    return {
      run,
      services: this.services,
      boundary: this.#parts.boundary,
      delegate: delegate instanceof CallDelegate ? delegate : undefined,
      tiers: [tier],
      replaceUncovered: false,
      attempt: () =>
        around(() => {
          const { tests } = this.services
          this.services.begin(run, limits)
          this.services.keepTests(tests)
          return test()
        }),
    }
  }
}

/** True when a unit may define something that later units see. */
export function changesSession({ program }: UnitOfWork): boolean {
  return program !== undefined && changesUnit(program)
}

function justCall<T>(evaluate: () => T): T {
  return evaluate()
}

const evaluatorOnly = { tiers: [astTier], replaceUncovered: false }
