import { formatValue, isRtfsError } from '@rtfs/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { RuntimeOptions } from '../../options.js'
import { createRuntime } from '../../run.js'
import type { KernelOptions } from './options.js'
import { WasmKernel } from './wasm/instance.js'

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

const soon: KernelOptions = { engine: 'wasm', after: 3 }

/** What a program comes to: its value and fuel, or kind, place and fuel of its error. */
function outcome(source: string, kernels: KernelOptions, limits: RuntimeOptions['limits'] = {}): string {
  try {
    const { value, fuel } = createRuntime({ kernels, limits }).runSync(source, { tier: 'ir' })
    return `${formatValue(value)} (${fuel})`
  } catch (error) {
    if (!isRtfsError(error)) throw error
    return `! ${error.code} at ${error.span?.start}-${error.span?.end}`
  }
}

const fib = '(defn fib [n] (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2)))))'

describe('kernels give what the closures give', () => {
  test.each<[string, string | RegExp, RuntimeOptions['limits']?]>([
    [`${fib} (fib 15)`, '610'],
    [`(defn fib [n : int] : int (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2))))) (fib 15)`, '610'],
    [`${fib} (fib 15)`, '! BudgetExhausted', { fuel: 3000 }],
    [`${fib} (fib 15)`, '! StackOverflow', { depth: 9 }],
    ['(defn f [n] (if (= n 0) 0 (+ 1 (f (- n 1))))) (f 50) (f 9000)', '9000'],
    ['(defn f [n] (if (= n 0) 0 (+ 1 (f (- n 1))))) (f 50) (f 10100)', '! StackOverflow'],
    ['(defn f [n] (+ 1 (f (- n 1)))) (f 50)', '! StackOverflow'],
    [
      '(defn fact [n] (if (< n 2) 1 (* n (fact (- n 1))))) [(fact 20) (fact 18)]',
      '[2432902008176640000 6402373705728000]',
    ],
    ['(defn fact [n] (if (< n 2) 1 (* n (fact (- n 1))))) [(fact 10) (fact 21)]', '! ArithmeticOverflow'],
    ['(defn f [n d] (if (= n 0) (quot 6 d) (+ 1 (f (- n 1) d)))) [(f 9 2) (f 9 0)]', '! DivisionByZero'],
    ['(defn f [n k] (if (= n 0) k (f (- n 1) (+ k 0.5)))) [(f 9 0.0) (f 9 1)]', '[4.5 5.5]'],
    ['(defn f [n] (if (= n 0) "end" (f (- n 1)))) (f 50)', '"end"'],
    [
      '(defn f [n] (if (== n 0) n (f (- n 1)))) [(f 50) (f 7.0) (try (f "s") (catch e (:kind e)))]',
      /^\[0 0.0 /,
    ],
    ['(defn f [n] (if (= n 0) 0 (f (- n 1)))) (f 50) (f 1 2)', '! ArityMismatch'],
    // Tail calls take no depth, whatever else the function does.
    ['(defn f [n] (if (= n 0) 0 (if (odd? n) (f (- n 1)) (f (- n 1))))) (f 50000)', '0'],
    ['(loop [i 0 x 1] (if (< i 70) (recur (inc i) (* x 2)) x))', '! ArithmeticOverflow'],
    ['(loop [i 0 x 1] (if (< i 60) (recur (inc i) (* x 2)) x))', '1152921504606846976'],
    ['(loop [i 0 x 0] (if (< i 60) (recur (inc i) (if (= i 40) 0.5 (+ x 1))) x))', '19.5'],
    [
      '(loop [i 0 xs []] (if (< i 5) (recur (inc i) (conj xs (loop [j 0] (if (< j 50) (recur (inc j)) j)))) xs))',
      '[50 50 50 50 50]',
    ],
    [
      '(let [k 3] (loop [i 0 x 0] (if (< i 50) (recur (inc i) (loop [j 0 y x] (if (< j k) (recur (inc j) (+ y j)) y))) x)))',
      '150',
    ],
    ['(def step 3) (loop [i 0] (if (< i 90) (recur (+ i step)) i))', '90'],
  ])('%s', (source, expected, limits) => {
    const closures = outcome(source, { engine: 'off' }, limits)
    expect(closures).toMatch(expected)
    expect(outcome(source, soon, limits)).toBe(closures)
    expect(outcome(source, {}, limits)).toBe(closures)
    expect(outcome(source, { engine: 'registers', after: 3 }, limits)).toBe(closures)
  })
})

test('hot functions and loops do run as kernels, and only when asked to', () => {
  const run = vi.spyOn(WasmKernel.prototype, 'run')
  outcome(`${fib} (fib 15)`, { engine: 'off' })
  outcome(`${fib} (fib 15)`, { engine: 'registers' })
  expect(run).not.toHaveBeenCalled()
  outcome(`${fib} (fib 15)`, {})
  expect(run).toHaveBeenCalled()
  run.mockClear()
  outcome('(loop [i 0] (if (< i 100000) (recur (+ i 1)) i))', {})
  expect(run).toHaveBeenCalled()
})

test('another definition of a name makes other calls of its calls', async () => {
  const session = createRuntime({ kernels: soon }).session()
  const value = async (source: string): Promise<unknown> => (await session.run(source, { tier: 'ir' })).value
  await value('(def f (fn [n] (if (= n 0) 0 (+ 1 (f (- n 1))))))')
  await value('(def old f)')
  expect(await value('(old 20)')).toBe(20)
  await value('(defn f [n] 100)')
  expect(await value('(old 20)')).toBe(101)
  await value('(def k 1)')
  await value('(defn sum [n] (if (= n 0) 0 (+ k (sum (- n 1)))))')
  expect(await value('(sum 20)')).toBe(20)
  await value('(def k 2)')
  expect(await value('(sum 20)')).toBe(40)
  await value('(def k nil)')
  await expect(value('(sum 20)')).rejects.toMatchObject({ code: 'TypeError' })
})

test('a function that is dropped again and again is left to the closures', () => {
  const run = vi.spyOn(WasmKernel.prototype, 'run')
  const source = `
    (defn f [n] (if (= n 0) (throw "end") (if (< n 0) 0 (+ 1 (f (- n 1))))))
    (for [i (range 1000)] (try (f 3) (catch e 0)))`
  outcome(source, { after: 3 })
  expect(run.mock.calls.length).toBeGreaterThan(0)
  expect(run.mock.calls.length).toBeLessThan(50)
})

test('what a dropped call spent in vain, the closures spend before the next try', () => {
  const run = vi.spyOn(WasmKernel.prototype, 'run')
  // Every way to the end fails at the last moment: without a pause each of the calls would be tried.
  outcome('(defn f [n] (if (= n 0) (quot 1 0) (+ (f (- n 1)) 1))) [(try (f 900) (catch e 1))]', {})
  expect(run.mock.calls.length).toBeLessThan(5)
})

describe('time', () => {
  test.each([
    ['a loop', '(loop [i 0] (if (< i 100000000) (recur (+ i 1)) i))'],
    ['a recursion', `${fib} (fib 40)`],
    [
      'a loop in a function',
      '(defn f [n] (loop [i 0] (if (< i n) (recur (+ i 1)) i))) (f 9) (f 9) (f 9) (f 9) (f 100000000)',
    ],
    [
      'a loop in a loop',
      '(loop [i 0] (if (< i 9) (recur (loop [j 0] (if (< j 100000000) (recur (+ j 1)) i))) i))',
    ],
  ])('ends in %s', (_name, source) => {
    let now = 0
    const clock = { now: () => 0, monotonic: () => now++ }
    const runtime = createRuntime({ kernels: soon, limits: { deadlineMs: 60, fuel: Infinity }, clock })
    expect(() => runtime.runSync(source, { tier: 'ir' })).toThrow(
      expect.objectContaining({ code: 'BudgetExhausted' }),
    )
  })

  test('is read by code that may run programs itself', () => {
    const inner = createRuntime({ kernels: soon })
    let inside = 0
    const clock = {
      now: () => 0,
      monotonic: () => {
        if (inside === 0) {
          inside++
          expect(inner.runSync(`${fib} (fib 12)`, { tier: 'ir' }).value).toBe(144)
          inside--
        }
        return 0
      },
    }
    const runtime = createRuntime({ kernels: soon, clock })
    expect(runtime.runSync(`${fib} (fib 22)`, { tier: 'ir' }).value).toBe(17711)
  })
})

test('where WebAssembly is absent or refused, loops run as register code', async () => {
  for (const stub of [undefined, { ...WebAssembly, Module: refusing, Memory: WebAssembly.Memory }]) {
    vi.resetModules()
    vi.stubGlobal('WebAssembly', stub)
    const fresh = await import('../../run.js')
    const runtime = fresh.createRuntime({ kernels: soon })
    expect(runtime.runSync(`${fib} (fib 15)`, { tier: 'ir' }).value).toBe(610)
    expect(runtime.runSync('(loop [i 0] (if (< i 900) (recur (+ i 1)) i))', { tier: 'ir' }).value).toBe(900)
  }
})

function refusing(): never {
  throw new Error('Wasm code generation disallowed by embedder')
}
