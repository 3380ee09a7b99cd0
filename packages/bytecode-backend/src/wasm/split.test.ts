import { isRtfsError, type Limits, type Value } from '@rtfs/core'
import type { CompiledModule, CompileOptions } from '@rtfs/interfaces'
import { lower } from '@rtfs/ir'
import { parse } from '@rtfs/parser'
import { describe, expect, test } from 'vitest'
import { createWasmBackend } from '../index.js'
import { contextOf, outcomeOf, prepare, validateWithWabt } from '../programs.test-util.js'

const many = (count: number, of: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => of(index)).join(' ')

/** Compiles without the reference toolkit, which takes ten times as long for texts like these. */
function compileLarge(source: string, options: CompileOptions = {}): CompiledModule {
  return createWasmBackend().compile(lower(parse(source).program).unit, options)
}

function run(source: string, limits: Partial<Limits> = {}): string {
  const module = compileLarge(source, { program: true, closed: true })
  return outcomeOf(() => prepare(module).run(contextOf(limits)))
}

function call(source: string, name: string, args: readonly Value[]): string {
  return outcomeOf(() => prepare(compileLarge(source, { exports: [name] })).call(name, args, contextOf()))
}

describe('functions that are too large for a loader are split', () => {
  test.each([
    [
      'a let of thousands of bindings',
      `(let [a0 x ${many(1500, i => `a${i + 1} (+ a${i} 1)`)}] [a0 a1500])`,
      '[5 1505]',
    ],
    [
      'thousands of variables that are all read at the end',
      `(let [${many(1500, i => `a${i} (+ x ${i})`)}] (+ ${many(1500, i => `a${i}`)}))`,
      '1131750',
    ],
    [
      'variables of every representation',
      `(let [${many(400, i => `a${i} (+ x ${i}) b${i} (+ 0.5 ${i}) c${i} (= x ${i}) d${i} (str ${i})`)}]
         [${many(400, i => `(if c${i} [a${i} b${i} d${i}])`)} a399 b399 c399 d399])`,
      /^\[nil nil nil nil nil \[10 5\.5 "5"\] nil .* 404 399\.5 false "399"\]$/,
    ],
    ['a vector of calls', `(last [${many(1500, () => '(+ x x x x x x)')}])`, '30'],
    ['a map', `(get {${many(3000, i => `${i} (* x ${i})`)}} 2999)`, '14995'],
    ['a cond', `(cond ${many(450, i => `(= x ${i + 7000}) [(* x ${i}) (str x) (- x 1)]`)} :else [x])`, '[5]'],
    ['a case', `(case (* 200 x) ${many(2000, i => `${i} (* x ${i})`)} :none)`, '5000'],
    ['a match of vectors', `(match [(* x 100) x] ${many(2000, i => `[${i} a] (* a ${i})`)} _ :none)`, '2500'],
    ['a match without a match', `(match x ${many(2000, i => `[${i} a] (* a ${i})`)})`, '! MatchError'],
    ['a do', `(do ${many(1500, i => `(if (= x ${-i - 1}) (throw {:a ${i}}) nil)`)} x)`, '5'],
    [
      'a do that throws late',
      `(do ${many(1500, i => `(if (= x ${i - 1490}) (throw {:a ${i}}) nil)`)} x)`,
      '! ApplicationError',
    ],
    ['an and', `(and ${many(2500, i => `(not= x ${-i - 1})`)})`, 'true'],
    ['an or', `(if (or ${many(2500, i => `(= x ${-i - 1})`)}) 1 2)`, '2'],
    [
      'catch clauses',
      `(try (throw {:a 1}) ${many(1200, i => `(catch :error/k${i} e ${i})`)} (catch _ e 9))`,
      '9',
    ],
    [
      'catch clauses of which none fits',
      `(try (/ x 0) ${many(1200, i => `(catch :error/k${i} e ${i})`)})`,
      '! DivisionByZero',
    ],
    ['tries inside one another', `${'(try '.repeat(400)}x${' (catch :error/k e 1))'.repeat(400)}`, '5'],
    [
      'a loop of a state machine',
      `(loop [i 0 s 0] (match i ${many(2000, i => `${i} (recur (+ i 1) (+ s ${i}))`)} _ s))`,
      '1999000',
    ],
    [
      'a loop in a loop, with a let around the jumps',
      `(loop [n 0 all []] (if (= n 3) all (let [r (loop [i 0 s n]
         (let [k (+ i 1)] (match i ${many(1500, i => `${i} (if (= ${i} 9) [i s] (recur k (+ s x)))`)} _ s)))]
         (recur (+ n 1) (conj all r)))))`,
      '[[9 45] [9 46] [9 47]]',
    ],
    ['arguments of a library function', `(str ${many(3000, i => `(+ x ${i})`)})`, /^"567891011.*3004"$/],
    ['terms', `(+ ${many(3000, i => `(* x ${i})`)})`, '22492500'],
    ['terms that overflow', `(+ ${many(3000, () => '(* x 1000000000000000000)')})`, '! ArithmeticOverflow'],
    [
      'arguments of a value',
      `((if (= x 5) (fn [& xs] (reduce + xs)) str) ${many(3000, i => `(+ x ${i})`)})`,
      '4513500',
    ],
    [
      'arguments of a known function',
      `(let [f (fn [a & xs] [a (count xs)])] (f ${many(3000, i => `(+ x ${i})`)}))`,
      '[5 2999]',
    ],
    [
      'functions',
      `(let [${many(1000, i => `g${i} (fn [y] (+ y x ${i}))`)}] (+ ${many(1000, i => `(g${i} 1)`)}))`,
      '505500',
    ],
    ['branches', `(count (parallel ${many(1000, i => `[a${i} (+ x ${i})]`)}))`, '1000'],
    ['branches that fail', `(parallel ${many(1000, i => `[a${i} (/ x (- ${i} 700))]`)})`, '! DivisionByZero'],
    ['a body of dotimes', `(dotimes [i 2] ${many(2500, i => `(+ x ${i})`)})`, 'nil'],
  ])('%s', (_, body, expected) => {
    const found = call(`(defn f [x] ${body})`, 'f', [5])
    if (typeof expected === 'string') expect(found).toBe(expected)
    else expect(found).toMatch(expected)
  })

  test.each([
    [
      'recur of a function',
      `(defn f [i s] (match i ${many(2000, i => `${i} (recur (+ i 1) (+ s ${i}))`)} _ s))`,
    ],
    [
      'a function that calls itself',
      `(defn f [i s] (match i ${many(2000, i => `${i} (f (+ i 1) (+ s ${i}))`)} _ s))`,
    ],
    [
      'recur with checks and patterns',
      `(defn f [i :int [s] :any] (match i ${many(2000, i => `${i} (recur (+ i 1) [(+ s ${i})])`)} _ s))`,
    ],
  ])('%s', (name, source) => {
    const start = name.includes('patterns') ? '[0]' : '0'
    expect(run(`${source} (f 0 ${start})`)).toBe('1999000')
  })

  test('vectors of very many elements, computed and not', () => {
    expect(run(`(defn f [x] (count [${many(15_000, i => `(+ x ${i})`)}])) (f 5)`, { fuel: 1e7 })).toBe(
      '15000',
    )
    expect(run(`(nth [${many(50_000, i => `${i}`)}] 49999)`)).toBe('49999')
  })

  test('a top level of thousands of forms, constants and cells', () => {
    expect(run(`(def a0 1) ${many(3000, i => `(def a${i + 1} (+ a${i} 1))`)} a3000`)).toBe('3001')
    expect(
      run(`${many(2500, i => `(def b${i} "s${i}")`)} ${many(2500, i => `(def b${i} "t${i}")`)} b2499`),
    ).toBe('"t2499"')
  })

  test('very many parameters', () => {
    const names = many(900, i => `a${i}`)
    expect(run(`(defn f [${names}] (+ ${names})) (f ${many(900, i => `${i}`)})`)).toBe('404550')
  })
})

test('a module of more than 8 MiB is refused by name', () => {
  const source = `(str ${many(5, i => `"${String(i).repeat(1_800_000)}"`)})`
  expect(() => compileLarge(source, { program: true, closed: true })).toThrow(
    'a program of more than 8 MiB of code',
  )
})

const always = createWasmBackend({ split: 'always' })
const whole = createWasmBackend()

/** Runs a program whole or in parts as small as can be: its value or error, where, the fuel it took, the call stack. */
function outcome(source: string, backend: typeof always): string {
  const { unit } = lower(parse(source).program)
  const module = backend.compile(unit, { program: true, closed: true })
  validateWithWabt(module.bytes)
  const results: string[] = []
  for (const limits of [{ fuel: 1e6 }, { fuel: 40 }, { fuel: 17 }, { fuel: 5 }, { depth: 6 }]) {
    const context = contextOf(limits)
    const prepared = prepare(module)
    let stack = ''
    const value = outcomeOf(() => {
      try {
        return prepared.run(context)
      } catch (error) {
        if (isRtfsError(error)) stack = JSON.stringify(error.stackFrames)
        throw error
      }
    }, true)
    results.push(`${value} ${context.meter.fuel} ${stack}`)
  }
  return results.join('\n')
}

describe('programs in tiny parts do the same, at the same place, for the same fuel', () => {
  test.each([
    '(let [a 1 b (+ a 2) c (* b b) [d e] [(+ a b) (+ b c)]] {:a a :b (+ b c) :c [d e (- c d)]})',
    '(defn f [n] (if (< n 2) n (+ (f (- n 1)) (f (- n 2))))) (map f (range 10))',
    '(defn f [n a] (cond (= n 0) (+ a 1) (= n 1) (f 0 (* a 2)) :else (f (- n 1) (+ a n)))) (f 20 1)',
    '(loop [i 0 s 0] (if (< i 5) (recur (inc i) (+ s (* i (+ i 1) (- i 2)))) [(+ s 1) (+ s 2) i]))',
    '(loop [i 0 [s] [0]] (cond (= i 3) (recur (+ i 2) [(+ s 1)]) (< i 9) (let [k (+ i 1)] (recur k [(+ s k i)])) :else [s i]))',
    '(let [v 3] (loop [z 0 {:keys [b] :or {b v}} nil] (if (< z 4) (recur (+ z b) nil) [z b v])))',
    '(loop [n 0 {:keys [b] :or {b (loop [f 0 y 5] (if (< f y) (and true (recur (+ f 1) y)) f))}} nil] (if (< n 3) (recur (+ n 1) nil) [n b]))',
    '(let [v 3] ((fn [z {:keys [b] :or {b v}}] (if (< z 4) (recur (+ z b) nil) [z b v])) 0 nil))',
    '(defn f [i :int & more] (if (> i 3) [i more] (let [j (+ i 1)] (recur j (conj (vec more) (* j j)))))) (f 0 1 2)',
    '(defn f [x] (let [g (fn [y] (+ x y)) h (fn [z] (if (< z 0) (g z) (h (- z 1))))] [(h 3) (g (+ x 1))])) (f 4)',
    '(try (let [a 1 b (/ a 0)] (+ a b)) (catch :error/x e 4) (catch _ e [1 (+ 1 2)]) (finally (+ 1 1 (+ 2 3))))',
    '(defn f [x] (do (+ x 1) (+ x 2) (do (def q (+ x 3)) (+ q 1)))) [(f 1) (f 2.5) (f :a)]',
    '(match [1 2 3] [a b] (+ a b) [a b c] (+ a (* b c) (- c a)) _ 0)',
    '(let [x 3] (and (> x 1) (or (< x 2) (= (* x x) 9)) (+ x (* x 2))))',
    '(for [x [1 2 3] :let [y (* x x)] :when (odd? (+ x y 1))] [(+ x y) (- y x)])',
    '(reduce (fn [a x] (+ a (* x x) (- x 1))) 0 (map (fn [x] (+ x (* 2 x))) (range 20)))',
    '(def a (+ 1 2)) (def b (* a a)) (defn g [x] :int (+ x a b)) (g (g (+ a b)))',
    '(let [a 1.5 b (> a 1) c (if b (+ a 1) (throw {:x (+ a 2)}))] [(+ c a) b (not b)])',
    '(let [m {:a (+ 1 2) :b {:c (* 2 3)}} {:keys [a b]} m] (str (+ a 1) (:c b) (/ a (- a 3))))',
    '(defn f [n] (if (= n 0) (/ 1 n) (+ 1 (f (- n 1))))) (let [a (+ 1 2)] (+ a (f a)))',
  ])('%s', source => expect(outcome(source, always)).toBe(outcome(source, whole)))
})

test('the same text gives the same bytes', () => {
  const source = `(defn f [x] [${many(1500, () => '(+ x x x x x x)')}])`
  // Matchers compare typed arrays element by element.
  expect(Buffer.from(compileLarge(source).bytes).equals(compileLarge(source).bytes)).toBe(true)
})
