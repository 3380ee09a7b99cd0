import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isRtfsError } from './errors.js'
import {
  bytesOf,
  createHttpClient,
  type HttpClientOptions,
  HttpFailure,
  type HttpRequest,
  retryHttp,
  retrying,
  textOf,
} from './http.js'

let answer: (response: ServerResponse, request: IncomingMessage) => void
const server = createServer((request, response) => answer(response, request))
let baseUrl: string
beforeAll(async () => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/base/`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const get: HttpRequest = { method: 'GET', path: 'x' }
const client = (more: Partial<HttpClientOptions> = {}) =>
  createHttpClient({ baseUrl, apiKey: 'k-secret', ...more })

async function failureOf(call: Promise<unknown>): Promise<string> {
  try {
    return `gave ${String(await call)}`
  } catch (error) {
    if (isRtfsError(error)) return error.code
    return error instanceof HttpFailure ? `${error.failure}: ${error.message}` : `foreign: ${String(error)}`
  }
}

test('sends method, path below the base, headers, key and bytes', async () => {
  answer = (response, request) => {
    const parts: Buffer[] = []
    request.on('data', part => parts.push(part))
    request.on('end', () => {
      const { method, url, headers } = request
      response.end(JSON.stringify([method, url, headers['x-a'], headers.authorization, Buffer.concat(parts)]))
    })
  }
  const body = Uint8Array.of(0, 255, 128)
  const said = await client().exchange(
    { method: 'PUT', path: 'a/b', headers: { 'x-a': '1' }, body },
    {},
    textOf,
  )
  expect(JSON.parse(said)).toEqual([
    'PUT',
    '/base/a/b',
    '1',
    'Bearer k-secret',
    { type: 'Buffer', data: [0, 255, 128] },
  ])
})

test('bytes come as they were sent', async () => {
  const sent = Uint8Array.from({ length: 300_000 }, (_, i) => i % 251)
  answer = response => response.end(sent)
  expect(Buffer.from(await client().exchange(get, {}, bytesOf)).equals(sent)).toBe(true)
})

test('statuses that were asked for are answers, others failures', async () => {
  answer = response => response.writeHead(404).end()
  expect(await client().exchange({ ...get, accepts: [404] }, {}, async ({ status }) => status)).toBe(404)
  expect(await failureOf(client({ hint404: '; is it there?' }).exchange(get, {}, textOf))).toBe(
    'refused: the server refuses the request (HTTP 404); is it there?',
  )
})

test.each<[string, Partial<HttpClientOptions>, (response: ServerResponse) => void, string]>([
  [
    'too large',
    { maxBytes: 10 },
    response => response.end('x'.repeat(11)),
    'invalid-answer: the answer is larger than 10 bytes',
  ],
  ['silent', { headerTimeoutMs: 30 }, () => {}, 'timeout: no answer began within 30 ms'],
  [
    'stalled',
    { idleTimeoutMs: 30 },
    response => void response.write('x'),
    'timeout: the answer paused for 30 ms',
  ],
  [
    'cut',
    {},
    response => response.write('x', () => setTimeout(() => response.destroy(), 5)),
    'unavailable: the answer was cut',
  ],
  [
    'redirected',
    {},
    response => response.writeHead(302, { location: '/y' }).end(),
    'refused: the server redirects, which is not followed',
  ],
  ['a key no header can hold', { apiKey: 'a\nb' }, response => response.end(), 'RTFS_USAGE'],
])('%s', async (_, more, script, expected) => {
  answer = script
  expect(await failureOf(client(more).exchange(get, {}, textOf))).toBe(expected)
})

test('what may pass is tried again, what will not is not', async () => {
  const slept: number[] = []
  const timing = { now: () => 0, monotonic: () => 0, sleep: async (ms: number) => void slept.push(ms) }
  let asked = 0
  const ask = () => retrying(() => client().exchange(get, {}, textOf), retryHttp, { timing, random: () => 1 })
  answer = response => {
    asked++
    if (asked === 1) response.writeHead(429, { 'retry-after': '3' }).end()
    else if (asked === 2) response.writeHead(502).end()
    else response.end('third')
  }
  expect([await ask(), slept]).toEqual(['third', [3000, 500]])
  asked = 0
  answer = response => {
    asked++
    response.writeHead(403).end()
  }
  expect([await failureOf(ask()), asked]).toEqual([
    'refused: the server refuses the request (HTTP 403); is the key right?',
    1,
  ])
})

test('a call that was given up ends', async () => {
  answer = () => {}
  const given = new AbortController()
  const call = failureOf(client().exchange(get, { signal: given.signal }, textOf))
  setTimeout(() => given.abort(), 10)
  expect(await call).toBe('RTFS_ABORTED')
  expect(await failureOf(client().exchange(get, { signal: given.signal }, textOf))).toBe('RTFS_ABORTED')
})
