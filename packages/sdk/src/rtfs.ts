import { homedir } from 'node:os'
import { join } from 'node:path'
import { fromJs, RtfsError } from '@rtfs/core'
import {
  createDecisionCache,
  createFallbackDelegationEngine,
  createL4AwareDelegationEngine,
  createModuleStatistics,
  createPolicyDelegationEngine,
  createStaticDelegationEngine,
  type DecisionCache,
  type ModelRegistry,
  type ModuleStatistics,
  type Policy,
} from '@rtfs/delegation'
import type {
  AcceptMode,
  BlobStore,
  CacheStatistics,
  DelegationEngine,
  Embedder,
  ExecTarget,
  FunctionExample,
  L4CacheHit,
  Logger,
  LookupMode,
  ModuleLookup,
  PreparedModule,
} from '@rtfs/interfaces'
import type { WorkerOptions } from '@rtfs/isolation'
import {
  type AcceptanceHook,
  createHashEmbedder,
  createModuleLookup,
  type L4Cache,
  type LoadAnswer,
  type Metrics,
  type QueryAnswer,
} from '@rtfs/l4-client'
import {
  createBytecodeTier,
  createRuntime,
  type DelegationOptions,
  type RunOptions,
  type RunResult,
  type Runtime,
  type RuntimeOptions,
} from '@rtfs/runtime'
import { type CheckedProgram, type CheckOptions, checkProgram } from './check.js'
import { createDescriber } from './describe.js'
import { type FunctionInfo, functionsOf } from './functions.js'
import { callHit } from './hit.js'
import { callIsolated, Isolation, type IsolationLevel } from './isolated-call.js'
import { type ModelOptions, Models } from './models.js'
import { type PublishedFunction, type PublishOptions, publishProgram } from './publish.js'
import { type RecompileReport, recompile } from './recompile.js'
import { interfaceOf } from './request.js'
import { defaultNamespace, type EmbeddedStore, openEmbeddedStore } from './store.js'
import { type Bytecode, bytecodeOf, type TargetName } from './wasm.js'

/** Options of `createRtfs`. All may be left out. */
export interface RtfsOptions extends Omit<RuntimeOptions, 'delegation' | 'tiers'>, ModelOptions {
  /** Directory of the module cache and the keys. Default: `RTFS_HOME`, else the XDG data directory. */
  readonly dir?: string
  /** False: no module cache; nothing is read from or written to the disk. Default true. */
  readonly cache?: boolean
  /** False: no WebAssembly tier. Default true. */
  readonly wasm?: boolean
  /**
   * What functions are compiled for, published and called as. Default `wasm32`. `rtfs-bc` needs no WebAssembly and covers
   * less; what it does not cover, the interpreters run. Modules of the other target are not used.
   */
  readonly target?: TargetName
  /** Namespace that is published to and looked in. Default `local`. */
  readonly namespace?: string
  /** Where calls of single functions go, by qualified name; before the module cache is asked only for other functions. */
  readonly targets?: ReadonlyMap<string, ExecTarget>
  /** What makes a similar module a hit. Default `behaviour`: the caller's examples decide. */
  readonly accept?: AcceptMode
  /** Similarity for `accept: 'similarity'`. Default 0.95. */
  readonly threshold?: number
  /** Rules in front of static table and module cache, as `parsePolicy` of `@rtfs/delegation` reads them. */
  readonly policy?: Policy
  /** Where functions go that have neither a body nor a module: a model. Default: calling one is an error. */
  readonly unresolved?: ExecTarget
  /** Whose data programs work on: decisions and answers of models are never shared between tenants. */
  readonly tenant?: string
  /** Class of the data of functions that name none by `^{:data-class :pii}`. */
  readonly dataClass?: string
  /** What engines are told of a function besides: `context` fields that rules ask for, confidence, source. */
  readonly metadata?: DelegationOptions['metadata']
  /** Told of every decision, once for a function and types of arguments in a run; `explain` puts it in words. */
  readonly onDecision?: DelegationOptions['onDecision']
  /** Told which model gave an answer, and what it used. */
  readonly onAnswer?: DelegationOptions['onAnswer']
  /** An engine of your own instead of static table and module cache. */
  readonly engine?: DelegationEngine
  /**
   * Whether calls of functions *without* a hint ask the module cache, too. Default false: only functions with
   * `^:delegation :l4` do, so that all other calls cost nothing.
   */
  readonly delegateAll?: boolean
  /** How workers are kept for calls with `isolation`. */
  readonly workers?: WorkerOptions
  /** Told of hits, refusals and faults of the cache. Default: silent. */
  readonly logger?: Logger
  /** Told of queries, loads and publications of the cache. Default: nobody is. */
  readonly metrics?: Metrics
  /** Judges a similar module where the caller gave no examples: a model, a person. */
  readonly acceptance?: AcceptanceHook
  /**
   * Turns descriptions into vectors, to order candidates. Default: hashed words, which need no model. What another
   * embedder has embedded is found again after `reindex` of the cache.
   */
  readonly embedder?: Embedder
  /**
   * Where blobs are looked for that the directory does not have, and what is published is put, too; one that is dead or
   * read-only is reported and breaks nothing. Default: none. See `createHttpBlobStore` of `@rtfs/l4-client/http`.
   */
  readonly remotes?: readonly BlobStore[]
}

/** A request for a module of the cache. */
export interface FindRequest {
  /** Type text of the function: `[:=> [:float :float] :float]`. */
  readonly signature: string
  /** What the function is for, in words; needed for `semantic`. */
  readonly task?: string
  /** Code hash, for `same-code`. */
  readonly codeHash?: string
  /** Calls the module must answer as said. */
  readonly examples?: readonly FunctionExample[]
  /** Tried in order. Default: what the request has enough for: same-code, semantic, else same-interface. */
  readonly modes?: readonly LookupMode[]
  readonly accept?: AcceptMode
  readonly threshold?: number
  /** For `accept: 'similarity'`: how far the best candidate has to be above the next. Default 0. */
  readonly margin?: number
  readonly namespace?: string
  /** Capabilities the module may use. Default: none. */
  readonly grants?: readonly string[]
  /** Look at every candidate, also after a hit. */
  readonly explain?: boolean
}

/** Options of `Rtfs.call`. */
export interface CallOptions extends RunOptions {
  /**
   * Where the module runs. Default `inline`. In a `process` it cannot take this one down, whatever it does; only
   * modules without effects run in a `thread` or `process`.
   */
  readonly isolation?: IsolationLevel
}

/** Everything wired: tiers, module cache, delegation. */
export interface Rtfs {
  readonly runtime: Runtime
  readonly dir: string
  /** Runs a program, or one of its functions (`call`, `args`). */
  run(source: string, options?: RunOptions): Promise<RunResult>
  /** Parses and type-checks; never throws for a bad program. */
  check(text: string, options?: CheckOptions): CheckedProgram
  /** The functions of a valid program, with signatures and hashes. Throws `RTFS_INVALID_PROGRAM`. */
  functions(text: string, options?: CheckOptions): readonly FunctionInfo[]
  /** Verifies, signs and stores the exported functions of a program. */
  publish(text: string, options?: PublishOptions): Promise<readonly PublishedFunction[]>
  /** Compiles modules of another target or ABI anew from their signed source, with every check of a publication. */
  recompile(options?: { readonly namespace?: string }): Promise<RecompileReport>
  /** Looks for a module: hard gates first, then the modes in order. */
  find(request: FindRequest): Promise<QueryAnswer>
  /** Loads what was found, with every check. A failure is an answer. */
  load(
    hit: L4CacheHit | string,
    request?: { readonly grants?: readonly string[] },
  ): Promise<LoadAnswer<PreparedModule>>
  /** Calls a module of the cache: a hit, or the id or name of a record. */
  call(target: L4CacheHit | string, args: readonly unknown[], options?: CallOptions): Promise<RunResult>
  /** The module cache, opened when it is first asked for. */
  cache(): Promise<L4Cache<PreparedModule>>
  /** The store behind it, with keys and trust. */
  store(): Promise<EmbeddedStore>
  /** What is registered, with the budgets. */
  readonly models: ModelRegistry
  /** Of the caches in use so far. */
  statistics(): readonly CacheStatistics[]
  close(): Promise<void>
}

/** The default directory: `RTFS_HOME`, else `rtfs` in the XDG data directory. */
export function defaultDirectory(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const home = env['RTFS_HOME']
  if (home !== undefined && home !== '') return home
  const data = env['XDG_DATA_HOME']
  return join(data !== undefined && data !== '' ? data : join(homedir(), '.local', 'share'), 'rtfs')
}

/** Wires runtime, IR, WebAssembly, the embedded module cache and delegation. Touches no disk before it has to. */
export function createRtfs(options: RtfsOptions = {}): Rtfs {
  const dir = options.dir ?? defaultDirectory()
  const bytecode = bytecodeOf(options.target ?? 'wasm32')
  const stores = new Stores(dir, bytecode, options)
  const models = new Models(options, dir, options.logger)
  const decisions = options.delegateAll === true ? createDecisionCache() : undefined
  const runtime = createRuntime(runtimeOptions(options, bytecode, stores, models, decisions))

  const isolation = new Isolation(options.workers)

  async function requireCache(): Promise<L4Cache<PreparedModule>> {
    return (await stores.open()).cache
  }

  return {
    runtime,
    dir,
    run: (source, runOptions) => runtime.run(source, runOptions),
    check: (text, checkOptions) => checkProgram(runtime, text, checkOptions),
    functions(text, checkOptions) {
      const { unit, valid, diagnostics } = checkProgram(runtime, text, checkOptions)
      if (unit !== undefined && valid) return functionsOf(unit)
      const first = diagnostics.find(item => item.severity === 'error')
      throw new RtfsError('RTFS_INVALID_PROGRAM', first?.message ?? 'the program is invalid')
    },
    async publish(text, publishOptions = {}) {
      const { cache } = await stores.openForPublishing()
      const { modules } = options
      return publishProgram({ runtime, bytecode, cache, text, modules, options: publishOptions })
    },
    async recompile({ namespace } = {}) {
      const { cache } = await stores.openForPublishing()
      return recompile({ runtime, bytecode, cache, namespace })
    },
    async find(request) {
      const cache = await requireCache()
      const { signature, task, codeHash, examples, accept, threshold, margin, namespace, grants, explain } =
        request
      return cache.query({
        interfaceHash: interfaceOf(signature, grants ?? []),
        modes: request.modes ?? modesOf(request),
        ...(task === undefined ? {} : { description: task }),
        ...(codeHash === undefined ? {} : { codeHash }),
        ...(examples === undefined ? {} : { examples }),
        accept: accept ?? options.accept ?? 'behaviour',
        ...(threshold === undefined ? {} : { threshold }),
        ...(margin === undefined ? {} : { margin }),
        ...(namespace === undefined ? {} : { namespace }),
        ...(grants === undefined ? {} : { grants }),
        ...(explain === undefined ? {} : { explain }),
      })
    },
    load: async (hit, request = {}) => (await requireCache()).load(hit, request),
    async call(target, values, callOptions = {}) {
      const { isolation: level = 'inline', ...runOptions } = callOptions
      const cache = await requireCache()
      const args = values.map(value => fromJs(value))
      if (level === 'inline') return callHit({ cache, target, args, options, runOptions })
      const executor = await isolation.executor(level)
      const store = await stores.open()
      return callIsolated({ cache, store, executor, target, args, limits: options.limits, runOptions })
    },
    cache: requireCache,
    store: () => stores.open(),
    models: models.registry,
    statistics: () => [
      ...(decisions === undefined ? [] : [decisions.statistics]),
      ...models.statistics(),
      ...stores.statistics,
    ],
    async close() {
      await isolation.close()
      await models.close()
      await stores.close()
    },
  }
}

function modesOf({ codeHash, task }: FindRequest): readonly LookupMode[] {
  const modes: LookupMode[] = []
  if (codeHash !== undefined) modes.push('same-code')
  if (task !== undefined) modes.push('semantic')
  return modes.length === 0 ? ['same-interface'] : modes
}

function runtimeOptions(
  options: RtfsOptions,
  bytecode: Bytecode,
  stores: Stores,
  models: Models,
  decisions: DecisionCache | undefined,
): RuntimeOptions {
  const { engine = engineOf(options, stores, models, decisions) } = options
  const { tenant, dataClass, metadata, embedder = createHashEmbedder(), onDecision, onAnswer } = options
  return {
    ...options,
    ...(options.wasm === false
      ? {}
      : { tiers: [() => createBytecodeTier(bytecode.backend, bytecode.executor)] }),
    delegation: {
      engine,
      models,
      ...(tenant === undefined ? {} : { tenant }),
      ...(dataClass === undefined ? {} : { dataClass }),
      ...(metadata === undefined ? {} : { metadata }),
      embedder,
      ...(onDecision === undefined ? {} : { onDecision }),
      ...(onAnswer === undefined ? {} : { onAnswer }),
      describe: createDescriber(),
      resolveHit: async hit => {
        const answer = await (await stores.open()).cache.load(hit, {})
        return answer.loaded ? answer.module : undefined
      },
      onFault: ({ symbol, error }) => {
        const reason = error instanceof Error ? error.message : String(error)
        options.logger?.log('warn', 'delegation.fault', { fnSymbol: symbol, reason })
      },
    },
  }
}

/** Rules, where there are some; then the static table and the module cache. Chains are looked after last. */
function engineOf(
  options: RtfsOptions,
  stores: Stores,
  { chains }: Models,
  decisions: DecisionCache | undefined,
): DelegationEngine {
  const { policy } = options
  const cached = cachingEngine(options, stores, decisions)
  const ruled = policy === undefined ? cached : createPolicyDelegationEngine({ policy, inner: cached })
  return chains.length === 0 ? ruled : createFallbackDelegationEngine({ inner: ruled, chains })
}

/** Static table, then the module cache. Asked for every named function only when `delegateAll` says so. */
function cachingEngine(
  options: RtfsOptions,
  stores: Stores,
  decisions: DecisionCache | undefined,
): DelegationEngine {
  const { targets, accept, threshold, unresolved, logger } = options
  const inner = createStaticDelegationEngine({
    ...(targets === undefined ? {} : { targets }),
    ...(decisions === undefined ? {} : { cache: decisions }),
  })
  if (options.cache === false && unresolved === undefined) return inner
  const engine = createL4AwareDelegationEngine({
    cache: options.cache === false ? noModules : modulesOf(stores),
    inner,
    ...(accept === undefined ? {} : { accept }),
    ...(threshold === undefined ? {} : { threshold }),
    ...(unresolved === undefined ? {} : { unresolved }),
    ...(logger === undefined ? {} : { logger }),
  })
  if (options.delegateAll === true) return engine
  return {
    name: engine.name,
    get epoch() {
      return engine.epoch
    },
    concerns: fnSymbol => inner.concerns(fnSymbol),
    decide: (context, callOptions) => engine.decide(context, callOptions),
  }
}

function modulesOf(stores: Stores): ModuleLookup {
  return {
    get epoch() {
      return stores.epoch
    },
    find: async (request, callOptions) =>
      createModuleLookup({ cache: (await stores.open()).cache }).find(request, callOptions),
  }
}

const noModules: ModuleLookup = {
  epoch: 0,
  find: async () => ({
    hit: undefined,
    reason: 'the module cache is switched off',
    similarity: undefined,
    trace: [],
  }),
}

/** Opens the store once, when it is first needed; again, with a key, when something is published. */
class Stores {
  readonly #dir: string
  readonly #bytecode: Bytecode
  readonly #options: RtfsOptions
  #opened: Promise<EmbeddedStore> | undefined
  #withKey = false
  #cache: L4Cache<PreparedModule> | undefined
  readonly #figures: ModuleStatistics

  constructor(dir: string, bytecode: Bytecode, options: RtfsOptions) {
    this.#dir = dir
    this.#bytecode = bytecode
    this.#options = options
    this.#figures = createModuleStatistics(options.metrics)
  }

  /** That of the cache, 0 before it was opened. */
  get epoch(): number {
    return this.#cache?.epoch ?? 0
  }

  /** Of the module cache, once it was opened. */
  get statistics(): readonly CacheStatistics[] {
    return this.#cache === undefined ? [] : [this.#figures.statistics]
  }

  open(): Promise<EmbeddedStore> {
    this.#opened ??= this.#open(false)
    return this.#opened
  }

  async openForPublishing(): Promise<EmbeddedStore> {
    if (!this.#withKey) {
      await this.close()
      this.#opened = this.#open(true)
    }
    return this.#opened!
  }

  async #open(makeKey: boolean): Promise<EmbeddedStore> {
    const { cache, logger, acceptance, embedder, remotes } = this.#options
    const { namespace = defaultNamespace } = this.#options
    if (cache === false) throw new RtfsError('RTFS_USAGE', 'the module cache is switched off (cache: false)')
    this.#withKey = makeKey
    const store = await openEmbeddedStore({
      dir: this.#dir,
      bytecode: this.#bytecode,
      namespace,
      makeKey,
      ...(logger === undefined ? {} : { logger }),
      metrics: this.#figures,
      ...(acceptance === undefined ? {} : { acceptance }),
      ...(embedder === undefined ? {} : { embedder }),
      ...(remotes === undefined ? {} : { remotes }),
    })
    this.#cache = store.cache
    return store
  }

  async close(): Promise<void> {
    const opened = this.#opened
    this.#opened = undefined
    this.#withKey = false
    this.#cache = undefined
    await (await opened?.catch(() => undefined))?.close()
  }
}
