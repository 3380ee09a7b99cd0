import { RtfsError } from '@rtfs/core'
import type { BlobStore, ModuleRecord, RecordStore } from '@rtfs/interfaces'
import { describe, expect, test } from 'vitest'
import type { LoadAnswer } from './load.js'
import { createMemoryBlobStore } from './memory-blob-store.js'
import { binaryHash, request, signerB, type TestModule, testCache, testLogger } from './testing.test-util.js'

const ask = { interfaceHash: binaryHash }

/** One line for what came of a load. */
const outcome = (answer: LoadAnswer<TestModule>) =>
  answer.loaded ? (answer.warm ? 'warm' : 'cold') : `${answer.gate}: ${answer.reason}`

async function published(options: Parameters<typeof testCache>[0] = {}) {
  const made = testCache(options)
  const { record } = await made.cache.publish(request('add', 'Add two numbers'))
  const { hit } = await made.cache.query({ ...ask, modes: ['same-interface'] })
  return { ...made, record, hit: hit!.target }
}

/** A second cache over the same stores: another process, as far as it knows. */
const neighbour = ({ blobs, records, trust, clock }: ReturnType<typeof testCache>) =>
  testCache({ blobs, records, trust, clock })

test('a module is loaded once, then it is a look-up', async () => {
  const made = await published()
  const other = neighbour(made)
  expect(outcome(await other.cache.load(made.hit, ask))).toBe('cold')
  expect(outcome(await other.cache.load(made.hit, ask))).toBe('warm')
  expect(outcome(await other.cache.load(made.record.id, {}))).toBe('warm')
  expect(other.cache.warm(made.hit, ask)?.module(40, 2)).toBe(42)
  expect(other.prepared).toHaveLength(1)
})

test('what is not loaded yet is not warm', async () => {
  const made = await published()
  expect(made.cache.warm(made.hit, ask)).toBe(undefined)
})

test('20 loads at once prepare once', async () => {
  const made = await published()
  const other = neighbour(made)
  const answers = await Promise.all(Array.from({ length: 20 }, () => other.cache.load(made.hit, ask)))
  expect(answers.every(answer => answer.loaded)).toBe(true)
  expect(other.prepared).toHaveLength(1)
})

test('the very buffer that was checked is the one that is prepared', async () => {
  const inner = createMemoryBlobStore()
  const handed: Uint8Array[] = []
  const blobs: BlobStore = {
    ...inner,
    async get(digest) {
      const bytes = await inner.get(digest)
      if (bytes !== undefined) handed.push(bytes)
      return bytes
    },
  }
  const made = await published({ blobs })
  let prepared: Uint8Array | undefined
  const { cache } = testCache({
    blobs,
    records: made.records,
    trust: made.trust,
    prepare: bytes => {
      prepared = bytes
      return () => 0
    },
  })
  await cache.load(made.hit, ask)
  expect(prepared).toBe(handed.at(-1))
})

describe('warm modules are let go', () => {
  test('when a neighbour revokes the record', async () => {
    const made = await published()
    const other = neighbour(made)
    await made.cache.load(made.hit, ask)
    await other.cache.lower(made.record.id, 'Revoked')
    made.clock.advance(1001)
    expect(made.cache.warm(made.hit, ask)).toBe(undefined)
    expect(outcome(await made.cache.load(made.hit, ask))).toBe('revocation: has status Revoked')
  })

  test('when the key is revoked', async () => {
    const made = await published()
    await made.cache.load(made.hit, ask)
    made.trust.revoke(made.record.envelope.match(/sha256:[0-9a-f]{64}/)![0], made.clock.now())
    made.clock.advance(1001)
    expect(outcome(await made.cache.load(made.hit, ask))).toContain(
      'signature: is signed by a key that is revoked',
    )
  })

  test('when the floor is raised', async () => {
    const made = await published()
    await made.cache.load(made.hit, ask)
    made.trust.setFloor('acme', 'add', 2)
    made.clock.advance(1001)
    expect(outcome(await made.cache.load(made.hit, ask))).toBe('revocation: has version 1, the floor is 2')
    made.trust.setFloor('acme', 'add', 1)
    made.clock.advance(1001)
    expect(outcome(await made.cache.load(made.hit, ask))).toBe('cold')
  })

  test('when the key expires, to the millisecond', async () => {
    const made = testCache({ signer: signerB })
    made.trust.trust({ publicKey: signerB.publicKey, validUntil: made.clock.now() + 500 })
    const { record } = await made.cache.publish(request('add', 'Add'))
    await made.cache.load(record.id, ask)
    made.clock.advance(499)
    expect(outcome(await made.cache.load(record.id, ask))).toBe('warm')
    made.clock.advance(1)
    expect(made.cache.warm(record.id, ask)).toBe(undefined)
    expect(outcome(await made.cache.load(record.id, ask))).toContain('expired')
  })

  test('when the manifest expires', async () => {
    const made = testCache()
    const { record } = await made.cache.publish(request('add', 'Add', { expiresAt: made.clock.now() + 500 }))
    expect(outcome(await made.cache.load(record.id, ask))).toBe('cold')
    made.clock.advance(500)
    expect(outcome(await made.cache.load(record.id, ask))).toBe('revocation: has expired')
  })

  test('and when nobody can say whether anything has changed', async () => {
    const made = await published()
    await made.cache.load(made.hit, ask)
    made.clock.advance(1001)
    const epoch = made.trust.epoch
    Object.assign(made.trust, {
      epoch: async () => {
        throw new RtfsError('RTFS_STORE_IO', 'the disk is gone')
      },
    })
    expect(outcome(await made.cache.load(made.hit, ask))).toBe(
      'store: a store cannot be read: the disk is gone',
    )
    expect(made.cache.warm(made.hit, ask)).toBe(undefined)
    Object.assign(made.trust, { epoch })
    expect(outcome(await made.cache.load(made.hit, ask))).toBe('cold')
  })
})

test('a key that is trusted later is asked anew', async () => {
  const made = testCache({ signer: signerB })
  made.trust.trust({ publicKey: signerB.publicKey })
  const { record } = await made.cache.publish(request('add', 'Add'))
  const other = testCache({ blobs: made.blobs, records: made.records })
  expect(outcome(await other.cache.load(record.id, ask))).toContain('a key that is not known')
  expect((await other.cache.stats()).quarantined).toEqual([])
  other.trust.trust({ publicKey: signerB.publicKey })
  other.clock.advance(1001)
  expect(outcome(await other.cache.load(record.id, ask))).toBe('cold')
})

test.each([
  ['namespace', { namespace: 'globex' }],
  ['interface', { interfaceHash: `sha256:${'0'.repeat(64)}` }],
  ['code', { codeHash: `sha256:${'0'.repeat(64)}` }],
  ['target', { target: 'native' }],
  ['abi', { abi: '9' }],
])('a request for another %s is refused, cold and warm', async (gate, more) => {
  const made = await published()
  const refused = await made.cache.load(made.hit, { ...ask, ...more })
  expect(refused).toMatchObject({ loaded: false, gate: gate === 'namespace' ? expect.any(String) : gate })
  await made.cache.load(made.hit, ask)
  expect(made.cache.warm(made.hit, { ...ask, ...more })).toBe(undefined)
  expect((await made.cache.load(made.hit, { ...ask, ...more })).loaded).toBe(false)
  expect((await made.cache.stats()).quarantined).toEqual([])
})

test('effects beyond the grant are refused, also of a warm module', async () => {
  const { cache } = testCache()
  const { record } = await cache.publish(request('add', 'Add', { effects: ['tool:mail'] }))
  expect(outcome(await cache.load(record.id, { grants: ['tool:mail'] }))).toBe('cold')
  expect(outcome(await cache.load(record.id, ask))).toBe(
    'effects: has effects that are not granted: tool:mail',
  )
})

test('a decision for a record that was replaced since does not load the new one', async () => {
  const made = await published()
  made.clock.advance(5)
  await made.blobs.delete(made.record.storagePointer)
  expect((await made.cache.publish(request('add', 'Add two numbers'))).outcome).toBe('replaced')
  expect(outcome(await made.cache.load(made.hit, ask))).toBe('record: was replaced since it was decided for')
  expect(outcome(await made.cache.load(made.record.id, ask))).toBe('cold')
})

test('no such record is a miss', async () => {
  expect(outcome(await testCache().cache.load('0'.repeat(32), ask))).toBe('record: there is no such record')
})

describe('damage is a miss, an event and quarantine', () => {
  const damages: readonly (readonly [string, (blobs: BlobStore) => BlobStore, string])[] = [
    ['a blob that is gone', blobs => ({ ...blobs, get: async () => undefined }), 'has no blob sha256:'],
    [
      'other bytes of the same size',
      blobs => ({ ...blobs, get: async () => new Uint8Array(6) }),
      'other bytes',
    ],
    [
      'bytes of another size',
      blobs => ({ ...blobs, get: async () => new Uint8Array(7) }),
      '7 bytes, 6 were signed',
    ],
    [
      'a store that finds it corrupt',
      blobs => ({
        ...blobs,
        get: async () => {
          throw new RtfsError('RTFS_BLOB_CORRUPT', 'it has other bytes')
        },
      }),
      'it has other bytes',
    ],
  ]

  test.each(damages)('%s', async (_, damage, reason) => {
    const made = await published()
    const other = testCache({ blobs: damage(made.blobs), records: made.records, trust: made.trust })
    const answer = await other.cache.load(made.hit, ask)
    expect(answer).toMatchObject({ loaded: false, gate: 'blob', reason: expect.stringContaining(reason) })
    expect(outcome(await other.cache.load(made.hit, ask))).toContain('quarantine: is in quarantine')
    expect((await other.cache.query({ ...ask, modes: ['same-interface'] })).hit).toBe(undefined)
    expect(other.logger.events().filter(event => event === 'l4.quarantine')).toHaveLength(1)
    expect((await other.cache.stats()).quarantined).toMatchObject([{ id: made.record.id, gate: 'blob' }])
  })

  test('a module that the loader rejects', async () => {
    const made = await published()
    const other = testCache({
      blobs: made.blobs,
      records: made.records,
      trust: made.trust,
      prepare: () => {
        throw new RtfsError('RTFS_MODULE_REJECTED', 'it has a start section')
      },
    })
    expect(outcome(await other.cache.load(made.hit, ask))).toBe(
      'loader: was refused by the loader: it has a start section',
    )
    expect((await other.cache.stats()).quarantined).toHaveLength(1)
  })

  test('a loader that fails otherwise is a miss, but no damage, and its words are kept back', async () => {
    const made = await published()
    const logger = testLogger()
    const other = testCache({
      logger,
      blobs: made.blobs,
      records: made.records,
      trust: made.trust,
      prepare: () => {
        throw new TypeError('secret of somebody')
      },
    })
    expect(outcome(await other.cache.load(made.hit, ask))).toBe(
      'loader: was refused by the loader: unexpected TypeError',
    )
    expect((await other.cache.stats()).quarantined).toEqual([])
    expect(JSON.stringify(logger.lines)).not.toContain('secret')
  })

  test('a store that cannot be read is a miss, but no damage', async () => {
    const made = await published()
    const blobs: BlobStore = {
      ...made.blobs,
      get: async () => {
        throw new RtfsError('RTFS_STORE_IO', 'the disk is gone')
      },
    }
    const other = testCache({ blobs, records: made.records, trust: made.trust })
    expect(outcome(await other.cache.load(made.hit, ask))).toBe(
      'store: a store cannot be read: the disk is gone',
    )
    expect((await other.cache.stats()).quarantined).toEqual([])
  })

  test('publishing again mends it', async () => {
    const made = await published()
    const other = neighbour(made)
    await made.blobs.delete(made.record.storagePointer)
    expect(outcome(await other.cache.load(made.hit, ask))).toContain('blob: has no blob')
    expect((await other.cache.publish(request('add', 'Add two numbers'))).outcome).toBe('replaced')
    expect(outcome(await other.cache.load(made.record.id, ask))).toBe('cold')
  })

  test('and so does a blob that comes back, once the store is looked through', async () => {
    const made = await published()
    const other = neighbour(made)
    const bytes = (await made.blobs.get(made.record.storagePointer))!
    await made.blobs.delete(made.record.storagePointer)
    await other.cache.load(made.hit, ask)
    await made.blobs.put(made.record.storagePointer, bytes)
    expect(outcome(await other.cache.load(made.hit, ask))).toContain('quarantine')
    expect((await other.cache.verifyStore()).sound).toBe(true)
    expect(outcome(await other.cache.load(made.hit, ask))).toBe('cold')
  })
})

test('uses and failures are counted without a write for each', async () => {
  const made = await published()
  let touches = 0
  const records: RecordStore = {
    ...made.records,
    touch: async uses => {
      touches++
      await made.records.touch(uses)
    },
  }
  const other = testCache({ blobs: made.blobs, records, trust: made.trust })
  for (let i = 0; i < 100; i++) await other.cache.load(made.hit, ask)
  other.cache.reportFailure(made.record.id, 'DivisionByZero')
  expect(touches).toBe(0)
  await other.cache.close()
  const record = (await made.records.get(made.record.id)) as ModuleRecord
  expect([touches, record.uses, record.failures]).toEqual([1, 100, 1])
  expect(record.lastUsedAt).toBe(other.clock.now())
})

test('counts that cannot be written fail no call', async () => {
  const made = await published()
  const records: RecordStore = {
    ...made.records,
    touch: async () => {
      throw new RtfsError('RTFS_STORE_READ_ONLY', 'read-only')
    },
  }
  const other = testCache({ blobs: made.blobs, records, trust: made.trust })
  await other.cache.load(made.hit, ask)
  await other.cache.close()
  expect(other.logger.events()).toContain('l4.touch-failed')
})

test('the epoch counts up with every change, also by a neighbour', async () => {
  const made = await published()
  const other = neighbour(made)
  await other.cache.query({ ...ask, modes: ['same-interface'] })
  const before = other.cache.epoch
  await made.cache.publish(request('multiply', 'Multiply'))
  made.clock.advance(1001)
  void other.cache.epoch
  await new Promise(resolve => setTimeout(resolve, 5))
  expect(other.cache.epoch).toBeGreaterThan(before)
})
