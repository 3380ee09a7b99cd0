import { modelProviderSuite } from '@rtfs/conformance/suites'
import { isRtfsError } from '@rtfs/core'
import {
  createCircuitBreaker,
  createEchoModel,
  createFallbackModel,
  modelErrorClass,
  withBreaker,
} from '@rtfs/delegation'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { endpointOf } from './endpoint.js'
import { createOpenAiModel, type OpenAiModelOptions } from './index.js'
import { isPrivateAddress, refusePrivateAddresses } from './node.js'
import {
  type Answer,
  chunk,
  completion,
  done,
  finish,
  json,
  startServer,
  stream,
  type TestServer,
  usage,
} from './server.test-util.js'

const key = 'sk-secret-key-0123456789'
const ask = { model: 'm', prompt: 'hi' }
let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

const instant = { now: Date.now, monotonic: () => performance.now(), sleep: async () => {} }

function model(more: Partial<OpenAiModelOptions> = {}) {
  return createOpenAiModel({ id: 'm', baseUrl: server.url, apiKey: key, retry: false, ...more })
}

/** Class and message of a failure; every one of them is searched for the key. */
async function failureOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'answered'
  } catch (error) {
    let text = ''
    for (let at: unknown = error; at instanceof Error; at = at.cause)
      text += `${at.message} ${String(at.stack)}`
    expect(text).not.toContain('secret')
    return `${modelErrorClass(error) ?? (isRtfsError(error) ? error.code : 'foreign')}: ${(error as Error).message}`
  }
}

modelProviderSuite({ test, expect }, async behaviour => {
  const own = await startServer()
  const whole = completion('one two')
  const parts = [chunk('one '), ...(behaviour === 'answers' ? [chunk('two'), finish, done] : [])]
  own.script((response, asked) => {
    const isStream = asked.body['stream'] === true
    if (isStream) stream(parts, behaviour === 'answers' ? 'end' : 'open')(response, asked)
    else if (behaviour === 'answers') whole(response, asked)
  })
  return { provider: model({ baseUrl: own.url }), close: () => own.close() }
})

describe('what is asked', () => {
  test('everything of a request, and the key', async () => {
    server.script(completion('hello'))
    const tools = [{ name: 'add', parameters: { type: 'object' } }]
    const schema = { type: 'object', properties: {} }
    const answer = await model({ model: 'served' }).infer({
      ...ask,
      system: 'be brief',
      messages: [{ role: 'assistant', content: 'yes?' }],
      maxTokens: 5,
      temperature: 0,
      topP: 0.5,
      seed: 1,
      stop: ['.'],
      tools,
      schema,
    })
    expect(answer).toEqual({
      text: 'hello',
      model: 'served-1',
      usage: { inputTokens: 3, outputTokens: 2 },
      finishReason: 'stop',
    })
    const [asked] = server.asked
    expect([asked!.path, asked!.authorization]).toEqual(['/v1/chat/completions', `Bearer ${key}`])
    expect(asked!.body).toEqual({
      model: 'served',
      messages: [
        { role: 'system', content: 'be brief' },
        { role: 'assistant', content: 'yes?' },
        { role: 'user', content: 'hi' },
      ],
      max_tokens: 5,
      temperature: 0,
      top_p: 0.5,
      seed: 1,
      stop: ['.'],
      tools: [{ type: 'function', function: tools[0] }],
      response_format: { type: 'json_schema', json_schema: { name: 'answer', schema } },
    })
  })

  test('a tool call', async () => {
    const call = { id: 'c1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } }
    server.script(completion(null, { tool_calls: [call] }))
    const answer = await model().infer(ask)
    expect(answer).toMatchObject({ text: '', toolCalls: [{ id: 'c1', name: 'add', arguments: '{"a":1}' }] })
  })
})

describe('streams', () => {
  const heard: string[] = []
  const listen = { onText: (part: string) => void heard.push(part) }

  test('parts as they come, also split inside a character and a line', async () => {
    const bytes = new TextEncoder().encode(chunk('Grüße ') + chunk('€'))
    const pieces = [...bytes].map(byte => new Uint8Array([byte]))
    server.script(stream([...pieces, finish, usage, done]))
    expect(await model().infer(ask, listen)).toEqual({
      text: 'Grüße €',
      model: 'served-1',
      usage: { inputTokens: 3, outputTokens: 2 },
      finishReason: 'stop',
    })
    expect(heard.splice(0)).toEqual(['Grüße ', '€'])
    expect(server.asked[0]!.body['stream']).toBe(true)
  })

  test.each<[string, Answer, string]>([
    ['a cut', stream([chunk('a')], 'cut'), 'unavailable: Model m: the answer was cut'],
    ['an end without an end', stream([chunk('a')]), 'unavailable: Model m: the answer was cut'],
    ['a stall', stream([chunk('a')], 'open'), 'timeout: Model m: the answer paused for 50 ms'],
    [
      'nonsense',
      stream(['data: {{{\n\n']),
      'invalid-answer: Model m: the answer is no chat completion: it is no JSON',
    ],
    [
      'an error inside',
      stream([chunk('a'), `data: {"error":{"message":"${key}"}}\n\n`]),
      'unavailable: Model m: the server reports an error in its answer',
    ],
    [
      'a flood',
      stream([`data: ${'x'.repeat(9000)}`, 'x'.repeat(9000)], 'open'),
      'invalid-answer: Model m: the answer is larger than 10000 bytes',
    ],
  ])('%s', async (_, answer, expected) => {
    server.script(answer)
    expect(await failureOf(model({ idleTimeoutMs: 50, maxBytes: 10_000 }).infer(ask, listen))).toBe(expected)
  })

  test('giving up closes the connection', async () => {
    const given = new AbortController()
    let closed: () => void = () => {}
    const gone = new Promise<void>(resolve => (closed = resolve))
    server.script(response => {
      response.on('close', closed)
      stream([chunk('a')], 'open')(response, server.asked[0]!)
    })
    const call = failureOf(model().infer(ask, { signal: given.signal, onText: () => given.abort() }))
    expect(await call).toContain('RTFS_ABORTED')
    await gone
  })
})

describe('faults', () => {
  test.each<[string, Answer, string]>([
    [
      '401',
      json(401, { error: { message: `bad key ${key}` } }),
      'refused: Model m: the server refuses the request (HTTP 401); is the key right?',
    ],
    [
      '404',
      json(404, 'x'),
      'refused: Model m: the server refuses the request (HTTP 404); is the model there?',
    ],
    ['429', json(429, {}), 'rate-limited: Model m: the server has too much to do (HTTP 429)'],
    ['503', json(503, key), 'unavailable: Model m: the server failed (HTTP 503)'],
    [
      'a redirect',
      json(307, '', { location: 'http://127.0.0.1:9/' }),
      'refused: Model m: the server redirects, which is not followed',
    ],
    [
      'nonsense',
      json(200, '<html>'),
      'invalid-answer: Model m: the answer is no chat completion: it is no JSON',
    ],
    [
      'another shape',
      json(200, { choices: [{ message: { content: 5 } }] }),
      'invalid-answer: Model m: the answer is no chat completion: the content is no text',
    ],
    ['silence', () => {}, 'timeout: Model m: no answer began within 50 ms'],
    ['no server', response => void response.destroy(), 'unavailable: Model m: no connection'],
  ])('%s', async (_, answer, expected) => {
    server.script(answer)
    expect((await failureOf(model({ headerTimeoutMs: 50 }).infer(ask))).startsWith(expected)).toBe(true)
  })

  test('asks again after 429 and 5xx, as long as the server says', async () => {
    const slept: number[] = []
    const timing = { ...instant, sleep: async (ms: number) => void slept.push(ms) }
    server.script(json(429, {}, { 'retry-after': '2' }), json(500, {}), completion('third'))
    expect((await model({ retry: { timing, random: () => 1 } }).infer(ask)).text).toBe('third')
    expect(slept).toEqual([2000, 500])
    server.script(json(400, {}))
    await failureOf(model({ retry: { timing } }).infer(ask))
    expect(server.asked.length).toBe(1)
  })

  test('a breaker keeps calls from a failing server, a chain goes on to the next model', async () => {
    server.script(json(503, {}))
    const breaker = createCircuitBreaker({ failures: 2 })
    const guarded = withBreaker(model(), breaker)
    for (let i = 0; i < 5; i++) await failureOf(guarded.infer(ask))
    expect([breaker.state, server.asked.length]).toEqual(['open', 2])
    const chain = createFallbackModel({ id: 'chain', models: [model(), createEchoModel('echo')] })
    expect(await chain.infer(ask)).toMatchObject({ text: '[ECHO] hi', model: 'echo' })
  })
})

describe('where it may talk to', () => {
  test.each([
    ['https://host/v1/', undefined, 'https://host/v1/chat/completions'],
    ['http://localhost:8080', undefined, 'http://localhost:8080/chat/completions'],
    ['http://[::1]:1/v1', undefined, 'http://[::1]:1/v1/chat/completions'],
    ['http://host/v1', ['http://host'], 'http://host/v1/chat/completions'],
  ])('%s', (base, allow, expected) => expect(endpointOf(base, allow).href).toBe(expected))

  test.each([
    ['http://host/v1', undefined, 'http://host is not https'],
    ['http://127.0.0.1.evil.test/v1', undefined, 'is not https'],
    ['https://other/v1', ['https://host'], 'https://other is not in the list'],
    ['https://host:444/v1', ['https://host'], 'https://host:444 is not in the list'],
    ['https://me:secret@host/v1', undefined, 'the base URL holds credentials'],
    ['file:///etc/passwd', undefined, 'is not https'],
    ['https://host/v1?key=secret', undefined, 'the base URL has a query'],
    ['nonsense', undefined, 'the base URL is no URL'],
  ])('not %s', (base, allow, reason) => {
    expect(() => endpointOf(base, allow)).toThrow(reason)
    expect(() => endpointOf(base, allow)).not.toThrow('secret')
  })

  test.each([
    ['127.0.0.1', true],
    ['10.1.2.3', true],
    ['169.254.169.254', true],
    ['::1', true],
    ['::ffff:10.0.0.1', true],
    ['fd00::1', true],
    ['2002:7f00:1::', true],
    ['192.0.2.1', true],
    ['nonsense', true],
    ['93.184.216.34', false],
    ['2606:2800:220:1::1', false],
  ])('%s is private: %s', (address, isPrivate) => expect(isPrivateAddress(address)).toBe(isPrivate))

  test('a name that leads inside is refused before anything is sent', async () => {
    server.script(completion('x'))
    const inside = model({ checkHost: refusePrivateAddresses(async () => ['93.184.216.34', '10.0.0.1']) })
    expect(await failureOf(inside.infer(ask))).toContain('leads to a private address')
    expect(server.asked.length).toBe(0)
    const outside = model({ checkHost: refusePrivateAddresses(async () => ['93.184.216.34']) })
    expect(await failureOf(outside.infer(ask))).toBe('answered')
  })

  test('a key that is no header value is refused without being shown', async () => {
    expect(await failureOf(model({ apiKey: 'secret\nkey' }).infer(ask))).toContain('RTFS_USAGE')
  })
})
