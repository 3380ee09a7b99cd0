import { formatType, types } from '@rtfs/core'
import { describe, expect, test } from 'vitest'
import { infer } from './index.js'
import { requireVerified, samples, unitOf } from './programs.test-util.js'

/** The type of the last form. */
function typeOf(text: string): string {
  const { unit } = infer(unitOf(text))
  return formatType(unit.forms.at(-1)!.type)
}

describe('types of expressions', () => {
  test.each([
    ['1', ':int'],
    ['1.5', ':float'],
    ["'(a)", ':list'],
    ['(+ 1 2)', ':int'],
    ['(+ 1 2.0)', ':float'],
    ['(fn [x] (+ x 1))', '[:=> [:any] [:union :float :int]]'],
    ['(/ 4 2)', '[:union :float :int]'],
    ['(/ 4 2.0)', ':float'],
    ['(if true 1)', '[:union :int :nil]'],
    ['(if true 1 2.0)', '[:union :float :int]'],
    ['(do 1 "a")', ':string'],
    ['(let [x 1 y (+ x 1)] y)', ':int'],
    ['[1 2]', '[:vector :int]'],
    ['[]', '[:vector :any]'],
    ['[1 "a"]', '[:vector [:union :int :string]]'],
    ['{:a 1}', '[:map [:a :int]]'],
    ['{"a" 1}', ':map'],
    ['(:a {:a 1})', ':int'],
    ['(match 1 x x _ "b")', '[:union :int :string]'],
    ['(try 1 (catch _ "a"))', '[:union :int :string]'],
    ['(try (throw "x") (catch _ 1))', ':int'],
    ['(and 1 "a")', ':string'],
    ['(or nil 1)', ':int'],
    ['(and nil 1)', '[:union :int :nil]'],
    ['(parallel [a 1])', '[:map [:a :int]]'],
    ['(for [x [1 2]] (inc x))', '[:vector :int]'],
    ['(dotimes [i 3] i)', ':nil'],
    ['(str 1)', ':string'],
    ['(call :a.b)', ':any'],
    ['(the float 1)', ':float'],
    ['(the [:vector float] [1])', '[:vector :int]'],
    ['((fn [x :[:vector float]] x) [1])', '[:vector [:union :float :int]]'],
    ['(the int 1)', ':int'],
    ['(loop [i 0] (if (> i 3) i (recur (inc i))))', ':int'],
    ['(loop [i 0] (if (> i 3) i (recur (+ i 0.5))))', '[:union :float :int]'],
    ['(loop [i 0 acc nil] (if (> i 3) acc (recur (inc i) i)))', '[:union :int :nil]'],
    ['(nth [1 2] 0)', ':int'],
    ['((fn [x :float] x) 1)', ':float'],
    ['((fn [x :float] :int 1) 1)', ':int'],
    ['((fn [& r :int] r) 1)', '[:list :int]'],
    ['(let [[a & b] [1 2]] b)', '[:list :int]'],
    ['(let [[a] [1 2]] a)', '[:union :int :nil]'],
    ['(defn f [x :number] (if (int? x) x 0))', '[:=> [[:union :float :int]] :int]'],
    ['(defn f [x] (if (nil? x) 1 2))', '[:=> [:any] :int]'],
    ['(defn f [x :int?] (if x x 0))', '[:=> [[:union :int :nil]] :int]'],
    ['(defn f [x :int?] (if (and (not (nil? x)) true) x 0))', '[:=> [[:union :int :nil]] :int]'],
    ['(defn f [a b] (if (and (int? a) (int? b)) (+ a b) 0))', '[:=> [:any :any] :int]'],
    ['(not-a-name 1)', ':any'],
  ])('%s is %s', (text, type) => expect(typeOf(text)).toBe(type))
})

describe('functions of a unit', () => {
  test.each([
    ['recursion', '(defn fact [n :int] (if (= n 0) 1 (* n (fact (- n 1))))) (fact 3)', ':int'],
    [
      'recursion without annotations',
      '(defn fact [n] (if (= n 0) 1 (* n (fact (- n 1))))) (fact 3)',
      '[:union :float :int]',
    ],
    [
      'mutual recursion',
      '(defn e [n] (if (= n 0) true (o (- n 1)))) (defn o [n] (if (= n 0) false (e (- n 1)))) (e 3)',
      ':bool',
    ],
    ['a function used before it is defined', '(defn f [] (g)) (defn g [] 1) (f)', ':int'],
    ['local functions', '(let [g (fn [] (h)) h (fn [] 2.0)] (g))', ':float'],
    ['a redefined name', '(def x 1) (def x "a") x', '[:union :int :string]'],
    ['a redefined local name', '(let [x 1] (def x "a") x)', '[:union :int :string]'],
    [
      'ever deeper data, down to where it is given up',
      '(defn f [n] (if (= n 0) nil [(f (- n 1))])) (f 3)',
      '[:union :nil [:vector [:union :nil [:vector [:union :nil [:vector :any]]]]]]',
    ],
    [
      'a function type in an annotation promises nothing',
      '(defn f [g :[:=> [int] int]] (g 1)) (f inc)',
      ':any',
    ],
    [
      'an alias promises nothing, it may be unknown at the time',
      '(deftype A int) (defn f [x :A] x) (f 1)',
      ':any',
    ],
    ['a hint sends the call elsewhere', '(defn f ^:delegation :remote "m" [x] 1) (f 1)', ':any'],
    ['a hint with a result type', '(defn f ^:delegation :remote "m" [x] :int 1) (f 1)', ':int'],
    ['effects give what the host gives', '(current-time)', ':any'],
  ])('%s', (_, text, type) => expect(typeOf(text)).toBe(type))

  test('a session may redefine its names', () => {
    const unit = unitOf('(def x 1) (defn f [] x)')
    expect(formatType(infer(unit).globals.get('f')!)).toBe('[:=> [] :int]')
    expect(formatType(infer(unit, { openGlobals: true }).globals.get('f')!)).toBe('[:=> [] :any]')
  })

  test('types of variables, cells included', () => {
    const unit = unitOf('(let [x 1 f (fn [] x)] (def y "a") (f))')
    const found = infer(unit).variables
    expect([...found.values()].map(type => formatType(type)).sort()).toEqual([
      ':int',
      ':string',
      '[:=> [] :int]',
    ])
  })

  test('assumed parameter types', () => {
    const unit = unitOf('(defn add [a b] (+ a b))')
    const [def] = unit.forms
    if (def?.kind !== 'def' || def.init.kind !== 'lambda') throw new Error('not a function')
    const ids = def.init.params.map(({ pattern }) => (pattern.kind === 'bind' ? pattern.variable.id : 0))
    const assume = new Map(ids.map(id => [id, types.int]))
    expect(formatType(infer(unit, { assume }).globals.get('add')!)).toBe('[:=> [:any :any] :int]')
  })
})

test.each(samples)('inference keeps the unit well formed: %s', text => {
  const { unit } = infer(unitOf(text))
  requireVerified(unit, text)
  expect(infer(unit).unit).toEqual(unit)
})
