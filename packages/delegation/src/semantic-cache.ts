import { isRtfsError } from '@rtfs/core'
import type {
  CacheStatistics,
  CacheStore,
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
import { decodeText, encodeText, type KeptText, keyOfText, prefixOfScope } from './kept-text.js'
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
  /**
   * Where texts and their vectors outlive the process; read when something of their scope is first asked. A store of its
   * own, beside the cold store of L2, and closed with this cache. Default: nowhere.
   */
  readonly texts?: CacheStore<Uint8Array>
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

/** A text that was asked, and what it is compared by. */
interface Kept {
  readonly text: string
  readonly normal: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

interface Partition {
  readonly scope: string
  readonly index: VectorIndex
  readonly kept: Map<string, Kept>
  /** False until it holds what an earlier process has kept. */
  isOpen: boolean
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
  const { maxEntries = 10_000, texts, clock = systemTiming } = options
  const { model } = embedder
  const counters = new CacheCounters()
  const partitions = new Map<string, Promise<Partition>>()
  /** Partition of each text, the oldest first. */
  const order = new Map<string, Partition>()
  const writing = new Set<Promise<void>>()
  let characters = 0

  function fault(error: unknown): void {
    logger?.log('error', 'l3.failed', { code: isRtfsError(error) ? error.code : 'unexpected' })
  }

  /** Does it behind the call; what fails there is reported and fails nothing. */
  function later(task: () => Promise<void>): void {
    const work = task()
      .catch(fault)
      .finally(() => writing.delete(work))
    writing.add(work)
  }

  function partitionOf(scope: string): Promise<Partition> {
    let partition = partitions.get(scope)
    if (partition === undefined) {
      partition = openPartition(scope)
      partition.catch(() => partitions.delete(scope))
      partitions.set(scope, partition)
    }
    return partition
  }

  /** An index of what an earlier process has kept of the scope. */
  async function openPartition(scope: string): Promise<Partition> {
    const index = await createIndex({ dimension: model.dimension })
    const partition: Partition = { scope, index, kept: new Map(), isOpen: texts === undefined }
    if (texts === undefined) return partition
    try {
      const found: KeptText[] = []
      for await (const [key, bytes] of texts.entries(prefixOfScope(scope))) {
        const text = decodeText(bytes, key, model)
        // Of another embedder, or nothing that was written here.
        if (text === undefined) later(() => texts.delete(key))
        else found.push(text)
      }
      found.sort((a, b) => a.at - b.at)
      for (const text of found) await hold(partition, text)
    } catch (error) {
      fault(error)
    }
    partition.isOpen = true
    return partition
  }

  /** Takes a text into the memory of this process. */
  async function hold(partition: Partition, { id, text, vector, at }: KeptText): Promise<void> {
    await partition.index.add(id, vector)
    partition.kept.set(id, { text, normal: normalText(text), at })
    order.set(id, partition)
    characters += text.length
    while (order.size > maxEntries) await forgetOldest()
  }

  function keysOf(provider: ModelProvider, request: InferenceRequest, callOptions: InferenceOptions) {
    const { scope, cache } = callOptions
    const keyOptions = {
      provider: provider.id,
      revision: provider.revision,
      scope,
      namespace: cache?.namespace,
    }
    return { scope: scopeKeyOf(request, keyOptions), id: keygen(request, keyOptions) }
  }

  /** Why the answer to a kept text answers this one. */
  async function reasonFor(
    { kept, normal, score }: { readonly kept: Kept; readonly normal: string; readonly score: number },
    request: InferenceRequest,
  ): Promise<string | undefined> {
    if (kept.normal === normal) return 'same text'
    const asked = similarityTextOf(request)
    const taken = accept !== undefined && (await accept({ asked, kept: kept.text, score, request }))
    return taken === true ? 'accepted by the hook' : undefined
  }

  async function similar(
    provider: ModelProvider,
    request: InferenceRequest,
    callOptions: InferenceOptions,
  ): Promise<{ readonly response: InferenceResponse | undefined; readonly remember: () => Promise<void> }> {
    const from = clock.monotonic()
    const call = callOptions.signal === undefined ? {} : { signal: callOptions.signal }
    try {
      const { scope, id } = keysOf(provider, request, callOptions)
      const partition = await partitionOf(scope)
      const text = similarityTextOf(request)
      const normal = normalText(text)
      const [vector] = await embedder.embed([text], call)
      const isRefresh = callOptions.cache?.refresh === true
      const matches = isRefresh ? [] : await partition.index.search(vector!, candidates, call)
      let reason = isRefresh ? 'refresh' : 'absent'
      for (const { id: match, score } of matches) {
        const kept = partition.kept.get(match)
        // A score that is no number ranks anywhere.
        if (kept === undefined || !(score >= threshold)) continue
        const why = await reasonFor({ kept, normal, score }, request)
        if (why === undefined) continue
        // The key of the answer is made anew, of this request's scope and the kept text.
        const response = await inferences.find(provider, { ...request, prompt: kept.text }, callOptions)
        if (response === undefined) {
          // L2 has forgotten it, or holds it for older than the call allows; there may be another.
          reason = 'forgotten'
          continue
        }
        counters.hit(Math.max(0, clock.now() - kept.at), clock.monotonic() - from)
        logger?.log('info', 'l3.hit', { asked: text, kept: kept.text, score, why })
        return { response, remember: async () => {} }
      }
      counters.miss(reason, clock.monotonic() - from)
      const remember = () =>
        keep(partition, { scope, id, text, vector: vector!, at: clock.now() }, callOptions.cache?.ttlMs)
      return { response: undefined, remember }
    } catch (error) {
      callOptions.signal?.throwIfAborted()
      counters.miss('fault', clock.monotonic() - from)
      fault(error)
      return { response: undefined, remember: async () => {} }
    }
  }

  async function keep(partition: Partition, text: KeptText, ttlMs: number | undefined): Promise<void> {
    if (partition.kept.has(text.id)) return
    try {
      await hold(partition, text)
      counters.puts++
      if (texts === undefined) return
      const bytes = encodeText(text, model)
      const expiry = ttlMs === undefined ? {} : { expiresAt: text.at + ttlMs }
      later(() => texts.set(keyOfText(text.scope, text.id), bytes, expiry))
    } catch (error) {
      fault(error)
    }
  }

  async function forgetOldest(): Promise<void> {
    const [oldest] = order
    if (oldest === undefined) return
    const [id, partition] = oldest
    const { scope, index, kept } = partition
    order.delete(id)
    characters -= kept.get(id)?.text.length ?? 0
    kept.delete(id)
    counters.evictions++
    if (texts !== undefined) later(() => texts.delete(keyOfText(scope, id)))
    // Where single vectors cannot be taken out, they are found and passed over.
    if (index.supports.remove) await index.remove(id)
    if (kept.size > 0 || !partition.isOpen) return
    partitions.delete(scope)
    await index.close()
  }

  async function infer(
    provider: ModelProvider,
    request: InferenceRequest,
    callOptions: InferenceOptions = {},
  ): Promise<InferenceResponse> {
    if (callOptions.cache?.noStore === true) return inferences.infer(provider, request, callOptions)
    const exact = await inferences.find(provider, request, callOptions)
    if (exact !== undefined) return exact
    const { response, remember } = await similar(provider, request, callOptions)
    if (response !== undefined) return response
    const answer = await inferences.ask(provider, request, callOptions)
    await remember()
    return answer
  }

  async function flush(): Promise<void> {
    while (writing.size > 0) await Promise.all(writing)
    await inferences.flush()
  }

  async function forgetAll(): Promise<void> {
    const all = [...partitions.values()]
    partitions.clear()
    order.clear()
    characters = 0
    for (const partition of all) await (await partition).index.close()
  }

  return {
    infer,
    wrap: provider => wrapModel(provider, (request, callOptions) => infer(provider, request, callOptions)),
    async clear() {
      await flush()
      await forgetAll()
      await texts?.clear()
    },
    flush,
    get statistics() {
      const bytes = order.size * model.dimension * 4 + characters * 2
      return counters.statistics('L3', order.size, bytes)
    },
    async close() {
      await flush()
      await forgetAll()
      await texts?.close()
      await inferences.close()
    },
  }
}
