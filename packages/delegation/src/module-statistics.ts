import type { CacheStatistics } from '@rtfs/interfaces'
import { CacheCounters } from './cache-counters.js'

/** Told of what the module cache does, as its `metrics` are. */
interface Metrics {
  count(name: string, labels: Readonly<Record<string, string>>, by?: number): void
  observe(name: string, labels: Readonly<Record<string, string>>, seconds: number): void
}

/** L4 in the figures that L1 to L3 have. */
export interface ModuleStatistics extends Metrics {
  /** Of this process. Entries and bytes are not counted here: they are those of the store, which others write, too. */
  readonly statistics: CacheStatistics
}

/**
 * Makes the figures of L4: hand it to the module cache as its `metrics`, and to `createCacheManager` as `modules`. Misses
 * are `absent`, or the gate that refused to load what was found. Passes everything on to `next`.
 */
export function createModuleStatistics(next?: Metrics): ModuleStatistics {
  const counters = new CacheCounters()

  function count(name: string, labels: Readonly<Record<string, string>>, by = 1): void {
    const outcome = labels['outcome'] ?? ''
    if (name === 'rtfs_l4_queries') {
      if (outcome === 'hit') counters.hits += by
      else counters.count('absent', by)
    } else if (name === 'rtfs_l4_loads' && outcome !== 'warm' && outcome !== 'cold') {
      counters.count(outcome, by)
    } else if (name === 'rtfs_l4_publications' && outcome !== 'existing') counters.puts += by
    else if (name === 'rtfs_l4_evicted') counters.evictions += by
  }

  return {
    count(name, labels, by) {
      count(name, labels, by)
      next?.count(name, labels, by)
    },
    observe(name, labels, seconds) {
      if (name === 'rtfs_l4_query') counters.took(seconds * 1000)
      next?.observe(name, labels, seconds)
    },
    get statistics() {
      return counters.statistics('L4', 0, 0)
    },
  }
}
