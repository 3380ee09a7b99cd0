import { digestOf, encodeUtf8 } from '@rtfs/core'
import type { RecordStore } from '@rtfs/interfaces'
import { describe, expect, test } from 'vitest'
import { createModuleLookup } from './module-lookup.js'
import { binaryHash, example, request, signerA, testCache } from './testing.test-util.js'

async function filled() {
  const made = testCache()
  const add = await made.cache.publish(request('add', 'Add two numbers', { examples: [example(1, 2, 3)] }))
  const multiply = await made.cache.publish(
    request('multiply', 'Multiply two numbers', { namespace: 'globex/math' }),
  )
  return { ...made, add: add.record, multiply: multiply.record }
}

describe('show', () => {
  test('by id, by its beginning, by name, by namespace and name', async () => {
    const { cache, add, multiply } = await filled()
    const found = async (reference: string) => (await cache.show(reference))?.record.id
    expect(await found(add.id)).toBe(add.id)
    expect(await found(add.id.slice(0, 8))).toBe(add.id)
    expect(await found('add')).toBe(add.id)
    expect(await found('acme/add')).toBe(add.id)
    expect(await found('globex/math/multiply')).toBe(multiply.id)
    expect(await found('multiply')).toBe(undefined)
    expect(await found(add.id.slice(0, 5))).toBe(undefined)
    expect(await found('0'.repeat(32))).toBe(undefined)
  })

  test('has what is signed, by whom, and the evidence', async () => {
    const { cache, add } = await filled()
    const details = await cache.show(add.id)
    expect(details?.manifest?.description).toBe('Add two numbers')
    expect(details?.keyIds).toEqual([signerA.keyId])
    expect(details?.refusedBy).toBe(undefined)
    expect(details?.evidence?.checks.map(check => check.name)).toEqual(['type check', 'examples'])
  })

  test('says why a record would not be taken', async () => {
    const { cache, add } = await filled()
    await cache.lower(add.id, 'Revoked')
    const details = await cache.show(add.id)
    expect([details?.manifest, details?.refusedBy?.gate]).toEqual([undefined, 'revocation'])
  })

  test('a beginning that several ids have is refused', async () => {
    const { cache, records, add } = await filled()
    const doubled: RecordStore = {
      ...records,
      find: async () => [],
      async *list() {
        yield add
        yield add
      },
    }
    const other = testCache({ records: doubled })
    expect(await cache.show(add.id.slice(0, 6))).not.toBe(undefined)
    await expect(other.cache.show(add.id.slice(0, 6))).rejects.toMatchObject({ code: 'RTFS_USAGE' })
  })
})

test('list takes the query of a record store', async () => {
  const { cache } = await filled()
  expect((await cache.list()).map(record => record.name)).toEqual(['multiply', 'add'])
  expect((await cache.list({ namespace: 'acme' })).map(record => record.name)).toEqual(['add'])
})

test('stats count records and what this cache did', async () => {
  const { cache, add } = await filled()
  await cache.query({ interfaceHash: binaryHash, modes: ['same-interface'] })
  await cache.query({ interfaceHash: digestOf(encodeUtf8('x')), modes: ['same-interface'] })
  await cache.load(add.id, {})
  await cache.load(add.id, {})
  await cache.load('0'.repeat(32), {})
  await cache.publish(request('add', 'Add two numbers'))
  expect(await cache.stats()).toEqual({
    records: 2,
    byStatus: { Verified: 2, Pending: 0, Revoked: 0 },
    byNamespace: { acme: 1, 'globex/math': 1 },
    quarantined: [],
    queries: 2,
    hits: 1,
    misses: 1,
    coldLoads: 1,
    warmLoads: 1,
    refusedLoads: 1,
    published: 2,
    existing: 1,
  })
})

describe('verifyStore', () => {
  const failures = async (cache: Awaited<ReturnType<typeof filled>>['cache']) => {
    const { sound, checks } = await cache.verifyStore()
    const failed = checks.flatMap(check => check.failures.map(failure => `${check.name}: ${failure.problem}`))
    expect(sound).toBe(failed.length === 0)
    return failed
  }

  test('names what it looked at', async () => {
    const { cache } = await filled()
    const report = await cache.verifyStore()
    expect(report).toMatchObject({ sound: true, unreferenced: [] })
    expect(report.checks.map(check => [check.name, check.checked])).toEqual([
      ['records can be read', 2],
      ['records are signed by a trusted key and equal what was signed', 2],
      ['modules have the bytes that were signed', 2],
      ['evidence, IR and source are there', 6],
      ['blobs have their digests', 8],
    ])
  })

  test('finds a module that is gone', async () => {
    const { cache, blobs, add } = await filled()
    await blobs.delete(add.storagePointer)
    expect(await failures(cache)).toEqual([
      `modules have the bytes that were signed: has no blob ${add.storagePointer}`,
    ])
  })

  test('finds evidence that is gone', async () => {
    const { cache, blobs, add } = await filled()
    await blobs.delete(add.evidencePointer)
    expect(await failures(cache)).toEqual(['evidence, IR and source are there: is missing'])
  })

  test('finds records that nobody vouches for any more', async () => {
    const { cache, trust, clock } = await filled()
    trust.revoke(signerA.keyId, clock.now())
    expect(await failures(cache)).toHaveLength(2)
  })

  test('says which blobs nothing refers to, and does not mind them', async () => {
    const { cache, blobs } = await filled()
    const bytes = encodeUtf8('left over')
    await blobs.put(digestOf(bytes), bytes)
    expect(await cache.verifyStore()).toMatchObject({ sound: true, unreferenced: [digestOf(bytes)] })
  })

  test('does not mind what was revoked', async () => {
    const { cache, blobs, add } = await filled()
    await cache.lower(add.id, 'Revoked')
    await blobs.delete(add.storagePointer)
    expect(await failures(cache)).toEqual([])
  })
})

describe('as a delegation engine asks it', () => {
  const fn = {
    symbol: 'user/add',
    signature: '[:fn [:int :int] :int]',
    interfaceHash: binaryHash,
    codeHash: undefined,
    task: 'add TWO numbers',
    examples: [],
    allowsInterfaceHit: false,
  }

  test('a hit names the record, its blob and its signature', async () => {
    const { cache, add } = await filled()
    const lookup = createModuleLookup({ cache })
    const answer = await lookup.find({ fn, modes: ['semantic'], accept: 'behaviour', threshold: 0.95 })
    expect(answer.hit).toEqual({
      kind: 'l4-cache-hit',
      moduleId: add.id,
      storagePointer: add.storagePointer,
      exportName: 'f',
      signature: expect.stringMatching(/^[A-Za-z0-9+/]{86}==$/),
    })
    expect(answer.similarity).toBeCloseTo(1, 5)
    expect(answer.trace).toEqual([
      `semantic: add ${add.id.slice(0, 8)} 1.000 hit by description: its description is the same text`,
    ])
    expect((await cache.load(answer.hit!, { interfaceHash: binaryHash })).loaded).toBe(true)
  })

  test('a miss has a reason and a line for each candidate', async () => {
    const { cache } = await filled()
    const lookup = createModuleLookup({ cache })
    const asked = {
      fn: { ...fn, task: 'double it' },
      modes: ['semantic'],
      accept: 'behaviour',
      threshold: 1,
    } as const
    const answer = await lookup.find(asked)
    expect([answer.hit, answer.similarity, answer.trace.length]).toEqual([undefined, undefined, 1])
    expect(answer.trace[0]).toMatch(/^semantic: add [0-9a-f]{8} -?0\.\d{3} refused at acceptance: /)
  })

  test('in its namespace, within its grants', async () => {
    const { cache } = await filled()
    const find = (lookup: ReturnType<typeof createModuleLookup>) =>
      lookup.find({ fn, modes: ['same-interface'], accept: 'behaviour', threshold: 1 })
    expect((await find(createModuleLookup({ cache, namespace: 'globex/math' }))).reason).toContain('multiply')
    await cache.publish(request('subtract', 'Subtract', { effects: ['tool:x'] }))
    expect((await find(createModuleLookup({ cache }))).reason).toContain('add')
    expect((await find(createModuleLookup({ cache, grants: ['tool:x'] }))).reason).toContain('subtract')
  })

  test('its epoch is that of the cache', async () => {
    const { cache } = await filled()
    const lookup = createModuleLookup({ cache })
    const before = lookup.epoch
    await cache.publish(request('subtract', 'Subtract'))
    expect(lookup.epoch).toBeGreaterThan(before)
  })
})
