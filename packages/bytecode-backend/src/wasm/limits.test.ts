import { defaultLimits, type Limits } from '@rtfs/core'
import { describe, expect, test } from 'vitest'
import { compile, contextOf, outcomeOf, prepare, run } from '../programs.test-util.js'

/** What a program gives under limits, and the fuel it spent. */
function spent(source: string, limits: Partial<Limits> = {}): string {
  const context = contextOf(limits)
  const prepared = prepare(compile(source, { program: true, closed: true }))
  const outcome = outcomeOf(() => prepared.run(context), true)
  return `${outcome} (${context.meter.spentFuel})`
}

describe('fuel', () => {
  test.each([
    ['(+ 1 2)', '3 (1)'],
    ['(+ (+ 1 2) (* 3 4))', '15 (3)'],
    ['(if (< 1 2) :a :b)', ':a (1)'],
    ['(let [x 1 y 2] [x y])', '[1 2] (0)'],
    // Entry is free, each recur costs 1: (<, inc, recur) three times, then <.
    ['(loop [i 0] (if (< i 3) (recur (inc i)) i))', '3 (10)'],
    ['(dotimes [i 3] i)', 'nil (3)'],
    ['(for [x [1 2 3]] x)', '[1 2 3] (3)'],
    ['(defn f [x] x) (f 1)', '1 (1)'],
    ['(defn fib [n] (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2))))) (fib 10)', '55 (618)'],
    // The call of map, 1 for each element it visits, 1 for each call of the function, 1 for each *.
    ['(map (fn [x] (* x x)) [1 2 3])', '[1 4 9] (10)'],
    ['((fn [& r] (count r)) 1 2 3)', '3 (5)'],
    ['(let [[a & b] [1 2 3]] b)', '(2 3) (2)'],
    ['(:a {:a 1})', '1 (1)'],
    ['(let [x (if (< 1 2) (inc 1) 5)] (+ x 1))', '3 (3)'],
    ['(the [:vector :int] [1 2])', '[1 2] (2)'],
  ])('%s', (source, expected) => expect(spent(source)).toBe(expected))
})

describe('fuel that runs out', () => {
  test.each([
    // The second call spends one too many, and is to blame.
    ['(inc (inc 1))', 1, '! BudgetExhausted at 0-13 (2)'],
    ['(inc (inc 1))', 0, '! BudgetExhausted at 5-12 (1)'],
    ['(inc (inc 1))', 2, '3 (2)'],
    ['(loop [i 0] (recur (inc i)))', 5, '! BudgetExhausted at 12-27 (6)'],
    ['(loop [i 0] (recur (inc i)))', 4, '! BudgetExhausted at 19-26 (5)'],
    ['(defn f [n] (f (+ n 1))) (f 0)', 100, '! BudgetExhausted at 12-23 (101)'],
    ['(defn f [n] (f (+ n 1))) (f 0)', 101, '! BudgetExhausted at 15-22 (102)'],
    ['(for [x [1 2 3]] x)', 2, '! BudgetExhausted at 8-15 (3)'],
    // Nobody catches it, and no finally runs.
    ['(try (inc (inc 1)) (catch e :seen) (finally (count [1])))', 1, '! BudgetExhausted at 5-18 (2)'],
    // An error comes first when fuel lasts up to it, exhaustion when it does not.
    ['(inc (/ (inc 1) 0))', 2, '! DivisionByZero at 5-18 (2)'],
    ['(inc (/ (inc 1) 0))', 1, '! BudgetExhausted at 5-18 (2)'],
    ['(let [a 9223372036854775807] (inc (inc a)))', 1, '! ArithmeticOverflow at 34-41 (1)'],
    ['(let [a 9223372036854775807] (inc (inc a)))', 0, '! BudgetExhausted at 34-41 (1)'],
    ['(+ 1 (if (< 1 2) (+ (inc 1) (inc 2)) 0) (inc 3))', 3, '! BudgetExhausted at 17-36 (4)'],
    ['(map inc [1 2 3])', 2, '! BudgetExhausted at 0-17 (3)'],
  ])('%s with %i', (source, fuel, expected) => expect(spent(source, { fuel })).toBe(expected))

  test('the time is looked at in a loop that calls nothing', () => {
    const limits = { fuel: Number.POSITIVE_INFINITY, deadlineMs: 50 }
    const started = performance.now()
    expect(run('(loop [i 0] (recur (bit i)))', limits)).toBe('! UndefinedSymbol')
    expect(run('(loop [i 0] (recur (- i i)))', limits)).toBe('! BudgetExhausted')
    expect(performance.now() - started).toBeLessThan(5000)
  })

  test('the time is looked at in recursion that calls nothing', () => {
    const limits = { fuel: Number.POSITIVE_INFINITY, deadlineMs: 50 }
    expect(run('(defn a [n] (b n)) (defn b [n] (a n)) (a 0)', limits)).toBe('! BudgetExhausted')
  })
})

describe('depth', () => {
  const down = '(defn down [n] (if (= n 0) 0 (+ 1 (down (- n 1)))))'

  test.each([
    ['counts calls in progress', `${down} (down 9)`, 10, '9'],
    ['one more is too many', `${down} (down 10)`, 10, '! StackOverflow at 34-48'],
    ['tail calls are not counted', '(defn f [n] (if (= n 0) :ok (f (- n 1)))) (f 1000)', 5, ':ok'],
    ['it can be caught', `${down} (try (down 100) (catch StackOverflow e (:depth (:details e))))`, 10, '10'],
    [
      'callbacks are counted',
      '(defn f [n] (if (= n 0) 0 (first (map (fn [x] (f x)) [(- n 1)])))) (f 10)',
      10,
      '! StackOverflow at 33-63',
    ],
    [
      'callbacks, within the limit',
      '(defn f [n] (if (= n 0) 0 (first (map (fn [x] (f x)) [(- n 1)])))) (f 9)',
      10,
      '0',
    ],
    [
      'calls of unknown functions are counted',
      '(defn f [g n] (if (= n 0) 0 (+ 1 (g g (- n 1))))) (f f 10)',
      10,
      '! StackOverflow at 33-46',
    ],
    [
      'a call in a try is no tail call',
      '(defn f [n] (try (if (= n 0) 0 (f (- n 1))) (finally 1))) (f 10)',
      10,
      '! StackOverflow at 31-42',
    ],
  ])('%s', (_, source, depth, expected) => {
    const places = expected.startsWith('!')
    expect(run(source, { depth }, places)).toBe(expected)
  })

  test('half of the default limit fits the native stack, even before the engine optimises', () => {
    expect(run(`${down} (down 5000)`)).toBe('5000')
    expect(run('(defn f [xs n] (if (= n 0) xs (conj (f xs (- n 1)) n))) (count (f [] 5000))')).toBe('5000')
  })

  test('where the native stack ends first, the program has to run elsewhere', () => {
    const endless = '(defn f [n] (+ 1 (f (+ n 1)))) (try (f 0) (catch e :seen) (finally (count [])))'
    expect(run(endless, { depth: 1_000_000 })).toBe('! UnsupportedError')
  })

  test('the process and the instance are well after that', () => {
    const prepared = prepare(compile('(defn f [n] (+ 1 (f (+ n 1)))) (defn g [n] (* n 2))'))
    const context = contextOf({ depth: 1_000_000 })
    for (let round = 0; round < 3; round++) {
      expect(outcomeOf(() => prepared.call('f', [0], context))).toBe('! UnsupportedError')
      expect(prepared.call('g', [21], context)).toBe(42)
      expect(context.meter.depth).toBe(1_000_000)
    }
  })
})

describe('other budgets', () => {
  test.each([
    ['(reduce conj [] (range 100))', { allocBytes: 1000 }, '! BudgetExhausted'],
    ['(for [x (range 10)] x)', { collectionSize: 9 }, '! BudgetExhausted'],
    [
      '(try (for [x (range 9)] [x x x x]) (catch BudgetExhausted e (:kind e)))',
      { collectionSize: 3 },
      '"BudgetExhausted"',
    ],
    ['(try (step-loop true 1) (catch BudgetExhausted e :caught))', { loopIterations: 5 }, ':caught'],
  ])('%s', (source, limits, expected) => expect(run(source, limits)).toBe(expected))
})

test('fuel without end', () => {
  expect(spent('(loop [i 0] (if (< i 300000) (recur (inc i)) i))', { fuel: Number.POSITIVE_INFINITY })).toBe(
    '300000 (900001)',
  )
})

test('fuel is what is left in the account, not what there was at first', () => {
  const prepared = prepare(compile('(defn f [n] (loop [i 0] (if (< i n) (recur (inc i)) i)))'))
  const context = contextOf({ fuel: 1000 })
  expect(prepared.call('f', [300], context)).toBe(300)
  expect(context.meter.spentFuel).toBe(901)
  expect(outcomeOf(() => prepared.call('f', [300], context))).toBe('! BudgetExhausted')
  expect(defaultLimits.fuel).toBe(1e9)
})
