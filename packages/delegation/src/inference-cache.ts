import { isRtfsError } from '@rtfs/core'
import type {
  CacheStatistics,
  CacheStore,
  Clock,
  InferenceOptions,
  InferenceRequest,
  InferenceResponse,
  Logger,
  ModelProvider,
} from '@rtfs/interfaces'
import { CacheCounters } from './cache-counters.js'
import { type CachedAnswer, decodeAnswer, encodeAnswer, replayParts } from './cached-answer.js'
import { createMemoryCacheStore } from './memory-cache-store.js'
import { wrapModel } from './models.js'
import { keygen } from './request-key.js'
import { SingleFlight } from './single-flight.js'
import { systemTiming, throwIfAborted } from './timing.js'

export interface InferenceCacheOptions {
  /** Answers kept in memory. Default 1,000; their rough bytes: 32 MiB. */
  readonly maxEntries?: number
  readonly maxBytes?: number
  /** Where answers outlive the process. Default: nowhere. Closed with the cache. */
  readonly cold?: CacheStore<Uint8Array>
  /** Milliseconds an answer is kept. Default: for ever. */
  readonly ttlMs?: number
  readonly clock?: Clock
  /** Told of faults of the cold store: they are misses, never failures of the call. */
  readonly logger?: Logger
}

/** L2: answers of models by exact request. */
export interface InferenceCache {
  /** The kept answer, or that of the model; the same request at the same time asks it once. */
  infer(
    provider: ModelProvider,
    request: InferenceRequest,
    options?: InferenceOptions,
  ): Promise<InferenceResponse>
  /** The kept answer. Says it to `onText`, as `infer` does. */
  find(
    provider: ModelProvider,
    request: InferenceRequest,
    options?: InferenceOptions,
  ): Promise<InferenceResponse | undefined>
  /** The answer of the model, which is kept, whatever is known; the same request at the same time asks it once. */
  ask(
    provider: ModelProvider,
    request: InferenceRequest,
    options?: InferenceOptions,
  ): Promise<InferenceResponse>
  /** A model that is asked by way of this cache. */
  wrap(provider: ModelProvider): ModelProvider
  delete(provider: ModelProvider, request: InferenceRequest, options?: InferenceOptions): Promise<void>
  clear(): Promise<void>
  /** Resolves when everything that was answered so far is in the cold store. */
  flush(): Promise<void>
  readonly statistics: CacheStatistics
  close(): Promise<void>
}

/**
 * Makes an L2 cache. An answer is handed out before the cold store has it; `flush` and `close` wait for that, and what
 * the cold store has acknowledged it keeps. Failures of models are not kept. A request that has no key (a lone
 * surrogate, JSON nested deeper than 100) goes to the model each time.
 */
export function createInferenceCache(options: InferenceCacheOptions = {}): InferenceCache {
  const { cold, clock = systemTiming, logger } = options
  const hot = createMemoryCacheStore<CachedAnswer>({
    maxEntries: options.maxEntries ?? 1000,
    maxBytes: options.maxBytes ?? 32 * 1024 * 1024,
    sizeOf: ({ response, parts }) => response.text.length * 2 + parts.length * 8 + 200,
    clock,
  })
  const flights = new SingleFlight<CachedAnswer>()
  const counters = new CacheCounters()
  const writing = new Set<Promise<void>>()

  function keyOf(
    provider: ModelProvider,
    request: InferenceRequest,
    callOptions: InferenceOptions,
  ): string | undefined {
    const { scope, cache } = callOptions
    try {
      const { id, revision } = provider
      return keygen(request, { provider: id, revision, scope, namespace: cache?.namespace })
    } catch (error) {
      if (isRtfsError(error, 'RTFS_USAGE')) return undefined
      throw error
    }
  }

  function fault(event: string, error: unknown): void {
    logger?.log('error', event, { code: isRtfsError(error) ? error.code : 'unexpected' })
  }

  async function readCold(key: string, provider: ModelProvider): Promise<CachedAnswer | undefined> {
    if (cold === undefined) return undefined
    try {
      const bytes = await cold.get(key)
      if (bytes === undefined) return undefined
      const answer = decodeAnswer(bytes, key, provider)
      if (answer === undefined) {
        logger?.log('warn', 'l2.unreadable', { key })
        await cold.delete(key)
        return undefined
      }
      await hot.set(key, answer, expiry(answer.expiresAt))
      return answer
    } catch (error) {
      fault('l2.read-failed', error)
      return undefined
    }
  }

  /** The answer of this key that the call may have. */
  async function look(
    key: string,
    provider: ModelProvider,
    callOptions: InferenceOptions,
  ): Promise<CachedAnswer | undefined> {
    const { cache, onText } = callOptions
    const from = clock.monotonic()
    const miss = (reason: string) => {
      counters.miss(reason, clock.monotonic() - from)
      return undefined
    }
    if (cache?.refresh === true) return miss('refresh')
    const answer = (await hot.get(key)) ?? (await readCold(key, provider))
    if (answer === undefined) return miss('absent')
    const now = clock.now()
    if (answer.expiresAt !== undefined && answer.expiresAt <= now) return miss('expired')
    const age = now - answer.createdAt
    if (cache?.maxAgeMs !== undefined && age > cache.maxAgeMs) return miss('too-old')
    counters.hit(Math.max(0, age), clock.monotonic() - from)
    replayParts(answer, onText)
    return answer
  }

  async function keep(answer: CachedAnswer): Promise<void> {
    counters.puts++
    await hot.set(answer.key, answer, expiry(answer.expiresAt))
    if (cold === undefined) return
    const written = cold
      .set(answer.key, encodeAnswer(answer), expiry(answer.expiresAt))
      .catch(error => fault('l2.write-failed', error))
      .finally(() => writing.delete(written))
    writing.add(written)
  }

  function fly(
    key: string,
    provider: ModelProvider,
    request: InferenceRequest,
    callOptions: InferenceOptions,
  ): Promise<CachedAnswer> {
    const { cache, scope, signal, onText } = callOptions
    const ttlMs = cache?.ttlMs ?? options.ttlMs
    // One who wants it anew does not get what somebody else only looks up again.
    const flight = cache?.refresh === true ? `${key} anew` : key
    return flights.run(flight, { signal, onText }, async (shared, say) => {
      // Another flight may have landed since this call looked.
      const landed = cache?.refresh === true ? undefined : await hot.get(key)
      if (landed !== undefined && clock.now() - landed.createdAt <= (cache?.maxAgeMs ?? Infinity)) {
        replayParts(landed, say)
        return landed
      }
      const parts: number[] = []
      const response = await provider.infer(request, {
        signal: shared,
        ...(scope === undefined ? {} : { scope }),
        ...(onText === undefined
          ? {}
          : {
              onText: (part: string) => {
                if (part === '') return
                parts.push(part.length)
                say(part)
              },
            }),
      })
      // Who comes later may want to hear an answer that was not streamed.
      if (parts.length === 0 && response.text !== '') say(response.text)
      const now = clock.now()
      const answer: CachedAnswer = {
        key,
        provider: provider.id,
        revision: provider.revision,
        createdAt: now,
        expiresAt: ttlMs === undefined ? undefined : now + ttlMs,
        response: Object.freeze(response),
        parts,
      }
      await keep(answer)
      return answer
    })
  }

  async function find(
    provider: ModelProvider,
    request: InferenceRequest,
    callOptions: InferenceOptions = {},
  ): Promise<InferenceResponse | undefined> {
    throwIfAborted(callOptions)
    if (callOptions.cache?.noStore === true) return undefined
    const key = keyOf(provider, request, callOptions)
    return key === undefined ? undefined : (await look(key, provider, callOptions))?.response
  }

  async function infer(
    provider: ModelProvider,
    request: InferenceRequest,
    callOptions: InferenceOptions = {},
  ): Promise<InferenceResponse> {
    return (await find(provider, request, callOptions)) ?? ask(provider, request, callOptions)
  }

  async function ask(
    provider: ModelProvider,
    request: InferenceRequest,
    callOptions: InferenceOptions = {},
  ): Promise<InferenceResponse> {
    throwIfAborted(callOptions)
    const noStore = callOptions.cache?.noStore === true
    const key = noStore ? undefined : keyOf(provider, request, callOptions)
    if (key !== undefined) return (await fly(key, provider, request, callOptions)).response
    counters.miss(noStore ? 'no-store' : 'no-key', 0)
    return provider.infer(request, callOptions)
  }

  async function flush(): Promise<void> {
    while (writing.size > 0) await Promise.all(writing)
  }

  return {
    infer,
    find,
    ask,
    wrap: provider => wrapModel(provider, (request, callOptions) => infer(provider, request, callOptions)),
    async delete(provider, request, callOptions = {}) {
      const key = keyOf(provider, request, callOptions)
      if (key === undefined) return
      await flush()
      await hot.delete(key)
      await cold?.delete(key)
    },
    async clear() {
      await flush()
      await hot.clear()
      await cold?.clear()
    },
    flush,
    get statistics() {
      const inMemory = hot.usage()
      const onDisk = cold?.usage()
      counters.evictions = inMemory.evictions + (onDisk?.evictions ?? 0)
      // What is cold holds what is hot, too.
      return counters.statistics('L2', onDisk?.entries ?? inMemory.entries, onDisk?.bytes ?? inMemory.bytes)
    },
    async close() {
      await flush()
      await hot.close()
      await cold?.close()
    },
  }
}

function expiry(expiresAt: number | undefined): { readonly expiresAt?: number } {
  return expiresAt === undefined ? {} : { expiresAt }
}
