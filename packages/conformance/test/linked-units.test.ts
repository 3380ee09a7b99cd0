import { createWasmBackend, createWasmExecutor } from '@rtfs/bytecode-backend'
import { formatValue, isRtfsError, type Value } from '@rtfs/core'
import { createMemoryModuleLoader, createRuntime, type RuntimeOptions, type Session } from '@rtfs/runtime'
import { describe, expect, test } from 'vitest'
import { tiers } from './tiers.js'

const bytecode = { backend: createWasmBackend(), executor: createWasmExecutor() }

type Tier = (typeof tiers)[number]

/** What the units of a session give, one after the other. */
async function unitsIn(
  tier: Tier,
  units: readonly string[],
  options: RuntimeOptions = {},
): Promise<string[]> {
  const session = createRuntime({ bytecode, ...options }).session()
  const outcomes: string[] = []
  for (const unit of units) outcomes.push(await outcomeOf(session, unit, tier))
  return outcomes
}

async function outcomeOf(session: Session, unit: string, tier: Tier): Promise<string> {
  try {
    const { value, fuel, tier: ran } = await session.run(unit, { tier })
    expect(ran).toBe(tier)
    return `${formatValue(value)} ${fuel}`
  } catch (error) {
    if (!isRtfsError(error)) throw error
    return `! ${error.code} ${error.span?.start}-${error.span?.end} ${error.message}`
  }
}

const sessions: readonly (readonly [name: string, units: readonly string[], last: string])[] = [
  ['a unit sees what earlier ones defined', ['(def a 1)', '(defn f [x] (+ a x))', '(f 2)'], '3'],
  [
    'a function defined anew is what earlier functions call',
    ['(defn g [] 1) (defn f [] (g))', '(f)', '(defn g [] 2)', '(f)'],
    '2',
  ],
  ['a value defined anew', ['(def a 1) (defn f [] a)', '(def a 2)', '(f)'], '2'],
  [
    'what a failed unit did not define',
    ['(defn f [] (g)) (/ 1 0) (defn g [] 1)', '(f)'],
    '! UndefinedSymbol',
  ],
  ['what a failed unit defined', ['(defn f [] 1) (/ 1 0)', '(f)'], '1'],
  ['a definition that reads the one before', ['(def a 1)', '(def a (+ a 1))', 'a'], '2'],
  ['types of earlier units', ['(deftype P [:map [:x :int]])', '(defn f [p :P] (:x p))', '(f {:x 3})'], '3'],
  [
    'types of earlier units are checked',
    ['(deftype P [:map [:x :int]])', '(the :P {:x "a"})'],
    '! TypeValidationError',
  ],
  ['records of earlier units', ['(defstruct P :x :int)', '(P {:x 3})'], '{:x 3}'],
  ['macros of earlier units', ['(defmacro twice [x] `(do ~x ~x))', '(twice 4)'], '4'],
  [
    'closures of earlier units',
    ['(def counter (let [n 5] (fn [x] (+ n x))))', '(map counter [1 2])'],
    '[6 7]',
  ],
  ['modules of earlier units', ['(module m (defn f [x] (* 2 x)))', '(import m :as q)', '(q/f 4)'], '8'],
  [
    'deep recursion through earlier units',
    ['(defn odd [f n] (if (= n 0) false (f f (dec n))))', '(odd (fn [f n] (odd f n)) 100)'],
    'false',
  ],
  [
    'the depth limit through earlier units',
    ['(defn f [g n] (if (= n 0) 0 (inc (g g (dec n)))))', '(f f 500)'],
    '500',
  ],
]

describe.each(sessions)('%s', (_, units, last) => {
  test.each(tiers)('in %s', async tier => {
    const outcomes = await unitsIn(tier, units)
    expect(outcomes[outcomes.length - 1]?.startsWith(`${last}`)).toBe(true)
    expect(outcomes).toEqual(await unitsIn('ast', units))
  })
})

test.each(tiers)('effects of a session are not repeated in %s', async tier => {
  const asked: Value[] = []
  const capabilities = {
    ask: async ([arg]: readonly Value[]) => {
      asked.push(arg!)
      return arg!
    },
  }
  const options: RuntimeOptions = { capabilities, security: { level: 'full' } }
  const units = [
    '(def a (call :ask 1)) (defn f [] (g a)) (defn g [x] x)',
    '(defn g [x] [x (call :ask 2)])',
    '(f)',
  ]
  const outcomes = await unitsIn(tier, units, options)
  expect(outcomes[2]?.startsWith('[1 2]')).toBe(true)
  expect(asked).toEqual([1, 2])
})

test.each(tiers)('tests are registered in %s', async tier => {
  const session = createRuntime({ bytecode }).session()
  await session.run('(def n 1) (deftest good (is (= n 1))) (deftest bad (def m 2) (is (= m n)))', { tier })
  const results = await session.runTests()
  expect(results.map(({ name, error }) => [name, isRtfsError(error) ? error.message : error])).toEqual([
    ['good', undefined],
    ['bad', 'Test failed: (= m n): 2 is not 1'],
  ])
})

const files = {
  'geo/area.rtfs': `(module geo.area
    (deftype Side :int)
    (def scale 1)
    (defn helper [x] (* x scale))
    (defn square [x :Side] :int (helper (* x x)))
    (defn each [f xs] (map f xs))
    (defn fails [x] (/ x 0)))`,
  'geo/top.rtfs': '(module geo.top (import geo.area :as area) (defn twice [x] (* 2 (area/square x))))',
}

test.each([
  ['(import geo.area :as a) (a/square 3)', '9'],
  ['(import geo.area :refer :all) (each square [1 2])', '[1 4]'],
  ['(import geo.area :only [square]) (map square [2 3])', '[4 9]'],
  ['(import geo.area :as a) (a/each (fn [x] (a/square (inc x))) [1 2])', '[4 9]'],
  ['(import geo.top :as t) (t/twice 3)', '18'],
  ['(import geo.area :as a) (a/square "x")', '! TypeValidationError'],
  ['(import geo.area :as a) (try (a/fails 1) (catch DivisionByZero e :caught))', ':caught'],
  ['(import geo.area :as a) (a/fails 1)', '! DivisionByZero'],
  ['(import geo.area :as a) (a/nothing 1)', '! ModuleError'],
  ['(import geo.none)', '! ModuleNotFound'],
  ['(module a.b (def x 1) (defn f [] (+ x 1))) (def x 10) (import a.b) (+ x (a.b/f))', '12'],
])('modules: %s', async (source, expected) => {
  const options = { modules: createMemoryModuleLoader(files) }
  const reference = await unitsIn('ast', [source], options)
  expect(reference[0]?.startsWith(expected)).toBe(true)
  for (const tier of tiers) expect(await unitsIn(tier, [source], options)).toEqual(reference)
})

const hinted = `
  (defn asks ^:delegation :local-model "m" [x :int] :int (+ x 100))
  (defn declared ^:delegation :local-model "m" [x :int] :int)
  (defn own [x] (asks x))
`

test.each([
  ['without delegation the body runs', '(own 1)', {}],
  ['without delegation a declaration has no implementation', '(declared 1)', {}],
  ['a model answers', '(own 1)', { delegation: {} }],
  ['a model answers for a declaration', '(map declared [1 2])', { delegation: {} }],
])('delegation hints: %s', async (_, source, more) => {
  const inTier = async (tier: Tier): Promise<unknown> => {
    const prompts: string[] = []
    const options: RuntimeOptions = {
      security: { level: 'full' },
      capabilities: {
        'model-call:m': args => {
          prompts.push(args.map(arg => formatValue(arg)).join(' '))
          return '7'
        },
      },
      ...more,
    }
    return [await unitsIn(tier, [hinted + source], options), prompts]
  }
  const reference = await inTier('ast')
  for (const tier of tiers) expect(await inTier(tier)).toEqual(reference)
  expect(JSON.stringify(reference)).toMatch(/7|101|no body/)
})
