export { openSqliteCacheStore, type SqliteCacheStoreOptions } from './cache-store.js'
export {
  loadSqliteDriver,
  type SqliteDatabase,
  type SqliteDriver,
  type SqliteRow,
  type SqliteStatement,
  type SqliteValue,
} from './driver.js'
export {
  openSqliteJournalStore,
  type SqliteJournalStore,
  type SqliteJournalStoreOptions,
} from './journal-store.js'
export {
  openSqliteRecordStore,
  type SqliteRecordStore,
  type SqliteRecordStoreOptions,
} from './record-store.js'
