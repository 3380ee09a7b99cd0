import { RtfsError } from '@rtfs/core'
import type { BytecodeBackend, BytecodeExecutor } from '@rtfs/interfaces'

/** What compiles for a target and what runs it. Either may be missing: a server may only compile, a client only run. */
export interface Target<Ir> {
  readonly backend?: BytecodeBackend<Ir>
  readonly executor?: BytecodeExecutor
}

/** Backends and executors by target. */
export interface TargetRegistry<Ir> {
  /** Adds a target, or replaces it. Both parts must be for the same target and ABI version. */
  register(target: Target<Ir>): void
  /** The ids of all targets, sorted. */
  targetIds(): readonly string[]
  findBackend(targetId: string): BytecodeBackend<Ir> | undefined
  /** The executor of a target; with an ABI version, only one that runs it. */
  findExecutor(targetId: string, abiVersion?: string): BytecodeExecutor | undefined
  /** As `findBackend`; throws `RTFS_NOT_SUPPORTED`. */
  requireBackend(targetId: string): BytecodeBackend<Ir>
  /** As `findExecutor`; throws `RTFS_NOT_SUPPORTED`. */
  requireExecutor(targetId: string, abiVersion?: string): BytecodeExecutor
}

/** Makes a registry with the given targets. */
export function createTargetRegistry<Ir>(targets: Iterable<Target<Ir>> = []): TargetRegistry<Ir> {
  const known = new Map<string, Target<Ir>>()

  function register(target: Target<Ir>): void {
    const parts = [target.backend, target.executor].filter(part => part !== undefined)
    const [first] = parts
    if (first === undefined) throw new RtfsError('RTFS_USAGE', 'a target needs a backend or an executor')
    for (const { targetId, abiVersion } of parts) {
      if (targetId === first.targetId && abiVersion === first.abiVersion) continue
      throw new RtfsError('RTFS_USAGE', `backend and executor differ: ${first.targetId} and ${targetId}`)
    }
    known.set(first.targetId, target)
  }

  function findExecutor(targetId: string, abiVersion?: string): BytecodeExecutor | undefined {
    const executor = known.get(targetId)?.executor
    return abiVersion === undefined || executor?.abiVersion === abiVersion ? executor : undefined
  }

  for (const target of targets) register(target)
  return {
    register,
    targetIds: () => [...known.keys()].sort(),
    findBackend: targetId => known.get(targetId)?.backend,
    findExecutor,
    requireBackend(targetId) {
      const backend = known.get(targetId)?.backend
      if (backend === undefined)
        throw new RtfsError('RTFS_NOT_SUPPORTED', `no backend for target ${targetId}`)
      return backend
    },
    requireExecutor(targetId, abiVersion) {
      const executor = findExecutor(targetId, abiVersion)
      if (executor !== undefined) return executor
      const wanted = abiVersion === undefined ? targetId : `${targetId}, ABI ${abiVersion}`
      throw new RtfsError('RTFS_NOT_SUPPORTED', `no executor for target ${wanted}`)
    },
  }
}
