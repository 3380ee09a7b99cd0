import type { Value } from '@rtfs/core'
import type { CallOptions } from './common.js'
import type { CallContext, DelegationDecision } from './delegation.js'

/** What a program asked of the world. `position` is its place in the run: branch path and counter (ARCHITECTURE §4). */
export type Effect =
  | {
      readonly kind: 'capability'
      readonly position: string
      readonly capability: string
      readonly args: readonly Value[]
      readonly call: HostCallInfo
    }
  | { readonly kind: 'decide'; readonly position: string; readonly context: CallContext }
  | { readonly kind: 'infer'; readonly position: string; readonly model: string; readonly prompt: string }

/** Context of a capability call (LANGUAGE §15.4). */
export interface HostCallInfo {
  readonly capability: string
  readonly securityContext: string
  readonly causalContext: {
    readonly planId?: string
    readonly intentId?: string
    readonly stepId?: string
    readonly parentActionId?: string
  }
  readonly metadata: {
    readonly timeoutMs?: number
    readonly idempotencyKey: string
    readonly executionHints: ReadonlyMap<string, Value>
    /** What the capability may see of the context of the run, a map; absent where nothing is shown. */
    readonly context?: Value
  }
}

/** The result of an effect. Errors travel as data, so that a journal can hold them. */
export type EffectResult =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: Value }
  | { readonly ok: true; readonly decision: DelegationDecision }

/** A capability's types and effect labels (LANGUAGE §15.2, §15.3). Types as RTFS type text. */
export interface CapabilitySchema {
  readonly input?: string
  readonly output?: string
  readonly effects?: readonly string[]
  /** Words that `exposeReadonlyContext` may name instead of the id. */
  readonly tags?: readonly string[]
  /**
   * True when doing it twice is the same as doing it once, by itself or because it hands `idempotencyKey` on: then
   * one in doubt (begun, and the process ended) may be done again.
   */
  readonly idempotent?: boolean
  /** Milliseconds it has for its answer, `Infinity` for all it wants. Default: `capabilityTimeoutMs` of the runtime. */
  readonly timeoutMs?: number
}

/**
 * The host of a run (LANGUAGE §15.1). Only `executeCapability` is required: a value, or a promise of one, in which
 * case the run suspends and is replayed. What a host leaves out behaves as in `PureHost`.
 */
export interface Host {
  executeCapability(
    id: string,
    args: readonly Value[],
    call: HostCallInfo,
    options: CallOptions,
  ): Value | Promise<Value>
  /** Whether the host answers a capability. Default: any of them, if only with an error. */
  hasCapability?(id: string): boolean
  getCapabilitySchema?(id: string): CapabilitySchema | undefined
  getContextValue?(key: string): Value | undefined
  /**
   * What a capability may see of the context that `exposeReadonlyContext` shows it: a map, of the given keys where a
   * step names them. Default: the keys that a step names, each from `getContextValue`.
   */
  contextSnapshot?(keys: readonly string[] | undefined): Value | undefined
  setStepContextValue?(key: string, value: Value): void
  notifyStepStarted?(name: string): string
  notifyStepCompleted?(id: string, value: Value): void
  notifyStepFailed?(id: string, error: Value): void
  setStepExposureOverride?(expose: boolean, keys?: readonly string[]): void
  clearStepExposureOverride?(): void
  setExecutionHint?(key: string, value: Value): void
  clearExecutionHints?(): void
  /** Told before a run, and cleared after it, when the runtime has a `causalContext`. */
  setExecutionContext?(
    planId: string | undefined,
    intentIds: readonly string[],
    parentActionId: string | undefined,
  ): void
  clearExecutionContext?(): void
  prepareExecution?(): void
  cleanupExecution?(): void
  log?(
    level: string,
    values: readonly Value[],
    location: { readonly line: number; readonly column: number } | undefined,
  ): void
  releaseResource?(handle: Value): void | Promise<void>
  registerObject?(object: Value): void
  getResource?(id: string): Value | undefined
  /** Called before each capability runs; if it throws, the capability is not run. */
  recordProvenance?(call: HostCallInfo, args: readonly Value[]): void
}

/** One line of a journal: an intent before an effect, its result after. */
export type JournalEntry =
  | {
      readonly kind: 'intent'
      readonly position: string
      readonly capability: string
      readonly argsHash: string
      readonly idempotent: boolean
    }
  | { readonly kind: 'result'; readonly position: string; readonly result: EffectResult }

/** Keeps the journal of a run. `append` resolves when the entry is as durable as the store promises. */
export interface JournalStore {
  load(runId: string, options?: CallOptions): Promise<readonly JournalEntry[]>
  append(runId: string, entry: JournalEntry, options?: CallOptions): Promise<void>
  close(): Promise<void>
}

/** Text of modules by name (LANGUAGE §12.3). `undefined` when there is none; paths that leave the root throw. */
export interface ModuleLoader {
  load(
    name: string,
    importer: string | undefined,
  ): { readonly path: string; readonly text: string } | undefined
}
