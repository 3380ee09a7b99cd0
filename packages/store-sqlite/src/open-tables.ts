import { RtfsError } from '@rtfs/core'
import type { SqliteDatabase } from './driver.js'
import { inTransaction, retryWhileBusy } from './transactions.js'

/** The tables of one store. */
export interface Tables {
  /** Counts up with every change of the tables; `create` sets it as `user_version`. */
  readonly version: number
  readonly create: string
  /** What turns the tables of a version into those of the next one. */
  readonly migrations?: Readonly<Record<number, string>>
  /** FULL: what was acknowledged survives a power cut. NORMAL: the last transactions may be lost, none by half. */
  readonly synchronous: 'FULL' | 'NORMAL'
  /** What else to say of tables of another version. */
  readonly advice?: string
}

/** How long a connection waits for another one, by SQLite's own means. */
const busyTimeoutMs = 10_000

/**
 * Settings without which a connection is not safe, in this order: what follows may already meet another process.
 * `synchronous` is not kept in the file, and SQLite's default for WAL loses what was acknowledged when the power fails.
 */
export function prepareConnection(database: SqliteDatabase, synchronous: Tables['synchronous']): void {
  for (const setting of [
    `PRAGMA busy_timeout = ${busyTimeoutMs}`,
    'PRAGMA journal_mode = WAL',
    `PRAGMA synchronous = ${synchronous}`,
    'PRAGMA trusted_schema = OFF',
  ]) {
    retryWhileBusy(() => database.exec(setting))
  }
}

/** Prepares a connection and makes or migrates the tables. Throws faults of SQLite and ours. */
export function openTables(
  database: SqliteDatabase,
  { version: known, create, migrations = {}, synchronous, advice = '' }: Tables,
): void {
  prepareConnection(database, synchronous)
  inTransaction(database, () => {
    const versionOf = () => Number(database.prepare('PRAGMA user_version').get()?.['user_version'])
    for (let next = migrations[versionOf()]; next !== undefined; next = migrations[versionOf()]) {
      database.exec(next)
    }
    const version = versionOf()
    if (version === known) return
    if (version !== 0) {
      const message = `its tables have version ${version}, this package knows ${known}${advice}`
      throw new RtfsError('RTFS_NOT_SUPPORTED', message)
    }
    database.exec(create)
  })
}
