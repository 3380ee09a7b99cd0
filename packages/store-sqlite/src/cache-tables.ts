import type { Tables } from './open-tables.js'

/** Counts up with every change of the tables. */
const schemaVersion = 1

/** Triggers keep the sums, so that asking for them does not read the table. */
const create = `
  CREATE TABLE rtfs_cache (
    key BLOB PRIMARY KEY,
    value BLOB NOT NULL,
    size INTEGER NOT NULL,
    expires_at INTEGER,
    used_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX rtfs_cache_used ON rtfs_cache (used_at, key);
  CREATE INDEX rtfs_cache_expires ON rtfs_cache (expires_at) WHERE expires_at IS NOT NULL;
  CREATE TABLE rtfs_cache_usage (one INTEGER PRIMARY KEY, entries INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT;
  INSERT INTO rtfs_cache_usage VALUES (1, 0, 0);
  CREATE TRIGGER rtfs_cache_inserted AFTER INSERT ON rtfs_cache BEGIN
    UPDATE rtfs_cache_usage SET entries = entries + 1, bytes = bytes + new.size;
  END;
  CREATE TRIGGER rtfs_cache_updated AFTER UPDATE OF size ON rtfs_cache BEGIN
    UPDATE rtfs_cache_usage SET bytes = bytes + new.size - old.size;
  END;
  CREATE TRIGGER rtfs_cache_deleted AFTER DELETE ON rtfs_cache BEGIN
    UPDATE rtfs_cache_usage SET entries = entries - 1, bytes = bytes - old.size;
  END;
  PRAGMA user_version = ${schemaVersion};
`

/** A cache may forget what a power cut takes, so it does not wait for the disk. */
export const cacheTables: Tables = {
  version: schemaVersion,
  create,
  synchronous: 'NORMAL',
  advice: '; it is a cache and may be deleted',
}
