import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RtfsError } from '@rtfs/core'
import { createMemoryCacheStore } from '@rtfs/delegation'
import { createExactIndex, createHashEmbedder, createTieredBlobStore } from '@rtfs/l4-client'
import { createFileBlobStore } from '@rtfs/l4-client/fs'
import { createBlobHandler, createHttpBlobStore } from '@rtfs/l4-client/http'
import { createMemoryBlobStore, createMemoryRecordStore } from '@rtfs/l4-client/memory'
import { createMemoryJournalStore } from '@rtfs/runtime'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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

describe('blob store of a server', () => {
  let handle: ReturnType<typeof createBlobHandler>
  let server: Server
  let baseUrl = ''
  beforeAll(async () => {
    server = createServer(async (message, response) => {
      const parts: Buffer[] = []
      for await (const part of message) parts.push(part as Buffer)
      const { method = 'GET' } = message
      const headers = new Headers()
      for (const [name, value] of Object.entries(message.headers)) headers.set(name, String(value))
      const body = parts.length === 0 ? null : new Uint8Array(Buffer.concat(parts))
      const answer = await handle(new Request(`${baseUrl}${message.url}`, { method, headers, body }))
      response.statusCode = answer.status
      answer.headers.forEach((value, name) => void response.setHeader(name, value))
      response.end(new Uint8Array(await answer.arrayBuffer()))
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  const open = async () => createHttpBlobStore({ baseUrl })
  const create = async () => {
    handle = createBlobHandler({ blobs: createMemoryBlobStore(), mayWrite: () => true })
    return open()
  }
  blobStoreSuite(runner, create, { reopen: open })

  describe('behind a local one', () => {
    // Keeps what it gets, and has nothing: a tiered store gives back what its remotes still have.
    const deaf = async () => ({ ...(await create()), get: async () => undefined })
    blobStoreSuite(runner, async () =>
      createTieredBlobStore({ local: createMemoryBlobStore(), remotes: [await deaf()] }),
    )
  })
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
