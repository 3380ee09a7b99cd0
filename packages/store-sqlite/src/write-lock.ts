import { createTurns, type Turns } from '@rtfs/l4-client'
import type { SqliteDriver } from './driver.js'
import { databaseFault } from './faults.js'
import { prepareConnection } from './open-tables.js'

/**
 * One for each database file of this process: a connection that waits for SQLite's lock blocks the whole process, so
 * that the task which holds it could never end.
 */
const turnsByFile = new Map<string, Turns>()

/** The turns of a file; of its own for a database in memory, which nobody else can open. */
export function turnsOf(file: string): Turns {
  if (file === ':memory:') return createTurns()
  let turns = turnsByFile.get(file)
  if (turns === undefined) turnsByFile.set(file, (turns = createTurns()))
  return turns
}

/** Keeps every other connection, of any process, from writing until it is closed. */
export function lockWrites(driver: SqliteDriver, file: string): { close(): void } {
  let database: ReturnType<SqliteDriver['open']> | undefined
  try {
    database = driver.open(file)
    prepareConnection(database, 'FULL')
    database.exec('BEGIN IMMEDIATE')
  } catch (cause) {
    database?.close()
    throw databaseFault(cause, file)
  }
  const held = database
  return {
    close() {
      try {
        held.exec('ROLLBACK')
      } finally {
        held.close()
      }
    },
  }
}
