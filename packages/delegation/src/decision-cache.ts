import type { CallContext, DelegationDecision } from '@rtfs/interfaces'
import { LRUCache } from 'lru-cache'

export interface DecisionCacheOptions {
  /** Decisions kept; the least recently used is forgotten first. Default 10,000. */
  readonly capacity?: number
  /** Milliseconds a decision holds; for ever when left out. */
  readonly ttlMs?: number
}

/** Counters since the cache was made. */
export interface DecisionCacheStatistics {
  readonly size: number
  readonly hits: number
  readonly misses: number
}

/** L1: decisions by function, argument types and run context. In memory, per process. */
export interface DecisionCache {
  get(context: CallContext): DelegationDecision | undefined
  set(context: CallContext, decision: DelegationDecision): void
  /** Forgets every decision about one function. */
  invalidate(fnSymbol: string): void
  clear(): void
  readonly statistics: DecisionCacheStatistics
}

/** Makes an L1 cache. A hit of the module cache is never kept in it: the module may be revoked at any time. */
export function createDecisionCache(options: DecisionCacheOptions = {}): DecisionCache {
  const entries = new LRUCache<string, DelegationDecision>({
    max: options.capacity ?? 10_000,
    ...(options.ttlMs === undefined ? {} : { ttl: options.ttlMs }),
  })
  let hits = 0
  let misses = 0
  return {
    get(context) {
      const found = entries.get(keyOf(context))
      if (found === undefined) misses++
      else hits++
      return found
    },
    set(context, decision) {
      if (decision.target.kind !== 'l4-cache-hit') entries.set(keyOf(context), decision)
    },
    invalidate(fnSymbol) {
      const prefix = keyPrefix(fnSymbol)
      for (const key of [...entries.keys()]) if (key.startsWith(prefix)) entries.delete(key)
    },
    clear() {
      entries.clear()
    },
    get statistics() {
      return { size: entries.size, hits, misses }
    },
  }
}

/** Length-prefixed parts, so that no two contexts share a key (LIMITS rule 8). */
function keyOf(context: CallContext): string {
  return `${keyPrefix(context.fnSymbol)}${context.argTypeFingerprint}:${context.runtimeContextHash}`
}

function keyPrefix(fnSymbol: string): string {
  return `${fnSymbol.length}:${fnSymbol}:`
}
