import { expect, test } from 'vitest'
import { run } from '../programs.test-util.js'

// Library functions that become loops, with collections in memory, in the host, and counted.
test.each([
  ['(reduce + 0 (map (fn [x] (* x x)) (filter even? (range 10))))', '120'],
  ['(map inc (range 5 0 -2))', '[6 4 2]'],
  ['(map (fn [x] (* 0.5 x)) (range 3))', '[0.0 0.5 1.0]'],
  ['(filter (fn [x] (> x 1)) [1 2 3])', '[2 3]'],
  ['(remove odd? [1 2 3])', '[2]'],
  ['(map :a [{:a 1} {:a 2}])', '[1 2]'],
  ['(map str "abc")', '["a" "b" "c"]'],
  ['(map inc {:a 1})', '! TypeError'],
  ['(map inc [])', '[]'],
  ['(map inc nil)', '[]'],
  ['(reduce + [])', '! InvalidArgument'],
  ['(reduce + [1 2 3])', '6'],
  ['(reduce max (range 1))', '0'],
  ['(every? odd? [1 3])', 'true'],
  ['(every? odd? [1 2])', 'false'],
  ['(some? odd? [2 3])', 'true'],
  ['(some? odd? [2])', 'false'],
  ['(some (fn [x] (if (> x 2) (* x 10) nil)) [1 2 3 4])', '30'],
  ['(some (fn [x] (if (> x 9) (* x 10) nil)) [1 2 3 4])', 'nil'],
  ['(map (fn [x] (* x 9223372036854775807)) [1 -1 0])', '[9223372036854775807 -9223372036854775807 0]'],
  [
    '(map (fn [x] (* x 4294967296)) [1 -1 3 2000000])',
    '[4294967296 -4294967296 12884901888 8589934592000000]',
  ],
  ['(reduce (fn [a x] (+ a x)) 0 (map (fn [x] (quot 10 x)) [1 2 5]))', '17'],
  ['(try (reduce + 0 (map (fn [x] (quot 10 x)) [1 0 5])) (catch _ e (reduce + 0 (map inc [1 2]))))', '5'],
  ['(let [k 10 xs (map (fn [x] (+ x k)) (range 4))] (reduce + 0 xs))', '46'],
  ['(defn f [xs : [:vector :float]] (reduce + 0.0 xs)) (f [1 2.5])', '3.5'],
  ['(defn f [xs : [:vector :int]] (reduce + 0 (filter even? xs))) (f [1 2 4])', '6'],
  ['(map (fn [x] (map (fn [y] (* x y)) (range 3))) (range 3))', '[[0 0 0] [0 1 2] [0 2 4]]'],
  ['(map (fn [x] (throw x)) [])', '[]'],
  ['(filter odd? (map (fn [x] (throw x)) []))', '[]'],
  ['(map (fn [a b] a) [1])', '! ArityMismatch'],
  ['(map (fn [x : [:map {:a :int}]] (:a x)) [{:a 1}])', '[1]'],
  ['(let [g inc] (map g [1 2]))', '[2 3]'],
  ['(defn h [g xs] (map g xs)) (h (fn [x] [x]) [1 2])', '[[1] [2]]'],
  ['(reduce (fn [a {:keys [p q]}] (+ a (* p q))) 0.0 [{:p 1.5 :q 2}])', '3.0'],
])('%s', (source, expected) => {
  expect(run(source)).toBe(expected)
})

test('what an abandoned loop has put into memory is free again', () => {
  const source = `
    (defn raise [n] (try (reduce + 0 (map (fn [x] (quot 10 (- x 9999))) (range n))) (catch _ e 1)))
    (reduce + 0 (map (fn [x] (raise 10000)) (range 900)))`
  expect(run(source, { allocBytes: 1e12 })).toBe('900')
})

test('numbers that do not fit the memory are the business of another tier', () => {
  expect(run('(reduce + 0 (filter even? (range 9000000)))')).toBe('! UnsupportedError')
})

test.each([
  ['(map (fn [x] (+ x 1)) [1 2 :a])', '! TypeError at 13-20'],
  ['(map (fn [x] x) 5)', '! TypeError at 0-18'],
  ['(reduce + 0 [1 :a])', '! TypeError at 0-19'],
  ['(reduce + 0 [9223372036854775807 1])', '! ArithmeticOverflow at 0-36'],
])('errors stand where the library function is called: %s', (source, expected) => {
  expect(run(source, {}, true)).toBe(expected)
})

// `for` over counted ranges, and its numbers as they go on to another loop.
test.each([
  ['(for [x (range 3) y (range x)] (+ x y))', '[1 2 3]'],
  ['(reduce + 0 (for [x (range 100) y (range 100)] (* x y)))', '24502500'],
  ['(reduce + 0 (for [x (range 9) :when (odd? x) :let [z (reduce + 0 (map inc (range x)))]] z))', '50'],
  ['(map inc (for [x [1 2]] (* x x)))', '[2 5]'],
  ['(map inc (for [x (range 0)] x))', '[]'],
  ['(reduce + 0 (for [x (range 3) :while (< x 2)] (* 0.5 x)))', '0.5'],
  ['(reduce + 0 (for [x (range 3)] (try (quot 1 x) (catch _ e (reduce + 0 (range 4))))))', '7'],
  ['(for [[a b] [[1 2]]] (+ a b))', '[3]'],
  ['(for [x (range 3)] (throw "no"))', '! ApplicationError'],
  ['(for [x (range 0)] (throw "no"))', '[]'],
  ['(let [fs (for [x (range 3)] (fn [] x))] (map (fn [f] (f)) fs))', '[0 1 2]'],
])('%s', (source, expected) => {
  expect(run(source)).toBe(expected)
})
