import { expect, test } from 'vitest'
import { outcome, Run } from './library.test-util.js'

test.each([
  ['(sort nil)', '[]'],
  ["(sort '(3 1 2))", '[1 2 3]'],
  ['(sort [2 1.0 1 ##NaN -0.0 0])', '[0 -0.0 1 1.0 2 ##NaN]'],
  ['(sort "hello")', '["e" "h" "l" "l" "o"]'],
  ['(sort {:b 1 :a 2})', '[[:a 2] [:b 1]]'],
  ['(sort < [3 1 2])', '[1 2 3]'],
  ['(sort (fn [a b] (- b a)) [1 3 2])', '[3 2 1]'],
  ['(sort (fn [a b] (- b a)) [1.5 3 2])', '[3 2 1.5]'],
  ['(sort compare ["b" "a"])', '["a" "b"]'],
  ['(sort (fn [a b] 0) [3 1 2])', '[3 1 2]'],
  ['(sort (fn [a b] ##NaN) [3 1 2])', '[3 1 2]'],
  ['(sort (fn [a b] -0.0) [3 1 2])', '[3 1 2]'],
  ['(sort (fn [a b] nil) [2 1])', '! TypeError'],
  ['(sort (fn [a b] "x") [1])', '[1]'],
  ['(sort (fn [a] 1) [2 1])', '! ArityMismatch'],
  ['(sort + 5)', '! TypeError'],
  ['(sort 5)', '! TypeError'],
  ['(sort [3 1] [1 2])', '! NotCallable'],
  ['(sort-by first ["b1" "a2" "b0" "a1"])', '["a2" "a1" "b1" "b0"]'],
  ['(sort-by :n [{:n 2} {} {:n 1}])', '[{} {:n 1} {:n 2}]'],
  ['(sort-by count > ["a" "bbb" "cc"])', '["bbb" "cc" "a"]'],
  ['(sort-by second {:a 2 :b 1})', '[[:b 1] [:a 2]]'],
  ['(sort-by inc ["a"])', '! TypeError'],
  ['(sort-by inc nil)', '[]'],
  ['(sort-by inc (fn [a b] :x) [1 2])', '! TypeError'],
])('%s => %s', (source, expected) => expect(outcome(source)).toBe(expected))

test('a comparator gets the later element first', () => {
  const run = new Run()
  run.evaluate('(sort < [3 1 2])')
  expect(run.callbacks).toEqual([
    [1, 3],
    [2, 1],
    [2, 3],
  ])
})

test('a comparison costs 1, an element 1', () => {
  const run = new Run('fast', { fuel: 1000 })
  run.evaluate('(sort [1 2 3 4])')
  // 4 elements; pairs (1 2), (3 4), then 1-3, 2-3.
  expect(run.meter.spentFuel).toBe(4 + 4)
})
