import { decodeValue, encodeValue, RtfsError } from '@rtfs/core'
import type {
  CallOptions,
  DelegationDecision,
  EffectResult,
  JournalEntry,
  JournalStore,
} from '@rtfs/interfaces'
import type { SqliteDatabase, SqliteDriver } from './driver.js'
import { databaseFault } from './faults.js'
import { openDatabase } from './open-database.js'
import { openTables, type Tables } from './open-tables.js'

export interface SqliteJournalStoreOptions {
  /** Directory of the store; the database is `journal.sqlite` in it. */
  readonly dir?: string
  /** The database itself, when it is to have another name. */
  readonly file?: string
  /** Default: what `loadSqliteDriver` finds. */
  readonly driver?: SqliteDriver
}

/** Journals in an SQLite database. */
export interface SqliteJournalStore extends JournalStore {
  /** Appends without a promise, so that effects that answer at once need no suspension. */
  appendSync(runId: string, entry: JournalEntry): void
  /** Names of the runs that have a journal, sorted. */
  list(): Promise<readonly string[]>
  /** Forgets a run: the next one of that name performs its effects anew. */
  delete(runId: string): Promise<void>
}

/** Counts up with every change of the table. */
const schemaVersion = 1

const create = `
  CREATE TABLE rtfs_journal (
    run TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    position TEXT NOT NULL,
    capability TEXT,
    args_hash TEXT,
    idempotent INTEGER,
    outcome TEXT,
    content TEXT,
    PRIMARY KEY (run, sequence)
  ) STRICT, WITHOUT ROWID;
  PRAGMA user_version = ${schemaVersion};
`

/** FULL: an intent that a power cut may take would let its effect happen twice. */
const journalTables: Tables = { version: schemaVersion, create, synchronous: 'FULL' }

/**
 * Opens journals in SQLite; an entry is on the disk when it was appended. Several processes may have it open, but one
 * at a time runs a run: whoever appends where another has appended since the journal was loaded gets
 * `RTFS_USAGE`, before its effect happens.
 */
export async function openSqliteJournalStore(
  options: SqliteJournalStoreOptions,
): Promise<SqliteJournalStore> {
  return openDatabase(options, { name: 'journal.sqlite', what: 'journal store' }, (database, file) => {
    openTables(database, journalTables)
    return createStore(database, file)
  })
}

function createStore(database: SqliteDatabase, file: string): SqliteJournalStore {
  const statements = {
    load: database.prepare('SELECT * FROM rtfs_journal WHERE run = ? ORDER BY sequence'),
    last: database.prepare('SELECT max(sequence) AS last FROM rtfs_journal WHERE run = ?'),
    insert: database.prepare(
      'INSERT INTO rtfs_journal VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    ),
    list: database.prepare('SELECT DISTINCT run FROM rtfs_journal ORDER BY run'),
    delete: database.prepare('DELETE FROM rtfs_journal WHERE run = ?'),
  }
  /** The next sequence number of each run, as far as this process knows. */
  const next = new Map<string, number>()
  let closed = false

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

  function append(runId: string, entry: JournalEntry): void {
    let sequence = next.get(runId)
    if (sequence === undefined) sequence = Number(statements.last.get(runId)?.['last'] ?? -1) + 1
    const { changes } = statements.insert.run(runId, sequence, entry.position, ...columnsOf(entry))
    if (Number(changes) === 0) {
      const message = `the run ${JSON.stringify(runId)} goes on in another process; wait for it, then run it again`
      throw new RtfsError('RTFS_USAGE', message)
    }
    next.set(runId, sequence + 1)
  }

  return {
    load: async (runId, options) =>
      call(options, () => {
        const entries = statements.load.all(runId).map((row, i) => {
          if (row['sequence'] !== i) throw unreadable(file, runId)
          return entryOf(row, file, runId)
        })
        next.set(runId, entries.length)
        return entries
      }),
    append: async (runId, entry, options) => call(options, () => append(runId, entry)),
    appendSync: (runId, entry) => call(undefined, () => append(runId, entry)),
    list: async () => call(undefined, () => statements.list.all().map(row => String(row['run']))),
    delete: async runId =>
      call(undefined, () => {
        statements.delete.run(runId)
        next.delete(runId)
      }),
    async close() {
      if (closed) return
      closed = true
      database.close()
    },
  }
}

type Columns = readonly [string | null, string | null, number | null, string | null, string | null]

/** capability, args_hash, idempotent, outcome, content. */
function columnsOf(entry: JournalEntry): Columns {
  if (entry.kind === 'intent') return [entry.capability, entry.argsHash, entry.idempotent ? 1 : 0, null, null]
  const { result } = entry
  if (!result.ok) return [null, null, null, 'error', encodeValue(result.error)]
  if ('decision' in result) return [null, null, null, 'decision', JSON.stringify(result.decision)]
  return [null, null, null, 'value', encodeValue(result.value)]
}

function entryOf(row: Readonly<Record<string, unknown>>, file: string, runId: string): JournalEntry {
  const position = String(row['position'])
  if (row['outcome'] === null) {
    const { capability, args_hash: argsHash, idempotent } = row
    return {
      kind: 'intent',
      position,
      capability: String(capability),
      argsHash: String(argsHash),
      idempotent: idempotent === 1,
    }
  }
  try {
    return { kind: 'result', position, result: resultOf(String(row['outcome']), String(row['content'])) }
  } catch (cause) {
    throw unreadable(file, runId, cause)
  }
}

function resultOf(outcome: string, content: string): EffectResult {
  if (outcome === 'error') return { ok: false, error: decodeValue(content) }
  if (outcome === 'decision') return { ok: true, decision: JSON.parse(content) as DelegationDecision }
  return { ok: true, value: decodeValue(content) }
}

function unreadable(file: string, runId: string, cause?: unknown): RtfsError {
  const message = `${file}: the journal of ${JSON.stringify(runId)} is damaged; effects that it held may have happened`
  return new RtfsError('RTFS_STORE_CORRUPT', message, { cause })
}
