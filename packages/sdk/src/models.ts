import { RtfsError } from '@rtfs/core'
import {
  createFallbackModel,
  createInferenceCache,
  createModelRegistry,
  type FallbackModel,
  type InferenceCache,
  type ModelRegistry,
  type ProviderLimits,
  wrapModel,
} from '@rtfs/delegation'
import type { CacheStatistics, Logger, ModelProvider } from '@rtfs/interfaces'
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
}

/** Registry, chains and answers of one `createRtfs`. */
export class Models {
  readonly registry: ModelRegistry
  readonly chains: readonly FallbackModel[]
  readonly #options: ModelOptions
  readonly #dir: string
  readonly #logger: Logger | undefined
  readonly #wrapped = new WeakMap<ModelProvider, ModelProvider>()
  #cache: Promise<InferenceCache> | undefined
  #opened: InferenceCache | undefined

  constructor(options: ModelOptions, dir: string, logger: Logger | undefined) {
    this.#options = options
    this.#dir = dir
    this.#logger = logger
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

  /** Of L2, once something was asked. */
  statistics(): readonly CacheStatistics[] {
    return this.#opened === undefined ? [] : [this.#opened.statistics]
  }

  #open(): Promise<InferenceCache> {
    this.#cache ??= this.#make()
    return this.#cache
  }

  async #make(): Promise<InferenceCache> {
    const { answers, answerTtlMs } = this.#options
    const logger = this.#logger === undefined ? {} : { logger: this.#logger }
    let cold = {}
    if (answers === 'disk') {
      try {
        cold = { cold: await openSqliteCacheStore({ dir: this.#dir, ...logger }) }
      } catch (error) {
        // Answers are then kept in memory: a cache that cannot be opened is no reason to fail a call.
        const code = error instanceof RtfsError ? error.code : 'unexpected'
        this.#logger?.log('error', 'l2.open-failed', { code })
      }
    }
    const ttl = answerTtlMs === undefined ? {} : { ttlMs: answerTtlMs }
    this.#opened = createInferenceCache({ ...cold, ...ttl, ...logger })
    return this.#opened
  }

  async close(): Promise<void> {
    const cache = this.#cache
    this.#cache = undefined
    await (await cache)?.close()
    this.#opened = undefined
  }
}
