import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatValue } from '@rtfs/core'
import { createEchoModel, createScriptedModel, explain, modelError, parsePolicy } from '@rtfs/delegation'
import type { DelegationEngine } from '@rtfs/interfaces'
import { afterAll, describe, expect, test } from 'vitest'
import { createRtfs, type RtfsOptions } from './rtfs.js'

const home = mkdtempSync(join(tmpdir(), 'rtfs-models-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const security = { level: 'full' } as const
const source = '(defn f "Repeats." ^:delegation :remote "m" [x]) (f 1)'

async function run(options: RtfsOptions, program = source) {
  const rtfs = createRtfs({ security, cache: false, ...options })
  try {
    return { value: formatValue((await rtfs.run(program)).value), statistics: rtfs.statistics() }
  } finally {
    await rtfs.close()
  }
}

test('answers on disk outlive the process, for the same tenant only', async () => {
  const dir = join(home, 'answers')
  const models = [createScriptedModel({ id: 'm', answers: ['one', 'two'] })]
  const options = { dir, models, answers: 'disk' } as const
  expect((await run({ ...options, tenant: 'a' })).value).toBe('"one"')
  const again = await run({ ...options, tenant: 'a' })
  expect(again.value).toBe('"one"')
  expect(again.statistics).toMatchObject([{ name: 'L2', hits: 1, entries: 1 }])
  expect((await run({ ...options, tenant: 'b' })).value).toBe('"two"')
  expect(existsSync(join(dir, 'inferences.sqlite'))).toBe(true)
})

test('limits hold, and a chain goes on to the next model', async () => {
  const down = createScriptedModel({ id: 'a', answers: [modelError('a', 'unavailable', 'down')] })
  const models = [down, createEchoModel('b')]
  const chains = new Map([['m', ['a', 'b']]])
  const answers: unknown[] = []
  const { value } = await run({
    models,
    chains,
    onAnswer: ({ asked, model }) => answers.push([asked, model]),
  })
  expect([value, answers]).toEqual(['"[ECHO] arg0: 1"', [['m', 'b']]])
  const modelLimits = new Map([['m', { calls: 1 }]])
  const twice = '(defn f ^:delegation :remote "m" [x]) [(f 1) (try (f 2) (catch BudgetExhausted e :poor))]'
  expect((await run({ models: [createEchoModel('m')], modelLimits }, twice)).value).toBe(
    '["[ECHO] arg0: 1" :poor]',
  )
})

test('a policy routes, forbids, and says why', async () => {
  const policy = parsePolicy(`version = 1
[data-classes.pii]
remote = false
[[rules]]
symbol = "f"
target = "remote:m"`)
  const explained: string[] = []
  const options: RtfsOptions = {
    models: [createEchoModel('m')],
    policy,
    onDecision: ({ decision }) => explained.push(explain(decision).split('\n').at(-1)!),
  }
  const program =
    '(defn f [x] [:here x]) (defn g ^{:data-class :pii} ^:delegation :remote "m" [x] [:kept x]) [(f 1) (g 1)]'
  expect((await run(options, program)).value).toBe('["[ECHO] arg0: 1" [:kept 1]]')
  expect(explained).toEqual([
    '=> remote model m by policy: rule rule 1: remote model m (confidence 1)',
    '=> local by veto: data class pii may not go to remote model m (confidence 1)',
  ])
})

test.each([false, true])('without body and module a model answers when one is set; cache %s', async cache => {
  const program = '(defn f "Repeats." ^:delegation :l4 [x]) (f 1)'
  const options: RtfsOptions = {
    cache,
    dir: join(home, `unresolved-${cache}`),
    models: [createEchoModel('m')],
  }
  await expect(run(options, program)).rejects.toMatchObject({ code: 'UnresolvedFunction' })
  const unresolved = { kind: 'remote-model', id: 'm' } as const
  expect((await run({ ...options, unresolved }, program)).value).toBe('"[ECHO] arg0: 1"')
})

const ask = (...texts: string[]) =>
  `(defn f "Repeats." ^:delegation :remote "m" [x]) [${texts.map(text => `(f "${text}")`).join(' ')}]`
const composed = 'caf\u00e9'
const decomposed = 'cafe\u0301'

test.each<[string, RtfsOptions, readonly string[], readonly string[]]>([
  ['off by default', { answers: 'memory' }, [composed, decomposed], ['one', 'two']],
  [
    'the same text in normal form',
    { answers: 'memory', similarAnswers: true },
    [composed, decomposed],
    ['one', 'one'],
  ],
  [
    'another text, however close',
    { answers: 'memory', similarAnswers: true },
    ['tea', 'Tea'],
    ['one', 'two'],
  ],
  [
    'another text that the hook takes',
    {
      answers: 'memory',
      similarAnswers: {
        threshold: 0.5,
        accept: ({ asked, kept }) => asked.toLowerCase() === kept.toLowerCase(),
      },
    },
    ['tea', 'Tea', 'ten'],
    ['one', 'one', 'two'],
  ],
])('similar answers: %s', async (_, options, asked, expected) => {
  const models = [createScriptedModel({ id: 'm', answers: ['one', 'two', 'three'] })]
  const { value, statistics } = await run({ ...options, models }, ask(...asked))
  expect(value).toBe(`[${expected.map(text => `"${text}"`).join(' ')}]`)
  const hits = expected.length - new Set(expected).size
  const l3 = statistics.filter(({ name }) => name === 'L3')
  expect(l3.map(cache => cache.hits)).toEqual(options.similarAnswers === undefined ? [] : [hits])
})

test('similar answers without kept answers are a mistake', () => {
  expect(() => createRtfs({ cache: false, similarAnswers: true })).toThrow(/set answers to memory or disk/)
  expect(() => createRtfs({ cache: false, similarAnswers: false })).not.toThrow()
})

test('similar texts outlive the process with the answers', async () => {
  const dir = join(home, 'similar')
  const models = [createScriptedModel({ id: 'm', answers: ['one', 'two'] })]
  const options = { dir, models, answers: 'disk', similarAnswers: true } as const
  expect((await run(options, ask(composed))).value).toBe('["one"]')
  const again = await run(options, ask(decomposed, 'tea'))
  expect(again.value).toBe('["one" "two"]')
  expect(again.statistics.map(({ name, hits, misses }) => [name, hits, misses])).toEqual([
    ['L2', 1, { absent: 2 }],
    ['L3', 1, { absent: 1 }],
  ])
  expect(existsSync(join(dir, 'similar-texts.sqlite'))).toBe(true)
})

test('rules see what is said of a function, and engines may ask for its vector', async () => {
  const policy = parsePolicy(`version = 1
[[rules]]
context = { tenant = "acme*" }
target = "remote:m"`)
  const options: RtfsOptions = {
    policy,
    models: [createEchoModel('m')],
    metadata: symbol => (symbol === 'f' ? { context: { tenant: 'acme-2' } } : undefined),
  }
  expect((await run(options, '(defn f [x] :here) (defn g [x] :here) [(f 1) (g 1)]')).value).toBe(
    '["[ECHO] arg0: 1" :here]',
  )
  const sizes: unknown[] = []
  const engine: DelegationEngine = {
    name: 'likeness',
    epoch: 0,
    concerns: symbol => symbol === 'f',
    async decide({ semanticEmbedding }) {
      sizes.push((await semanticEmbedding?.())?.length)
      return { target: { kind: 'local-pure' }, source: 'likeness', reason: 'test', confidence: 1, trace: [] }
    },
  }
  expect((await run({ engine }, '(defn f "Adds." [x] :here) (f 1)')).value).toBe(':here')
  expect(sizes).toEqual([256])
})

describe.each(['ast', 'ir', 'wasm'] as const)('what a function says of kept answers, tier %s', tier => {
  const call = async (cache: string, calls = '[(f 1) (f 1)]') => {
    const models = [createScriptedModel({ id: 'm', answers: ['one', 'two', 'three'] })]
    const rtfs = createRtfs({ security, cache: false, models, answers: 'memory' })
    try {
      const program = `(defn f ^{:cache ${cache}} ^:delegation :remote "m" [x]) ${calls}`
      return formatValue((await rtfs.run(program, { tier })).value)
    } catch (error) {
      return `! ${(error as Error).message}`
    } finally {
      await rtfs.close()
    }
  }

  test.each([
    ['{}', '["one" "one"]'],
    ['{:ttl-ms 60000 :max-age-ms 60000}', '["one" "one"]'],
    ['{:ttl-ms 0}', '["one" "two"]'],
    ['{:refresh true}', '["one" "two"]'],
    ['{:refresh false}', '["one" "one"]'],
    ['{:no-store true}', '["one" "two"]'],
    [
      '{:ttl 1}',
      '! Invalid argument: :cache of f: unknown key :ttl; expected :ttl-ms, :max-age-ms, :refresh, :no-store, :namespace',
    ],
    ['{:ttl-ms -1}', '! Invalid argument: :cache of f: :ttl-ms: expected milliseconds, got -1'],
    ['60000', '! Invalid argument: :cache of f: expected a map, got 60000'],
  ])('%s', async (cache, expected) => {
    expect(await call(cache)).toBe(expected)
  })

  test('a namespace of its own', async () => {
    const other = '(defn g ^{:cache {:namespace :n}} ^:delegation :remote "m" [x]) [(f 1) (g 1) (f 1) (g 1)]'
    expect(await call('{}', other)).toBe('["one" "two" "one" "two"]')
  })
})

test('the module cache is counted like the others', async () => {
  const rtfs = createRtfs({ dir: join(home, 'counted') })
  expect(rtfs.statistics()).toEqual([])
  const request = {
    signature: '[:=> [:int] :int]',
    task: 'Adds one.',
    examples: [{ args: [1], expected: 2 }],
  }
  await rtfs.find(request)
  await rtfs.publish('(defn add-one "Adds one." [x :int] :int (+ x 1))')
  expect((await rtfs.find(request)).hit?.record.id).toBeDefined()
  expect(rtfs.statistics()).toMatchObject([
    { name: 'L4', hits: 1, misses: { absent: 1 }, puts: 1, evictions: 0 },
  ])
  expect(rtfs.statistics()[0]!.latencyMs.max).toBeGreaterThan(0)
  await rtfs.close()
})
