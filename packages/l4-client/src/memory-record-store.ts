import type { InsertOptions, ModuleRecord, NewModuleRecord, RecordQuery, RecordStore } from '@rtfs/interfaces'
import { throwIfAborted } from './abort.js'
import { Listing } from './listing.js'
import { requireLowering } from './record-status.js'
import { createTurns } from './turns.js'

/** Keeps records for as long as the process lives. */
export function createMemoryRecordStore(): RecordStore {
  const records = new Map<string, ModuleRecord>()
  const idOf = new Map<number, string>()
  /** What can be looked up without looking at every record. */
  const listings = new Map<string, Listing>()
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
    if (existing !== undefined) forget(existing)
    records.set(record.id, stored)
    idOf.set(stored.sequence, stored.id)
    for (const key of keysOf(stored)) {
      let listing = listings.get(key)
      if (listing === undefined) listings.set(key, (listing = new Listing()))
      listing.add(stored.sequence)
    }
    epoch++
    return { inserted: true, record: copy(stored) }
  }

  function forget(record: ModuleRecord): void {
    records.delete(record.id)
    idOf.delete(record.sequence)
    for (const key of keysOf(record)) {
      const listing = listings.get(key)
      listing?.remove(record.sequence)
      if (listing?.size === 0) listings.delete(key)
    }
  }

  function find(query: RecordQuery): readonly ModuleRecord[] {
    const { after = 0, before = Infinity, limit = Infinity } = query
    const found: ModuleRecord[] = []
    const listing = listings.get(narrowestKey(query))
    if (listing === undefined || limit <= 0) return found
    for (const at of listing.newestFirst(after, before)) {
      const record = records.get(idOf.get(at)!)!
      if (!matches(record, query)) continue
      found.push(copy(record))
      if (found.length === limit) break
    }
    return found
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
      return find(query)
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
      const record = records.get(id)
      if (record === undefined) return false
      forget(record)
      epoch++
      return true
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
      idOf.clear()
      listings.clear()
    },
  }
}

/** Listings that a record stands in. */
function keysOf({ namespace, interfaceHash, codeHash, name }: ModuleRecord): readonly string[] {
  return ['', `i ${namespace} ${interfaceHash}`, `c ${namespace} ${codeHash}`, `n ${namespace} ${name}`]
}

/** A listing that holds all that the query asks for, and little else. Namespaces have no spaces. */
function narrowestKey({ namespace, codeHash, name, interfaceHash }: RecordQuery): string {
  if (namespace === undefined) return ''
  if (codeHash !== undefined) return `c ${namespace} ${codeHash}`
  if (name !== undefined) return `n ${namespace} ${name}`
  return interfaceHash === undefined ? '' : `i ${namespace} ${interfaceHash}`
}

function matches(record: ModuleRecord, query: RecordQuery): boolean {
  const { namespace, name, interfaceHash, codeHash, target, abi } = query
  return (
    (namespace === undefined || namespace === record.namespace) &&
    (name === undefined || name === record.name) &&
    (interfaceHash === undefined || interfaceHash === record.interfaceHash) &&
    (codeHash === undefined || codeHash === record.codeHash) &&
    (target === undefined || target === record.target) &&
    (abi === undefined || abi === record.abi)
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
