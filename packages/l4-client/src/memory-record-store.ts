import type { InsertOptions, ModuleRecord, NewModuleRecord, RecordQuery, RecordStore } from '@rtfs/interfaces'
import { throwIfAborted } from './abort.js'
import { requireLowering } from './record-status.js'
import { createTurns } from './turns.js'

/** Keeps records for as long as the process lives. */
export function createMemoryRecordStore(): RecordStore {
  const records = new Map<string, ModuleRecord>()
  let sequence = 0
  let epoch = 0
  const writes = createTurns()

  function insert(record: NewModuleRecord, options: InsertOptions = {}) {
    throwIfAborted(options)
    const existing = records.get(record.id)
    if (
      existing !== undefined &&
      (existing.sequence !== options.replacing || existing.status === 'Revoked')
    ) {
      return { inserted: false, record: copy(existing) }
    }
    const { lastUsedAt, uses = 0, failures = 0, pinned = false } = existing ?? {}
    const stored = copy({ ...record, sequence: ++sequence, lastUsedAt, uses, failures, pinned })
    records.delete(record.id)
    records.set(record.id, stored)
    epoch++
    return { inserted: true, record: copy(stored) }
  }

  return {
    specVersion: 1,
    supports: { persistent: false, shared: false },
    async insert(record, options) {
      throwIfAborted(options)
      // The caller may change its arrays while we wait.
      const own = copyNew(record)
      while (writes.running !== undefined) await writes.running
      return insert(own, options)
    },
    async get(id, options) {
      throwIfAborted(options)
      const record = records.get(id)
      return record && copy(record)
    },
    async find(query, options) {
      throwIfAborted(options)
      const found = [...records.values()].filter(record => matches(record, query)).reverse()
      return found.slice(0, query.limit).map(copy)
    },
    async *list(options) {
      for (const record of [...records.values()]) {
        throwIfAborted(options)
        yield copy(record)
      }
    },
    async setStatus(id, status, options) {
      throwIfAborted(options)
      const record = records.get(id)
      if (record === undefined) return false
      requireLowering(record.status, status)
      records.set(id, { ...record, status })
      epoch++
      return true
    },
    async setPinned(id, pinned, options) {
      throwIfAborted(options)
      const record = records.get(id)
      if (record !== undefined) records.set(id, { ...record, pinned })
      return record !== undefined
    },
    async whileUnreferenced(digests, task, options) {
      throwIfAborted(options)
      await writes.run(() => {
        const named = new Set([...records.values()].flatMap(pointersOf))
        return task(digests.filter(digest => !named.has(digest)))
      })
    },
    async touch(uses, options) {
      throwIfAborted(options)
      for (const use of uses) {
        const record = records.get(use.id)
        if (record === undefined) continue
        records.set(use.id, {
          ...record,
          uses: record.uses + use.uses,
          failures: record.failures + use.failures,
          lastUsedAt: Math.max(record.lastUsedAt ?? 0, use.lastUsedAt),
        })
      }
    },
    async delete(id, options) {
      throwIfAborted(options)
      const existed = records.delete(id)
      if (existed) epoch++
      return existed
    },
    async epoch(options) {
      throwIfAborted(options)
      return epoch
    },
    async check(options) {
      throwIfAborted(options)
      return []
    },
    async close() {
      records.clear()
    },
  }
}

function matches(record: ModuleRecord, query: RecordQuery): boolean {
  const { after = 0, before = Infinity, limit: _, ...columns } = query
  if (record.sequence <= after || record.sequence >= before) return false
  return Object.entries(columns).every(
    ([column, value]) => value === undefined || record[column as keyof typeof columns] === value,
  )
}

function pointersOf(record: ModuleRecord) {
  const { status, storagePointer, evidencePointer, irPointer, sourcePointer } = record
  return status === 'Revoked' ? [] : [storagePointer, evidencePointer, irPointer, sourcePointer]
}

/** Callers get and give values that they may change afterwards. */
function copy(record: ModuleRecord): ModuleRecord {
  return copyNew(record)
}

function copyNew<R extends NewModuleRecord>(record: R): R {
  const embedding = record.embedding && { ...record.embedding, vector: record.embedding.vector.slice() }
  return { ...record, effects: [...record.effects], embedding }
}
