import type { Limits, Value } from '@rtfs/core'
import type { Clock, Host, HostCallInfo, JournalStore, ModuleLoader } from '@rtfs/interfaces'
import type { BytecodeOptions } from './bytecode/tier.js'
import type { DelegationOptions } from './delegation/options.js'
import type { CapabilityTable } from './host/capabilities.js'
import type { EffectInDoubt } from './host/run-state.js'
import type { SecurityOptions } from './host/security.js'
import type { KernelOptions } from './ir/kernel/options.js'
import type { Tier } from './shared/tier.js'

/** Options of `createRuntime`. All of them may be left out: then programs compute, and reach nothing. */
export interface RuntimeOptions {
  /** Single limits; the others are those of the table (`defaultLimits`). `Infinity` lifts one. */
  readonly limits?: Partial<Limits>
  /** Grants. Default: none. */
  readonly security?: SecurityOptions
  /** The host of LANGUAGE §15.1. Default: none, as `PureHost`. */
  readonly host?: Host
  /** What capabilities do, by id; asked before the host. A grant is needed all the same. */
  readonly capabilities?: CapabilityTable
  /** Where modules come from. Default: nowhere. */
  readonly modules?: ModuleLoader
  /** Whether a qualified name whose module nobody imported imports it. Default false: it is an UndefinedSymbol. */
  readonly autoload?: boolean
  /** Keeps journals, so that a run survives its process. Default: journals live as long as their run. */
  readonly journal?: JournalStore
  /** Whether an effect that was begun and has no result may be done again. Default: only idempotent ones. */
  readonly retryInDoubt?: (effect: EffectInDoubt) => boolean
  /** Default: `Date.now` and `performance.now`. */
  readonly clock?: Clock
  /** The map behind `@name`. Default: nil. */
  readonly taskContext?: Value
  /** Whether free names may come from the host's context. Default false. */
  readonly contextFallback?: boolean
  /** Default: every call runs its body. */
  readonly delegation?: DelegationOptions
  /** Told to capabilities with each call. */
  readonly causalContext?: HostCallInfo['causalContext']
  /**
   * Milliseconds in which a capability that answers later has to: then its signal is aborted, what it answers is
   * ignored, and the program gets an error of type `:error/timeout`. `timeoutMs` of a capability's schema says another
   * time for that one. Not for models, whose registry says it. Default: all the time they want.
   */
  readonly capabilityTimeoutMs?: number
  /** Capability that releases a handle of `with-resource`, by type name. Default: `FileHandle` is closed. */
  readonly resourceTypes?: Readonly<Record<string, string>>
  /** How hot loops and recursive functions over numbers run in the IR runtime. Outcomes are the same. */
  readonly kernels?: KernelOptions
  /** Compiler and executor of the WebAssembly tier. Default: that tier is not there. */
  readonly bytecode?: BytecodeOptions
  /** Makes further tiers for a session, such as `createBytecodeTier`. The evaluator and the IR runtime are always there. */
  readonly tiers?: readonly (() => Tier)[]
}

/** Which tier runs a program. `auto`: the IR runtime; the evaluator where that one does not reach. */
export type TierChoice = 'auto' | 'ast' | 'ir' | 'wasm'

/** Options of one run. */
export interface RunOptions {
  /** Default `auto`. */
  readonly tier?: TierChoice
  /** Whether another tier takes over what the chosen one does not cover. Default: only for `auto`. */
  readonly fallback?: boolean
  /** A function of the program to call when it has run; its value is the value of the run. */
  readonly call?: string
  /** Arguments of `call`; JavaScript data is converted by `fromJs`. */
  readonly args?: readonly unknown[]
  /**
   * Called around each evaluation of the program, which never waits: has to call it and give back what it gives. This
   * is where a command makes code interruptible that no signal reaches. Default: it is just called.
   */
  readonly around?: <T>(evaluate: () => T) => T
  /** Cancels the run: what it waits for is not waited for, nothing of the program runs any more. */
  readonly signal?: AbortSignal
  /** Single limits, above those of the runtime. */
  readonly limits?: Partial<Limits>
  /** Name of the journal of this run. Default: a new one for every run. */
  readonly runId?: string
  /** Name of the text in messages, and the place that relative imports start from. */
  readonly file?: string
}
