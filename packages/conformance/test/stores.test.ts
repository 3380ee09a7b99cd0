import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RtfsError } from '@rtfs/core'
import { createMemoryCacheStore } from '@rtfs/delegation'
import { createExactIndex, createHashEmbedder, createTieredBlobStore } from '@rtfs/l4-client'
import { createFileBlobStore } from '@rtfs/l4-client/fs'
import { createMemoryBlobStore, createMemoryRecordStore } from '@rtfs/l4-client/memory'
import { createMemoryJournalStore } from '@rtfs/runtime'
import { afterAll, describe, expect, test } from 'vitest'
import {
  blobStoreSuite,
  cacheStoreSuite,
  embedderSuite,
  journalStoreSuite,
  recordStoreSuite,
  vectorIndexSuite,
} from '../src/suites/index.js'

// The stores of the packages above this one; they cannot depend on it.
const runner = { test, expect }
const home = mkdtempSync(join(tmpdir(), 'rtfs-stores-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

describe('memory blob store', () => blobStoreSuite(runner, async () => createMemoryBlobStore()))

const readOnly = () => ({
  ...createMemoryBlobStore(),
  put: () => Promise.reject(new RtfsError('RTFS_STORE_READ_ONLY', 'not here')),
})

describe.each([0, 1, 2])('tiered blob store, %s remotes that may only be read', remotes => {
  blobStoreSuite(runner, async () =>
    createTieredBlobStore({
      local: createMemoryBlobStore(),
      remotes: Array.from({ length: remotes }, readOnly),
    }),
  )
})

describe('file blob store', () => {
  let dir = home
  const create = async () => createFileBlobStore({ dir: (dir = mkdtempSync(join(home, 'blobs-'))) })
  blobStoreSuite(runner, create, { reopen: async () => createFileBlobStore({ dir }) })
})

describe('memory record store', () => recordStoreSuite(runner, async () => createMemoryRecordStore()))

describe('memory cache store', () =>
  cacheStoreSuite(runner, async () => createMemoryCacheStore<Uint8Array>()))

describe.each([true, false])('exact index, simd %s', simd => {
  vectorIndexSuite(runner, async ({ dimension }) => createExactIndex({ dimension, simd }))
})

describe.each([256, 384] as const)('hash embedder, %s dimensions', dimension => {
  embedderSuite(runner, async () => createHashEmbedder({ dimension }))
})

describe('memory journal store', () => journalStoreSuite(runner, async () => createMemoryJournalStore()))
