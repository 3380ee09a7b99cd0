import { RtfsError, type Value } from '@rtfs/core'
import type { L4CacheHit, PreparedModule } from '@rtfs/interfaces'
import type { L4Cache } from '@rtfs/l4-client'
import { createRuntime, type RunOptions, type RunResult, type RuntimeOptions } from '@rtfs/runtime'
import { calledError } from './called-error.js'

/** The name under which a module of the cache is called in a run of its own. */
const name = 'module-function'

/**
 * Calls a module of the cache as a run of its own, with the grants, limits and journal of the options: a declaration
 * without a body that is answered by this module.
 */
export async function callHit({
  cache,
  target,
  args,
  options,
  runOptions,
}: {
  readonly cache: L4Cache<PreparedModule>
  readonly target: L4CacheHit | string
  readonly args: readonly Value[]
  readonly options: RuntimeOptions
  readonly runOptions: RunOptions | undefined
}): Promise<RunResult> {
  const grants =
    options.security?.level === 'full' ? () => true : (options.security?.allowedCapabilities ?? [])
  const { record, namespace } = await resolved(cache, target)
  const answer = await cache.load(record, { grants, ...(namespace === undefined ? {} : { namespace }) })
  if (!answer.loaded) {
    throw new RtfsError('RTFS_MODULE_REJECTED', `the module is refused at ${answer.gate}: ${answer.reason}`)
  }
  const { module, manifest, moduleId } = answer
  const hit: L4CacheHit = {
    kind: 'l4-cache-hit',
    storagePointer: manifest.blob.sha256,
    moduleId,
    exportName: manifest.export,
    signature: manifest.interface,
  }
  const runtime = createRuntime({
    ...options,
    delegation: {
      engine: {
        name: 'module',
        epoch: 0,
        concerns: symbol => symbol === name,
        decide: () => ({
          target: hit,
          source: 'module',
          reason: 'asked for by name',
          confidence: 1,
          trace: [],
        }),
      },
      resolveHit: () => module,
    },
  })
  const params = args.map((_, i) => `a${i}`).join(' ')
  const source = `(defn ${name} ^:delegation :l4 [${params}])`
  try {
    return await runtime.run(source, { ...runOptions, call: name, args })
  } catch (error) {
    throw calledError(error, args)
  }
}

/** The id of a record that is named by id, by the beginning of one, or by name; it is asked for in its own namespace. */
export async function resolved(
  cache: L4Cache<PreparedModule>,
  target: L4CacheHit | string,
): Promise<{ readonly record: L4CacheHit | string; readonly namespace: string | undefined }> {
  if (typeof target !== 'string') return { record: target, namespace: undefined }
  const details = await cache.show(target)
  if (details === undefined) throw new RtfsError('RTFS_USAGE', `there is no module '${target}'`)
  return { record: details.record.id, namespace: details.record.namespace }
}
