import { type Digest, isRtfsError, RtfsError } from '@rtfs/core'
import type {
  CallOptions,
  InsertOptions,
  Logger,
  ModuleRecord,
  NewModuleRecord,
  RecordInsertion,
  RecordProblem,
  RecordQuery,
  RecordStore,
} from '@rtfs/interfaces'
import { requireLowering, silentLogger } from '@rtfs/l4-client'
import type { SqliteDatabase, SqliteDriver, SqliteRow, SqliteStatement, SqliteValue } from './driver.js'
import { databaseFault } from './faults.js'
import { openDatabase } from './open-database.js'
import { openTables } from './open-tables.js'
import { recordTables } from './record-tables.js'
import { insertedColumns, RowProblem, recordOf, valuesOf } from './rows.js'
import { inTransaction } from './transactions.js'
import { lockWrites, turnsOf } from './write-lock.js'

export interface SqliteRecordStoreOptions {
  /** Directory of the store; the database is `records.sqlite` in it. */
  readonly dir?: string
  /** The database itself, when it is to have another name. `:memory:` for none. */
  readonly file?: string
  /** Default: what `loadSqliteDriver` finds. */
  readonly driver?: SqliteDriver
  /** Told of rows that cannot be read. */
  readonly logger?: Logger
}

/** Records in an SQLite database, and which SQLite that is. */
export interface SqliteRecordStore extends RecordStore {
  readonly driver: string
  readonly file: string
}

const pageSize = 200

/** Queries differ in the columns they ask for and in their limits. */
const maxPrepared = 64

const columnsOfQuery = {
  namespace: 'namespace',
  name: 'name',
  interfaceHash: 'interface_hash',
  codeHash: 'code_hash',
  target: 'target',
  abi: 'abi',
} as const satisfies Partial<Record<keyof RecordQuery, string>>

/**
 * Opens records in SQLite, and makes the database if there is none. Several processes may have it open. Insertions
 * are on the disk when they resolve. A database that is damaged throws `RTFS_STORE_CORRUPT`.
 */
export async function openSqliteRecordStore(options: SqliteRecordStoreOptions): Promise<SqliteRecordStore> {
  return openDatabase(options, { name: 'records.sqlite', what: 'record store' }, (database, file, driver) => {
    openTables(database, recordTables)
    return createStore(database, driver, file, options.logger ?? silentLogger)
  })
}

function createStore(
  database: SqliteDatabase,
  driver: SqliteDriver,
  file: string,
  logger: Logger,
): SqliteRecordStore {
  let closed = false
  const turns = turnsOf(file)
  function select(sql: string): SqliteStatement {
    const statement = database.prepare(sql)
    statement.setReadBigInts(true)
    return statement
  }

  /** Counts up with every change that others have to notice. */
  const bump = "UPDATE rtfs_meta SET value = value + 1 WHERE key = 'epoch'"
  const statements = {
    get: select('SELECT * FROM rtfs_modules WHERE id = ?'),
    insert: database.prepare(
      `INSERT INTO rtfs_modules (${insertedColumns.join(', ')}) VALUES (${insertedColumns.map(() => '?').join(', ')})`,
    ),
    delete: database.prepare('DELETE FROM rtfs_modules WHERE id = ?'),
    keep: database.prepare(
      'UPDATE rtfs_modules SET last_used_timestamp = ?, uses = ?, failures = ?, pinned = ? WHERE id = ?',
    ),
    pin: database.prepare('UPDATE rtfs_modules SET pinned = ? WHERE id = ?'),
    pointers: database.prepare(
      `SELECT storage_pointer, evidence_pointer, ir_pointer, source_pointer FROM rtfs_modules
         WHERE validation_status <> 'Revoked'`,
    ),
    page: select(`SELECT * FROM rtfs_modules WHERE sequence > ? ORDER BY sequence LIMIT ${pageSize}`),
    setStatus: database.prepare('UPDATE rtfs_modules SET validation_status = ? WHERE id = ?'),
    touch: database.prepare(
      `UPDATE rtfs_modules SET uses = uses + ?, failures = failures + ?,
         last_used_timestamp = max(coalesce(last_used_timestamp, 0), ?) WHERE id = ?`,
    ),
    bump: database.prepare(bump),
    epoch: database.prepare("SELECT value FROM rtfs_meta WHERE key = 'epoch'"),
  }

  const prepared = new Map<string, SqliteStatement>()

  /** There are few queries, and preparing one takes longer than running it. */
  function prepare(sql: string): SqliteStatement {
    let statement = prepared.get(sql)
    if (statement === undefined) {
      if (prepared.size >= maxPrepared) prepared.clear()
      prepared.set(sql, (statement = select(sql)))
    }
    return statement
  }

  /** Every call: abort, closing and faults of SQLite are dealt with in one place. */
  function call<T>(options: CallOptions | undefined, task: () => T): T {
    if (options?.signal?.aborted) {
      throw new RtfsError('RTFS_ABORTED', 'the call was aborted', { cause: options.signal.reason })
    }
    if (closed) throw new RtfsError('RTFS_USAGE', `${file} is closed`)
    try {
      return task()
    } catch (cause) {
      throw databaseFault(cause, file)
    }
  }

  function throwIfUnfit(options: CallOptions | undefined): void {
    call(options, () => undefined)
  }

  /** A call that writes: not while this process holds the lock, because SQLite would wait for it without end. */
  async function write<T>(options: CallOptions | undefined, task: () => T): Promise<T> {
    while (turns.running !== undefined) await turns.running
    return call(options, task)
  }

  function unreferenced(digests: readonly Digest[]): readonly Digest[] {
    const left = new Set<unknown>(digests)
    for (const row of statements.pointers.all()) {
      for (const pointer of Object.values(row)) left.delete(pointer)
    }
    return [...left] as Digest[]
  }

  /** A row that cannot be read is left out and reported: a miss, not a fault. */
  function readable(row: SqliteRow): ModuleRecord | undefined {
    const record = read(row)
    if (!('problem' in record)) return record
    logger.log('error', 'records.unreadable', { file, ...record })
    return undefined
  }

  function insert(record: NewModuleRecord, replacing: number | undefined): RecordInsertion {
    return inTransaction(database, () => {
      const row = statements.get.get(record.id)
      let before: ModuleRecord | undefined
      if (row !== undefined) {
        // A revoked row stays whatever else is wrong with it; another unreadable one makes room.
        const existing = read(row)
        const unreadable = 'problem' in existing
        if (row['validation_status'] === 'Revoked' && unreadable) {
          throw new RtfsError(
            'RTFS_STORE_CORRUPT',
            `${file}: revoked record ${record.id}: ${existing.problem}`,
          )
        }
        if (!unreadable && (existing.sequence !== replacing || existing.status === 'Revoked')) {
          return { inserted: false, record: existing }
        }
        before = unreadable ? undefined : existing
        statements.delete.run(record.id)
      }
      statements.insert.run(...valuesOf(record))
      if (before !== undefined) {
        const { lastUsedAt = null, uses, failures, pinned } = before
        statements.keep.run(lastUsedAt, uses, failures, pinned ? 1 : 0, record.id)
      }
      statements.bump.run()
      return { inserted: true, record: recordOf(statements.get.get(record.id)!) }
    })
  }

  function find(query: RecordQuery): readonly ModuleRecord[] {
    const conditions: string[] = []
    const values: SqliteValue[] = []
    const where = (condition: string, value: SqliteValue | undefined) => {
      if (value === undefined) return
      conditions.push(condition)
      values.push(value)
    }
    for (const [field, column] of Object.entries(columnsOfQuery)) {
      where(`${column} = ?`, query[field as keyof typeof columnsOfQuery])
    }
    where('sequence > ?', query.after)
    where('sequence < ?', query.before)
    const filter = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
    const { limit } = query
    if (limit !== undefined && !(Number.isSafeInteger(limit) && limit >= 0))
      throw new RtfsError('RTFS_USAGE', `${limit} is no limit; expected a count`)
    // Not a parameter: SQLite plans a query anew whenever one in LIMIT is bound, which takes as long as the query does.
    const most = limit === undefined ? '' : `LIMIT ${limit}`
    const sql = `SELECT * FROM rtfs_modules ${filter} ORDER BY sequence DESC ${most}`
    const rows = prepare(sql).all(...values)
    return rows.map(readable).filter(record => record !== undefined)
  }

  function* pages(): Generator<readonly SqliteRow[]> {
    let after = 0
    while (true) {
      const rows = statements.page.all(after)
      if (rows.length === 0) return
      yield rows
      after = Number(rows.at(-1)!['sequence'])
    }
  }

  function check(): readonly RecordProblem[] {
    const problems: RecordProblem[] = []
    for (const row of database.prepare('PRAGMA integrity_check(10)').all()) {
      const answer = String(Object.values(row)[0])
      if (answer !== 'ok') problems.push({ subject: file, problem: answer })
    }
    for (const rows of pages()) {
      for (const row of rows) {
        const record = read(row)
        if ('problem' in record) problems.push(record)
      }
    }
    return problems
  }

  return {
    specVersion: 1,
    supports: { persistent: file !== ':memory:', shared: file !== ':memory:' },
    driver: driver.name,
    file,
    async insert(record, options: InsertOptions = {}) {
      throwIfUnfit(options)
      // The caller may change its arrays while we wait.
      const embedding = record.embedding && { ...record.embedding, vector: record.embedding.vector.slice() }
      const own = { ...record, effects: [...record.effects], embedding }
      while (turns.running !== undefined) await turns.running
      return call(options, () => insert(own, options.replacing))
    },
    get: async (id, options) =>
      call(options, () => {
        const row = statements.get.get(id)
        return row && readable(row)
      }),
    find: async (query, options) => call(options, () => find(query)),
    async *list(options) {
      let after = 0
      while (true) {
        const rows = call(options, () => statements.page.all(after))
        if (rows.length === 0) return
        after = Number(rows.at(-1)!['sequence'])
        for (const row of rows) {
          const record = readable(row)
          if (record !== undefined) yield record
        }
      }
    },
    setStatus: async (id, status, options) =>
      write(options, () =>
        inTransaction(database, () => {
          const row = statements.get.get(id)
          if (row === undefined) return false
          // A row that cannot be read can still be revoked.
          const existing = read(row)
          if (!('problem' in existing)) requireLowering(existing.status, status)
          else if (status !== 'Revoked') {
            throw new RtfsError('RTFS_STORE_CORRUPT', `${file}: record ${id}: ${existing.problem}`)
          }
          statements.setStatus.run(status, id)
          statements.bump.run()
          return true
        }),
      ),
    setPinned: async (id, pinned, options) =>
      write(options, () =>
        inTransaction(database, () => Number(statements.pin.run(pinned ? 1 : 0, id).changes) > 0),
      ),
    whileUnreferenced: async (digests, task, options) =>
      turns.run(async () => {
        throwIfUnfit(options)
        const lock = file === ':memory:' ? undefined : lockWrites(driver, file)
        try {
          await task(call(options, () => unreferenced(digests)))
        } finally {
          lock?.close()
        }
      }),
    touch: async (uses, options) =>
      write(options, () =>
        inTransaction(database, () => {
          for (const use of uses) statements.touch.run(use.uses, use.failures, use.lastUsedAt, use.id)
        }),
      ),
    delete: async (id, options) =>
      write(options, () =>
        inTransaction(database, () => {
          const existed = Number(statements.delete.run(id).changes) > 0
          if (existed) statements.bump.run()
          return existed
        }),
      ),
    epoch: async options => call(options, () => Number(statements.epoch.get()?.['value'])),
    check: async options =>
      call(options, () => {
        try {
          return check()
        } catch (cause) {
          const fault = databaseFault(cause, file)
          if (isRtfsError(fault, 'RTFS_STORE_CORRUPT')) return [{ subject: file, problem: fault.message }]
          throw fault
        }
      }),
    async close() {
      if (closed) return
      closed = true
      try {
        // Leaves one file instead of three; another process that reads at this moment may prevent it.
        database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      } catch (cause) {
        logger.log('warn', 'records.checkpoint-failed', { file, code: databaseFault(cause, file).code })
      }
      database.close()
    },
  }
}

/** The record of a row, or what is wrong with it. */
function read(row: SqliteRow): ModuleRecord | RecordProblem {
  try {
    return recordOf(row)
  } catch (cause) {
    if (!(cause instanceof RowProblem)) throw cause
    return { subject: `record ${String(row['id'])}`, problem: cause.message }
  }
}
