import {
  isRtfsError,
  isSuspended,
  languageError,
  type Meter,
  RtfsError,
  type RtfsErrorValue,
  type Type,
  type Value,
} from '@rtfs/core'
import type { Effect, EffectResult, HostCallInfo } from '@rtfs/interfaces'
import { parseType } from '@rtfs/parser'
import { checkType } from '../shared/checks.js'
import { hostFailure } from '../shared/errors.js'
import { answerValue, type Capabilities } from './capabilities.js'
import { aborted } from './run-state.js'
import { notInTime, TimeLimit } from './time-limit.js'

/** What the host may show to a capability during a step (LANGUAGE §5.13). */
export interface Exposure {
  readonly expose: boolean
  readonly keys: readonly string[] | undefined
}

/** A capability effect of ours knows what its step lets the host show. */
export type CapabilityEffect = Extract<Effect, { kind: 'capability' }> & { readonly exposure?: Exposure }

/** Performs capability effects: provenance, hints, the call itself, and the answer as a value. */
export class Performer {
  readonly capabilities: Capabilities

  constructor(capabilities: Capabilities) {
    this.capabilities = capabilities
  }

  /**
   * Begins an effect; the result, or a promise of it when the capability answers later. One that does not answer in
   * the time its call tells is an error, its signal is aborted and its answer ignored. Rejects only for faults.
   */
  begin(effect: CapabilityEffect, signal: AbortSignal | undefined): EffectResult | Promise<EffectResult> {
    const { capability, args, call } = effect
    const { timeoutMs } = call.metadata
    const limit = timeoutMs === undefined ? undefined : new TimeLimit(signal)
    try {
      this.#recordProvenance(call, args)
      const answer = this.#execute(effect, limit?.signal ?? signal)
      if (!isPromise(answer)) {
        limit?.close()
        return this.#success(capability, answer)
      }
      const awaited =
        limit === undefined
          ? answer
          : limit.within(answer, timeoutMs!, () => notInTime(capability, timeoutMs!))
      return awaited.then(
        value => this.#success(capability, value),
        error => failure(error, signal),
      )
    } catch (error) {
      limit?.close()
      return failure(error, signal)
    }
  }

  #recordProvenance(call: HostCallInfo, args: readonly Value[]): void {
    try {
      this.capabilities.host?.recordProvenance?.(call, args)
    } catch (error) {
      throw provenanceFailure(call.capability, error)
    }
  }

  /** Hints and exposure hold for this one call: the program that asked may be long gone from the stack. */
  #execute(effect: CapabilityEffect, signal: AbortSignal | undefined): unknown {
    const { capability, args, call, exposure } = effect
    const { host } = this.capabilities
    const hints = call.metadata.executionHints
    for (const [key, value] of hints) host?.setExecutionHint?.(key, value)
    if (exposure !== undefined) host?.setStepExposureOverride?.(exposure.expose, exposure.keys)
    try {
      return this.capabilities.execute(capability, args, call, signal === undefined ? {} : { signal })
    } finally {
      if (hints.size > 0) host?.clearExecutionHints?.()
      if (exposure !== undefined) host?.clearStepExposureOverride?.()
    }
  }

  #success(capability: string, answer: unknown): EffectResult {
    try {
      const value = answerValue(capability, answer)
      const output = this.capabilities.schema(capability)?.output
      if (output !== undefined) checkBoundary(value, output, `call/${capability}`)
      return { ok: true, value }
    } catch (error) {
      return failure(error, undefined)
    }
  }
}

const types = new Map<string, Type>()

/** Checks what crosses the boundary against the type text of a capability's schema (LANGUAGE §15.3). */
export function checkBoundary(value: Value, text: string, path: string, meter?: Meter): void {
  let type = types.get(text)
  if (type === undefined) types.set(text, (type = requireType(text)))
  checkType(value, type, path, () => undefined, undefined, meter)
}

function requireType(text: string): Type {
  const { type, diagnostics } = parseType(text)
  if (type !== undefined) return type
  throw new RtfsError(
    'RTFS_USAGE',
    `a capability schema is no type: ${text}: ${diagnostics[0]?.message ?? ''}`,
  )
}

/** The result of an effect that failed. Faults of the world and cancellation end the run: they are thrown. */
function failure(error: unknown, signal: AbortSignal | undefined): EffectResult {
  if (signal?.aborted === true) throw aborted(signal)
  if (isSuspended(error)) throw error
  if (isRtfsError(error)) {
    if (error.value === undefined || error.fatal) throw error
    return { ok: false, error: error.value }
  }
  return { ok: false, error: valueOfError(hostFailure(error)) }
}

function valueOfError(error: RtfsError): RtfsErrorValue {
  if (error.value === undefined) throw error
  return error.value
}

function provenanceFailure(capability: string, cause: unknown): RtfsError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  const message = `the call of ${capability} could not be recorded: ${reason}`
  return languageError('Generic', `Runtime error: ${message}`, { message, capability }, { cause })
}

export function isPromise(value: unknown): value is Promise<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  )
}
