import { RtfsError } from '@rtfs/core'
import type {
  CacheStore,
  Embedder,
  InferenceOptions,
  InferenceRequest,
  ModelProvider,
  VectorIndex,
} from '@rtfs/interfaces'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCacheManager } from './cache-manager.js'
import { context } from './contexts.test-util.js'
import { createDecisionCache } from './decision-cache.js'
import { fakeTiming } from './fake-timing.test-util.js'
import { createInferenceCache, type InferenceCacheOptions } from './inference-cache.js'
import { decodeText, encodeText } from './kept-text.js'
import { createMemoryCacheStore } from './memory-cache-store.js'
import { createEchoModel, createScriptedModel } from './models.js'
import { keygen, scopeKeyOf } from './request-key.js'
import { createSemanticCache, type SemanticCache, type SemanticCacheOptions } from './semantic-cache.js'
import { createStaticDelegationEngine } from './static-engine.js'

const made = createStaticDelegationEngine().decide(context())
const ask: InferenceRequest = { model: 'm', prompt: 'hi' }

/** Answers with a number that counts up, in two parts. */
function counting(id = 'm', revision?: string): ModelProvider & { asked: number } {
  const model = {
    id,
    asked: 0,
    ...(revision === undefined ? {} : { revision }),
    async infer(request: InferenceRequest, options: { onText?: (part: string) => void } = {}) {
      const text = `${request.prompt} ${++model.asked}`
      await new Promise(resolve => setTimeout(resolve, 1))
      options.onText?.(text.slice(0, 2))
      options.onText?.(text.slice(2))
      return { text, model: id }
    },
  }
  return model
}

describe('L1', () => {
  function kept(policy: 'lru' | 'lfu' | 'fifo'): string {
    const cache = createDecisionCache({ capacity: 3, policy })
    for (const name of ['a', 'b', 'c']) cache.set(context(name), made)
    for (const name of ['a', 'a', 'b', 'c', 'c']) cache.get(context(name))
    cache.set(context('d'), made)
    return ['a', 'b', 'c', 'd'].filter(name => cache.get(context(name)) !== undefined).join('')
  }
  test.each([
    ['lru', 'bcd'],
    ['lfu', 'acd'],
    ['fifo', 'bcd'],
  ] as const)('%s keeps %s', (policy, expected) => {
    // lru: a was used longest ago; lfu: b least often; fifo: a came first.
    expect(kept(policy)).toBe(expected)
  })

  test('a decision holds for its time', () => {
    const clock = fakeTiming()
    const cache = createDecisionCache({ ttlMs: 100, clock })
    cache.set(context(), made)
    clock.pass(99)
    expect(cache.get(context())).toBe(made)
    clock.pass(1)
    expect(cache.get(context())).toBe(undefined)
    expect(cache.statistics).toMatchObject({ entries: 0, misses: { expired: 1 }, hitAgeMs: { max: 99 } })
  })

  test('metadata and data class are part of the key', () => {
    const cache = createDecisionCache()
    cache.set(context('f', { dataClass: 'pii' }), made)
    expect(cache.get(context('f'))).toBe(undefined)
    expect(cache.get(context('f', { metadata: { source: 'x' } }))).toBe(undefined)
    expect(cache.get(context('f', { dataClass: 'pii' }))).toBe(made)
  })

  test('bytes come and go, and of one look-up in 64 age and time are taken', () => {
    const clock = fakeTiming()
    const cache = createDecisionCache({ clock, capacity: 2 })
    cache.set(context('a'), made)
    const one = cache.statistics.bytes
    expect(one).toBeGreaterThan(200)
    cache.set(context('b'), made)
    cache.set(context('c'), made)
    expect(cache.statistics.bytes).toBe(2 * one)
    clock.pass(10)
    for (let i = 0; i < 128; i++) {
      cache.get(context('c'))
      clock.pass(1)
    }
    expect(cache.statistics).toMatchObject({ hits: 128, hitAgeMs: { mean: 42, max: 74 } })
    cache.clear()
    expect(cache.statistics.bytes).toBe(0)
  })

  test('events forget, and count the epoch up', () => {
    const cache = createDecisionCache()
    for (const name of ['a', 'b', 'c']) cache.set(context(name), made)
    cache.notify({ kind: 'rule-changed', fnSymbol: 'a' })
    expect([cache.statistics.entries, cache.epoch]).toEqual([2, 1])
    cache.notify({ kind: 'policy-changed' })
    expect([cache.statistics.entries, cache.epoch]).toEqual([0, 2])
  })

  test('as a model of it, whatever happens', () => {
    const op = fc.tuple(fc.constantFrom('get', 'set', 'drop'), fc.constantFrom(...'abcdef'))
    fc.assert(
      fc.property(fc.constantFrom('lru', 'fifo' as const), fc.array(op, { maxLength: 60 }), (policy, ops) => {
        const cache = createDecisionCache({ capacity: 3, policy: policy as 'lru' | 'fifo' })
        let model: string[] = []
        for (const [kind, name] of ops) {
          const had = model.includes(name)
          if (kind === 'get') {
            expect(cache.get(context(name)) !== undefined).toBe(had)
            if (had && policy === 'lru') model = [...model.filter(each => each !== name), name]
          } else if (kind === 'set') {
            cache.set(context(name), made)
            model = [...model.filter(each => each !== name), name].slice(-3)
          } else {
            cache.invalidate(name)
            model = model.filter(each => each !== name)
          }
          expect(cache.statistics.entries).toBe(model.length)
        }
      }),
    )
  })
})

describe('keys', () => {
  const name = fc.string({ unit: 'grapheme', maxLength: 4 })
  const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
  const request = fc.record({
    model: name,
    prompt: name,
    system: optional(name),
    seed: optional(fc.integer({ min: 0, max: 2 })),
    temperature: optional(fc.constantFrom(0, 0.5)),
    stop: optional(fc.array(name, { maxLength: 2 })),
    messages: optional(
      fc.array(fc.record({ role: fc.constantFrom('user', 'assistant'), content: name }), { maxLength: 2 }),
    ),
    schema: optional(fc.jsonValue({ maxDepth: 1 })),
    provider: name,
    revision: optional(name),
    tenant: optional(name),
    policy: optional(name),
    namespace: optional(name),
  })

  function keyOf(parts: Record<string, unknown>): string {
    const { provider, revision, tenant, policy, namespace, ...rest } = parts as Record<string, never>
    const scope = {
      ...(tenant === undefined ? {} : { tenant }),
      ...(policy === undefined ? {} : { policy }),
    }
    return keygen(rest as unknown as InferenceRequest, { provider, revision, namespace, scope } as never)
  }

  test('two requests share a key only when nothing differs: tenant, policy, revision and all', () => {
    fc.assert(
      fc.property(request, request, fc.integer({ min: 0, max: 12 }), (a, b, which) => {
        // One field of a taken from b: near misses are what matters.
        const field = Object.keys(a)[which] as keyof typeof a
        const c = { ...a, [field]: b[field] }
        const same = plain(a) === plain(c)
        expect(keyOf(a) === keyOf(c)).toBe(same)
        expect(keyOf(a)).toBe(keyOf({ ...a }))
      }),
      { numRuns: 500 },
    )
  })

  /** What counts as the same: absent lists and empty ones are, and the order of keys is not. */
  function plain(parts: Record<string, unknown>): string {
    const sort = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(sort)
        : typeof value === 'object' && value !== null
          ? // Named, or {} would be the same as [].
            [
              'object',
              ...Object.entries(value)
                .sort(([x], [y]) => (x < y ? -1 : 1))
                .map(([key, item]) => [key, sort(item)]),
            ]
          : Object.is(value, -0)
            ? 0
            : value
    const { stop, messages, schema, ...rest } = parts
    return JSON.stringify([
      sort(Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))),
      stop ?? [],
      sort(messages ?? []),
      schema === undefined ? 'none' : [sort(schema)],
    ])
  }

  test('neighbouring parts do not run into one another', () => {
    const options = { provider: 'p' }
    expect(keygen({ model: 'a', prompt: 'b', system: 'c' }, options)).not.toBe(
      keygen({ model: 'a', prompt: 'bc' }, options),
    )
    expect(keygen({ ...ask, stop: ['a', 'b'] }, options)).not.toBe(keygen({ ...ask, stop: ['ab'] }, options))
    for (const joined of ['astop:b', 'a:stop:b', 'a4:stop1:b', 'a1:stop1:b']) {
      expect(keygen({ ...ask, stop: ['a', 'b'] }, options)).not.toBe(
        keygen({ ...ask, stop: [joined] }, options),
      )
    }
    expect(() => keygen({ model: 'm', prompt: '\ud800' }, options)).toThrow('lone surrogate')
    expect(scopeKeyOf(ask, options)).toBe(scopeKeyOf({ ...ask, prompt: 'other' }, options))
    expect(scopeKeyOf(ask, options)).not.toBe(scopeKeyOf({ ...ask, system: 's' }, options))
  })
})

describe('L2', () => {
  test('1,000 at the same time cost one inference, and all hear the parts', async () => {
    const cache = createInferenceCache()
    const model = counting()
    const heard: string[] = []
    const calls = Array.from({ length: 1000 }, (_, i) =>
      cache.infer(model, ask, i % 100 === 0 ? { onText: part => heard.push(part) } : {}),
    )
    const texts = new Set((await Promise.all(calls)).map(({ text }) => text))
    expect([texts, model.asked]).toEqual([new Set(['hi 1']), 1])
    expect(heard.length).toBe(20)
    expect(heard.filter(part => part === 'hi').length).toBe(10)
  })

  test('one who gives up leaves the others alone; when all do, so does the model', async () => {
    let aborted = false
    const slow: ModelProvider = {
      id: 'slow',
      infer: (_request, options) =>
        new Promise((resolve, reject) => {
          const timer = setTimeout(() => resolve({ text: 'done', model: 'slow' }), 20)
          options?.signal?.addEventListener('abort', () => {
            aborted = true
            clearTimeout(timer)
            reject(new Error('stopped'))
          })
        }),
    }
    const cache = createInferenceCache()
    const impatient = new AbortController()
    const first = cache.infer(slow, ask, { signal: impatient.signal })
    const second = cache.infer(slow, ask)
    await new Promise(resolve => setTimeout(resolve, 2))
    impatient.abort()
    await expect(first).rejects.toMatchObject({ code: 'RTFS_ABORTED' })
    expect([(await second).text, aborted]).toEqual(['done', false])
    const alone = new AbortController()
    const third = cache.infer(slow, { ...ask, prompt: 'other' }, { signal: alone.signal })
    await new Promise(resolve => setTimeout(resolve, 2))
    alone.abort()
    await expect(third).rejects.toMatchObject({ code: 'RTFS_ABORTED' })
    expect(aborted).toBe(true)
  })

  test('a listener that fails ends its own call and no other', async () => {
    const cache = createInferenceCache()
    const model = counting()
    const mine = new Error('mine')
    const heard: string[] = []
    const onText = () => {
      throw mine
    }
    const calls = [
      cache.infer(model, ask, { onText }),
      cache.infer(model, ask, { onText: part => heard.push(part) }),
      cache.infer(model, ask),
    ]
    const [first, second, third] = await Promise.allSettled(calls)
    expect(first).toEqual({ status: 'rejected', reason: mine })
    expect([second!.status, third!.status, heard.join(''), model.asked]).toEqual([
      'fulfilled',
      'fulfilled',
      'hi 1',
      1,
    ])
  })

  test('a kept answer is said in the parts it came in', async () => {
    const cache = createInferenceCache()
    const parts: string[] = []
    await cache.infer(counting(), ask, { onText: () => {} })
    await cache.infer(counting(), ask, { onText: part => parts.push(part) })
    expect(parts).toEqual(['hi', ' 1'])
  })

  test('ttl, maxAge, refresh, noStore and namespace of a call', async () => {
    const clock = fakeTiming()
    const cache = createInferenceCache({ clock })
    const model = counting()
    const text = async (control: object) => (await cache.infer(model, ask, { cache: control })).text
    expect(await text({ ttlMs: 100 })).toBe('hi 1')
    clock.pass(50)
    expect(await text({})).toBe('hi 1')
    expect(await text({ maxAgeMs: 10 })).toBe('hi 2')
    expect(await text({})).toBe('hi 2')
    expect(await text({ refresh: true, ttlMs: 100 })).toBe('hi 3')
    expect(await text({ noStore: true })).toBe('hi 4')
    expect(await text({ namespace: 'n' })).toBe('hi 5')
    expect(await text({})).toBe('hi 3')
    clock.pass(100)
    expect(await text({})).toBe('hi 6')
    expect(cache.statistics).toMatchObject({
      hits: 3,
      puts: 5,
      misses: { absent: 3, 'too-old': 1, refresh: 1, 'no-store': 1 },
    })
  })

  test('who wants an answer anew does not wait for somebody who does not', async () => {
    const cache = createInferenceCache()
    const model = counting()
    const calls = [{}, { refresh: true }, { refresh: true }, {}].map(control =>
      cache.infer(model, ask, { cache: control }),
    )
    const texts = (await Promise.all(calls)).map(({ text }) => text)
    expect([texts[0] === texts[3], texts[1] === texts[2], model.asked]).toEqual([true, true, 2])
    expect(texts[0]).not.toBe(texts[1])
  })

  test('failures are not kept', async () => {
    const cache = createInferenceCache()
    const model = createScriptedModel({ id: 'm', answers: [new Error('down'), 'up'] })
    await expect(cache.infer(model, ask)).rejects.toThrow('down')
    expect((await cache.infer(model, ask)).text).toBe('up')
  })

  test('the cold store outlives the process, and is checked', async () => {
    const cold = createMemoryCacheStore<Uint8Array>()
    const open = (more: Partial<InferenceCacheOptions> = {}) => createInferenceCache({ cold, ...more })
    const model = counting()
    const first = open()
    await first.infer(model, ask)
    await first.flush()
    expect((await open().infer(model, ask)).text).toBe('hi 1')
    // Another revision has answers of its own.
    const newer = counting('m', 'r2')
    await open().infer(newer, ask)
    expect(newer.asked).toBe(1)
    const key = keygen(ask, { provider: 'm' })
    await cold.set(key, new Uint8Array([1, 2, 3]))
    const events: string[] = []
    const logger = { log: (_level: string, event: string) => void events.push(event) }
    expect((await open({ logger }).infer(model, ask)).text).toBe('hi 2')
    expect(events).toEqual(['l2.unreadable'])
  })

  test('a broken cold store is a miss and is reported', async () => {
    const fail = async () => {
      throw new RtfsError('RTFS_STORE_IO', 'disk gone')
    }
    const cold = { ...createMemoryCacheStore<Uint8Array>(), get: fail, set: fail } as CacheStore<Uint8Array>
    const events: string[] = []
    const cache = createInferenceCache({ cold, logger: { log: (_level, event) => events.push(event) } })
    expect((await cache.infer(counting(), ask)).text).toBe('hi 1')
    await cache.flush()
    expect(events).toEqual(['l2.read-failed', 'l2.write-failed'])
  })

  test('no hit across tenant, policy or revision', async () => {
    const scope = fc.record({ tenant: fc.constantFrom('a', 'b'), policy: fc.constantFrom('x', 'y') })
    const call = fc.record({ scope, revision: fc.constantFrom('1', '2'), prompt: fc.constantFrom('p', 'q') })
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 30 }), async calls => {
        const cache = createInferenceCache({ maxEntries: 5 })
        for (const { scope: who, revision, prompt } of calls) {
          const own = JSON.stringify([who.tenant, who.policy, revision, prompt])
          const model: ModelProvider = { id: 'm', revision, infer: async () => ({ text: own, model: 'm' }) }
          expect((await cache.infer(model, { model: 'm', prompt }, { scope: who })).text).toBe(own)
        }
      }),
      { numRuns: 50 },
    )
  })
})

/** Says of every two texts that they are the same. */
const sameEmbedder: Embedder = {
  model: { id: 'same', revision: '1', dimension: 2 },
  embed: async texts => texts.map(() => new Float32Array([1, 0])),
}

function listIndex(): VectorIndex {
  const ids = new Set<string>()
  return {
    specVersion: 1,
    supports: { exact: true, remove: true, persistent: false },
    dimension: 2,
    get size() {
      return ids.size
    },
    add: async id => void ids.add(id),
    remove: async id => ids.delete(id),
    search: async (_vector, k) => [...ids].slice(0, k).map(id => ({ id, score: 1 })),
    close: async () => {},
  }
}

async function firstOf<T>(items: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of items) return item
  return undefined
}

test('any bytes are a text or none', () => {
  const { model } = sameEmbedder
  const vector = new Float32Array([0.5, -1])
  const text = { scope: 's', id: 'i', text: 'caf\u00e9 \u{1F600}', vector, at: 5 }
  const bytes = encodeText(text, model)
  expect(decodeText(bytes, 'l3:s:i', model)).toEqual(text)
  // A view of a larger buffer.
  const larger = new Uint8Array(bytes.length + 3)
  larger.set(bytes, 3)
  expect(decodeText(larger.subarray(3), 'l3:s:i', model)).toEqual(text)
  expect(decodeText(bytes, 'l3:s:j', model)).toBe(undefined)
  expect(
    decodeText(encodeText({ ...text, vector: new Float32Array([NaN, 1]) }, model), 'l3:s:i', model),
  ).toBe(undefined)
  fc.assert(
    fc.property(fc.nat(bytes.length), fc.uint8Array({ maxLength: 6 }), (at, other) => {
      const changed = Uint8Array.of(...bytes.subarray(0, at), ...other, ...bytes.subarray(at + other.length))
      const found = decodeText(changed, 'l3:s:i', model)
      if (found !== undefined) expect([found.scope, found.id, found.vector.length]).toEqual(['s', 'i', 2])
      expect(decodeText(other, 'l3:s:i', model)).toBe(undefined)
    }),
  )
})

describe('L3', () => {
  function open(more: Partial<SemanticCacheOptions> = {}) {
    const inferences = createInferenceCache()
    return createSemanticCache({ inferences, embedder: sameEmbedder, createIndex: listIndex, ...more })
  }

  test('likeness alone never hits: by default only the same text does, and it is logged', async () => {
    const logged: unknown[] = []
    const cache = open({ logger: { log: (_level, event, fields) => logged.push([event, fields]) } })
    const model = counting()
    for (const prompt of ['add two numbers', 'multiply two numbers', 'Add two numbers', 'add  two numbers']) {
      await cache.infer(model, { ...ask, prompt })
    }
    expect([model.asked, logged]).toEqual([4, []])
    expect((await cache.infer(model, { ...ask, prompt: ' add two numbers\r\n' })).text).toBe(
      'add two numbers 1',
    )
    expect(logged).toEqual([
      ['l3.hit', { asked: ' add two numbers\r\n', kept: 'add two numbers', score: 1, why: 'same text' }],
    ])
    expect(cache.statistics).toMatchObject({ name: 'L3', entries: 4, hits: 1, misses: { absent: 4 } })
  })

  test('a hook may take what is close; the scope stays', async () => {
    const cache = open({ accept: ({ asked, kept }) => asked.length === kept.length })
    const model = counting()
    await cache.infer(model, { ...ask, prompt: 'abc' })
    expect((await cache.infer(model, { ...ask, prompt: 'xyz' })).text).toBe('abc 1')
    expect((await cache.infer(model, { ...ask, prompt: 'xyz', system: 's' })).text).toBe('xyz 2')
    expect((await cache.infer(model, { ...ask, prompt: 'uvw' }, { scope: { tenant: 't' } })).text).toBe(
      'uvw 3',
    )
    expect((await cache.infer(counting('m', 'r2'), { ...ask, prompt: 'uvw' })).text).toBe('uvw 1')
    expect((await cache.infer(model, { ...ask, prompt: 'uvw' }, { cache: { refresh: true } })).text).toBe(
      'uvw 4',
    )
  })

  test('below the threshold nothing is even proposed', async () => {
    const near: SemanticCacheOptions['createIndex'] = () => ({
      ...listIndex(),
      search: async () => [{ id: 'x', score: 0.97 }],
    })
    let asked = 0
    const cache = open({ createIndex: near, accept: () => ++asked > 0 })
    await cache.infer(counting(), ask)
    await cache.infer(counting(), { ...ask, prompt: 'other' })
    expect(asked).toBe(0)
  })

  test('a miss is one miss of L2, too', async () => {
    const inferences = createInferenceCache()
    const cache = open({ inferences })
    const model = counting()
    await cache.infer(model, ask)
    expect(inferences.statistics).toMatchObject({ hits: 0, misses: { absent: 1 }, puts: 1 })
    await cache.infer(model, ask, { cache: { refresh: true } })
    await cache.infer(model, ask, { cache: { noStore: true } })
    await cache.infer(model, { ...ask, prompt: '\ud800' })
    expect(inferences.statistics).toMatchObject({
      hits: 0,
      misses: { absent: 1, refresh: 1, 'no-store': 1, 'no-key': 1 },
    })
    expect([model.asked, cache.statistics.misses]).toEqual([4, { absent: 1, refresh: 1, fault: 1 }])
  })

  test('where the answer to a text is forgotten, that to another form of it answers', async () => {
    const clock = fakeTiming()
    const cache = open({ inferences: createInferenceCache({ clock }), clock })
    const model = counting()
    await cache.infer(model, ask, { cache: { ttlMs: 10 } })
    clock.pass(10)
    const prompts = [' hi', 'hi ', '\nhi']
    const texts: string[] = []
    for (const prompt of prompts) texts.push((await cache.infer(model, { ...ask, prompt })).text)
    expect(texts).toEqual([' hi 2', ' hi 2', ' hi 2'])
    expect(cache.statistics).toMatchObject({ hits: 2, misses: { absent: 1, forgotten: 1 } })
  })

  describe('what outlives the process', () => {
    const cold = createMemoryCacheStore<Uint8Array>()
    const texts = createMemoryCacheStore<Uint8Array>()
    /** A process: its memory is gone afterwards, the stores are not. */
    async function process<T>(
      task: (cache: SemanticCache) => Promise<T>,
      more: Partial<SemanticCacheOptions> = {},
    ): Promise<T> {
      const inferences = createInferenceCache({ cold })
      const cache = open({ inferences, texts, ...more })
      const result = await task(cache)
      await cache.flush()
      return result
    }
    const textOf = (
      model: ModelProvider,
      prompt: string,
      options: InferenceOptions = {},
      more: Partial<InferenceRequest> = {},
    ) =>
      process(async cache => {
        const { text } = await cache.infer(model, { ...ask, ...more, prompt }, options)
        return [text, cache.statistics.hits]
      })

    test('a text that was asked before answers, in its own scope only', async () => {
      const of = (tenant: string, policy: string) => ({ scope: { tenant, policy } })
      const model = counting('m', 'r1')
      expect(await textOf(model, 'hi', of('a', 'x'))).toEqual(['hi 1', 0])
      expect(await textOf(model, 'hi ', of('a', 'x'))).toEqual(['hi 1', 1])
      expect(await textOf(model, 'hi ', of('b', 'x'))).toEqual(['hi  2', 0])
      expect(await textOf(model, 'hi ', of('a', 'y'))).toEqual(['hi  3', 0])
      expect(await textOf(counting('m', 'r2'), 'hi ', of('a', 'x'))).toEqual(['hi  1', 0])
      expect(await textOf(counting('n', 'r1'), 'hi ', of('a', 'x'))).toEqual(['hi  1', 0])
      expect(await textOf(model, 'hi ', of('a', 'x'), { system: 's' })).toEqual(['hi  4', 0])
      expect(await textOf(model, 'hi ', { ...of('a', 'x'), cache: { namespace: 'n' } })).toEqual(['hi  5', 0])
      expect(await textOf(model, '\thi', of('a', 'x'))).toEqual(['hi 1', 1])
    })

    test('vectors of another embedder, and what is no text, are not read, and go', async () => {
      const model = counting('other')
      await textOf(model, 'hi')
      const before = texts.usage().entries
      const other = { ...sameEmbedder, model: { ...sameEmbedder.model, revision: '2' } }
      const hits = await process(
        async cache => {
          await cache.infer(model, { ...ask, prompt: 'hi ' })
          return cache.statistics.hits
        },
        { embedder: other },
      )
      expect([hits, texts.usage().entries]).toEqual([0, before])
      for await (const [key] of texts.entries('')) await texts.set(key, new Uint8Array([123]))
      expect((await textOf(model, ' hi'))[1]).toBe(0)
      // One went, one came.
      expect(texts.usage().entries).toBe(before)
    })

    test('a text that is moved into another scope gives no answer of that', async () => {
      const model = counting('moved')
      await texts.clear()
      await textOf(model, 'hi', { scope: { tenant: 'a' } })
      const [key, bytes] = (await firstOf(texts.entries('')))!
      const options = { provider: 'moved', scope: { tenant: 'b' } }
      const scope = scopeKeyOf(ask, options)
      const id = keygen(ask, options)
      const forged = encodeText(
        { ...decodeText(bytes, key, sameEmbedder.model)!, scope, id },
        sameEmbedder.model,
      )
      await texts.set(`l3:${scope}:${id}`, forged)
      expect(key).not.toBe(`l3:${scope}:${id}`)
      expect(await textOf(model, 'hi ', { scope: { tenant: 'b' } })).toEqual(['hi  2', 0])
    })

    test('as many as fit are taken, the newest, and a broken store is reported and fails no call', async () => {
      const clock = fakeTiming()
      const model = counting('many')
      await texts.clear()
      await process(
        async cache => {
          for (const prompt of ['a', 'b', 'c', 'd']) {
            await cache.infer(model, { ...ask, prompt })
            clock.pass(1)
          }
        },
        { clock },
      )
      const found = await process(
        async cache => {
          const heard: string[] = []
          for (const prompt of ['d ', 'c ', 'a '])
            heard.push((await cache.infer(model, { ...ask, prompt })).text)
          return [heard, cache.statistics.entries]
        },
        { maxEntries: 2, clock },
      )
      expect(found).toEqual([['d 4', 'c 3', 'a  5'], 2])
      expect(texts.usage().entries).toBe(2)
      const events: string[] = []
      const fail = () => {
        throw new RtfsError('RTFS_STORE_IO', 'gone')
      }
      const text = await process(async cache => (await cache.infer(model, { ...ask, prompt: 'z' })).text, {
        texts: { ...texts, entries: fail, set: async () => fail() },
        logger: { log: (_level, event) => events.push(event) },
      })
      expect([text, events]).toEqual(['z 6', ['l3.failed', 'l3.failed']])
    })
  })

  test('the oldest texts are forgotten, and a fault of the embedder fails no call', async () => {
    const cache = open({ maxEntries: 2 })
    for (const prompt of ['a', 'b', 'c']) await cache.infer(counting(), { ...ask, prompt })
    expect(cache.statistics).toMatchObject({ entries: 2, evictions: 1 })
    const broken = { ...sameEmbedder, embed: () => Promise.reject(new Error('no model')) }
    expect((await open({ embedder: broken }).infer(counting(), ask)).text).toBe('hi 1')
  })
})

test('a manager holds any of the caches, also none', async () => {
  const none = createCacheManager()
  expect((await none.infer(createEchoModel(), ask)).text).toBe('[ECHO] hi')
  expect(none.statistics()).toEqual([])
  await none.close()
  const inferences = createInferenceCache()
  const semantic = createSemanticCache({ inferences, embedder: sameEmbedder, createIndex: listIndex })
  const all = createCacheManager({ decisions: createDecisionCache(), inferences, semantic })
  const model = counting()
  await all.wrap(model).infer(ask)
  await all.infer(model, ask)
  expect(model.asked).toBe(1)
  expect(all.statistics().map(({ name, hits }) => [name, hits])).toEqual([
    ['L1', 0],
    ['L2', 1],
    ['L3', 0],
  ])
  await all.clear()
  await all.infer(model, ask)
  expect(model.asked).toBe(2)
  await all.close()
})
