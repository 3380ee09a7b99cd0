import type { Diagnostic, Value } from '@rtfs/core'
import type { Host } from '@rtfs/interfaces'
import { rememberRun } from './error-run.js'
import { type Drive, Driver } from './host/driver.js'
import type { RunState } from './host/run-state.js'
import type { RunOptions } from './options.js'
import type { SessionCore, UnitOfWork } from './session-core.js'

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

/** One run of a unit in a session, framed for the host. */
export class Execution {
  readonly driver: Driver
  readonly #core: SessionCore
  readonly #unit: UnitOfWork
  readonly #run: RunState
  readonly #drive: Drive
  readonly #host: Host | undefined
  /** The host was told where the run comes from. */
  readonly #isTold: boolean

  constructor(
    core: SessionCore,
    unit: UnitOfWork,
    run: RunState,
    options: RunOptions,
    host: Host | undefined,
  ) {
    this.#core = core
    this.#unit = unit
    this.#run = run
    this.#drive = core.drive(unit, run, options)
    this.#host = host
    this.driver = new Driver(this.#drive)
    const { planId, intentId, parentActionId } = this.#drive.boundary.causalContext
    this.#isTold = planId !== undefined || intentId !== undefined || parentActionId !== undefined
    host?.prepareExecution?.()
    const intentIds = intentId === undefined ? [] : [intentId]
    if (this.#isTold) host?.setExecutionContext?.(planId, intentIds, parentActionId)
  }

  /** After the last attempt, whatever its outcome. */
  end(): void {
    this.#core.finish(this.#unit, this.#run, this.#drive, this.driver.tier)
    if (this.#isTold) this.#host?.clearExecutionContext?.()
    this.#host?.cleanupExecution?.()
  }

  /** Remembers what the run did until its error; returns the error for throwing. */
  failed(error: unknown): unknown {
    return rememberRun(error, this.driver, this.#core.services.meter)
  }

  result(value: Value, diagnostics: readonly Diagnostic[]): RunResult {
    const { services } = this.#core
    return {
      value,
      tier: this.driver.tier.name,
      fuel: services.meter.spentFuel,
      attempts: this.driver.attempts,
      diagnostics,
      tests: services.tests.map(test => test.name),
    }
  }
}
