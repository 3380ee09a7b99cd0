import { isRtfsError } from '@rtfs/core'
import { expect, test } from 'vitest'
import { evaluateText, failure } from './evaluator.test-util.js'

/** The rows of `shared/error-spans.ts`. */
test.each([
  ['(do (inc "a"))', 'TypeError in (inc "a")'],
  ['(+ 1 (inc "a"))', 'TypeError in (inc "a")'],
  ['(do ((fn [x] x)))', 'ArityMismatch in ((fn [x] x))'],
  ['(do (5 1))', 'NotCallable in (5 1)'],
  ['(do (:k 1))', 'TypeError in (:k 1)'],
  ['(do (map inc ["a"]))', 'TypeError in (map inc ["a"])'],
  ['(map (fn [a b] a) [1])', 'ArityMismatch in (map (fn [a b] a) [1])'],
  ['(map (fn [a] (inc a)) ["x"])', 'TypeError in (inc a)'],
  ['(map (fn [a :int] a) ["x"])', 'TypeValidationError in (map (fn [a :int] a) ["x"])'],
  ['(defn f [x :int] x) (do (f "a"))', 'TypeValidationError in (f "a")'],
  ['(defn f [& r :int] r) (do (f 1 "a"))', 'TypeValidationError in (f 1 "a")'],
  ['(defn f [x] :int x) (f "a")', 'TypeValidationError in :int'],
  ['(defn f [[a]] a) (f 5)', 'TypeError in [a]'],
  ['(let [[a [b]] [1 2]] a)', 'TypeError in [b]'],
  ['(let [{:keys [a]} 5] a)', 'TypeError in {:keys [a]}'],
  ['(let [x :int (str "a")] x)', 'TypeValidationError in (str "a")'],
  ['(def x :int (str "a"))', 'TypeValidationError in (str "a")'],
  ['(parallel [a :int (str 1)])', 'TypeValidationError in (str 1)'],
  ['(with-resource [a :int (str 1)] a)', 'TypeValidationError in (str 1)'],
  ['(loop [x :int 1] (if (= x 1) (recur (str x)) x))', 'TypeValidationError in (str x)'],
  ['((fn [x :int] (if (= x 1) (recur (str x)) x)) 1)', 'TypeValidationError in (recur (str x))'],
  ['(do (the :int (str 1)))', 'TypeValidationError in (the :int (str 1))'],
  ['(defstruct P :x :int) (do (P {}))', 'TypeValidationError in (P {})'],
  ['(do (match 1 2 3))', 'MatchError in (match 1 2 3)'],
  ['(do (throw "x"))', 'ApplicationError in (throw "x")'],
  ['(do (throw 1))', 'TypeError in (throw 1)'],
  ['{[1] 2}', 'TypeError in [1]'],
  ['(do nope)', 'UndefinedSymbol in nope'],
  ['`(~@(+ 1 2))', 'InvalidProgram in (+ 1 2)'],
  ['(for [x (+ 1 2)] x)', 'TypeError in (+ 1 2)'],
  ['(dotimes [i (str 1)] i)', 'TypeError in (str 1)'],
  ['(do (call 5))', 'TypeError in (call 5)'],
  ['(do @id)', 'Generic in @id'],
  ['(do (is (= 1 2)))', 'ApplicationError in (is (= 1 2))'],
  ['(is (= 1 (inc "a")))', 'TypeError in (inc "a")'],
  ['(sort (fn [a b] (inc "x")) [1 2])', 'TypeError in (inc "x")'],
  ['(defn f [n] (+ 1 (f n))) (f 1)', 'StackOverflow in (f n)'],
  ['(try (inc "a") (finally (dec "b")))', 'TypeError in (dec "b")'],
  ['(try (inc "a") (catch e (throw e)))', 'TypeError in (throw e)'],
  ['(try (inc "a") (finally 1))', 'TypeError in (inc "a")'],
])('%s', (program, expected) => expect(failure(program)).toBe(expected))

test('the call stack of an error, innermost first', () => {
  const text = '(defn f [x]\n  (+ 1 (g x)))\n(defn g [x]\n  (inc x))\n(+ 1 (f "a"))'
  try {
    evaluateText(text)
    expect.unreachable()
  } catch (error) {
    if (!isRtfsError(error)) throw error
    expect(error.stackFrames).toEqual([
      { fn: 'g', line: 2, column: 8 },
      { fn: 'f', line: 5, column: 6 },
    ])
  }
})
