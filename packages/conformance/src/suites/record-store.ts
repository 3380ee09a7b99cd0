import { digestOf, encodeUtf8 } from '@rtfs/core'
import type { ModuleRecord, NewModuleRecord, RecordStore } from '@rtfs/interfaces'
import type { Runner } from '../runner.js'
import { aborted, checks, collect, failure, type StoreSuiteOptions } from './check.js'

const digest = (text: string) => digestOf(encodeUtf8(text))

/** A record that differs from others by its id. Its envelope signs nothing: stores do not look into it. */
export function sampleRecord(id: string, more: Partial<NewModuleRecord> = {}): NewModuleRecord {
  return {
    id,
    namespace: 'acme',
    name: `name-${id}`,
    interfaceHash: digest('interface'),
    codeHash: digest(`code ${id}`),
    target: 'wasm32',
    abi: '1',
    storagePointer: digest(`wasm ${id}`),
    irPointer: digest(`ir ${id}`),
    sourcePointer: undefined,
    evidencePointer: digest(`evidence ${id}`),
    exportName: 'f',
    effects: ['tool:a', 'tool:b'],
    description: `Something “quoted” ' \u{1F600} ${id}`,
    embedding: { vector: Float32Array.of(0.25, -1, 0), model: 'test', revision: '1' },
    status: 'Verified',
    envelope: `{"id":"${id}"}`,
    createdAt: 1_700_000_000_000,
    ...more,
  }
}

/** What every record store does. `create` makes an empty one. */
export function recordStoreSuite(
  runner: Runner,
  create: () => Promise<RecordStore>,
  options: StoreSuiteOptions<RecordStore> = {},
): void {
  const { expect } = runner
  const check = checks(runner, 'record store', create)
  const names = (records: readonly ModuleRecord[]) => records.map(record => record.id)

  check('a miss is undefined', async store => {
    expect(await store.get('missing')).toEqual(undefined)
    expect(await store.find({ namespace: 'acme' })).toEqual([])
  })

  check('gives back every column', async store => {
    const bare = { irPointer: undefined, sourcePointer: digest('source'), embedding: undefined, effects: [] }
    for (const record of [sampleRecord('a'), sampleRecord('b', bare)]) {
      const { inserted, record: stored } = await store.insert(record)
      expect(inserted).toEqual(true)
      const given = { lastUsedAt: undefined, uses: 0, failures: 0, pinned: false }
      const expected = { ...record, ...given, sequence: stored.sequence }
      expect(stored).toEqual(expected)
      expect(await store.get(record.id)).toEqual(expected)
    }
  })

  check('the first insertion of an id stays', async store => {
    const first = await store.insert(sampleRecord('a', { description: 'first' }))
    const second = await store.insert(sampleRecord('a', { description: 'second' }))
    expect(second.inserted).toEqual(false)
    expect(second.record).toEqual(first.record)
    expect((await store.get('a'))?.description).toEqual('first')
  })

  check('20 insertions of one id: one wins', async store => {
    const insert = (_: unknown, i: number) => store.insert(sampleRecord('a', { description: String(i) }))
    const answers = await Promise.all(Array.from({ length: 20 }, insert))
    expect(answers.filter(answer => answer.inserted).length).toEqual(1)
    expect(new Set(answers.map(answer => answer.record.description)).size).toEqual(1)
  })

  check('a record is replaced by whoever saw it, and is newer then', async store => {
    const { record: bad } = await store.insert(sampleRecord('a', { description: 'bad' }))
    await store.insert(sampleRecord('b'))
    const replacing = { replacing: bad.sequence }
    const { inserted, record: good } = await store.insert(
      sampleRecord('a', { description: 'good' }),
      replacing,
    )
    expect(inserted).toEqual(true)
    expect(good.description).toEqual('good')
    expect(names(await store.find({ namespace: 'acme' }))).toEqual(['a', 'b'])
    const late = await store.insert(sampleRecord('a', { description: 'late' }), replacing)
    expect(late.inserted).toEqual(false)
    expect(late.record.description).toEqual('good')
  })

  check('a revoked record is not replaced', async store => {
    const { record } = await store.insert(sampleRecord('a'))
    await store.setStatus('a', 'Revoked')
    const { inserted } = await store.insert(sampleRecord('a'), { replacing: record.sequence })
    expect(inserted).toEqual(false)
    expect((await store.get('a'))?.status).toEqual('Revoked')
  })

  check('finds by every column, newest first', async store => {
    await store.insert(sampleRecord('a'))
    await store.insert(sampleRecord('b', { namespace: 'other', name: 'x' }))
    await store.insert(sampleRecord('c', { interfaceHash: digest('another'), target: 'js' }))
    await store.insert(sampleRecord('d', { codeHash: digest('code a'), abi: '2' }))
    const found = async (query: Parameters<RecordStore['find']>[0]) => names(await store.find(query))
    expect(await found({})).toEqual(['d', 'c', 'b', 'a'])
    expect(await found({ namespace: 'acme' })).toEqual(['d', 'c', 'a'])
    expect(await found({ namespace: 'other', name: 'x' })).toEqual(['b'])
    expect(await found({ interfaceHash: digest('interface') })).toEqual(['d', 'b', 'a'])
    expect(await found({ codeHash: digest('code a') })).toEqual(['d', 'a'])
    expect(await found({ target: 'js' })).toEqual(['c'])
    expect(await found({ abi: '2' })).toEqual(['d'])
    expect(await found({ limit: 2 })).toEqual(['d', 'c'])
    expect(await found({ name: "x' or '1'='1" })).toEqual([])
    const [, c] = await store.find({})
    expect(await found({ after: c!.sequence })).toEqual(['d'])
    expect(await found({ before: c!.sequence, limit: 1 })).toEqual(['b'])
  })

  check('finds by any columns, between any sequences, after deletions and replacements', async store => {
    const all: ModuleRecord[] = []
    for (let i = 0; i < 24; i++) {
      const more = {
        namespace: i % 2 === 0 ? 'acme' : 'other',
        name: `n${i % 3}`,
        interfaceHash: digest(`interface ${i % 4}`),
        codeHash: digest(`code ${i % 5}`),
        target: i % 6 === 0 ? 'wasm32' : 'bytecode',
      }
      all.push((await store.insert(sampleRecord(`r${i}`, more))).record)
    }
    await store.delete('r4')
    const { record } = await store.insert(all[8]!, { replacing: all[8]!.sequence })
    const left = [...all.filter(({ id }) => id !== 'r4' && id !== 'r8'), record]
    const queries = [
      {},
      { namespace: 'acme' },
      { namespace: 'acme', interfaceHash: digest('interface 0') },
      { namespace: 'acme', codeHash: digest('code 3') },
      { namespace: 'acme', name: 'n2', interfaceHash: digest('interface 0') },
      { interfaceHash: digest('interface 1') },
      { name: 'n1', target: 'wasm32' },
      { namespace: 'nobody' },
    ]
    for (const query of queries) {
      const fits = left.filter(each =>
        Object.entries(query).every(([column, value]) => each[column as keyof typeof query] === value),
      )
      const expected = names(fits.reverse())
      expect(names(await store.find(query)), JSON.stringify(query)).toEqual(expected)
      expect(names(await store.find({ ...query, limit: 2 })), JSON.stringify(query)).toEqual(
        expected.slice(0, 2),
      )
      const between = { after: all[2]!.sequence, before: all[20]!.sequence }
      const within = fits.filter(({ sequence }) => sequence > between.after && sequence < between.before)
      expect(names(await store.find({ ...query, ...between })), JSON.stringify(query)).toEqual(names(within))
    }
    expect(await store.find({ limit: 0 })).toEqual([])
  })

  check('lists all, oldest first', async store => {
    for (let i = 0; i < 150; i++) await store.insert(sampleRecord(`r${i}`))
    expect(names(await collect(store.list()))).toEqual(Array.from({ length: 150 }, (_, i) => `r${i}`))
  })

  check('a status is only lowered', async store => {
    await store.insert(sampleRecord('a'))
    expect(await store.setStatus('a', 'Pending')).toEqual(true)
    expect((await store.get('a'))?.status).toEqual('Pending')
    expect(await failure(() => store.setStatus('a', 'Verified'))).toEqual('RTFS_USAGE')
    expect(await store.setStatus('a', 'Revoked')).toEqual(true)
    expect(await failure(() => store.setStatus('a', 'Pending'))).toEqual('RTFS_USAGE')
    expect((await store.get('a'))?.status).toEqual('Revoked')
    expect(await store.setStatus('missing', 'Revoked')).toEqual(false)
  })

  check('adds up uses', async store => {
    await store.insert(sampleRecord('a'))
    await store.touch([
      { id: 'a', uses: 2, failures: 0, lastUsedAt: 20 },
      { id: 'missing', uses: 1, failures: 0, lastUsedAt: 1 },
    ])
    await store.touch([{ id: 'a', uses: 1, failures: 1, lastUsedAt: 10 }])
    const record = await store.get('a')
    expect([record?.uses, record?.failures, record?.lastUsedAt]).toEqual([3, 1, 20])
  })

  check('a pin stays until it is taken away, also when the record is replaced, as counts do', async store => {
    const { record } = await store.insert(sampleRecord('a'))
    const epoch = await store.epoch()
    expect(await store.setPinned('a', true)).toEqual(true)
    expect(await store.setPinned('missing', true)).toEqual(false)
    await store.touch([{ id: 'a', uses: 2, failures: 1, lastUsedAt: 20 }])
    expect(await store.epoch()).toEqual(epoch)
    await store.insert(sampleRecord('a', { envelope: '{}' }), { replacing: record.sequence })
    const { envelope, pinned, uses, failures, lastUsedAt } = (await store.get('a'))!
    expect([envelope, pinned, uses, failures, lastUsedAt]).toEqual(['{}', true, 2, 1, 20])
    await store.setPinned('a', false)
    expect((await store.get('a'))?.pinned).toEqual(false)
  })

  check('knows which digests no record names; revoked records name none', async store => {
    await store.insert(sampleRecord('a', { sourcePointer: digest('source') }))
    await store.insert(sampleRecord('b'))
    await store.setStatus('b', 'Revoked')
    const asked = ['wasm a', 'ir a', 'source', 'evidence a', 'wasm b', 'nobody'].map(digest)
    const seen: string[] = []
    await store.whileUnreferenced(asked, async unreferenced => void seen.push(...unreferenced))
    expect(seen.sort()).toEqual([digest('nobody'), digest('wasm b')].sort())
  })

  check('nothing is inserted while unreferenced digests are looked at', async store => {
    const order: string[] = []
    const looking = store.whileUnreferenced([digest('wasm a')], async unreferenced => {
      order.push(`begin ${unreferenced.length}`)
      await new Promise(resolve => setTimeout(resolve, 20))
      order.push('end')
    })
    const inserting = store.insert(sampleRecord('a')).then(() => order.push('inserted'))
    await Promise.all([looking, inserting])
    expect(order).toEqual(['begin 1', 'end', 'inserted'])
    const failing = () => store.whileUnreferenced([], () => Promise.reject(new Error('a fault of the task')))
    expect(await failure(failing)).toEqual('an error that is not ours: Error: a fault of the task')
    expect((await store.insert(sampleRecord('b'))).inserted).toEqual(true)
  })

  check('deletes', async store => {
    await store.insert(sampleRecord('a'))
    expect(await store.delete('a')).toEqual(true)
    expect(await store.delete('a')).toEqual(false)
    expect(await store.get('a')).toEqual(undefined)
  })

  check('the epoch counts changes, not uses', async store => {
    const epochs = [await store.epoch()]
    const afterwards = async (change: () => Promise<unknown>) => {
      await change()
      epochs.push(await store.epoch())
    }
    await afterwards(() => store.insert(sampleRecord('a')))
    await afterwards(() => store.insert(sampleRecord('a')))
    await afterwards(() => store.touch([{ id: 'a', uses: 1, failures: 0, lastUsedAt: 1 }]))
    await afterwards(() => store.setStatus('a', 'Revoked'))
    await afterwards(() => store.delete('a'))
    const grew = epochs.slice(1).map((epoch, i) => epoch > epochs[i]!)
    expect(grew).toEqual([true, false, false, true, true])
  })

  check('keeps its own copy', async store => {
    const vector = Float32Array.of(1, 2, 3)
    const effects = ['tool:a']
    await store.insert(sampleRecord('a', { effects, embedding: { vector, model: 'm', revision: '1' } }))
    vector.fill(0)
    effects.push('tool:z')
    const found = await store.get('a')
    found?.embedding?.vector.fill(9)
    const again = await store.get('a')
    expect([again?.effects, [...again!.embedding!.vector]]).toEqual([['tool:a'], [1, 2, 3]])
  })

  check('a sound store has no problems', async store => {
    await store.insert(sampleRecord('a'))
    expect(await store.check()).toEqual([])
  })

  check('an aborted call rejects', async store => {
    expect(await failure(() => store.insert(sampleRecord('a'), aborted))).toEqual('RTFS_ABORTED')
    expect(await failure(() => store.find({}, aborted))).toEqual('RTFS_ABORTED')
    expect(await store.get('a')).toEqual(undefined)
  })

  check('outlives its closing, as `supports` says', async store => {
    const { record } = await store.insert(sampleRecord('a'))
    if (!store.supports.persistent) return
    expect(typeof options.reopen).toEqual('function')
    const again = await options.reopen!()
    expect(await again.get('a')).toEqual(record)
    if (store.supports.shared) {
      await again.insert(sampleRecord('b'))
      expect((await store.get('b'))?.id).toEqual('b')
      expect(await store.epoch()).toEqual(await again.epoch())
    }
    await again.close()
  })
}
