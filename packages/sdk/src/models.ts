import { join } from 'node:path'
import { RtfsError } from '@rtfs/core'
import {
  createFallbackModel,
  createInferenceCache,
  createModelRegistry,
  createSemanticCache,
  type FallbackModel,
  type InferenceCache,
  type ModelRegistry,
  type ProviderLimits,
  type SemanticCache,
  type SemanticCacheOptions,
  wrapModel,
} from '@rtfs/delegation'
import { createAdaptiveIndex } from '@rtfs/index-hnsw'
import type { CacheStatistics, CacheStore, Embedder, Logger, ModelProvider } from '@rtfs/interfaces'
import { createHashEmbedder } from '@rtfs/l4-client'
import { openSqliteCacheStore } from '@rtfs/store-sqlite'

/** Models of `createRtfs`, and how their answers are kept. */
export interface ModelOptions {
  /** Models that hints, targets and rules name. */
  readonly models?: readonly ModelProvider[]
  /** Bounds by model id: calls, tokens, dollars, requests at a time, time. */
  readonly modelLimits?: ReadonlyMap<string, ProviderLimits>
  /** Chains by id: models of `models`, asked one after the other until one answers. */
  readonly chains?: ReadonlyMap<string, readonly string[]>
  /**
   * Where answers of models are kept (L2): `memory`, or `disk`, which is `inferences.sqlite` in `dir`. Default `none`:
   * every call asks its model.
   */
  readonly answers?: 'none' | 'memory' | 'disk'
  /** Milliseconds an answer is kept. Default: for ever. */
  readonly answerTtlMs?: number
  /**
   * Whether a request may get the answer to one that means the same (L3, over `answers`, which then must be `memory` or
   * `disk`; `disk` keeps the texts, too, in `similar-texts.sqlite`). `true`: only where the texts are the same in normal form (`normalText` of `@rtfs/delegation`);
   * with `accept`, your hook decides over texts that are close. Every hit is logged with both texts. Default `false`.
   */
  readonly similarAnswers?: boolean | SimilarAnswers
}

/** What counts as similar: see `SemanticCacheOptions` of `@rtfs/delegation`. */
export interface SimilarAnswers
  extends Pick<SemanticCacheOptions, 'accept' | 'threshold' | 'candidates' | 'maxEntries'> {
  /** It is given every prompt, so it must be allowed to have the data. Default: words hashed in this process. */
  readonly embedder?: Embedder
}

/** Up to here an exact scan is faster than what building a graph would save. */
const exactUpTo = 50_000

/** Registry, chains and answers of one `createRtfs`. */
export class Models {
  readonly registry: ModelRegistry
  readonly chains: readonly FallbackModel[]
  readonly #options: ModelOptions
  readonly #dir: string
  readonly #logger: Logger | undefined
  readonly #wrapped = new WeakMap<ModelProvider, ModelProvider>()
  #cache: Promise<InferenceCache | SemanticCache> | undefined
  /** Those in use, L2 first. */
  #opened: readonly { readonly statistics: CacheStatistics }[] = []

  constructor(options: ModelOptions, dir: string, logger: Logger | undefined) {
    this.#options = options
    this.#dir = dir
    this.#logger = logger
    if (isOn(options.similarAnswers) && (options.answers ?? 'none') === 'none') {
      throw new RtfsError('RTFS_USAGE', 'similarAnswers needs kept answers: set answers to memory or disk')
    }
    const { models = [], modelLimits, chains = new Map<string, readonly string[]>() } = options
    this.registry = createModelRegistry(models, modelLimits === undefined ? {} : { limits: modelLimits })
    this.chains = [...chains].map(([id, members]) => this.#chain(id, members))
    for (const chain of this.chains) this.registry.register(chain)
  }

  #chain(id: string, members: readonly string[]): FallbackModel {
    const models = members.map(member => {
      const found = this.registry.find(member)
      if (found !== undefined) return found
      throw new RtfsError('RTFS_USAGE', `the chain ${id} names ${member}, which is not among the models`)
    })
    return createFallbackModel({
      id,
      models,
      ...(this.#logger === undefined ? {} : { logger: this.#logger }),
    })
  }

  /** A model within its limits, by way of the kept answers. */
  find(id: string): ModelProvider | undefined {
    const provider = this.registry.find(id)
    if (provider === undefined || (this.#options.answers ?? 'none') === 'none') return provider
    let wrapped = this.#wrapped.get(provider)
    if (wrapped === undefined) {
      wrapped = wrapModel(provider, async (request, options) =>
        (await this.#open()).infer(provider, request, options),
      )
      this.#wrapped.set(provider, wrapped)
    }
    return wrapped
  }

  /** Of L2 and L3, once something was asked. */
  statistics(): readonly CacheStatistics[] {
    return this.#opened.map(cache => cache.statistics)
  }

  #open(): Promise<InferenceCache | SemanticCache> {
    this.#cache ??= this.#make()
    return this.#cache
  }

  async #make(): Promise<InferenceCache | SemanticCache> {
    const { answers, answerTtlMs, similarAnswers } = this.#options
    const logger = this.#logger === undefined ? {} : { logger: this.#logger }
    const ttl = answerTtlMs === undefined ? {} : { ttlMs: answerTtlMs }
    const cold = answers === 'disk' ? await this.#openStore('inferences.sqlite') : undefined
    const inferences = createInferenceCache({ ...(cold === undefined ? {} : { cold }), ...ttl, ...logger })
    this.#opened = [inferences]
    if (!isOn(similarAnswers)) return inferences
    const texts = cold === undefined ? undefined : await this.#openStore('similar-texts.sqlite')
    const semantic = createSemanticCache({
      embedder: createHashEmbedder(),
      ...(similarAnswers === true ? {} : similarAnswers),
      inferences,
      createIndex: ({ dimension }) => createAdaptiveIndex({ dimension, exactUpTo }),
      ...(texts === undefined ? {} : { texts }),
      ...logger,
    })
    this.#opened = [inferences, semantic]
    return semantic
  }

  /** Without it answers are kept in memory: a cache that cannot be opened is no reason to fail a call. */
  async #openStore(name: string): Promise<CacheStore<Uint8Array> | undefined> {
    const logger = this.#logger === undefined ? {} : { logger: this.#logger }
    try {
      return await openSqliteCacheStore({ file: join(this.#dir, name), ...logger })
    } catch (error) {
      const code = error instanceof RtfsError ? error.code : 'unexpected'
      this.#logger?.log('error', 'l2.open-failed', { name, code })
      return undefined
    }
  }

  async close(): Promise<void> {
    const cache = this.#cache
    this.#cache = undefined
    await (await cache)?.close()
    this.#opened = []
  }
}

function isOn(similarAnswers: boolean | SimilarAnswers | undefined): similarAnswers is true | SimilarAnswers {
  return similarAnswers !== undefined && similarAnswers !== false
}
