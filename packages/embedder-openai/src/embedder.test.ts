import { embedderSuite } from '@rtfs/conformance/suites'
import { isRtfsError } from '@rtfs/core'
import { refusePrivateAddresses } from '@rtfs/core/addresses'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { batchesOf } from './batches.js'
import { createOpenAiEmbedder, type OpenAiEmbedderOptions } from './index.js'
import {
  type Answer,
  dimension,
  embeddings,
  json,
  startServer,
  type TestServer,
  vectors,
} from './server.test-util.js'

const key = 'sk-secret-key-0123456789'
let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

function embedder(more: Partial<OpenAiEmbedderOptions> = {}) {
  return createOpenAiEmbedder({
    baseUrl: server.url,
    model: 'm',
    dimension,
    apiKey: key,
    retry: false,
    ...more,
  })
}

describe('as every embedder', () => {
  embedderSuite({ test, expect }, async () => {
    server.script(vectors)
    return embedder()
  })
})

/** Code and message of a failure; every one of them is searched for the key. */
async function failureOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'answered'
  } catch (error) {
    let text = ''
    for (let at: unknown = error; at instanceof Error; at = at.cause)
      text += `${at.message} ${String(at.stack)}`
    expect(text).not.toContain('secret')
    return isRtfsError(error) ? `${error.code}: ${error.message}` : `foreign: ${String(error)}`
  }
}

describe('what is asked', () => {
  test('model, texts, dimension and key', async () => {
    server.script(vectors)
    await embedder({ sendDimension: true }).embed(['add'])
    expect(server.asked).toEqual([
      {
        path: '/v1/embeddings',
        authorization: `Bearer ${key}`,
        body: { model: 'm', input: ['add'], encoding_format: 'float', dimensions: 4 },
      },
    ])
  })

  test('in batches, the same text once, a blank one not at all', async () => {
    server.script(vectors)
    const found = await embedder({ batchSize: 2 }).embed(['a', 'b', 'a', ' ', 'c'])
    expect(server.asked.map(({ body }) => body.input)).toEqual([['a', 'b'], ['c']])
    expect(found[2]).toEqual(found[0])
    expect(found[2]).not.toBe(found[0])
    expect(found[3]).toEqual(Float32Array.of(1, 0, 0, 0))
    expect(found[1]).not.toEqual(found[4])
  })

  test('long texts are cut between characters', async () => {
    server.script(vectors)
    await embedder({ maxTextLength: 3 }).embed(['ab\u{1F600}c', 'abcdef'])
    expect(server.asked[0]!.body.input).toEqual(['ab', 'abc'])
  })

  test('batches are bounded in length, too', () => {
    const long = 'x'.repeat(150_000)
    const shapes = [...batchesOf([long, `${long}y`, 'a', 'b', 'c'], 3)].map(batch =>
      batch.map(text => text.length),
    )
    expect(shapes).toEqual([[150_000], [150_001, 1, 1], [1]])
  })

  test('vectors of two servers, models or revisions are never taken for the same', () => {
    expect(embedder().model).toEqual({ id: 'm', revision: new URL(server.url).origin, dimension: 4 })
    expect(embedder({ id: 'own', revision: '2' }).model).toEqual({ id: 'own', revision: '2', dimension: 4 })
  })
})

describe('faults', () => {
  const told = (reason: string) => `RTFS_MODEL: Embedder m: ${reason}`
  const invalid = (reason: string) => told(`the answer holds no embeddings: ${reason}`)
  const cut: Answer = response => {
    response.writeHead(200, { 'content-length': '1000' })
    response.write('{"data":[', () => setTimeout(() => response.destroy(), 5))
  }
  const stalled: Answer = response => {
    response.writeHead(200)
    response.write('{"data":[')
  }

  test.each<[string, Answer, string]>([
    ['401', json(401, { error: key }), told('the server refuses the request (HTTP 401); is the key right?')],
    ['404', json(404, key), told('the server refuses the request (HTTP 404); is the model there?')],
    ['429', json(429, key), told('the server has too much to do (HTTP 429)')],
    ['500', json(500, key), told('the server failed (HTTP 500)')],
    [
      'a redirect',
      json(307, '', { location: 'http://127.0.0.1:9/' }),
      told('the server redirects, which is not followed'),
    ],
    ['silence', () => {}, told('no answer began within 50 ms')],
    ['a stall', stalled, told('the answer paused for 50 ms')],
    ['a cut', cut, told('the answer was cut')],
    ['a flood', json(200, 'x'.repeat(20_000)), told('the answer is larger than 10000 bytes')],
    ['nonsense', json(200, '<html>'), invalid('it is no JSON')],
    ['a list', json(200, []), invalid('it is no object')],
    [
      'an error inside',
      json(200, { error: { message: key } }),
      told('the server reports an error in its answer'),
    ],
    ['another shape', json(200, { vectors: [] }), invalid('there is no list of vectors')],
    ['too few', embeddings([1, 0, 0, 0]), invalid('2 texts got 1 vectors')],
    ['too many', embeddings([1], [1], [1]), invalid('2 texts got 3 vectors')],
    [
      'another dimension',
      embeddings([1, 0, 0], [1, 0, 0]),
      invalid('a vector has 3 numbers, 4 were expected'),
    ],
    ['no numbers', embeddings('AAAA', 'AAAA'), invalid('a vector is no list of numbers')],
    [
      'null in a vector',
      embeddings([1, null, 0, 0], [1, 0, 0, 0]),
      invalid('a vector holds what is no finite number'),
    ],
    [
      'what overflows',
      json(200, '{"data":[{"embedding":[1e999,0,0,0]},{"embedding":[1,0,0,0]}]}'),
      invalid('a vector holds what is no finite number'),
    ],
    ['zeros', embeddings([0, 0, 0, 0], [1, 0, 0, 0]), invalid('a vector has no direction')],
    [
      'one place twice',
      json(200, { data: [0, 0].map(index => ({ index, embedding: [1, 0, 0, 0] })) }),
      invalid('two vectors have one place'),
    ],
    [
      'a place that is none',
      json(200, { data: [0, 2].map(index => ({ index, embedding: [1, 0, 0, 0] })) }),
      invalid('a vector has no place'),
    ],
  ])('%s', async (_, answer, expected) => {
    server.script(answer)
    // Only those that wait are given little time: a busy machine answers late.
    const ms = expected.includes('50 ms') ? 50 : 10_000
    const bounded = embedder({ headerTimeoutMs: ms, idleTimeoutMs: ms, maxBytes: 10_000 })
    expect(await failureOf(bounded.embed(['a', 'b']))).toBe(expected)
  })

  test('asks again after 429 and 5xx, not after what is wrong', async () => {
    const slept: number[] = []
    const timing = { now: Date.now, monotonic: () => 0, sleep: async (ms: number) => void slept.push(ms) }
    const patient = embedder({ retry: { timing, random: () => 1 } })
    server.script(json(429, {}, { 'retry-after': '2' }), json(503, {}), vectors)
    expect((await patient.embed(['a'])).length).toBe(1)
    expect([slept, server.asked.length]).toEqual([[2000, 500], 3])
    server.script(json(200, '{'))
    await failureOf(patient.embed(['a']))
    expect(server.asked.length).toBe(1)
  })

  test('giving up in the middle of an answer', async () => {
    server.script(stalled)
    const given = new AbortController()
    const call = failureOf(embedder().embed(['a'], { signal: given.signal }))
    setTimeout(() => given.abort(), 20)
    expect(await call).toContain('RTFS_ABORTED')
  })

  test('a name that leads inside is refused before anything is sent', async () => {
    server.script(vectors)
    const inside = embedder({ checkHost: refusePrivateAddresses(async () => ['10.0.0.1']) })
    expect(await failureOf(inside.embed(['a']))).toBe(
      told('the name of the server leads to a private address'),
    )
    expect(server.asked.length).toBe(0)
  })

  test.each<[string, Partial<OpenAiEmbedderOptions>]>([
    ['plain http to another machine', { baseUrl: 'http://host/v1' }],
    ['an origin that is not allowed', { allow: ['https://other'] }],
    ['credentials in the address', { baseUrl: 'https://me:secret@host/v1' }],
    ['no dimension', { dimension: 0 }],
    ['batches of nothing', { batchSize: 0 }],
    ['no model', { model: '' }],
  ])('%s is refused at once', (_, more) => {
    expect(() => embedder(more)).toThrow(expect.objectContaining({ code: 'RTFS_USAGE' }))
  })
})
