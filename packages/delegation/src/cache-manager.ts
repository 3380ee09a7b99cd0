import type {
  CacheStatistics,
  InferenceOptions,
  InferenceRequest,
  InferenceResponse,
  ModelProvider,
} from '@rtfs/interfaces'
import type { CacheEvent, DecisionCache } from './decision-cache.js'
import type { InferenceCache } from './inference-cache.js'
import { wrapModel } from './models.js'
import { keygen } from './request-key.js'
import type { SemanticCache } from './semantic-cache.js'

/** Whichever of the caches there are. */
export interface CacheTiers {
  /** L1. */
  readonly decisions?: DecisionCache
  /** L2. */
  readonly inferences?: InferenceCache
  /** L3; brings its own L2, which `inferences` then should be. */
  readonly semantic?: SemanticCache
  /** L4, as far as it says how it does. */
  readonly modules?: { readonly statistics: CacheStatistics }
}

/** The caches of a runtime in one hand. */
export interface CacheManager extends CacheTiers {
  /** By way of L3, else L2, else the model itself. */
  infer(
    provider: ModelProvider,
    request: InferenceRequest,
    options?: InferenceOptions,
  ): Promise<InferenceResponse>
  wrap(provider: ModelProvider): ModelProvider
  /** The key of a request in L2. */
  readonly keygen: typeof keygen
  /** Tells L1 that something changed. */
  notify(event: CacheEvent): void
  /** Of every cache there is, L1 first. */
  statistics(): readonly CacheStatistics[]
  /** Empties L1 to L3; modules stay. */
  clear(): Promise<void>
  flush(): Promise<void>
  /** Closes L2 and L3. */
  close(): Promise<void>
}

/** Holds any of the caches, also none. */
export function createCacheManager(tiers: CacheTiers = {}): CacheManager {
  const { decisions, inferences, semantic, modules } = tiers
  const models = semantic ?? inferences

  function infer(provider: ModelProvider, request: InferenceRequest, options?: InferenceOptions) {
    return models === undefined ? provider.infer(request, options) : models.infer(provider, request, options)
  }

  return {
    ...tiers,
    infer,
    wrap: provider =>
      models === undefined
        ? provider
        : wrapModel(provider, (request, options) => infer(provider, request, options)),
    keygen,
    notify: event => decisions?.notify(event),
    statistics: () =>
      [decisions, inferences, semantic, modules].flatMap(cache =>
        cache === undefined ? [] : [cache.statistics],
      ),
    async clear() {
      decisions?.clear()
      await semantic?.clear()
      await inferences?.clear()
    },
    async flush() {
      await semantic?.flush()
      await inferences?.flush()
    },
    async close() {
      await semantic?.close()
      await inferences?.close()
    },
  }
}
