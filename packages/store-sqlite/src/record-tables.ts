import type { Tables } from './open-tables.js'

/** Counts up with every change of the tables. */
const schemaVersion = 2

const create = `
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

/** Records are on the disk when they are acknowledged. */
export const recordTables: Tables = {
  version: schemaVersion,
  create,
  migrations: {
    1: 'ALTER TABLE rtfs_modules ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0; PRAGMA user_version = 2;',
  },
  synchronous: 'FULL',
}
