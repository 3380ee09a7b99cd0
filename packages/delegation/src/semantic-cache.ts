import { isRtfsError } from '@rtfs/core'
import type {
  CacheStatistics,
  Clock,
  Embedder,
  InferenceOptions,
  InferenceRequest,
  InferenceResponse,
  Logger,
  ModelProvider,
  VectorIndex,
  VectorIndexFactory,
} from '@rtfs/interfaces'
import { CacheCounters } from './cache-counters.js'
import type { InferenceCache } from './inference-cache.js'
import { wrapModel } from './models.js'
import { keygen, scopeKeyOf, similarityTextOf } from './request-key.js'
import { systemTiming } from './timing.js'

/** Two texts that are close, and of the same scope. */
export interface SimilarTexts {
  readonly asked: string
  readonly kept: string
  /** Cosine similarity. */
  readonly score: number
  readonly request: InferenceRequest
}

export interface SemanticCacheOptions {
  /** L2, which is asked first and holds the answers. Closed with this cache. */
  readonly inferences: InferenceCache
  readonly embedder: Embedder
  readonly createIndex: VectorIndexFactory
  /** Cosine similarity from which a text is proposed. Default 0.98. */
  readonly threshold?: number
  /** Candidates looked at. Default 8. */
  readonly candidates?: number
  /**
   * Whether the answer to a close text answers this one: a verifier, a person, a rule of yours. Default: never, so
   * that only the same text hits (`normalText`).
   */
  readonly accept?: (texts: SimilarTexts) => boolean | Promise<boolean>
  /** Texts remembered, over all scopes; the oldest are forgotten first. Default 10,000. */
  readonly maxEntries?: number
  readonly clock?: Clock
  /** Told of every hit with both texts and the score, and of faults. */
  readonly logger?: Logger
}

/** L3: answers to texts that mean the same, over L2. */
export interface SemanticCache {
  infer(
    provider: ModelProvider,
    request: InferenceRequest,
    options?: InferenceOptions,
  ): Promise<InferenceResponse>
  wrap(provider: ModelProvider): ModelProvider
  clear(): Promise<void>
  flush(): Promise<void>
  readonly statistics: CacheStatistics
  close(): Promise<void>
}

/** A text that was asked, and the request whose answer L2 holds. */
interface Kept {
  readonly id: string
  readonly text: string
  readonly normal: string
  readonly request: InferenceRequest
}

interface Partition {
  readonly index: VectorIndex
  readonly kept: Map<string, Kept>
}

/**
 * The form in which two texts are the same text: Unicode NFC, one kind of line end, outer white space gone. Case,
 * inner spaces and punctuation stay: prompts hold data, and `"A"` is not `"a"`.
 */
export function normalText(text: string): string {
  return text.normalize('NFC').replace(/\r\n?/g, '\n').trim()
}

/**
 * Makes an L3 cache. The exact request is looked up first. Then similarity proposes texts of the same scope (provider,
 * revision, tenant, policy, namespace, model, system prompt, parameters), and never decides: the normalised text must be
 * the same, or the hook must take it.
 */
export function createSemanticCache(options: SemanticCacheOptions): SemanticCache {
  const { inferences, embedder, createIndex, threshold = 0.98, candidates = 8, accept, logger } = options
  const { maxEntries = 10_000, clock = systemTiming } = options
  const counters = new CacheCounters()
  const partitions = new Map<string, Promise<Partition>>()
  /** Partition of each text, the oldest first. */
  const order = new Map<string, string>()

  function partitionOf(scope: string): Promise<Partition> {
    let partition = partitions.get(scope)
    if (partition === undefined) {
      partition = Promise.resolve(createIndex({ dimension: embedder.model.dimension })).then(index => ({
        index,
        kept: new Map(),
      }))
      partition.catch(() => partitions.delete(scope))
      partitions.set(scope, partition)
    }
    return partition
  }

  function keysOf(provider: ModelProvider, request: InferenceRequest, callOptions: InferenceOptions) {
    const { scope, cache } = callOptions
    const keyOptions = {
      provider: provider.id,
      revision: provider.revision,
      scope,
      namespace: cache?.namespace,
    }
    return { scope: scopeKeyOf(request, keyOptions), key: keygen(request, keyOptions) }
  }

  /** The kept text whose answer answers this one. */
  async function propose(
    partition: Partition,
    vector: Float32Array,
    request: InferenceRequest,
    callOptions: InferenceOptions,
  ): Promise<{ readonly kept: Kept; readonly score: number; readonly why: string } | undefined> {
    const text = similarityTextOf(request)
    const normal = normalText(text)
    const { signal } = callOptions
    const matches = await partition.index.search(vector, candidates, signal === undefined ? {} : { signal })
    for (const { id, score } of matches) {
      const kept = partition.kept.get(id)
      // A score that is no number ranks anywhere.
      if (kept === undefined || !(score >= threshold)) continue
      if (kept.normal === normal) return { kept, score, why: 'same text' }
      const taken = accept !== undefined && (await accept({ asked: text, kept: kept.text, score, request }))
      if (taken === true) return { kept, score, why: 'accepted by the hook' }
    }
    return undefined
  }

  async function similar(
    provider: ModelProvider,
    request: InferenceRequest,
    callOptions: InferenceOptions,
  ): Promise<{ readonly response: InferenceResponse | undefined; readonly remember: () => Promise<void> }> {
    const from = clock.monotonic()
    const nothing = { response: undefined, remember: async () => {} }
    try {
      const { scope, key } = keysOf(provider, request, callOptions)
      const partition = await partitionOf(scope)
      const { signal } = callOptions
      const text = similarityTextOf(request)
      const [vector] = await embedder.embed([text], signal === undefined ? {} : { signal })
      const found =
        callOptions.cache?.refresh === true
          ? undefined
          : await propose(partition, vector!, request, callOptions)
      const remember = () =>
        keep(scope, partition, { id: key, text, normal: normalText(text), request }, vector!)
      if (found === undefined) {
        counters.miss('absent', clock.monotonic() - from)
        return { response: undefined, remember }
      }
      const { kept, score, why } = found
      const response = await inferences.find(provider, kept.request, callOptions)
      if (response === undefined) {
        // L2 has forgotten it, or holds it for older than the call allows.
        counters.miss('forgotten', clock.monotonic() - from)
        return { response, remember }
      }
      counters.hit(0, clock.monotonic() - from)
      logger?.log('info', 'l3.hit', { asked: text, kept: kept.text, score, why })
      return { response, remember: async () => {} }
    } catch (error) {
      callOptions.signal?.throwIfAborted()
      counters.miss('fault', clock.monotonic() - from)
      logger?.log('error', 'l3.failed', { code: isRtfsError(error) ? error.code : 'unexpected' })
      return nothing
    }
  }

  async function keep(scope: string, partition: Partition, kept: Kept, vector: Float32Array): Promise<void> {
    if (partition.kept.has(kept.id)) return
    try {
      await partition.index.add(kept.id, vector)
      partition.kept.set(kept.id, kept)
      order.set(kept.id, scope)
      counters.puts++
      if (order.size > maxEntries) await forgetOldest()
    } catch (error) {
      logger?.log('error', 'l3.failed', { code: isRtfsError(error) ? error.code : 'unexpected' })
    }
  }

  async function forgetOldest(): Promise<void> {
    const [oldest] = order
    if (oldest === undefined) return
    const [id, scope] = oldest
    order.delete(id)
    counters.evictions++
    const partition = await partitions.get(scope)
    if (partition === undefined) return
    partition.kept.delete(id)
    // Where single vectors cannot be taken out, they are found and passed over.
    if (partition.index.supports.remove) await partition.index.remove(id)
    if (partition.kept.size === 0) {
      partitions.delete(scope)
      await partition.index.close()
    }
  }

  async function infer(
    provider: ModelProvider,
    request: InferenceRequest,
    callOptions: InferenceOptions = {},
  ): Promise<InferenceResponse> {
    const { cache } = callOptions
    if (cache?.noStore === true) return inferences.infer(provider, request, callOptions)
    if (cache?.refresh !== true) {
      const exact = await inferences.find(provider, request, callOptions)
      if (exact !== undefined) return exact
    }
    const { response, remember } = await similar(provider, request, callOptions)
    if (response !== undefined) return response
    const answer = await inferences.infer(provider, request, callOptions)
    await remember()
    return answer
  }

  async function clear(): Promise<void> {
    const all = [...partitions.values()]
    partitions.clear()
    order.clear()
    for (const partition of all) await (await partition).index.close()
  }

  return {
    infer,
    wrap: provider => wrapModel(provider, (request, callOptions) => infer(provider, request, callOptions)),
    clear,
    flush: () => inferences.flush(),
    get statistics() {
      return counters.statistics('L3', order.size, order.size * embedder.model.dimension * 4)
    },
    async close() {
      await clear()
      await inferences.close()
    },
  }
}
