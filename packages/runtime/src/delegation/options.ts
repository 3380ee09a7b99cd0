import type {
  CallOptions,
  DelegationEngine,
  FunctionDescription,
  L4CacheHit,
  ModelProvider,
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
}
