import { type Digest, RtfsError } from '@rtfs/core'
import type { CallOptions, ModuleRecord } from '@rtfs/interfaces'
import type { CacheCore } from './core.js'
import { pointersOf } from './pointers.js'

/** What a store may hold. Pinned, revoked and very new modules are never evicted. */
export interface StoreLimits {
  readonly maxRecords?: number
  /** Bytes of all blobs. */
  readonly maxBytes?: number
  /** Modules that were not used for longer are evicted. */
  readonly maxAgeMs?: number
}

export interface CollectOptions extends CallOptions {
  /** Default: none, so that only what no record names is removed. */
  readonly limits?: StoreLimits
  /**
   * Blobs and records that are newer stay. At least a minute, default an hour: publishers renew what they have stored
   * when half a minute has passed before they add the record.
   */
  readonly graceMs?: number
  /** Only say what would be removed. Default false. */
  readonly dryRun?: boolean
}

export interface Eviction {
  readonly id: string
  readonly namespace: string
  readonly name: string
  readonly reason: 'age' | 'count' | 'size'
}

export interface CollectReport {
  readonly dryRun: boolean
  readonly evicted: readonly Eviction[]
  /** Blobs that were removed, or would be. */
  readonly blobs: readonly Digest[]
  /** Bytes of these blobs. */
  readonly bytes: number
  /** What unfinished publications had left; 0 for a dry run. */
  readonly leftovers: number
  /** Unreferenced, but still within the grace period. */
  readonly waiting: number
  readonly kept: { readonly records: number; readonly blobs: number; readonly bytes: number }
}

export const minGraceMs = 60_000
const defaultGraceMs = 60 * 60 * 1000

/** So many blobs are removed before publishers get a turn. */
const batchSize = 100

/**
 * Evicts what is beyond the limits, least recently used first, and then removes the blobs that no record names:
 * the row goes before its blobs, and blobs go only while no process can add a row.
 */
export function createCollect<P>(core: CacheCore<P>) {
  const { blobs, records } = core.options

  return async (options: CollectOptions = {}): Promise<CollectReport> => {
    const { limits = {}, graceMs = defaultGraceMs, dryRun = false, signal } = options
    const call = signal === undefined ? {} : { signal }
    if (!(graceMs >= minGraceMs)) {
      throw new RtfsError('RTFS_USAGE', `a grace period has at least ${minGraceMs} ms, not ${graceMs}`)
    }
    if (!blobs.supports.list)
      throw new RtfsError('RTFS_NOT_SUPPORTED', 'this blob store cannot list its blobs')
    await core.uses.flush()
    const cutoff = core.clock.now() - graceMs

    const sizes = new Map<Digest, number>()
    const usedAt = new Map<Digest, number>()
    for await (const digest of blobs.list(call)) {
      const facts = await blobs.stat(digest, call)
      if (facts === undefined) continue
      sizes.set(digest, facts.size)
      usedAt.set(digest, facts.usedAt)
    }
    const all: ModuleRecord[] = []
    for await (const record of records.list(call)) all.push(record)
    const evicted = choose(all, sizes, limits, cutoff, core.clock.now())
    if (!dryRun) for (const { id } of evicted) await records.delete(id, call)

    const gone = new Set(evicted.map(({ id }) => id))
    const named = new Set(
      all.filter(({ id, status }) => !gone.has(id) && status !== 'Revoked').flatMap(pointersOf),
    )
    const unnamed = [...sizes.keys()].filter(digest => !named.has(digest))
    const candidates = unnamed.filter(digest => usedAt.get(digest)! < cutoff)
    const removed = dryRun ? candidates : await sweep(candidates, cutoff, call)
    if (evicted.length > 0 && !dryRun) {
      core.partitions.clear()
      await core.freshness.refresh()
    }

    const leftovers = dryRun ? 0 : await blobs.tidy(cutoff, call)
    const bytes = sum(removed, sizes)
    const report: CollectReport = {
      dryRun,
      evicted,
      blobs: removed,
      bytes,
      leftovers,
      waiting: unnamed.length - removed.length,
      kept: {
        records: all.length - evicted.length,
        blobs: sizes.size - removed.length,
        bytes: sum([...sizes.keys()], sizes) - bytes,
      },
    }
    core.logger.log('info', 'l4.collect', {
      dryRun,
      evicted: evicted.length,
      blobs: removed.length,
      bytes,
      waiting: report.waiting,
    })
    if (!dryRun) core.metrics.count('rtfs_l4_evicted', {}, evicted.length)
    return report
  }

  async function sweep(candidates: readonly Digest[], cutoff: number, call: CallOptions): Promise<Digest[]> {
    const removed: Digest[] = []
    for (let start = 0; start < candidates.length; start += batchSize) {
      await records.whileUnreferenced(
        candidates.slice(start, start + batchSize),
        async unreferenced => {
          for (const digest of unreferenced) {
            if (await blobs.delete(digest, { ...call, unlessUsedSince: cutoff })) removed.push(digest)
          }
        },
        call,
      )
    }
    return removed
  }
}

/** Those that have to go: too old first, then the least recently used until count and size fit. */
function choose(
  all: readonly ModuleRecord[],
  sizes: ReadonlyMap<Digest, number>,
  { maxRecords = Infinity, maxBytes = Infinity, maxAgeMs = Infinity }: StoreLimits,
  cutoff: number,
  now: number,
): readonly Eviction[] {
  const living = all.filter(record => record.status !== 'Revoked')
  const names = new Map<Digest, number>()
  for (const digest of living.flatMap(pointersOf)) names.set(digest, (names.get(digest) ?? 0) + 1)
  let bytes = sum([...names.keys()], sizes)
  let count = living.length
  const usedAt = (record: ModuleRecord) => Math.max(record.lastUsedAt ?? 0, record.createdAt)
  const queue = living
    .filter(record => !record.pinned && usedAt(record) < cutoff)
    .sort((a, b) => usedAt(a) - usedAt(b) || a.sequence - b.sequence)
  const evicted: Eviction[] = []
  for (const record of queue) {
    const reason =
      now - usedAt(record) > maxAgeMs
        ? 'age'
        : count > maxRecords
          ? 'count'
          : bytes > maxBytes
            ? 'size'
            : undefined
    // Everything behind it was used later.
    if (reason === undefined) break
    evicted.push({ id: record.id, namespace: record.namespace, name: record.name, reason })
    count--
    for (const digest of pointersOf(record)) {
      const left = names.get(digest)! - 1
      names.set(digest, left)
      if (left === 0) bytes -= sizes.get(digest) ?? 0
    }
  }
  return evicted
}

function sum(digests: readonly Digest[], sizes: ReadonlyMap<Digest, number>): number {
  return digests.reduce((total, digest) => total + (sizes.get(digest) ?? 0), 0)
}
