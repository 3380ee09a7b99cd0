import { mkdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { RtfsError } from '@rtfs/core'
import { loadSqliteDriver, type SqliteDatabase, type SqliteDriver } from './driver.js'
import { databaseFault } from './faults.js'

/** Where a store of this package is, and what opens it. */
export interface DatabasePlace {
  /** Directory of the store. */
  readonly dir?: string
  /** The database itself, when it is to have another name; `:memory:` for none. */
  readonly file?: string
  readonly driver?: SqliteDriver
}

/**
 * Opens a database and makes a store of it; its directory is made. A database whose store cannot be made is closed
 * again. Faults of SQLite and of the file system say what to do about them.
 */
export async function openDatabase<T>(
  { dir, file: given, driver: handed }: DatabasePlace,
  { name, what }: { readonly name: string; readonly what: string },
  makeStore: (database: SqliteDatabase, file: string, driver: SqliteDriver) => T,
): Promise<T> {
  const driver = handed ?? (await loadSqliteDriver())
  const file = fileOf(dir, given, name, what)
  if (file !== ':memory:') makeDirectory(dirname(file))
  let database: SqliteDatabase | undefined
  try {
    database = driver.open(file)
    return makeStore(database, file, driver)
  } catch (cause) {
    database?.close()
    throw databaseFault(cause, file)
  }
}

function fileOf(dir: string | undefined, file: string | undefined, name: string, what: string): string {
  if (file === ':memory:') return file
  if (file !== undefined) return resolve(file)
  if (dir === undefined) throw new RtfsError('RTFS_USAGE', `a ${what} needs a \`dir\` or a \`file\``)
  return join(resolve(dir), name)
}

function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true })
  } catch (cause) {
    const code = String((cause as NodeJS.ErrnoException).code)
    const readOnly = ['EROFS', 'EACCES', 'EPERM'].includes(code)
    const errorCode = readOnly
      ? 'RTFS_STORE_READ_ONLY'
      : code === 'ENOSPC'
        ? 'RTFS_STORE_FULL'
        : 'RTFS_STORE_IO'
    throw new RtfsError(errorCode, `cannot make ${directory}: ${code}`, { cause })
  }
}
