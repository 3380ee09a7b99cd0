import { RtfsError } from '@rtfs/core'
import type { SqliteDatabase } from './driver.js'
import { resultCode } from './faults.js'

/** Counts up with every change of the tables. */
const schemaVersion = 2

const tables = `
  CREATE TABLE rtfs_modules (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    interface_hash TEXT NOT NULL,
    code_hash TEXT NOT NULL,
    target TEXT NOT NULL,
    abi TEXT NOT NULL,
    storage_pointer TEXT NOT NULL,
    ir_pointer TEXT,
    source_pointer TEXT,
    evidence_pointer TEXT NOT NULL,
    export_name TEXT NOT NULL,
    effects TEXT NOT NULL,
    description TEXT NOT NULL,
    semantic_embedding BLOB,
    embedding_model TEXT,
    embedding_revision TEXT,
    embedding_dimension INTEGER,
    validation_status TEXT NOT NULL,
    envelope TEXT NOT NULL,
    creation_timestamp INTEGER NOT NULL,
    last_used_timestamp INTEGER,
    uses INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,
    pinned INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX rtfs_modules_interface ON rtfs_modules (namespace, interface_hash, sequence);
  CREATE INDEX rtfs_modules_code ON rtfs_modules (namespace, code_hash, sequence);
  CREATE INDEX rtfs_modules_name ON rtfs_modules (namespace, name, sequence);
  CREATE TABLE rtfs_meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO rtfs_meta VALUES ('epoch', 0);
  PRAGMA user_version = ${schemaVersion};
`

/** How long a connection waits for another one, by SQLite's own means. */
const busyTimeoutMs = 10_000

/**
 * Settings of every connection, in this order: what follows may already meet another process. `synchronous` is not
 * kept in the file, and SQLite's default for WAL loses what was acknowledged when the power fails.
 */
const settings = [
  `PRAGMA busy_timeout = ${busyTimeoutMs}`,
  'PRAGMA journal_mode = WAL',
  'PRAGMA synchronous = FULL',
  'PRAGMA trusted_schema = OFF',
]

/** What turns the tables of a version into those of the next one. */
const migrations: Readonly<Record<number, string>> = {
  1: 'ALTER TABLE rtfs_modules ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0; PRAGMA user_version = 2;',
}

/** Settings without which a connection is not safe. */
export function prepareConnection(database: SqliteDatabase): void {
  for (const setting of settings) retryWhileBusy(() => database.exec(setting))
}

/** Prepares a connection and makes the tables if this is the first one. Throws faults of SQLite and ours. */
export function openTables(database: SqliteDatabase): void {
  prepareConnection(database)
  inTransaction(database, () => {
    const versionOf = () => Number(database.prepare('PRAGMA user_version').get()?.['user_version'])
    for (let next = migrations[versionOf()]; next !== undefined; next = migrations[versionOf()]) {
      database.exec(next)
    }
    const version = versionOf()
    if (version === schemaVersion) return
    if (version !== 0) {
      const message = `its tables have version ${version}, this package knows ${schemaVersion}`
      throw new RtfsError('RTFS_NOT_SUPPORTED', message)
    }
    database.exec(tables)
  })
}

/** Runs `task` in a write transaction. Deferred ones fail under load when they turn to writing. */
export function inTransaction<T>(database: SqliteDatabase, task: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = task()
    database.exec('COMMIT')
    return result
  } catch (cause) {
    try {
      database.exec('ROLLBACK')
    } catch {
      // The first fault says more; SQLite has rolled back by itself.
    }
    throw cause
  }
}

/** The switch to WAL answers "busy" at once, whatever the timeout, while another process makes it too. */
export function retryWhileBusy(task: () => void): void {
  const waiter = new Int32Array(new SharedArrayBuffer(4))
  for (let attempt = 0; ; attempt++) {
    try {
      task()
      return
    } catch (cause) {
      if (resultCode(cause) !== 5 || attempt >= 200) throw cause
      Atomics.wait(waiter, 0, 0, 5 + (attempt % 20))
    }
  }
}
