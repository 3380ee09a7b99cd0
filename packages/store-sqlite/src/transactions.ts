import type { SqliteDatabase } from './driver.js'
import { resultCode } from './faults.js'

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
