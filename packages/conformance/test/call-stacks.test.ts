import { createWasmBackend, createWasmExecutor } from '@rtfs/bytecode-backend'
import { isRtfsError, type RtfsError } from '@rtfs/core'
import { createMemoryModuleLoader, createRuntime, type RuntimeOptions } from '@rtfs/runtime'
import { expect, test } from 'vitest'
import { parseCorpus } from '../src/index.js'
import { corpusFiles } from './files.js'
import { tiers } from './tiers.js'

const bytecode = { backend: createWasmBackend(), executor: createWasmExecutor() }
const modules = createMemoryModuleLoader({
  'm.rtfs': '(module m\n (defn fails [x] (/ x 0))\n (defn each [f x] (inc (f x))))',
})

/** Message, place and call stack of the error of a program, or what else it gave. */
function failureIn(tier: (typeof tiers)[number], source: string, options: RuntimeOptions = {}): unknown {
  try {
    createRuntime({ bytecode, modules, ...options }).runSync(source, { tier })
    return 'a value'
  } catch (error) {
    if (!isRtfsError(error)) throw error
    if (error.code === 'UnsupportedError') return 'not covered'
    return describe(error)
  }
}

function describe({ message, span, file, stackFrames }: RtfsError): unknown {
  const place = span === undefined ? undefined : `${span.start}-${span.end}`
  return { message, place, file, stack: stackFrames.map(({ fn, line, column }) => `${fn} ${line}:${column}`) }
}

test.each([
  ['a function', '(defn f [x]\n (/ x 0))\n(f 1)', ['f 3:1']],
  [
    'functions that call functions',
    '(defn g [x] (/ x 0))\n(defn f [x]\n  (inc (g x)))\n(inc (f 1))',
    ['g 3:8', 'f 4:6'],
  ],
  ['a tail call leaves none', '(defn g [x] (/ x 0)) (defn f [x] (g x)) (inc (f 1))', ['f 1:46']],
  ['an anonymous function', '(inc ((fn [x] (/ x 0)) 1))', ['fn 1:6']],
  ['a callback', '(defn f [x] (/ x 0))\n(vec (map f [1]))', ['f 2:6']],
  [
    'an unknown callee',
    '(defn f [g x] (inc (g x))) (defn h [x] (/ x 0)) (inc (f h 1))',
    ['h 1:20', 'f 1:54'],
  ],
  [
    'an unknown callee in tail position',
    '(defn f [g x] (g x)) (defn h [x] (/ x 0)) (inc (f h 1))',
    ['f 1:48'],
  ],
  ['an argument that does not conform', '(defn f [x :int] x) (inc (f "a"))', ['f 1:26']],
  ['a result that does not conform', '(defn f [x] :int (str x)) (inc (f 1))', ['f 1:32']],
  ['a call that is not made', '(defn f [x] (inc (f x 1))) (inc (f 1))', ['f 1:33']],
  ['a call that is not made, of an unknown', '(defn f [g] (inc (g 1 2))) (inc (f (fn [x] x)))', ['f 1:33']],
  ['a call that is not made, in tail position', '(defn f [g] (g 1 2)) (inc (f (fn [x] x)))', ['f 1:27']],
  [
    'an error that is thrown on',
    '(defn f [x] (/ x 0))\n(defn g [x] (try (inc (f x)) (catch TypeError e 1)))\n(inc (g 1))',
    ['f 2:23', 'g 3:6'],
  ],
  [
    'an error that a finally saw',
    '(defn f [x] (/ x 0))\n(defn g [x] (try (inc (f x)) (finally (inc 1))))\n(inc (g 1))',
    ['f 2:23', 'g 3:6'],
  ],
  ['a loop', '(defn f [x] (/ x 0))\n(loop [i 0] (if (= i 3) (inc (f i)) (recur (inc i))))', ['f 2:30']],
  ['a function of a module', '(import m)\n(inc (m/fails 1))', ['fails 2:6']],
  ['a callback of a module', '(import m)\n(defn f [x] (/ x 0))\n(inc (m/each f 1))', ['f 3:24', 'each 3:6']],
  [
    'self calls with a result type',
    '(defn f [n] :int (if (= n 0) (/ n 0) (f (dec n)))) (inc (f 3))',
    ['f 1:57'],
  ],
] as const)('%s', (_, source, stack) => {
  const reference = failureIn('ast', source)
  expect(reference).toMatchObject({ stack })
  for (const tier of tiers) expect(failureIn(tier, source), tier).toEqual(reference)
})

test('the deepest 64 calls, in every tier', () => {
  const source = '(defn f [n] (if (= n 0) (/ n 0) (inc (f (dec n))))) (f 100)'
  const reference = failureIn('ast', source) as { readonly stack: readonly string[] }
  expect(reference.stack.length).toBe(64)
  for (const tier of tiers) expect(failureIn(tier, source)).toEqual(reference)
})

test('errors of the corpus have the same messages and call stacks in every tier', () => {
  let errors = 0
  for (const file of corpusFiles()) {
    for (const { source, limits, expected } of parseCorpus(file)) {
      if (expected.kind === 'value') continue
      const options = { limits: { deadlineMs: 120_000, ...limits } }
      const reference = failureIn('ast', source, options)
      if (typeof reference === 'string') continue
      errors++
      for (const tier of ['ir', 'wasm'] as const) {
        const got = failureIn(tier, source, options)
        if (got !== 'not covered') expect(got, source).toEqual(reference)
      }
    }
  }
  expect(errors).toBeGreaterThan(700)
})
