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
  /** Hands warm loads to the use counter. */
  countWarm(): void
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
  /** What every warm load of it answers. */
  readonly answer: LoadedModule<P>
  /** Warm loads that are not yet counted in the store: counting has to cost next to nothing. */
  uses: number
}

export function createLoader<P>(core: CacheCore<P>): Loader<P> {
  const { options: cache, clock, counters, freshness, quarantine, uses } = core
  const limit = cache.maxPrepared ?? 256
  const warmModules = new BoundedMap<string, WarmModule<P>>(limit)
  const maxBytes = cache.maxPreparedBytes ?? 64 * 1024 * 1024
  const prepared = new BoundedMap<string, { readonly module: P; readonly size: number }>(
    limit,
    maxBytes,
    ({ size }) => size,
  )
  const flights = new SingleFlight<P | Refusal>()
  // Prepared code stays: it follows from its bytes. Whether it may be used is asked again.
  core.onChange.add(() => {
    countWarm()
    warmModules.clear()
  })

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
    prepared.set(preparedKey(manifest), { module, size: bytes.length })
    return module
  }

  /** Fetches, checks and prepares; shared by all that want the same module, so no caller's signal ends it. */
  async function prepare(record: ModuleRecord, manifest: ModuleManifest): Promise<P | Refusal> {
    const known = prepared.get(preparedKey(manifest))
    if (known !== undefined) return known.module
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

  /** Everything that a warm load has to ask, without making anything: it costs some hundred nanoseconds. */
  function warm(target: LoadTarget, request: ModuleRequest): LoadedModule<P> | undefined {
    const known = warmModules.peek(typeof target === 'string' ? target : target.moduleId)
    if (known === undefined) return undefined
    if (known.until !== Infinity && clock.now() >= known.until) return undefined
    if (typeof target !== 'string' && target.signature !== known.signature) return undefined
    const { manifest } = known
    const { interfaceHash, codeHash } = request
    if ((request.namespace ?? cache.namespace) !== manifest.namespace) return undefined
    if (interfaceHash !== undefined && interfaceHash !== manifest.interfaceHash) return undefined
    if (codeHash !== undefined && codeHash !== manifest.codeHash) return undefined
    if ((request.target ?? cache.target) !== manifest.target) return undefined
    if ((request.abi ?? cache.abi) !== manifest.abi) return undefined
    if (manifest.effects.length > 0 && refuseByDemand(manifest, demandOf(request, cache)) !== undefined) {
      return undefined
    }
    counters.warmLoads++
    known.uses++
    return known.answer
  }

  function countWarm(): void {
    for (const [id, known] of warmModules.entries()) {
      if (known.uses > 0) uses.count(id, { uses: known.uses, failures: 0 })
      known.uses = 0
    }
  }

  /** Keeps what was used since the last time; the map itself is not told of warm loads. */
  function keepWarm(moduleId: string, known: WarmModule<P>): void {
    if (warmModules.size >= limit) {
      for (const [id, other] of [...warmModules.entries()]) {
        if (other.uses === 0) break
        uses.count(id, { uses: other.uses, failures: 0 })
        other.uses = 0
        warmModules.set(id, other)
      }
    }
    warmModules.set(moduleId, known)
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
    if (freshness.epoch === epoch) {
      const answer = Object.freeze({ loaded: true, module, moduleId, manifest, warm: true })
      keepWarm(moduleId, { module, manifest, signature, until, answer, uses: 0 })
    }
    return { module, moduleId, manifest, warm: false }
  }

  return {
    bytesOf,
    countWarm,
    async prepareNew(bytes, manifest) {
      await prepareBytes(bytes, manifest)
    },
    warm: (target, request) => (freshness.isStale() ? undefined : warm(target, request)),
    async load(target, request, options) {
      const demand = demandOf(request, cache)
      const startedAt = clock.monotonic()
      let answer: LoadedModule<P> | Refusal
      try {
        if (freshness.isStale()) {
          countWarm()
          await freshness.refresh()
        }
        answer = warm(target, request) ?? (await loadCold(target, demand, options))
      } catch (cause) {
        if (isCallersFault(cause)) throw cause
        answer = refusalOfFault(cause)
      }
      report(core, idOf(target), answer)
      const outcome = isRefusal(answer) ? answer.gate : answer.warm ? 'warm' : 'cold'
      core.metrics.count('rtfs_l4_loads', { outcome })
      core.metrics.observe('rtfs_l4_load', {}, (clock.monotonic() - startedAt) / 1000)
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
