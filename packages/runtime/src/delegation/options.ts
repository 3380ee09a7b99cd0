import type {
  CallMetadata,
  CallOptions,
  DelegationDecision,
  DelegationEngine,
  Embedder,
  FunctionDescription,
  L4CacheHit,
  ModelProvider,
  ModelUsage,
  PreparedModule,
} from '@rtfs/interfaces'
import type { DelegatedFunction } from '../shared/services.js'

/** Who may answer calls of named functions instead of their bodies (LANGUAGE §15.5). */
export interface DelegationOptions {
  /** Decides where calls run. Without one only hints do, and calls without a hint cost nothing. */
  readonly engine?: DelegationEngine
  /** Model providers by id; a model whose id is unknown here may still be a capability `model-call:<id>`. */
  readonly models?: { find(id: string): ModelProvider | undefined }
  /** Loads a module of the cache with every check. `undefined` or an error: the body runs instead. */
  readonly resolveHit?: (
    hit: L4CacheHit,
    options: CallOptions,
  ) => PreparedModule | undefined | Promise<PreparedModule | undefined>
  /** Told when an engine or a cache fails and the call runs here instead. */
  readonly onFault?: (fault: { readonly symbol: string; readonly error: unknown }) => void
  /** What the cache needs to know of a function. Default: worked out from the IR of its program. */
  readonly describe?: (fn: DelegatedFunction) => FunctionDescription | undefined
  /** Whose data the program works on; answers of models are never shared between tenants. */
  readonly tenant?: string
  /** Class of the data where a function does not name one by `^{:data-class :pii}`. */
  readonly dataClass?: string
  /** What engines are told of a function besides. Part of the decision, so it must be the same for the same symbol. */
  readonly metadata?: (symbol: string) => CallMetadata | undefined
  /** Makes vectors of tasks, for engines that ask for one. */
  readonly embedder?: Embedder
  /** Told of every decision, once for a function and types of arguments in a run. */
  readonly onDecision?: (made: { readonly symbol: string; readonly decision: DelegationDecision }) => void
  /** Told which model gave an answer, and what it used. Not told of answers from the journal. */
  readonly onAnswer?: (answer: ModelAnswer) => void
}

/** Who answered a call that went to a model. */
export interface ModelAnswer {
  /** Id that was asked. */
  readonly asked: string
  /** The model that answered, which for a chain is one of its models. */
  readonly model: string
  readonly usage: ModelUsage | undefined
}
