import { isRtfsError } from '@rtfs/core'
import type { CallOptions, L4CacheHit, ModuleRecord } from '@rtfs/interfaces'
import { BoundedMap, SingleFlight } from './bounded-map.js'
import { checkRecord, refuseBytes } from './check-record.js'
import type { CacheCore } from './core.js'
import { faultText, isCallersFault, refusalOfFault } from './faults.js'
import { damage, type Gate, isRefusal, type Refusal, refusal } from './gates.js'
import { signatureText } from './hit.js'
import type { ModuleManifest } from './manifest.js'
import { type Demand, demandOf, type ModuleRequest, refuseByDemand } from './request.js'

/** A module that may be run. */
export interface LoadedModule<P> {
  readonly module: P
  readonly moduleId: string
  readonly manifest: ModuleManifest
  /** True when it was loaded before and nothing has changed since. */
  readonly warm: boolean
}

export type LoadAnswer<P> =
  | ({ readonly loaded: true } & LoadedModule<P>)
  | { readonly loaded: false; readonly gate: Gate; readonly reason: string }

/** A decision, or the id of a record. */
export type LoadTarget = L4CacheHit | string

export interface Loader<P> {
  load(target: LoadTarget, request: ModuleRequest, options?: CallOptions): Promise<LoadAnswer<P>>
  /** The module when it is loaded already and nothing has changed; `undefined` says nothing but "ask `load`". */
  warm(target: LoadTarget, request: ModuleRequest): LoadedModule<P> | undefined
  /** The checked bytes of a record whose envelope is good. */
  bytesOf(
    record: ModuleRecord,
    manifest: ModuleManifest,
    options?: CallOptions,
  ): Promise<Uint8Array | Refusal>
  /** Applies the loader policy to bytes that are about to be published. */
  prepareNew(bytes: Uint8Array, manifest: ModuleManifest): Promise<void>
}

interface WarmModule<P> {
  readonly module: P
  readonly manifest: ModuleManifest
  readonly signature: string
  readonly until: number
}

export function createLoader<P>(core: CacheCore<P>): Loader<P> {
  const { options: cache, clock, counters, freshness, quarantine, uses } = core
  const limit = cache.maxPrepared ?? 256
  const warmModules = new BoundedMap<string, WarmModule<P>>(limit)
  const prepared = new BoundedMap<string, P>(limit)
  const flights = new SingleFlight<P | Refusal>()
  // Prepared code stays: it follows from its bytes. Whether it may be used is asked again.
  core.onChange.add(() => warmModules.clear())

  async function bytesOf(record: ModuleRecord, manifest: ModuleManifest, options?: CallOptions) {
    try {
      const bytes = await cache.blobs.get(manifest.blob.sha256, options)
      const refused = refuseBytes(bytes, manifest)
      return refused === undefined ? bytes! : core.refused(record, refused)
    } catch (cause) {
      if (isCallersFault(cause)) throw cause
      return core.refused(record, refusalOfFault(cause))
    }
  }

  async function prepareBytes(bytes: Uint8Array, manifest: ModuleManifest): Promise<P> {
    const module = await cache.prepare(bytes, manifest)
    prepared.set(preparedKey(manifest), module)
    return module
  }

  /** Fetches, checks and prepares; shared by all that want the same module, so no caller's signal ends it. */
  async function prepare(record: ModuleRecord, manifest: ModuleManifest): Promise<P | Refusal> {
    const known = prepared.get(preparedKey(manifest))
    if (known !== undefined) return known
    const bytes = await bytesOf(record, manifest)
    if (isRefusal(bytes)) return bytes
    try {
      return await prepareBytes(bytes, manifest)
    } catch (cause) {
      const reason = `was refused by the loader: ${faultText(cause)}`
      const rejected = isRtfsError(cause, 'RTFS_MODULE_REJECTED')
      return core.refused(record, rejected ? damage('loader', reason) : refusal('loader', reason))
    }
  }

  function warm(target: LoadTarget, demand: Demand): LoadedModule<P> | undefined {
    const moduleId = idOf(target)
    const known = warmModules.get(moduleId)
    if (known === undefined || clock.now() >= known.until) return undefined
    if (typeof target !== 'string' && target.signature !== known.signature) return undefined
    if (refuseByDemand(known.manifest, demand) !== undefined) return undefined
    counters.warmLoads++
    uses.count(moduleId, { uses: 1, failures: 0 })
    return { module: known.module, moduleId, manifest: known.manifest, warm: true }
  }

  async function loadCold(target: LoadTarget, demand: Demand, options?: CallOptions) {
    const moduleId = idOf(target)
    const epoch = freshness.epoch
    const record = await cache.records.get(moduleId, options)
    if (record === undefined) return refusal('record', 'there is no such record')
    const aside = quarantine.find(record)
    if (aside !== undefined) return refusal('quarantine', `is in quarantine: ${aside.reason}`)
    const approval = await checkRecord(record, demand, core)
    if (isRefusal(approval)) return core.refused(record, approval)
    const signature = signatureText(record.envelope)
    if (typeof target !== 'string' && target.signature !== signature) {
      return refusal('record', 'was replaced since it was decided for')
    }
    const module = await flights.run(`${moduleId}#${record.sequence}`, () =>
      prepare(record, approval.manifest),
    )
    if (isRefusal(module)) return module
    const { manifest, until } = approval
    // What was approved under an earlier epoch may not be kept under a later one.
    if (freshness.epoch === epoch) warmModules.set(moduleId, { module, manifest, signature, until })
    return { module, moduleId, manifest, warm: false }
  }

  return {
    bytesOf,
    async prepareNew(bytes, manifest) {
      await prepareBytes(bytes, manifest)
    },
    warm: (target, request) => (freshness.isStale() ? undefined : warm(target, demandOf(request, cache))),
    async load(target, request, options) {
      const demand = demandOf(request, cache)
      let answer: LoadedModule<P> | Refusal
      try {
        if (freshness.isStale()) await freshness.refresh()
        answer = warm(target, demand) ?? (await loadCold(target, demand, options))
      } catch (cause) {
        if (isCallersFault(cause)) throw cause
        answer = refusalOfFault(cause)
      }
      report(core, idOf(target), answer)
      return isRefusal(answer)
        ? { loaded: false, gate: answer.gate, reason: answer.reason }
        : { loaded: true, ...answer }
    },
  }
}

function report<P>(core: CacheCore<P>, module: string, answer: LoadedModule<P> | Refusal): void {
  const { counters, logger, uses } = core
  if (isRefusal(answer)) {
    counters.refusedLoads++
    uses.count(module, { uses: 0, failures: 1 })
    logger.log('warn', 'l4.load', { module, outcome: 'refused', gate: answer.gate, reason: answer.reason })
  } else if (!answer.warm) {
    counters.coldLoads++
    uses.count(module, { uses: 1, failures: 0 })
    const { namespace, name, blob } = answer.manifest
    logger.log('info', 'l4.load', { module, outcome: 'loaded', namespace, name, pointer: blob.sha256 })
  }
}

function idOf(target: LoadTarget): string {
  return typeof target === 'string' ? target : target.moduleId
}

/** Code depends on its bytes and on what the manifest lets it import and export. */
function preparedKey({ blob, export: name, imports }: ModuleManifest): string {
  return JSON.stringify([blob.sha256, name, imports])
}
