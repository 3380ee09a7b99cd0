import { decodeUtf8, RtfsError } from '@rtfs/core'
import type { CallOptions, ModuleRecord, RecordQuery, ValidationStatus } from '@rtfs/interfaces'
import { createBundles, type ImportReport } from './bundle.js'
import type { QueryAnswer } from './candidates.js'
import { checkRecord } from './check-record.js'
import { type CollectOptions, type CollectReport, createCollect } from './collect.js'
import { type Counters, createCore } from './core.js'
import { isOfModel } from './embedding.js'
import { decodeEvidence, type Evidence } from './evidence.js'
import { type Gate, isRefusal } from './gates.js'
import { createLoader, type LoadAnswer, type LoadedModule, type LoadTarget } from './load.js'
import type { ModuleManifest } from './manifest.js'
import type { L4CacheOptions } from './options.js'
import type { NearRecord } from './partitions.js'
import { ownDemand } from './pointers.js'
import { createPublish, type PublishAnswer, type PublishRequest } from './publish.js'
import type { Quarantined } from './quarantine.js'
import { createQuery, type QueryRequest } from './query.js'
import type { ModuleRequest } from './request.js'
import { createRenewals, type RenewOptions, type RenewReport } from './resign.js'
import { createScan, type StoreReport } from './scan.js'

export interface SearchOptions extends CallOptions {
  /** Default: all. */
  readonly namespace?: string
  /** Default 10. */
  readonly k?: number
}

/** A record with what is signed about it, and whether it would be taken. */
export interface ModuleDetails {
  readonly record: ModuleRecord
  /** `undefined` when the envelope is not good; `refusedBy` says why. */
  readonly manifest: ModuleManifest | undefined
  readonly keyIds: readonly string[]
  readonly refusedBy: { readonly gate: Gate; readonly reason: string } | undefined
  /** `undefined` when it cannot be read. */
  readonly evidence: Evidence | undefined
}

export interface CacheStatistics extends Readonly<Counters> {
  readonly records: number
  readonly byStatus: Readonly<Record<ValidationStatus, number>>
  readonly byNamespace: Readonly<Record<string, number>>
  readonly quarantined: readonly Quarantined[]
}

/** The content-addressed module cache. `P` is what `prepare` makes of a module. */
export interface L4Cache<P> {
  /** Counts up when a module was published, replaced, revoked or removed, or trust has changed. */
  readonly epoch: number
  publish(request: PublishRequest, options?: CallOptions): Promise<PublishAnswer>
  query(request: QueryRequest, options?: CallOptions): Promise<QueryAnswer>
  /** Every check in the order of LIMITS, then `prepare`. A failure is an answer and never an exception. */
  load(target: LoadTarget, request: ModuleRequest, options?: CallOptions): Promise<LoadAnswer<P>>
  /** The module, at once, when it is loaded already and nothing is known to have changed. */
  warm(target: LoadTarget, request: ModuleRequest): LoadedModule<P> | undefined
  /** Says that a loaded module failed when it ran; counted and logged. */
  reportFailure(moduleId: string, reason: string): void
  list(query?: RecordQuery, options?: CallOptions): Promise<readonly ModuleRecord[]>
  /** By id, beginning of an id (at least 6 digits) or `namespace/name` (the newest). */
  show(reference: string, options?: CallOptions): Promise<ModuleDetails | undefined>
  /** The text that a module was compiled from, when its record is good and has one. Throws what the blob store throws. */
  sourceOf(moduleId: string, options?: CallOptions): Promise<string | undefined>
  /** Lowers the status of a record. False when there is none. */
  lower(moduleId: string, status: 'Pending' | 'Revoked', options?: CallOptions): Promise<boolean>
  stats(options?: CallOptions): Promise<CacheStatistics>
  verifyStore(options?: CallOptions): Promise<StoreReport>
  /** A pinned module is never evicted. False when there is none. */
  setPinned(moduleId: string, pinned: boolean, options?: CallOptions): Promise<boolean>
  /** Evicts what is beyond the limits and removes blobs that no record names. */
  collect(options?: CollectOptions): Promise<CollectReport>
  /** Signs with the key of this cache what other trusted keys have signed. */
  resign(options?: RenewOptions): Promise<RenewReport>
  /** Embeds anew what another model has embedded, and signs it. */
  reindex(options?: RenewOptions): Promise<RenewReport>
  /** Modules described like `text`, whatever their interface: for people to look at. Never decides anything. */
  search(text: string, options?: SearchOptions): Promise<readonly NearRecord[]>
  /** Modules with all their blobs as one file. */
  exportBundle: ReturnType<typeof createBundles>['exportBundle']
  /** Adds the modules of such a file, each checked like anything from outside. */
  importBundle(
    bytes: Uint8Array,
    options?: CallOptions & { readonly maxBytes?: number },
  ): Promise<ImportReport>
  /** Writes pending use counts and indexes that are kept. Does not close the stores, which belong to whoever made them. */
  close(): Promise<void>
}

/** Makes a module cache of its parts. Nothing is read before the first call. */
export function createL4Cache<P>(options: L4CacheOptions<P>): L4Cache<P> {
  const core = createCore(options)
  const loader = createLoader(core)
  const publish = createPublish(core, loader)
  const query = createQuery(core, loader)
  const collect = createCollect(core)
  const { records, blobs } = options

  async function resolve(reference: string, callOptions?: CallOptions): Promise<ModuleRecord | undefined> {
    if (/^[0-9a-f]{32}$/.test(reference)) return records.get(reference, callOptions)
    const slash = reference.lastIndexOf('/')
    const namespace = slash > 0 ? reference.slice(0, slash) : options.namespace
    const name = reference.slice(slash + 1)
    const [newest] = await records.find({ namespace, name, limit: 1 }, callOptions)
    if (newest !== undefined || !/^[0-9a-f]{6,31}$/.test(reference)) return newest
    const found: ModuleRecord[] = []
    for await (const record of records.list(callOptions))
      if (record.id.startsWith(reference)) found.push(record)
    if (found.length > 1) {
      throw new RtfsError('RTFS_USAGE', `${found.length} records have ids that begin with ${reference}`)
    }
    return found[0]
  }

  async function detailsOf(record: ModuleRecord, callOptions?: CallOptions): Promise<ModuleDetails> {
    const { namespace, interfaceHash, codeHash, target, abi } = record
    const demand = { namespace, interfaceHash, codeHash, target, abi, grants: () => true }
    const approval = await checkRecord(record, demand, core)
    const bytes = await blobs.get(record.evidencePointer, callOptions).catch(() => undefined)
    const evidence = bytes && decodeEvidence(bytes)
    if (!isRefusal(approval)) {
      return { record, manifest: approval.manifest, keyIds: approval.keyIds, refusedBy: undefined, evidence }
    }
    const { gate, reason } = core.refused(record, approval)
    return { record, manifest: undefined, keyIds: [], refusedBy: { gate, reason }, evidence }
  }

  return {
    get epoch() {
      return core.freshness.epoch
    },
    publish,
    query,
    load: loader.load,
    warm: loader.warm,
    reportFailure(moduleId, reason) {
      core.uses.count(moduleId, { uses: 0, failures: 1 })
      core.logger.log('warn', 'l4.run-failed', { module: moduleId, reason })
    },
    list: (wanted = {}, callOptions) => records.find(wanted, callOptions),
    async show(reference, callOptions) {
      await core.freshness.refresh()
      const record = await resolve(reference, callOptions)
      return record && detailsOf(record, callOptions)
    },
    async sourceOf(moduleId, callOptions) {
      await core.freshness.refresh()
      const record = await records.get(moduleId, callOptions)
      if (record?.sourcePointer === undefined) return undefined
      // The pointer is signed, so that the text is the one that was verified.
      const approval = await checkRecord(record, ownDemand(record), core)
      if (isRefusal(approval)) return undefined
      const bytes = await blobs.get(record.sourcePointer, callOptions)
      return bytes && decodeUtf8(bytes)
    },
    async lower(moduleId, status, callOptions) {
      const changed = await records.setStatus(moduleId, status, callOptions)
      if (changed) {
        core.logger.log('warn', 'l4.lower', { module: moduleId, status })
        await core.freshness.refresh()
      }
      return changed
    },
    async stats(callOptions) {
      const byStatus = { Verified: 0, Pending: 0, Revoked: 0 }
      const byNamespace: Record<string, number> = Object.create(null)
      let count = 0
      for await (const record of records.list(callOptions)) {
        count++
        byStatus[record.status]++
        byNamespace[record.namespace] = (byNamespace[record.namespace] ?? 0) + 1
      }
      return { ...core.counters, records: count, byStatus, byNamespace, quarantined: core.quarantine.list() }
    },
    verifyStore: createScan(core, loader),
    setPinned: (moduleId, pinned, callOptions) => records.setPinned(moduleId, pinned, callOptions),
    async collect(collectOptions) {
      loader.countWarm()
      return collect(collectOptions)
    },
    ...createRenewals(core),
    ...createBundles(core, loader),
    async search(text, searchOptions = {}) {
      const { namespace, k = 10, ...callOptions } = searchOptions
      const { embedder } = options
      if (embedder === undefined)
        throw new RtfsError('RTFS_USAGE', 'this cache has no embedder to search with')
      const [vector] = await embedder.embed([text], callOptions)
      const key = { namespace, interfaceHash: undefined, model: embedder.model }
      const near = await core.partitions.search(key, vector!, k, callOptions)
      return near.filter(
        ({ record }) => record.status !== 'Revoked' && isOfModel(record.embedding, embedder.model),
      )
    },
    async close() {
      loader.countWarm()
      await core.uses.flush()
      await core.partitions.close()
    },
  }
}
