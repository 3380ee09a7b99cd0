import { RtfsError } from '@rtfs/core'
import type { CacheStore, CallOptions, Clock } from '@rtfs/interfaces'
import { LRUCache } from 'lru-cache'
import { systemTiming, throwIfAborted } from './timing.js'

export interface MemoryCacheStoreOptions<T> {
  /** Entries kept; the least recently used goes first. Default 10,000. */
  readonly maxEntries?: number
  /** Rough bytes kept, as `sizeOf` counts them. Default 64 MiB. */
  readonly maxBytes?: number
  /** Default: the length of bytes and strings, 100 for anything else. */
  readonly sizeOf?: (value: T) => number
  readonly clock?: Pick<Clock, 'now'>
}

/** Keeps entries in memory. Bytes are copied, other values are not. */
export function createMemoryCacheStore<T>(options: MemoryCacheStoreOptions<T> = {}): CacheStore<T> {
  const { clock = systemTiming, sizeOf = defaultSize } = options
  interface Entry {
    readonly value: T
    readonly expiresAt: number
  }
  const maxBytes = options.maxBytes ?? 64 * 1024 * 1024
  let evictions = 0
  const entries = new LRUCache<string, Entry>({
    max: options.maxEntries ?? 10_000,
    maxSize: maxBytes,
    sizeCalculation: ({ value }, key) => Math.max(1, Math.ceil(sizeOf(value) + key.length * 2)),
    dispose: (_entry, _key, reason) => {
      if (reason === 'evict') evictions++
    },
  })
  let closed = false

  function check(callOptions: CallOptions | undefined): void {
    throwIfAborted(callOptions)
    if (closed) throw new RtfsError('RTFS_USAGE', 'the cache is closed')
  }

  return {
    specVersion: 1,
    supports: { persistent: false },
    async get(key, callOptions) {
      check(callOptions)
      const entry = entries.get(key)
      if (entry === undefined) return undefined
      if (entry.expiresAt <= clock.now()) {
        entries.delete(key)
        return undefined
      }
      return copyOf(entry.value)
    },
    async set(key, value, callOptions) {
      check(callOptions)
      entries.set(key, { value: copyOf(value), expiresAt: callOptions?.expiresAt ?? Infinity })
    },
    async delete(key, callOptions) {
      check(callOptions)
      entries.delete(key)
    },
    async clear(callOptions) {
      check(callOptions)
      entries.clear()
    },
    async *entries(prefix, callOptions) {
      check(callOptions)
      const keys = [...entries.keys()].filter(key => key.startsWith(prefix)).sort()
      for (const key of keys) {
        check(callOptions)
        const entry = entries.peek(key)
        if (entry !== undefined && entry.expiresAt > clock.now()) yield [key, copyOf(entry.value)] as const
      }
    },
    usage: () => ({ entries: entries.size, bytes: entries.calculatedSize, evictions }),
    async close() {
      closed = true
      entries.clear()
    },
  }
}

function copyOf<T>(value: T): T {
  return value instanceof Uint8Array ? (value.slice() as T) : value
}

function defaultSize(value: unknown): number {
  if (value instanceof Uint8Array) return value.length
  return typeof value === 'string' ? value.length * 2 : 100
}
