import { RtfsError } from '@rtfs/core'

/** A value of a column or parameter. */
export type SqliteValue = string | number | bigint | Uint8Array | null

export type SqliteRow = Readonly<Record<string, unknown>>

export interface SqliteStatement {
  run(...values: readonly SqliteValue[]): { readonly changes: number | bigint }
  get(...values: readonly SqliteValue[]): SqliteRow | undefined
  all(...values: readonly SqliteValue[]): readonly SqliteRow[]
  /** Integers as bigint: without it, one that is too large for a number fails the whole answer. */
  setReadBigInts(enabled: boolean): void
}

export interface SqliteDatabase {
  exec(sql: string): void
  prepare(sql: string): SqliteStatement
  close(): void
}

/**
 * A synchronous SQLite. Faults have the primary or extended result code of SQLite in `errcode`.
 */
export interface SqliteDriver {
  readonly name: string
  open(file: string): SqliteDatabase
}

interface SqliteModule {
  readonly DatabaseSync: new (file: string) => SqliteDatabase
}

/**
 * The SQLite of Node where it has one (22.13 and later), otherwise `@photostructure/sqlite`, which has the same
 * interface. Throws `RTFS_NOT_SUPPORTED` when there is neither.
 */
export async function loadSqliteDriver(): Promise<SqliteDriver> {
  // Not an import: bundlers and older versions of Node do not know the name.
  const builtIn: unknown = process.getBuiltinModule?.('node:sqlite')
  if (builtIn !== undefined) return driverOf('node:sqlite', builtIn as SqliteModule)
  try {
    return driverOf(
      '@photostructure/sqlite',
      (await import('@photostructure/sqlite')) as unknown as SqliteModule,
    )
  } catch (cause) {
    const message =
      'there is no SQLite: Node >= 22.13 has one, elsewhere @photostructure/sqlite must be installed'
    throw new RtfsError('RTFS_NOT_SUPPORTED', message, { cause })
  }
}

function driverOf(name: string, { DatabaseSync }: SqliteModule): SqliteDriver {
  return { name, open: file => new DatabaseSync(file) }
}
