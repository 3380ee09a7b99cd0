import type { RecordStore, SavableVectorIndex, VectorIndexFactory } from '@rtfs/interfaces'
import { describe, expect, test } from 'vitest'
import { createExactIndex } from './exact-index.js'
import { createMemoryRecordStore } from './memory-record-store.js'
import { isWorthSaving } from './partitions.js'
import { request, testCache, testLogger } from './testing.test-util.js'

/** Indexes that are kept in a map, and what was done with them. */
function kept() {
  const saved = new Map<string, { readonly note: string; readonly vectors: Map<string, Float32Array> }>()
  const counts = { added: 0, saved: 0, cleared: 0 }
  let failing = false
  const factory: VectorIndexFactory = async ({ dimension, name }) => {
    const vectors = new Map(saved.get(name!)?.vectors)
    const exact = createExactIndex({ dimension })
    for (const [id, vector] of vectors) await exact.add(id, vector)
    let unsaved = 0
    const index: SavableVectorIndex = {
      specVersion: 1,
      supports: exact.supports,
      dimension,
      begunWith: saved.get(name!)?.note,
      get size() {
        return vectors.size
      },
      get unsaved() {
        return unsaved
      },
      async add(id, vector) {
        counts.added++
        unsaved++
        vectors.set(id, vector)
        await exact.add(id, vector)
      },
      async remove(id) {
        unsaved++
        vectors.delete(id)
        return exact.remove(id)
      },
      search: (vector, k) => exact.search(vector, k),
      async save(note) {
        if (failing) throw new Error('no room')
        counts.saved++
        unsaved = 0
        saved.set(name!, { note, vectors: new Map(vectors) })
        return true
      },
      async clear() {
        counts.cleared++
        for (const id of vectors.keys()) await exact.remove(id)
        vectors.clear()
      },
      close: () => exact.close(),
    }
    return index
  }
  return { factory, saved, counts, fail: () => (failing = true) }
}

async function published(records: RecordStore, factory: VectorIndexFactory, names: readonly string[]) {
  const { cache } = testCache({ records, index: factory })
  for (const name of names) await cache.publish(request(name as 'add', `Module ${name} of many`))
  return cache
}

const names = (count: number, prefix = 'm') => Array.from({ length: count }, (_, i) => `${prefix}${i}`)

describe('indexes that are kept', () => {
  test('the next process begins with them and adds only what is new', async () => {
    const records = createMemoryRecordStore()
    const store = kept()
    const first = await published(records, store.factory, names(10))
    expect(await first.search('Module m7 of many', { k: 1 })).toMatchObject([{ record: { name: 'm7' } }])
    await first.close()
    store.counts.added = 0
    await (await published(records, createExactIndex, ['late'])).close()
    const second = await published(records, store.factory, [])
    expect(await second.search('Module m7 of many', { k: 1 })).toMatchObject([{ record: { name: 'm7' } }])
    expect(await second.search('Module late of many', { k: 1 })).toMatchObject([{ record: { name: 'late' } }])
    expect(store.counts).toMatchObject({ added: 1, cleared: 0 })
  })

  test('what was deleted meanwhile is not found, what was revoked does not count', async () => {
    const records = createMemoryRecordStore()
    const store = kept()
    const first = await published(records, store.factory, names(10))
    const near = await first.search('Module m3 of many', { k: 2 })
    await first.close()
    await records.delete(near[0]!.record.id)
    await records.setStatus(near[1]!.record.id, 'Revoked')
    const second = await published(records, store.factory, [])
    const found = await second.search('Module m3 of many', { k: 10 })
    expect(found).toHaveLength(8)
    expect(found.map(({ record }) => record.name)).not.toContain('m3')
  })

  test('an index of another store is not used', async () => {
    const store = kept()
    const first = await published(createMemoryRecordStore(), store.factory, names(10))
    await first.search('x')
    await first.close()
    const other = await published(createMemoryRecordStore(), store.factory, names(20, 'other'))
    const found = await other.search('Module other15 of many', { k: 30 })
    expect([found.length, found[0]!.record.name]).toEqual([20, 'other15'])
    expect(store.counts.cleared).toBeGreaterThan(0)
  })

  test.each(['', 'nonsense', '[]', '[2,5,"x"]', '[1,1e99,"x"]', 'null'])(
    'the note %j says nothing: begun anew',
    async note => {
      const records = createMemoryRecordStore()
      const store = kept()
      const first = await published(records, store.factory, names(5))
      await first.search('x')
      await first.close()
      for (const [name, { vectors }] of store.saved) store.saved.set(name, { note, vectors })
      const second = await published(records, store.factory, [])
      expect(await second.search('Module m1 of many', { k: 9 })).toHaveLength(5)
      expect(store.counts.cleared).toBe(1)
    },
  )

  test('one that cannot be saved is reported and breaks nothing', async () => {
    const store = kept()
    store.fail()
    const logger = testLogger()
    const { cache } = testCache({ index: store.factory, logger })
    await cache.publish(request('add', 'Add'))
    expect(await cache.search('Add')).toHaveLength(1)
    await cache.close()
    expect(logger.events()).toContain('l4.index-not-saved')
  })
})

test.each([
  [0, 1000, false, false],
  [255, 1000, false, true],
  [256, 1000, true, true],
  [256, 100_000, false, false],
  [12_500, 100_000, true, true],
  [1, 64, false, true],
  [1, 65, false, false],
])('of %i changes among %i: saved in use %s, at the end %s', (unsaved, size, inUse, atTheEnd) => {
  const index = { unsaved, size } as SavableVectorIndex
  expect([isWorthSaving(index, false), isWorthSaving(index, true)]).toEqual([inUse, atTheEnd])
})
