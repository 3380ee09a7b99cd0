import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatValue } from '@rtfs/core'
import { createEchoModel, createScriptedModel, explain, modelError, parsePolicy } from '@rtfs/delegation'
import { afterAll, expect, test } from 'vitest'
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
