import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { digestOf, encodeUtf8, isRtfsError } from '@rtfs/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBlobHandler, createHttpBlobStore, fetchBundle, type HttpBlobStoreOptions } from './http.js'
import { createMemoryBlobStore } from './memory-blob-store.js'
import { request, testCache, testLogger } from './testing.test-util.js'
import { createTieredBlobStore } from './tiered-blob-store.js'

const bytes = encodeUtf8('bytes of a blob')
const digest = digestOf(bytes)

type Script = (response: ServerResponse, request: IncomingMessage) => void
let script: Script
let asked: string[] = []
const server = createServer((message, response) => {
  asked.push(`${message.method} ${message.url} ${message.headers.authorization ?? ''}`.trim())
  message.resume()
  message.on('end', () => script(response, message))
})
let baseUrl: string
beforeAll(async () => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/blobs`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

function store(more: Partial<HttpBlobStoreOptions> = {}, answer: Script = response => response.end()) {
  script = answer
  asked = []
  return createHttpBlobStore({ baseUrl, retry: false, restMs: 0, ...more })
}

const status =
  (code: number, headers: Record<string, string> = {}): Script =>
  response =>
    response.writeHead(code, headers).end()

async function failureOf(call: Promise<unknown>): Promise<string> {
  try {
    return `gave ${String(await call)}`
  } catch (error) {
    expect(String(error)).not.toContain('secret')
    return isRtfsError(error) ? `${error.code}: ${error.message}` : `foreign: ${String(error)}`
  }
}

test('asks below the base, by digest, with the key', async () => {
  const hex = digest.slice(7)
  await store({ apiKey: 'secret' }).put(digest, bytes)
  expect(asked).toEqual([`PUT /blobs/${hex} Bearer secret`])
})

test.each<[string, Script, string]>([
  ['there is none', status(404), 'gave undefined'],
  [
    'other bytes',
    response => response.end('other'),
    `RTFS_BLOB_CORRUPT: the remote store has other bytes for ${digest}`,
  ],
  ['503', status(503), 'RTFS_STORE_IO: the remote store: the server failed (HTTP 503)'],
  [
    'a redirect',
    status(302, { location: 'http://127.0.0.1:9/' }),
    'RTFS_STORE_IO: the remote store: the server redirects, which is not followed',
  ],
  ['silence', () => {}, 'RTFS_STORE_IO: the remote store: no answer began within 40 ms'],
  [
    'a cut',
    response =>
      response
        .writeHead(200, { 'content-length': '15' })
        .write('b', () => setTimeout(() => response.destroy(), 5)),
    'RTFS_STORE_IO: the remote store: the answer was cut',
  ],
  [
    'a flood',
    response => response.end('x'.repeat(2000)),
    'RTFS_STORE_IO: the remote store: the answer is larger than 1000 bytes',
  ],
])('get: %s', async (_, answer, expected) => {
  const ms = expected.includes('40 ms') ? 40 : 10_000
  expect(await failureOf(store({ headerTimeoutMs: ms, maxBytes: 1000 }, answer).get(digest))).toBe(expected)
})

test.each([
  [201, 'gave undefined'],
  [412, 'gave undefined'],
  [403, 'RTFS_STORE_READ_ONLY: the remote store cannot be written (HTTP 403)'],
  [405, 'RTFS_STORE_READ_ONLY: the remote store cannot be written (HTTP 405)'],
  [507, 'RTFS_STORE_FULL: the remote store has no room (HTTP 507)'],
  [500, 'RTFS_STORE_IO: the remote store: the server failed (HTTP 500)'],
])('put: HTTP %i', async (code, expected) => {
  expect(await failureOf(store({}, status(code)).put(digest, bytes))).toBe(expected)
})

test('what is no digest leads nowhere', async () => {
  for (const wrong of ['sha256:../../etc/passwd', 'x', '']) {
    expect(await failureOf(store().get(wrong as typeof digest))).toContain('RTFS_USAGE')
  }
  expect(asked).toEqual([])
  expect(() => createHttpBlobStore({ baseUrl: 'http://elsewhere/' })).toThrow('not https')
})

test('facts of a server that knows only HTTP', async () => {
  const at = Date.UTC(2026, 0, 2)
  const known = status(200, { 'content-length': '15', 'last-modified': new Date(at).toUTCString() })
  expect(await store({}, known).stat(digest)).toEqual({ size: 15, usedAt: at })
  const clock = { now: () => 77, monotonic: () => 0 }
  expect(await store({ clock }, status(200, { 'content-length': '15' })).stat(digest)).toEqual({
    size: 15,
    usedAt: 77,
  })
  // It would delete whatever the header says: it is not asked.
  const blobs = store({}, known)
  expect(await blobs.delete(digest, { unlessUsedSince: at })).toBe(false)
  expect(asked.map(line => line.split(' ')[0])).toEqual(['HEAD'])
})

test('a server that is gone is not asked again and again', async () => {
  let now = 0
  const clock = { now: () => 0, monotonic: () => now }
  const blobs = store({ clock, restMs: 1000 }, response => void response.destroy())
  expect(await failureOf(blobs.get(digest))).toContain('no connection')
  expect(await failureOf(blobs.get(digest))).toBe(
    'RTFS_STORE_IO: the remote store did not answer a moment ago',
  )
  expect(asked.length).toBe(1)
  now = 1000
  script = status(404)
  expect(await blobs.get(digest)).toBe(undefined)
})

describe('as a remote', () => {
  test('what it has is put into the local store', async () => {
    const local = createMemoryBlobStore()
    const tiered = createTieredBlobStore({ local, remotes: [store({}, response => response.end(bytes))] })
    expect(await tiered.get(digest)).toEqual(bytes)
    expect(await local.get(digest)).toEqual(bytes)
  })

  test.each<[string, Script]>([
    ['dead', response => void response.destroy()],
    [
      'read-only',
      (response, { method }) => status(method === 'PUT' ? 405 : 404)(response, undefined as never),
    ],
    ['lying', response => response.end('other bytes')],
  ])('one that is %s breaks nothing and is reported', async (_, answer) => {
    const logger = testLogger()
    const blobs = createTieredBlobStore({
      local: createMemoryBlobStore(),
      remotes: [store({}, answer)],
      logger,
    })
    const { cache } = testCache({ blobs })
    const { record } = await cache.publish(request('add', 'Add'))
    expect((await cache.load(record.id, {})).loaded).toBe(true)
    expect(await blobs.get(digest)).toBe(undefined)
    if (_ !== 'lying') expect(logger.events()).toContain('blobs.remote-failed')
  })
})

test('a bundle of a server is imported like any other', async () => {
  const { cache } = testCache()
  await cache.publish(request('add', 'Add'))
  const bundle = (await cache.exportBundle()).bytes
  script = (response, { url }) =>
    url === '/blobs/team.bundle' ? response.end(bundle) : response.writeHead(404).end()
  const other = testCache().cache
  const got = await fetchBundle({ baseUrl, path: 'team.bundle' })
  expect((await other.importBundle(got)).imported).toHaveLength(1)
  expect(await failureOf(fetchBundle({ baseUrl, path: '/other' }))).toContain(
    'HTTP 404); is the bundle there?',
  )
  expect(await failureOf(fetchBundle({ baseUrl, path: 'team.bundle', maxBytes: 100 }))).toContain(
    'larger than 100',
  )
})

describe('the handler', () => {
  const address = `http://host/x/${digest.slice(7)}`
  const put = (body: Uint8Array, url = address) =>
    new Request(url, { method: 'PUT', body: body as Uint8Array<ArrayBuffer> })

  test('lets read, and write only whom it is told', async () => {
    const blobs = createMemoryBlobStore()
    const closed = createBlobHandler({ blobs })
    expect((await closed(put(bytes))).status).toBe(403)
    const open = createBlobHandler({
      blobs,
      mayWrite: ({ headers }) => headers.get('authorization') === 'Bearer k',
    })
    expect((await open(put(bytes))).status).toBe(403)
    const allowed = put(bytes)
    allowed.headers.set('authorization', 'Bearer k')
    expect((await open(allowed)).status).toBe(204)
    expect(new Uint8Array(await (await closed(new Request(address))).arrayBuffer())).toEqual(bytes)
    const hidden = createBlobHandler({ blobs, mayRead: () => false })
    expect((await hidden(new Request(address))).status).toBe(403)
  })

  test.each([
    ['other bytes', put(encodeUtf8('other')), 422],
    ['too many bytes', put(new Uint8Array(101)), 413],
    ['no digest', put(bytes, 'http://host/x/nonsense'), 404],
    ['another method', new Request(address, { method: 'POST' }), 405],
    ['a blob that is not there', new Request(address), 404],
    ['nothing to delete', new Request(address, { method: 'DELETE' }), 404],
    [
      'a condition that is none',
      new Request(address, { method: 'DELETE', headers: { 'rtfs-unless-used-since': 'x' } }),
      400,
    ],
  ])('%s', async (_, asking, expected) => {
    const handler = createBlobHandler({ blobs: createMemoryBlobStore(), mayWrite: () => true, maxBytes: 100 })
    expect((await handler(asking)).status).toBe(expected)
  })

  test('faults are logged, not told', async () => {
    const logger = testLogger()
    const blobs = { ...createMemoryBlobStore(), get: () => Promise.reject(new Error('path of ours')) }
    const answer = await createBlobHandler({ blobs, logger })(new Request(address))
    expect([answer.status, await answer.text(), logger.events()]).toEqual([500, '', ['blobs.serve-failed']])
  })
})
