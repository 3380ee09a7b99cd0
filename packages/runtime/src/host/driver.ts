import {
  formatValue,
  isOutgrownStack,
  isRtfsError,
  isSuspended,
  languageError,
  RtfsError,
  stackOverflow,
  type Value,
} from '@rtfs/core'
import type { Effect, EffectResult } from '@rtfs/interfaces'
import type { CallDelegate, LoadEffect } from '../delegation/delegate.js'
import type { Tier } from '../shared/tier.js'
import { type BoundaryOptions, releaseCapability } from './boundary.js'
import type { CapabilityEffect } from './performer.js'
import { aborted, type RunState } from './run-state.js'
import type { RunServices } from './services.js'

/** What an attempt came to. */
export type RunOutcome =
  | { readonly status: 'complete'; readonly value: Value }
  | { readonly status: 'requires-host'; readonly effects: readonly Effect[] }

/** What a run may suspend for. */
type RunEffect = CapabilityEffect | Extract<Effect, { kind: 'decide' | 'infer' }> | LoadEffect

/** What a driver drives: one run, evaluated as often as it takes. */
export interface Drive {
  readonly run: RunState
  readonly services: RunServices
  readonly boundary: BoundaryOptions
  readonly delegate: CallDelegate | undefined
  /** Tiers to try, one after the other: the next one when a tier does not cover the program, or its stack ends. */
  readonly tiers: readonly Tier[]
  /** Whether a tier that does not cover the program may be replaced by the next. */
  readonly replaceUncovered: boolean
  /** Puts everything back to what it was before the run, and evaluates. */
  readonly attempt: (tier: Tier) => Value
}

/**
 * Drives a run to its end by suspend and replay (ARCHITECTURE §4): evaluate; perform what the evaluation waits for;
 * evaluate again, with the recorded answers.
 */
export class Driver {
  readonly #drive: Drive
  #tier = 0
  attempts = 0

  constructor(drive: Drive) {
    this.#drive = drive
  }

  /** The tier of the last attempt. */
  get tier(): Tier {
    return this.#drive.tiers[this.#tier]!
  }

  /** Evaluates once: to a value, to effects that somebody has to perform, or to an error. */
  attempt(): RunOutcome {
    for (;;) {
      this.#drive.run.checkAborted()
      this.attempts++
      try {
        return { status: 'complete', value: this.#drive.attempt(this.tier) }
      } catch (error) {
        if (isSuspended(error))
          return { status: 'requires-host', effects: error.effects as readonly Effect[] }
        if (!this.#mayReplace(error)) throw this.#readable(error)
        this.#tier++
      }
    }
  }

  /** A native stack that ended before the counted depth, or a form the tier has no code for (LIMITS rule 1). */
  #mayReplace(error: unknown): boolean {
    if (this.#tier + 1 >= this.#drive.tiers.length) return false
    if (error instanceof RangeError || isOutgrownStack(error)) return true
    return this.#drive.replaceUncovered && isRtfsError(error, 'UnsupportedError')
  }

  /**
   * What callers get of an exception that is none of the language. Calls between tiers nest natively; when that stack
   * ends, it is the program that nests too deeply. Anything else is a fault of ours.
   */
  #readable(error: unknown): unknown {
    if (isRtfsError(error)) return error
    if (error instanceof RangeError) return stackOverflow(this.#drive.services.meter.limits.depth)
    const message = error instanceof Error ? error.message : String(error)
    return languageError(
      'InternalError',
      `Internal error: ${message}`,
      { message },
      { cause: error, fatal: true },
    )
  }

  /** Runs without waiting for anything: an effect that does not answer at once is an error. */
  runSync(): Value {
    return this.#ending(() => {
      const outcome = this.attempt()
      if (outcome.status === 'complete') return outcome.value
      const [effect] = outcome.effects
      const what = effect?.kind === 'capability' ? effect.capability : (effect?.kind ?? 'an effect')
      throw new RtfsError('RTFS_USAGE', `${what} does not answer at once: use run instead of runSync`)
    })
  }

  /** Runs to the end, performing effects as they come. */
  async run(): Promise<Value> {
    const { run } = this.#drive
    try {
      for (;;) {
        const outcome = this.attempt()
        await run.save()
        if (outcome.status === 'complete') return outcome.value
        await this.#performAll(outcome.effects as readonly RunEffect[])
      }
    } finally {
      await this.#releaseHeld()
    }
  }

  /** For somebody who performs the effects: notes their results, in the order of the effects, and evaluates again. */
  resume(effects: readonly Effect[], results: readonly EffectResult[]): RunOutcome {
    if (results.length !== effects.length) {
      throw new RtfsError('RTFS_USAGE', `${effects.length} results are needed, ${results.length} were given`)
    }
    const { journal } = this.#drive.run
    effects.forEach((effect, i) => {
      this.#beginOnce(effect as RunEffect)
      journal.end(effect.position, results[i]!)
    })
    return this.attempt()
  }

  /** Notes the intent of an effect, unless it is in the journal already. */
  #beginOnce(effect: RunEffect): void {
    const { run, boundary } = this.#drive
    const { journal } = run
    const { position } = effect
    if (journal.isBegun(position)) return
    if (effect.kind === 'capability') {
      const { capability, args } = effect
      const idempotent = boundary.performer.capabilities.schema(capability)?.idempotent === true
      journal.begin(position, capability, args, idempotent)
    } else if (effect.kind === 'decide') {
      journal.begin(position, 'decide', [effect.context.runtimeContextHash], true)
    }
  }

  /** All effects of a suspension at the same time; intents are kept before any of them happens. */
  async #performAll(effects: readonly RunEffect[]): Promise<void> {
    const { run } = this.#drive
    for (const effect of effects) this.#beginOnce(effect)
    await run.save()
    run.checkAborted()
    await untilAborted(Promise.all(effects.map(effect => this.#perform(effect))), run.signal)
  }

  async #perform(effect: RunEffect): Promise<void> {
    const { run, boundary, delegate } = this.#drive
    const { position } = effect
    if (effect.kind === 'load') {
      await run.preparations.get(position)
      run.preparations.delete(position)
      return
    }
    const begun = run.pending.get(position)
    run.pending.delete(position)
    const result = await (begun ?? this.#begin(effect, boundary, delegate))
    run.journal.end(position, result)
    await run.save()
  }

  async #begin(
    effect: Exclude<RunEffect, LoadEffect>,
    { performer }: BoundaryOptions,
    delegate: CallDelegate | undefined,
  ): Promise<EffectResult> {
    if (effect.kind === 'capability') return performer.begin(effect, this.#drive.run.signal)
    if (effect.kind === 'decide' && delegate !== undefined) {
      return { ok: true, decision: await delegate.decideLater(effect) }
    }
    throw new RtfsError('RTFS_USAGE', `nobody performs effects of kind ${effect.kind}`)
  }

  /** Runs something that ends the run, and releases what it left open. */
  #ending<T>(work: () => T): T {
    try {
      return work()
    } finally {
      void this.#releaseHeld()
    }
  }

  /**
   * A run that ends without its program tidying up: the handles it holds are released, the last one first. The run
   * has its outcome already, so a release that fails is only logged.
   */
  async #releaseHeld(): Promise<void> {
    const { performer } = this.#drive.boundary
    for (const effect of this.#releases()) {
      const failed = (text: string) => performer.capabilities.host?.log?.('error', [text], undefined)
      try {
        const result = await performer.begin(effect, undefined)
        if (!result.ok) failed(`${effect.capability} failed: ${formatValue(result.error)}`)
      } catch (error) {
        failed(`${effect.capability} failed: ${String(error)}`)
      }
    }
  }

  #releases(): readonly CapabilityEffect[] {
    const { run, boundary } = this.#drive
    const held = [...run.held.values()].reverse()
    run.held.clear()
    return held.map(({ handle, typeName }, i) => {
      const capability = releaseCapability(typeName, boundary)
      const { securityContext, causalContext, performer } = boundary
      const timeoutMs = performer.capabilities.timeoutMs(capability, boundary.timeoutMs)
      const metadata = {
        idempotencyKey: `${run.id}/release/${i}`,
        executionHints: new Map(),
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      }
      const call = { capability, securityContext, causalContext, metadata }
      return { kind: 'capability', position: `release:${i}`, capability, args: [handle], call }
    })
  }
}

/** Waits for the work, or for the signal: then it is not waited for any longer. */
async function untilAborted(work: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) {
    await work
    return
  }
  let stop: (() => void) | undefined
  const cancelled = new Promise<never>((_, reject) => {
    stop = () => reject(aborted(signal))
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    // Whoever loses the race is still listened to, so that nothing is an unhandled rejection.
    work.catch(() => {})
    await Promise.race([work, cancelled])
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop)
  }
}
