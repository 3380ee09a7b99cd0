import { type Digest, digestOf, encodeUtf8, RtfsError } from '@rtfs/core'
import type { BlobStore } from '@rtfs/interfaces'
import { expect, test } from 'vitest'
import { createMemoryBlobStore } from './memory-blob-store.js'
import { request, testCache, testLogger } from './testing.test-util.js'
import { createTieredBlobStore } from './tiered-blob-store.js'

const bytes = encodeUtf8('bytes of a blob')
const digest = digestOf(bytes)

const dead = (): never => {
  throw new RtfsError('RTFS_STORE_IO', 'nobody answers')
}

/** A store of which some calls are another thing. */
const storeWith = (more: Partial<BlobStore> = {}): BlobStore => ({ ...createMemoryBlobStore(), ...more })

test('what a remote has is put into the local store and into memory', async () => {
  const [local, remote] = [createMemoryBlobStore(), createMemoryBlobStore()]
  await remote.put(digest, bytes)
  const store = createTieredBlobStore({ local, remotes: [remote] })
  expect(await store.get(digest)).toEqual(bytes)
  expect(await local.get(digest)).toEqual(bytes)
  await local.delete(digest)
  await remote.delete(digest)
  expect(await store.get(digest)).toEqual(bytes)
})

test.each([
  ['dead', { get: async () => dead(), put: async () => dead() }],
  ['read-only', { put: async () => dead() }],
  ['lying', { get: async () => encodeUtf8('other bytes') }],
])('a %s remote breaks nothing and is reported', async (_, more) => {
  const logger = testLogger()
  const store = createTieredBlobStore({ local: createMemoryBlobStore(), remotes: [storeWith(more)], logger })
  const { cache } = testCache({ blobs: store })
  const { record } = await cache.publish(request('add', 'Add'))
  expect((await cache.load(record.id, {})).loaded).toBe(true)
  expect(await store.get(digestOf(encodeUtf8('missing')) as Digest)).toBe(undefined)
  expect(logger.events()).toContain('blobs.remote-failed')
  await store.close()
})

test('a local store that is full still lets the caller have what a remote has', async () => {
  const remote = createMemoryBlobStore()
  await remote.put(digest, bytes)
  const logger = testLogger()
  const local = storeWith({ put: async () => dead() })
  const store = createTieredBlobStore({ local, remotes: [remote], logger })
  expect(await store.get(digest)).toEqual(bytes)
  expect(logger.events()).toEqual(['blobs.back-fill-failed'])
  await expect(store.put(digest, bytes)).rejects.toMatchObject({ code: 'RTFS_STORE_IO' })
})

test('memory holds no more than it may', async () => {
  const local = createMemoryBlobStore()
  const store = createTieredBlobStore({ local, memoryBytes: 25 })
  const other = encodeUtf8('bytes of another')
  await store.put(digest, bytes)
  await store.put(digestOf(other), other)
  await local.delete(digest)
  await local.delete(digestOf(other))
  expect([await store.get(digest), await store.get(digestOf(other))]).toEqual([undefined, other])
})
