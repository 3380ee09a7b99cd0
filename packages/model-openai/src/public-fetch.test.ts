import { createPublicFetch, type Lookup } from '@rtfs/core/public-fetch'
import { modelErrorClass } from '@rtfs/delegation'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createOpenAiModel } from './index.js'
import { refusePrivateAddresses } from './node.js'
import {
  chunk,
  completion,
  done,
  finish,
  json,
  startServer,
  stream,
  type TestServer,
} from './server.test-util.js'

const ask = { model: 'm', prompt: 'hi' }
let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

/** Gives these addresses to a name, the first list to the first question and so on; the last one goes on. */
function resolving(...answers: readonly (readonly string[])[]): Lookup & { asked: number } {
  const lookup = (...[, , done]: Parameters<Lookup>) => {
    const addresses = answers[Math.min(resolve.asked++, answers.length - 1)]!
    done(
      null,
      addresses.map(address => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
  }
  const resolve: Lookup & { asked: number } = Object.assign(lookup as Lookup, { asked: 0 })
  return resolve
}

function model(given: typeof fetch, host = 'name.test', more: object = {}) {
  const baseUrl = server.url.replace('127.0.0.1', host)
  return createOpenAiModel({
    id: 'm',
    baseUrl,
    allow: [new URL(baseUrl).origin],
    fetch: given,
    retry: false,
    ...more,
  })
}

async function failureOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'answered',
    error => `${modelErrorClass(error) ?? error.code}: ${error.message}`,
  )
}

const inside = 'refused: Model m: the name of the server leads to a private address'

describe('addresses', () => {
  test.each<[string, readonly string[]]>([
    ['inside', ['127.0.0.1']],
    ['one of several inside', ['93.184.216.34', '127.0.0.1']],
    ['inside, as IPv6', ['::ffff:127.0.0.1']],
    ['none', []],
  ])('a name with %s is refused, and nothing is sent', async (_, addresses) => {
    server.script(completion('x'))
    const lookup = resolving(addresses)
    expect(await failureOf(model(createPublicFetch({ lookup })).infer(ask))).toBe(inside)
    expect([server.asked.length, lookup.asked]).toEqual([0, 1])
  })

  test('a name that answers otherwise once it was checked leads nowhere', async () => {
    server.script(completion('x'))
    const lookup = resolving(['127.0.0.1'])
    const checkHost = refusePrivateAddresses(async () => ['93.184.216.34'])
    expect(await failureOf(model(createPublicFetch({ lookup }), 'name.test', { checkHost }).infer(ask))).toBe(
      inside,
    )
    expect(server.asked.length).toBe(0)
  })

  test.each(['127.0.0.1', '[::1]', '0x7f000001', 'localhost'])(
    'the address %s is no way around it',
    async host => {
      server.script(completion('x'))
      expect(await failureOf(model(createPublicFetch(), host).infer(ask))).toBe(inside)
      expect(server.asked.length).toBe(0)
    },
  )

  test('the connection is made to the address that was checked, and is used again', async () => {
    server.script(completion('first'), completion('second'))
    const lookup = resolving(['127.0.0.1'], ['93.184.216.34'])
    const checked: string[] = []
    const isAllowed = (address: string) => checked.push(address) > 0
    const named = model(createPublicFetch({ lookup, isAllowed }), 'name.test', { apiKey: 'k' })
    expect((await named.infer(ask)).text).toBe('first')
    expect((await named.infer(ask)).text).toBe('second')
    expect([checked, server.asked.map(({ authorization }) => authorization)]).toEqual([
      ['127.0.0.1'],
      ['Bearer k', 'Bearer k'],
    ])
  })
})

describe('as a fetch', () => {
  const open = (more: object = {}) =>
    model(createPublicFetch({ isAllowed: () => true }), '127.0.0.1', { idleTimeoutMs: 50, ...more })

  test('streams', async () => {
    const heard: string[] = []
    server.script(stream([chunk('a'), chunk('b'), finish, done]))
    expect((await open().infer(ask, { onText: part => heard.push(part) })).text).toBe('ab')
    expect(heard).toEqual(['a', 'b'])
  })

  test.each([
    ['a redirect', json(307, '', { location: '/x' }), 'refused: Model m: the server redirects'],
    ['503', json(503, {}), 'unavailable: Model m: the server failed (HTTP 503)'],
    ['no content', json(204, ''), 'invalid-answer'],
    ['a cut', stream([chunk('a')], 'cut'), 'unavailable: Model m: the answer was cut'],
    ['a stall', stream([chunk('a')], 'open'), 'timeout: Model m: the answer paused'],
    ['compression', json(200, 'x', { 'content-encoding': 'gzip' }), 'unavailable: Model m: no connection'],
  ])('%s', async (_, answer, expected) => {
    server.script(answer)
    expect(await failureOf(open().infer(ask, { onText: () => {} }))).toContain(expected)
  })

  test('giving up closes the connection', async () => {
    const given = new AbortController()
    let closed: () => void = () => {}
    const gone = new Promise<void>(resolve => (closed = resolve))
    server.script((response, asked) => {
      response.on('close', closed)
      stream([chunk('a')], 'open')(response, asked)
    })
    const call = open({ idleTimeoutMs: 5000 }).infer(ask, {
      signal: given.signal,
      onText: () => given.abort(),
    })
    expect(await failureOf(call)).toContain('RTFS_ABORTED')
    await gone
  })

  test('sends texts and bytes only', async () => {
    const send = createPublicFetch({ isAllowed: () => true })
    const form = new URLSearchParams('a=1')
    await expect(send(server.url, { method: 'POST', body: form })).rejects.toThrow('texts and bytes only')
  })
})
