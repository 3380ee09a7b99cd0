import { expect, test } from 'vitest'
import { failure, outcome } from './evaluator.test-util.js'

const million = 1_000_000

test.each([
  ['self', `(defn f [n] (if (= n 0) :ok (f (- n 1)))) (f ${million})`],
  ['mutual', `(defn a [n] (if (= n 0) :ok (b (- n 1)))) (defn b [n] (a n)) (a ${million / 2})`],
  ['with a return annotation, itself', `(defn f [n] :keyword (if (= n 0) :ok (f (- n 1)))) (f ${million})`],
  [
    'from one without to one with an annotation',
    `(defn g [n] (if (= n 0) :ok (f n))) (defn f [n] (if (= n 0) :ok (g (- n 1)))) (f ${million / 2})`,
  ],
  ['recur', `(loop [n ${million}] (if (= n 0) :ok (recur (- n 1))))`],
  ['recur to a function', `((fn [n] (if (= n 0) :ok (recur (- n 1)))) ${million})`],
  [
    'let, do, when, cond, match, and, or',
    `(defn f [n] (let [m n] (do (when true (cond (= m 0) :ok :else (match 1 1 (and true (or nil (f (- m 1))))))))))  (f ${million / 5})`,
  ],
  [
    'through a destructuring default',
    `(defn f [{:keys [n d] :or {d 0}}] (if (= n d) :ok (f {:n (- n 1)}))) (f {:n ${million / 10}})`,
  ],
])('proper tail calls: %s', (_, program) => expect(outcome(program, { deadlineMs: 60_000 })).toBe(':ok'))

test.each([
  ['plain', '(defn f [n] (if (= n 0) 0 (+ 1 (f (- n 1))))) (f N)'],
  ['map', '(defn f [n] (if (= n 0) 0 (+ 1 (first (map f [(- n 1)]))))) (f N)'],
  ['reduce', '(defn f [n] (if (= n 0) 0 (+ 1 (reduce (fn [_ x] x) 0 [(f (- n 1))])))) (f N)'],
  ['sort', '(defn f [n] (if (= n 0) 0 (do (sort (fn [a b] (f (- n 1)) (< a b)) [2 1]) n))) (f H)'],
  ['sort-by', '(defn f [n] (if (= n 0) 0 (do (sort-by (fn [x] (f (- n 1))) [2]) n))) (f N)'],
  ['apply', '(defn f [n] (if (= n 0) 0 (+ 1 (apply f [(- n 1)])))) (f N)'],
  ['comp', '(defn f [n] (if (= n 0) 0 (+ 1 ((comp f dec) n)))) (f N)'],
  ['try', '(defn f [n] (if (= n 0) 0 (try (f (- n 1)) (catch DivisionByZero e e) (finally 1)))) (f N)'],
  ['parallel', '(defn f [n] (if (= n 0) 0 (+ 1 (:a (parallel [a (f (- n 1))]))))) (f N)'],
  ['for', '(defn f [n] (if (= n 0) 0 (+ 1 (first (for [x [(- n 1)]] (f x)))))) (f N)'],
  [
    'another with a return annotation',
    '(defn g [n] (f n)) (defn f [n] :int (if (= n 0) 0 (g (- n 1)))) (f N)',
  ],
])('nested calls are counted, not stacked: %s', (_, program) => {
  const at = (n: number) => program.replace(' N)', ` ${n})`).replace(' H)', ` ${n / 2})`)
  expect(outcome(at(9990))).not.toMatch(/^!/)
  expect(outcome(at(10_010))).toBe('! StackOverflow')
})

test('the limit is exact', () => {
  const program = '(defn f [n] (if (= n 1) 1 (+ 1 (f (- n 1))))) (f N)'
  expect(outcome(program.replace('N', '100'), { depth: 100 })).toBe('100')
  expect(outcome(program.replace('N', '101'), { depth: 100 })).toBe('! StackOverflow')
})

test('an overflow is an ordinary error: caught, and the depth is given back', () => {
  const program = `(defn f [n] (+ 1 (f n)))
    (defn g [n] (if (= n 0) 0 (+ 1 (g (- n 1)))))
    [(try (f 0) (catch StackOverflow e :caught)) (try (f 0) (catch e :again)) (g 9000)]`
  expect(outcome(program)).toBe('[:caught :again 9000]')
})

test('deeper than the default, when the limit allows it', () => {
  const program = '(defn f [n] (if (= n 0) 0 (+ 1 (f (- n 1))))) (f 300000)'
  expect(outcome(program, { depth: 1_000_000, deadlineMs: 60_000 })).toBe('300000')
})

test('values as deep as the limit allows', () => {
  const program = '(defn f [n v] (if (= n 0) v (f (- n 1) [v]))) (= (f 100000 1) (f 100000 1))'
  expect(outcome(program)).toBe('true')
  expect(failure('(str (loop [n 5000 v 1] (if (= n 0) v (recur (- n 1) [v]))))')).toMatch(
    /^BudgetExhausted in \(str /,
  )
})
