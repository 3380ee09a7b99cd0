import { defaultLimits, digestOf, type Limits, RtfsError, type Value } from '@rtfs/core'
import type { IsolatedExecutor, L4CacheHit, PreparedModule } from '@rtfs/interfaces'
import type { WorkerOptions } from '@rtfs/isolation'
import type { L4Cache } from '@rtfs/l4-client'
import type { RunOptions, RunResult } from '@rtfs/runtime'
import { calledError } from './called-error.js'
import { resolved } from './hit.js'
import type { EmbeddedStore } from './store.js'

/** Where code of the module cache runs: in this thread, in a worker thread, in a child process. */
export type IsolationLevel = IsolatedExecutor['level']

/** Executors of the levels that need workers, each started when it is first needed. */
export class Isolation {
  readonly #options: WorkerOptions
  readonly #executors = new Map<IsolationLevel, Promise<IsolatedExecutor>>()

  constructor(options: WorkerOptions = {}) {
    this.#options = options
  }

  executor(level: 'thread' | 'process'): Promise<IsolatedExecutor> {
    let executor = this.#executors.get(level)
    if (executor === undefined) this.#executors.set(level, (executor = this.#start(level)))
    return executor
  }

  async #start(level: 'thread' | 'process'): Promise<IsolatedExecutor> {
    const { createProcessExecutor, createThreadExecutor } = await import('@rtfs/isolation')
    return level === 'thread' ? createThreadExecutor(this.#options) : createProcessExecutor(this.#options)
  }

  async close(): Promise<void> {
    const executors = [...this.#executors.values()]
    this.#executors.clear()
    for (const executor of executors) await (await executor).close()
  }
}

/**
 * Calls a module of the cache in a worker. It is looked at here first, with every check that a load makes; the worker
 * checks bytes and imports again. Only modules without effects: `RTFS_NOT_SUPPORTED` for others.
 */
export async function callIsolated({
  cache,
  store,
  executor,
  target,
  args,
  limits,
  runOptions,
}: {
  readonly cache: L4Cache<PreparedModule>
  readonly store: EmbeddedStore
  readonly executor: IsolatedExecutor
  readonly target: L4CacheHit | string
  readonly args: readonly Value[]
  readonly limits: Partial<Limits> | undefined
  readonly runOptions: RunOptions
}): Promise<RunResult> {
  const { record, namespace } = await resolved(cache, target)
  // Effects are refused below, with words for what to do.
  const request = { grants: () => true, ...(namespace === undefined ? {} : { namespace }) }
  const answer = await cache.load(record, request)
  if (!answer.loaded) {
    throw new RtfsError('RTFS_MODULE_REJECTED', `the module is refused at ${answer.gate}: ${answer.reason}`)
  }
  const { manifest } = answer
  if (manifest.effects.length > 0) {
    const effects = manifest.effects.join(', ')
    throw new RtfsError('RTFS_NOT_SUPPORTED', `a module with effects (${effects}) runs only inline`)
  }
  const bytes = await store.blobs.get(manifest.blob.sha256)
  if (bytes === undefined || digestOf(bytes) !== manifest.blob.sha256) {
    throw new RtfsError('RTFS_MODULE_REJECTED', 'the module is refused at blob: its bytes are gone or others')
  }
  const call = executor.call({
    bytes,
    prepare: { imports: manifest.imports, exports: [manifest.export] },
    targetId: manifest.target,
    exportName: manifest.export,
    args,
    limits: { ...defaultLimits, ...limits, ...runOptions.limits },
    ...(runOptions.signal === undefined ? {} : { signal: runOptions.signal }),
  })
  const { value, fuel } = await call.catch(error => {
    throw calledError(error, args)
  })
  return { value, tier: 'wasm', fuel, attempts: 1, diagnostics: [], tests: [] }
}
