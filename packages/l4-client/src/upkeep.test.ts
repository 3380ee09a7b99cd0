import { digestOf, encodeUtf8 } from '@rtfs/core'
import { expect, test } from 'vitest'
import { createNodeVerifier } from './fs-signing.js'
import { createHashEmbedder } from './hash-embedder.js'
import { createMemoryBlobStore } from './memory-blob-store.js'
import { createPrometheusMetrics } from './metrics.js'
import {
  binaryHash,
  bytesOf,
  type Operation,
  request,
  signerA,
  signerB,
  type TestCache,
  testCache,
  testClock,
} from './testing.test-util.js'

const hour = 3_600_000

/** A cache whose blobs know the time of the test. */
function timed(more: Parameters<typeof testCache>[0] = {}): TestCache {
  const clock = testClock()
  const blobs = createMemoryBlobStore({ clock })
  return { ...testCache({ clock, blobs, ...more }), clock, blobs }
}

async function publishThree({ cache, clock }: TestCache) {
  const ids: string[] = []
  for (const operation of ['add', 'multiply', 'subtract'] as const) {
    ids.push((await cache.publish(request(operation, `To ${operation}`))).record.id)
    clock.advance(1000)
  }
  return ids
}

const namesOf = (evicted: readonly { readonly name: string; readonly reason: string }[]) =>
  evicted.map(({ name, reason }) => `${name} ${reason}`)

test('collects nothing of what is named, and nothing that is new', async () => {
  const made = timed()
  await publishThree(made)
  expect(await made.cache.collect()).toMatchObject({ evicted: [], blobs: [], waiting: 0 })
  made.clock.advance(2 * hour)
  expect(await made.cache.collect()).toMatchObject({ evicted: [], blobs: [], kept: { records: 3 } })
  expect(await made.cache.verifyStore()).toMatchObject({ sound: true, unreferenced: [] })
})

test('removes blobs that no record names, after the grace period', async () => {
  const clock = testClock()
  const blobs = createMemoryBlobStore({ clock })
  const made = testCache({ clock, blobs })
  const orphan = encodeUtf8('left by a publisher that was killed')
  await blobs.put(digestOf(orphan), orphan)
  await made.cache.publish(request('add', 'Add'))
  expect(await made.cache.collect()).toMatchObject({ blobs: [], waiting: 1 })
  clock.advance(2 * hour)
  const removed = { blobs: [digestOf(orphan)], bytes: orphan.length, waiting: 0 }
  expect(await made.cache.collect({ dryRun: true })).toMatchObject({ dryRun: true, ...removed })
  expect(await blobs.get(digestOf(orphan))).toEqual(orphan)
  // Whoever stores it again keeps it.
  await blobs.put(digestOf(orphan), orphan)
  expect(await made.cache.collect()).toMatchObject({ blobs: [], waiting: 1 })
  clock.advance(2 * hour)
  expect(await made.cache.collect()).toMatchObject(removed)
  expect(await blobs.get(digestOf(orphan))).toBe(undefined)
  expect(await made.cache.verifyStore()).toMatchObject({ sound: true })
})

test('a grace period that is shorter than a publication may be is refused', async () => {
  await expect(timed().cache.collect({ graceMs: 59_999 })).rejects.toMatchObject({ code: 'RTFS_USAGE' })
})

test('evicts the least recently used beyond the count; pinned ones stay', async () => {
  const made = timed()
  const [add, multiply] = await publishThree(made)
  await made.cache.setPinned(multiply!, true)
  made.clock.advance(hour)
  await made.cache.load(add!, {})
  made.cache.warm(add!, {})
  made.clock.advance(2 * hour)
  const wanted = { limits: { maxRecords: 2 } }
  const dry = await made.cache.collect({ ...wanted, dryRun: true })
  expect(namesOf(dry.evicted)).toEqual(['subtract count'])
  expect(await made.cache.list()).toHaveLength(3)
  const report = await made.cache.collect(wanted)
  expect(namesOf(report.evicted)).toEqual(['subtract count'])
  expect(report.blobs).toEqual(dry.blobs)
  expect((await made.cache.list()).map(({ name }) => name)).toEqual(['multiply', 'add'])
  // Uses are counted late, so that one counts as being of the moment at which it was counted.
  made.clock.advance(2 * hour)
  const all = await made.cache.collect({ limits: { maxRecords: 0 } })
  expect(namesOf(all.evicted)).toEqual(['add count'])
  expect((await made.cache.show(multiply!))?.record.pinned).toBe(true)
  expect(await made.cache.verifyStore()).toMatchObject({ sound: true, unreferenced: [] })
})

test('evicts by age and by size, and an evicted module is a miss that can be published again', async () => {
  const made = timed()
  await publishThree(made)
  made.clock.advance(3 * hour)
  await made.cache.publish(request('add', 'To add', { name: 'newer', codeHash: digestOf(encodeUtf8('n')) }))
  const byAge = await made.cache.collect({ limits: { maxAgeMs: 2 * hour } })
  expect(namesOf(byAge.evicted)).toEqual(['add age', 'multiply age', 'subtract age'])
  made.clock.advance(3 * hour)
  const bySize = await made.cache.collect({ limits: { maxBytes: 1 } })
  expect(namesOf(bySize.evicted)).toEqual(['newer size'])
  expect(bySize.kept).toEqual({ records: 0, blobs: 0, bytes: 0 })
  const miss = await made.cache.query({
    interfaceHash: binaryHash,
    modes: ['semantic'],
    description: 'To add',
  })
  expect(miss.hit).toBe(undefined)
  expect((await made.cache.publish(request('add', 'To add'))).outcome).toBe('published')
})

test('a revoked record is never collected: its code stays revoked', async () => {
  const made = timed()
  const [add] = await publishThree(made)
  await made.cache.lower(add!, 'Revoked')
  made.clock.advance(2 * hour)
  const report = await made.cache.collect({ limits: { maxRecords: 0 } })
  expect(namesOf(report.evicted)).toEqual(['multiply count', 'subtract count'])
  expect((await made.cache.list()).map(({ status }) => status)).toEqual(['Revoked'])
  await expect(made.cache.publish(request('add', 'To add'))).rejects.toMatchObject({
    code: 'RTFS_NOT_TRUSTED',
  })
})

test('a blob that was lost between storing and the record is stored again before anything is acknowledged', async () => {
  const made = timed()
  const insert: typeof made.records.insert = async (record, options) => {
    const insertion = await made.records.insert(record, options)
    await made.blobs.delete(record.storagePointer)
    return insertion
  }
  const { blobs } = made
  const other = testCache({ blobs, records: { ...made.records, insert }, clock: made.clock })
  const { record } = await other.cache.publish(request('add', 'Add'))
  expect(await blobs.get(record.storagePointer)).toEqual(bytesOf('add'))
})

test('resign: the new key signs what the old one did, and the old one may go', async () => {
  const made = timed()
  const [add] = await publishThree(made)
  await made.cache.lower(add!, 'Pending')
  made.trust.trust({ publicKey: signerB.publicKey, validFrom: made.clock.now() })
  const other = testCache({ ...made, signer: signerB })
  const report = await other.cache.resign({ keyId: signerA.keyId })
  expect([report.renewed.length, report.unchanged, report.refused]).toEqual([2, 0, []])
  expect((await other.cache.resign()).unchanged).toBe(2)
  made.trust.revoke(signerA.keyId, made.clock.now())
  for (const id of report.renewed) expect(await other.cache.load(id, {})).toMatchObject({ loaded: true })
  expect(
    await other.cache.query({ interfaceHash: binaryHash, modes: ['semantic'], description: 'To subtract' }),
  ).toMatchObject({
    hit: { record: { name: 'subtract' } },
  })
})

test('resign does not make good what is not trusted', async () => {
  const made = timed()
  await publishThree(made)
  made.trust.trust({ publicKey: signerB.publicKey })
  made.trust.revoke(signerA.keyId, made.clock.now())
  const { renewed, refused } = await testCache({ ...made, signer: signerB }).cache.resign()
  expect(renewed).toEqual([])
  expect(refused.map(({ reason }) => reason)).toEqual(
    Array(3).fill(`is signed by a key that is revoked: ${signerA.keyId}`),
  )
  const strange = await testCache({ ...timed(), signer: signerB }).cache.resign()
  expect(strange.refused).toEqual([])
})

test('reindex: a new model finds what another has embedded, and the two are never mixed', async () => {
  const made = timed()
  await publishThree(made)
  const embedder = createHashEmbedder({ dimension: 384 })
  const other = testCache({ ...made, embedder })
  const question = { interfaceHash: binaryHash, modes: ['semantic'] as const, description: 'To multiply' }
  expect((await other.cache.query(question)).candidates).toEqual([])
  expect((await other.cache.reindex()).renewed).toHaveLength(3)
  expect((await other.cache.query(question)).hit?.record.name).toBe('multiply')
  expect((await made.cache.query(question)).candidates).toEqual([])
  expect((await other.cache.reindex()).unchanged).toBe(3)
})

test('search looks at every interface and every namespace unless one is named, and leaves out what is revoked', async () => {
  const made = timed()
  const [add] = await publishThree(made)
  const elsewhere = {
    namespace: 'other',
    interfaceHash: digestOf(encodeUtf8('x')),
    interface: '[:fn [] :int]',
  }
  await made.cache.publish(request('add', 'To add more', elsewhere))
  const names = async (namespace?: string) => {
    const found = await made.cache.search('To add', { k: 2, ...(namespace && { namespace }) })
    return found.map(({ record }) => `${record.namespace}/${record.description}`)
  }
  expect(await names()).toEqual(['acme/To add', 'other/To add more'])
  expect(await names('other')).toEqual(['other/To add more'])
  await made.cache.lower(add!, 'Revoked')
  expect((await names())[0]).toBe('other/To add more')
})

test('near duplicates are named, and the margin between the first two is said', async () => {
  const made = timed()
  await made.cache.publish(request('add', 'Add two whole numbers'))
  const { nearDuplicates } = await made.cache.publish(request('multiply', 'add two whole numbers'))
  expect(nearDuplicates.map(({ name }) => name)).toEqual(['acme/add'])
  expect(made.logger.events()).toContain('l4.near-duplicate')
  const question = {
    interfaceHash: binaryHash,
    modes: ['semantic'] as const,
    description: 'Add two whole numbers now',
    accept: 'similarity' as const,
    threshold: 0.3,
  }
  const taken = await made.cache.query(question)
  expect([taken.hit?.acceptedBy, taken.margin]).toEqual(['similarity', 0])
  const unsure = await made.cache.query({ ...question, margin: 0.05 })
  expect(unsure.hit).toBe(undefined)
  expect(unsure.reason).toContain('leads the next candidate by 0.000, a margin of 0.05 is asked for')
})

test('bundles carry modules to a store that trusts their signer', async () => {
  const made = timed()
  const ids = await publishThree(made)
  const { bytes, ids: exported } = await made.cache.exportBundle()
  expect(exported).toEqual(ids)
  const other = testCache({ signer: signerB })
  expect((await other.cache.importBundle(bytes)).imported).toEqual(ids)
  expect((await other.cache.importBundle(bytes)).existing).toEqual(ids)
  expect(await other.cache.verifyStore()).toMatchObject({ sound: true, unreferenced: [] })
  for (const id of ids) expect((await other.cache.load(id, {})).loaded).toBe(true)
  await other.cache.lower(ids[0]!, 'Revoked')
  const again = await other.cache.importBundle(bytes)
  expect(again.refused).toEqual([{ name: 'acme/add', gate: 'revocation', reason: 'was revoked here' }])
  const one = await made.cache.exportBundle({ ids: [ids[1]!] })
  expect(one.ids).toEqual([ids[1]])

  const stranger = testCache()
  stranger.trust.revoke(signerA.keyId, 0)
  const { imported, refused } = await stranger.cache.importBundle(bytes)
  expect([imported, refused.map(({ gate }) => gate)]).toEqual([[], Array(3).fill('signature')])
  expect(await stranger.cache.verifyStore()).toMatchObject({ unreferenced: [] })
})

test('every byte of a bundle counts', { timeout: 60_000 }, async () => {
  const signatures = createNodeVerifier()
  const embedder = {
    model: { id: 'm', revision: '1', dimension: 4 },
    embed: async () => [Float32Array.of(1, 0, 0, 0)],
  }
  const made = testCache({ signatures, embedder })
  const { record } = await made.cache.publish(request('add', 'Add'))
  const { bytes } = await made.cache.exportBundle()
  for (let at = 0; at < bytes.length; at++) {
    const changed = bytes.slice()
    changed[at]! ^= 1 << (at % 8)
    const other = testCache({ trust: made.trust, signatures, embedder })
    const report = await other.cache.importBundle(changed).catch(error => error)
    expect(report.code === 'RTFS_ENVELOPE' || report.imported?.length === 0, `byte ${at}`).toBe(true)
    expect(await other.records.get(record.id), `byte ${at}`).toBe(undefined)
  }
  for (const length of [0, 5, 19, 30, bytes.length - 1]) {
    await expect(made.cache.importBundle(bytes.slice(0, length))).rejects.toMatchObject({
      code: 'RTFS_ENVELOPE',
    })
  }
  const longer = new Uint8Array(bytes.length + 1)
  longer.set(bytes)
  await expect(made.cache.importBundle(longer)).rejects.toMatchObject({ code: 'RTFS_ENVELOPE' })
  await expect(made.cache.importBundle(bytes, { maxBytes: 10 })).rejects.toThrow('at most 10 are read')
})

test('metrics say what happened, in the text that scrapers read', async () => {
  const metrics = createPrometheusMetrics()
  const { cache } = timed({ metrics })
  const { record } = await cache.publish(request('add' satisfies Operation, 'Add'))
  await cache.query({ interfaceHash: binaryHash, modes: ['same-interface'] })
  await cache.load(record.id, {})
  await cache.load('0'.repeat(32), {})
  const lines = metrics.text().split('\n')
  expect(lines).toContain('rtfs_l4_publications_total{outcome="published"} 1')
  expect(lines).toContain('rtfs_l4_queries_total{by="interface",outcome="hit"} 1')
  expect(lines).toContain('rtfs_l4_loads_total{outcome="cold"} 1')
  expect(lines).toContain('rtfs_l4_loads_total{outcome="record"} 1')
  expect(lines).toContain('rtfs_l4_load_seconds_bucket{le="+Inf"} 2')
  metrics.count('odd', { label: 'a"b\\c\nd' })
  expect(metrics.text()).toContain('odd_total{label="a\\"b\\\\c\\nd"} 1')
})
