import { RtfsError } from '@rtfs/core'
import type { CacheStore, CallOptions, Logger } from '@rtfs/interfaces'
import { cacheTables } from './cache-tables.js'
import type { SqliteDatabase, SqliteDriver } from './driver.js'
import { databaseFault } from './faults.js'
import { openDatabase } from './open-database.js'
import { openTables } from './open-tables.js'
import { inTransaction } from './transactions.js'

export interface SqliteCacheStoreOptions {
  /** Directory of the store; the database is `inferences.sqlite` in it, apart from the records. */
  readonly dir?: string
  /** The database itself, when it is to have another name. `:memory:` for none. */
  readonly file?: string
  /** Rough bytes kept; the entries that were used longest ago go first. Default 256 MiB. */
  readonly maxBytes?: number
  /** Milliseconds that writes are gathered for, to share one transaction. Default 5. */
  readonly writeBehindMs?: number
  readonly driver?: SqliteDriver
  readonly now?: () => number
  /** Told when the file was damaged and has been made anew. */
  readonly logger?: Logger
}

/** A write that waits for its transaction. */
interface Pending {
  readonly value: Uint8Array
  readonly expiresAt: number | null
}

/** Entries of a walk that are read at a time. */
const pageSize = 256

/** Uses are noted in steps of a minute, so that a hit seldom writes. */
const useStepMs = 60_000

/**
 * Opens a cache in SQLite; several processes may have it open. Writes are gathered and committed together: `set`
 * resolves when its transaction is committed, and what has resolved survives the end of the process, however it ends
 * (a power cut may take the last transactions, never leave half of one). Reads see writes that still wait. A damaged
 * file throws `RTFS_STORE_CORRUPT`: it is a cache, and may be deleted.
 */
export async function openSqliteCacheStore(
  options: SqliteCacheStoreOptions,
): Promise<CacheStore<Uint8Array>> {
  return openDatabase(options, { name: 'inferences.sqlite', what: 'cache store' }, (database, file) => {
    openTables(database, cacheTables)
    return createStore(database, file, options)
  })
}

function createStore(
  database: SqliteDatabase,
  file: string,
  options: SqliteCacheStoreOptions,
): CacheStore<Uint8Array> {
  const { maxBytes = 256 * 1024 * 1024, writeBehindMs = 5, now = Date.now } = options
  let waiting = new Map<string, Pending>()
  let batch: { readonly done: Promise<void>; readonly run: () => void } | undefined
  let evictions = 0
  let closed = false

  const statements = {
    get: database.prepare('SELECT value, expires_at, used_at FROM rtfs_cache WHERE key = ?'),
    set: database.prepare(
      `INSERT INTO rtfs_cache (key, value, size, expires_at, used_at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value, size = excluded.size,
           expires_at = excluded.expires_at, used_at = excluded.used_at`,
    ),
    use: database.prepare('UPDATE rtfs_cache SET used_at = ? WHERE key = ?'),
    delete: database.prepare('DELETE FROM rtfs_cache WHERE key = ?'),
    expired: database.prepare('DELETE FROM rtfs_cache WHERE expires_at <= ?'),
    clear: database.prepare('DELETE FROM rtfs_cache'),
    page: database.prepare(
      `SELECT key, value FROM rtfs_cache WHERE key >= ? AND key < ?
         AND (expires_at IS NULL OR expires_at > ?) ORDER BY key LIMIT ${pageSize}`,
    ),
    usage: database.prepare('SELECT entries, bytes FROM rtfs_cache_usage WHERE one = 1'),
    oldest: database.prepare('SELECT key, size FROM rtfs_cache ORDER BY used_at, key LIMIT 100'),
  }

  function usage(): { readonly entries: number; readonly bytes: number } {
    const row = statements.usage.get()
    return { entries: Number(row?.['entries'] ?? 0), bytes: Number(row?.['bytes'] ?? 0) }
  }

  /** Every call: abort, closing and faults of SQLite are dealt with in one place. */
  function call<T>(callOptions: CallOptions | undefined, task: () => T): T {
    const signal = callOptions?.signal
    if (signal?.aborted) throw new RtfsError('RTFS_ABORTED', 'the call was aborted', { cause: signal.reason })
    if (closed) throw new RtfsError('RTFS_USAGE', `${file} is closed`)
    try {
      return task()
    } catch (cause) {
      throw databaseFault(cause, file)
    }
  }

  function get(key: string): Uint8Array | undefined {
    const at = now()
    const pending = waiting.get(key)
    if (pending !== undefined) {
      return pending.expiresAt !== null && pending.expiresAt <= at ? undefined : pending.value.slice()
    }
    const row = statements.get.get(keyOf(key))
    if (row === undefined || !(row['value'] instanceof Uint8Array)) return undefined
    const expiresAt = row['expires_at']
    if (expiresAt !== null && Number(expiresAt) <= at) return undefined
    if (at - Number(row['used_at']) >= useStepMs) noteUse(key, at)
    return new Uint8Array(row['value'])
  }

  /** That a cache cannot write is no reason not to read from it. */
  function noteUse(key: string, at: number): void {
    try {
      statements.use.run(at, keyOf(key))
    } catch (cause) {
      options.logger?.log('warn', 'cache.use-not-noted', { file, code: databaseFault(cause, file).code })
    }
  }

  function write(): void {
    const entries = waiting
    const at = now()
    inTransaction(database, () => {
      for (const [key, { value, expiresAt }] of entries) {
        statements.set.run(keyOf(key), value, value.length + key.length * 2, expiresAt, at)
      }
      makeRoom(at)
    })
    waiting = new Map()
  }

  function makeRoom(at: number): void {
    let { bytes } = usage()
    if (bytes <= maxBytes) return
    statements.expired.run(at)
    bytes = usage().bytes
    while (bytes > maxBytes) {
      const oldest = statements.oldest.all()
      if (oldest.length === 0) return
      for (const row of oldest) {
        if (bytes <= maxBytes) return
        statements.delete.run(row['key'] as Uint8Array)
        bytes -= Number(row['size'])
        evictions++
      }
    }
  }

  /** The transaction that the next writes share. */
  function nextBatch(): Promise<void> {
    if (batch !== undefined) return batch.done
    let run = () => {}
    const done = new Promise<void>((resolve, reject) => {
      let ran = false
      run = () => {
        if (ran) return
        ran = true
        clearTimeout(timer)
        batch = undefined
        try {
          write()
          resolve()
        } catch (cause) {
          // Nobody was told that they are kept.
          waiting = new Map()
          reject(databaseFault(cause, file))
        }
      }
      const timer = setTimeout(() => run(), writeBehindMs)
    })
    // Whoever set something hears of it; the batch itself is nobody's.
    done.catch(() => {})
    batch = { done, run: () => run() }
    return done
  }

  return {
    specVersion: 1,
    supports: { persistent: file !== ':memory:' },
    get: async (key, callOptions) => call(callOptions, () => get(key)),
    set: async (key, value, callOptions) =>
      call(callOptions, () => {
        waiting.set(key, { value: value.slice(), expiresAt: callOptions?.expiresAt ?? null })
        return nextBatch()
      }),
    delete: async (key, callOptions) =>
      call(callOptions, () => {
        batch?.run()
        statements.delete.run(keyOf(key))
      }),
    clear: async callOptions =>
      call(callOptions, () => {
        batch?.run()
        statements.clear.run()
      }),
    async *entries(prefix, callOptions) {
      const before = endOf(prefix)
      const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
      for (let from = keyOf(prefix); ; ) {
        const rows = call(callOptions, () => {
          // What waits to be written is there, too.
          batch?.run()
          return statements.page.all(from, before, now())
        })
        for (const { key, value } of rows) {
          if (!(key instanceof Uint8Array && value instanceof Uint8Array)) continue
          yield [decoder.decode(key), new Uint8Array(value)] as const
        }
        const last = rows.at(-1)?.['key']
        if (rows.length < pageSize || !(last instanceof Uint8Array)) return
        // The least key that is greater.
        from = Uint8Array.of(...last, 0)
      }
    },
    usage: () => ({ ...call(undefined, usage), evictions }),
    async close() {
      if (closed) return
      batch?.run()
      closed = true
      try {
        database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      } catch (cause) {
        options.logger?.log('warn', 'cache.checkpoint-failed', {
          file,
          code: databaseFault(cause, file).code,
        })
      }
      database.close()
    },
  }
}

/** Keys as bytes: SQLite's text ends at a zero for some of its functions. */
function keyOf(key: string): Uint8Array {
  return new TextEncoder().encode(key)
}

/** The least bytes that are greater than all keys which begin so. No key has a byte of 255. */
function endOf(prefix: string): Uint8Array {
  const bytes = keyOf(prefix)
  if (bytes.length === 0) return Uint8Array.of(255)
  bytes[bytes.length - 1]!++
  return bytes
}
