import { defaultLimits, formatValue, isRtfsError, type Limits } from '@rtfs/core'
import { parse } from '@rtfs/parser'
import { describe, expect, test } from 'vitest'
import { astTier } from './ast/tier.js'
import { pureServices } from './host/pure-services.js'
import { createIrTier } from './ir/tier.js'
import { UnitFrame } from './shared/environment.js'
import type { Tier } from './shared/tier.js'

/** What a tier makes of a program: readable value, or kind and span of its error; and the fuel it took. */
function outcome(tier: Tier, source: string, limits: Partial<Limits> = {}): string {
  const { program, diagnostics } = parse(source)
  const error = diagnostics.find(diagnostic => diagnostic.severity === 'error')
  if (error !== undefined) return `invalid: ${error.message}`
  const services = pureServices({ limits: { ...defaultLimits, ...limits } })
  const fuel = () => ` (${services.meter.spentFuel})`
  try {
    return formatValue(tier.run(program, new UnitFrame(), services)) + fuel()
  } catch (error) {
    if (!isRtfsError(error)) throw error
    return `! ${error.code} at ${error.span?.start}-${error.span?.end}${fuel()}`
  }
}

describe('the evaluator and the IR runtime agree on value, error, place and fuel', () => {
  test.each([
    ['(+ 1 2)', '3'],
    ['(+ 1 2.5)', '3.5'],
    ['(+ 9223372036854775807 1)', '! ArithmeticOverflow at 0-25'],
    ['(+ 1 "a")', '! TypeError at 0-9'],
    ['(let [x 1 y (+ x 1)] [x y])', '[1 2]'],
    ['(defn fact [n] (if (< n 2) 1 (* n (fact (- n 1))))) (fact 20)', '2432902008176640000'],
    ['(defn down [n] (if (= n 0) :done (down (- n 1)))) (down 100000)', ':done'],
    ['(defn down [n :int] :int (if (= n 0) 0 (down (- n 1)))) (down 100000)', '0'],
    ['(loop [i 0 acc 0] (if (> i 4) acc (recur (inc i) (+ acc i))))', '10'],
    ['(map (fn [x] (* x x)) [1 2 3])', '[1 4 9]'],
    ['(reduce + 0 [1 2 3])', '6'],
    ['nope', '! UndefinedSymbol at 0-4'],
    ['(let [[a _ b] [1 2]] [a b])', '[1 nil]'],
    ['((fn [x] x))', '! ArityMismatch at 0-12'],
    ['(match [1 2] [1] :a [1 & r] r)', '(2)'],
    ['(try (/ 1 0) (catch DivisionByZero e (:type e)))', ':error/arithmetic'],
    ['(try 1 (finally (throw "late")))', '! ApplicationError at 16-30'],
    ['(let [x:int "s"] x)', '! TypeValidationError at 12-15'],
    ['(defn f [a :float] a) (f 1)', '1.0'],
    ['(defn f [a :int] a) (f "s")', '! TypeValidationError at 20-27'],
    [
      '(let [even2? (fn [n] (if (= n 0) true (odd2? (- n 1)))) odd2? (fn [n] (if (= n 0) false (even2? (- n 1))))] (even2? 10001))',
      'false',
    ],
    ['(for [x [1 2 3] y [10 20] :when (odd? x)] (+ x y))', '[11 21 13 23]'],
    ['(dotimes [i 3] i)', 'nil'],
    ['(let [fs (for [i [1 2 3]] (fn [] i))] (map (fn [f] (f)) fs))', '[1 2 3]'],
    ['{:a 1 [] 2}', '! TypeError at 6-8'],
    ['(parallel [a (+ 1 2)] [b (* 4 5)])', '{:a 3 :b 20}'],
    ['`(1 ~(+ 1 1) ~@[3 4])', '(1 2 3 4)'],
    ['(f 1) (defn f [x] x)', '! UndefinedSymbol at 1-2'],
    ['((fn [a & more] (count more)) 1 2 3)', '2'],
    ['(let [x (let [f (fn [] nil) f (def f 7)] (def f 2))] f)', '7'],
    ['(let [f (fn [n] (if (= n 0) 0 (f (- n 1)))) g (f 3)] (def f 5) [f g])', '[5 0]'],
  ])('%s', (source, expected) => {
    const ast = outcome(astTier, source)
    expect(ast.replace(/ \(\d+\)$/, '')).toBe(expected)
    expect(outcome(createIrTier(), source)).toBe(ast)
  })

  test.each([
    ['(loop [i 0] (recur (inc i)))', { fuel: 1000 }],
    ['(defn f [n] (if (= n 0) 0 (+ 1 (f (- n 1))))) (f 100)', { depth: 50 }],
    ['(defn f [n] (+ 1 (f n))) (try (f 1) (catch StackOverflow e (:kind e)))', { depth: 90 }],
    ['(map inc (range 100))', { fuel: 150 }],
  ])('%s under limits', (source, limits) => {
    expect(outcome(createIrTier(), source, limits)).toBe(outcome(astTier, source, limits))
  })

  /** Functions of every kind that a walk may call; `n` gives up for some elements. */
  const callables = {
    'a closure': '(fn [x] (* x 2))',
    'a closure with local variables': '(fn [x] (let [y (+ x 1) z (* y y)] (if (> z 9) z y)))',
    'a closure that calls itself': '(fn f [x] (if (> x 5) x (f (+ x 3))))',
    'a closure with recur': '(fn [x] (if (< x 6) (recur (+ x 2)) x))',
    'a closure that walks': '(fn [x] (reduce (fn [a b] (+ a b x)) 0 (range x)))',
    'a closure that makes closures': '(fn [x] (fn [] x))',
    'a closure that fails': '(fn [x] (if (= x 3) (/ x 0) x))',
    'a closure with types': '(fn [x :int] :int (inc x))',
    'a closure of two': '(fn [a b] a)',
    'a closure with rest': '(fn [& xs] (first xs))',
    'a library function': 'even?',
    'a library function of many': '+',
    'a library function that calls back': '(fn [x] (map inc [x]))',
    'a derived function': '(comp inc inc)',
    'a keyword': ':k',
    'no function': '5',
  }
  const walks = [
    '(map F C)',
    '(filter F C)',
    '(remove F C)',
    '(reduce F 7 C)',
    '(reduce F C)',
    '(sort-by F C)',
    '(sort F C)',
    '(some F C)',
    '(map-indexed F C)',
    '(group-by F C)',
    '(take-while F C)',
    '(map (fn [f] (if (fn? f) (f) f)) (map F C))',
    '(try (map F C) (catch e (:kind e)))',
  ]
  const collections = ['(range 7)', "'(4 3 2 1)", '(rest [9 1 2 3 4])', '[]', '[{:k 1} {:j 2 :k 2} {} nil 3]']

  test.each(Object.entries(callables))('walks that call %s, with any amount of fuel and depth', (_, fn) => {
    for (const walk of walks) {
      for (const collection of collections) {
        const source = walk.replace('F', () => fn).replace('C', () => collection)
        const whole = outcome(astTier, source)
        const limits: Partial<Limits>[] = [{}, { depth: 0 }, { depth: 1 }, { depth: 2 }]
        const fuel = Number(/\((\d+)\)$/.exec(whole)![1])
        for (let given = 0; given <= fuel; given += fuel > 40 ? 3 : 1) limits.push({ fuel: given })
        for (const each of limits) {
          const got = outcome(createIrTier(), source, each)
          if (got !== outcome(astTier, source, each)) {
            expect([source, each, got]).toEqual([source, each, outcome(astTier, source, each)])
          }
        }
      }
    }
  })

  /** Operands of every kind, with numbers where results stop being safe. */
  const operands = [
    '0',
    '-1',
    '3',
    '9007199254740991',
    '-9007199254740991',
    '9223372036854775807',
    '1.5',
    '-0.0',
    '##NaN',
    '"s"',
    ':k',
    'nil',
    'true',
    '[1 2]',
    '{:k 7 3 4 "s" 5}',
    '(reduce (fn [m i] (assoc m i i)) {:k nil} (range 40))',
  ]
  const forms = [
    ...['+', '-', '*', '<', '<=', '>', '>=', '='].flatMap(name => [
      ...['0', '-1', '7', '9007199254740991'].flatMap(literal => [
        `(${name} a ${literal})`,
        `(${name} (identity a) ${literal})`,
      ]),
      `(${name} (identity a) b)`,
    ]),
    '(get a b)',
    '(get (identity a) b)',
    '(get a b :none)',
    '(:k a)',
    '(:k (identity a))',
    '(mod a b)',
    '(conj a (inc b))',
    '(assoc a b (str b))',
    '(str a b)',
  ]

  test('calls of library functions on local variables, literals and anything else', () => {
    for (const form of forms) {
      for (const a of operands) {
        for (const b of form.includes('b)') || form.includes(' b ') ? operands : ['1']) {
          const source = `((fn [a b] ${form}) ${a} ${b})`
          const got = outcome(createIrTier(), source)
          if (got !== outcome(astTier, source))
            expect([source, got]).toEqual([source, outcome(astTier, source)])
        }
      }
    }
  })
})
