import { expect, test } from 'vitest'
import { parse, parseExpression } from './parse.js'
import { errors } from './parser.test-util.js'

/* Forms of the wrong shape: the code and the text at the span. */
test.each([
  ['(if)', 'P002 (if)'],
  ['(if a b c d)', 'P001 (if a b c d)'],
  ['(def)', 'P002 (def)'],
  ['(def x)', 'P002 (def x)'],
  ['(def 1 2)', 'P001 1'],
  ['(def x 1 2)', 'P001 2'],
  ['(fn)', 'P002 (fn)'],
  ['(fn [x])', 'P002 (fn [x])'],
  ['(fn (x) x)', 'P001 (x)'],
  ['(fn [x] : int)', 'P002 (fn [x] : int)'],
  ['(defn f)', 'P002 (defn f)'],
  ['(defn [x] x)', 'P002 [x]'],
  ['(defn f ([x] x) ([x y] y))', 'P004 ([x] x)'],
  ['(fn ^:delegation :local-model [x] x)', 'P001 :local-model'],
  ['(fn ^:delegation :cloud [x] x)', 'P001 :cloud'],
  ['^:delegation :l4 (f)', 'P001 ^:delegation :l4 (f)'],
  ['(fn [&] x)', 'P002 &'],
  ['(fn [& r y] x)', 'P001 y'],
  ['(fn [x :] x)', 'P002 :'],
  ['(fn [:int] x)', 'P001 :int'],
  ['(let)', 'P002 (let)'],
  ['(let [x 1])', 'P002 (let [x 1])'],
  ['(let (x 1) x)', 'P001 (x 1)'],
  ['(let [x] x)', 'P002 x'],
  ['(let [x 1 y] x)', 'P002 y'],
  ['(let [x : int] x)', 'P002 x'],
  ['(loop [i] i)', 'P002 i'],
  ['(if-let [a 1 b 2] a)', 'P001 [a 1 b 2]'],
  ['(cond a)', 'P001 (cond a)'],
  ['(case)', 'P002 (case)'],
  ['(when)', 'P002 (when)'],
  ['(match)', 'P002 (match)'],
  ['(match x 1 2 3)', 'P002 3'],
  ['(match x (1 :one))', 'P002 (match x (1 :one))'],
  ['(match x (1 :one) 2)', 'P001 (1 :one)'],
  ['(match x [a & b c] 2)', 'P001 c'],
  ['(match x {f 1} 2)', 'P001 f'],
  ['(match x a:int 2)', 'P001 a:int'],
  ['(try 1)', 'P002 (try 1)'],
  ['(try 1 (catch e))', 'P002 (catch e)'],
  ['(try (catch e 1) 2)', 'P001 2'],
  ['(try 1 (finally 2) (finally 3))', 'P001 (finally 3)'],
  ['(try 1 (finally))', 'P002 (finally)'],
  ['(catch e 1)', 'P001 (catch e 1)'],
  ['(throw)', 'P002 (throw)'],
  ['(throw 1 2)', 'P001 (throw 1 2)'],
  ['(quote)', 'P002 (quote)'],
  ['~x', 'P001 ~x'],
  ['(unquote x)', 'P001 (unquote x)'],
  ['`~@x', 'InvalidProgram `~@x'],
  ['`{~@x 1}', 'InvalidProgram ~@x'],
  ['(set! x 1)', 'P004 (set! x 1)'],
  ['(for [] 1)', 'P002 []'],
  ['(for [x] 1)', 'P002 x'],
  ['(for [:when a] 1)', 'P001 :when'],
  ['(for [x xs :into 1] 1)', 'P001 :into'],
  ['(dotimes [i] 1)', 'P001 [i]'],
  ['(->)', 'P002 (->)'],
  ['(-> x #(f %))', 'P001 #(f %)'],
  ['(-> x (fn [y] y))', 'P001 (fn [y] y)'],
  ['(parallel)', 'P002 (parallel)'],
  ['(parallel a)', 'P001 a'],
  ['(parallel [a 1] [a 2])', 'P001 a'],
  ['(parallel [a b c d])', 'P001 [a b c d]'],
  ['(with-resource [f (g)] 1)', 'P002 [f (g)]'],
  ['(call)', 'P002 (call)'],
  ['(llm-execute "m")', 'P002 (llm-execute "m")'],
  ['(discover-agents)', 'P002 (discover-agents)'],
  ['(resource:ref x)', 'P001 x'],
  ['(step "a" :params 1)', 'P001 1'],
  ['(step "a" :params)', 'P002 :params'],
  ['(step-loop a)', 'P002 (step-loop a)'],
  ['(the :int)', 'P002 (the :int)'],
  ['(defstruct P :x)', 'P002 :x'],
  ['(defstruct P x int)', 'P001 x'],
  ['(defstruct P :x int :x int)', 'V001 :x'],
  ['(deftype T)', 'P002 (deftype T)'],
  ['(let [] (defmacro m [] 1))', 'P001 (defmacro m [] 1)'],
  ['(defmacro m)', 'P002 (defmacro m)'],
  ['(let [] (import m))', 'P001 (import m)'],
  ['(import)', 'P002 (import)'],
  ['(import "m")', 'P001 "m"'],
  ['(import m :as)', 'P002 :as'],
  ['(import m :from x)', 'P001 :from'],
  ['(let [] (module m))', 'P001 (module m)'],
  ['(module m :exports [f] (defn f [] 1) 2)', 'P001 :exports'],
  ['(module m (:exports f))', 'P001 (:exports f)'],
  ['(module m (:exports [f f]))', 'P001 f'],
  ['(deftest)', 'P002 (deftest)'],
  ['(deftest t)', 'P002 (deftest t)'],
  ['(is)', 'P002 (is)'],
  ['(intent x :a 1 :a 2)', 'V001 :a'],
  ['(let [{:or {b 1} :keys [a]} m] 1)', 'P001 b'],
  ['(let [{a b} m] 1)', 'P001 a'],
  ['(let [{:keys [:a]} m] 1)', 'P001 :a'],
  ['(let [[a & b & c] m] 1)', 'P001 &'],
  ['(let [[a :as] m] 1)', 'P002 :as'],
  ['^x y', 'P001 x'],
])('%s is %s', (text, expected) => expect(errors(text)).toEqual([expected]))

test('several errors in one pass, in the order of the text', () => {
  expect(errors('(if)\n(let [x] x)\n(f 12ab)\n(throw)')).toEqual([
    'P002 (if)',
    'P002 x',
    'P005 12ab',
    'P002 (throw)',
  ])
})

test.each([
  ['1', []],
  ['1 2', ['P003']],
  ['1 (2', ['P008', 'P003']],
  ['', ['P002']],
  ['; nothing', ['P002']],
])('one expression from %j', (text, codes) => {
  const { diagnostics, expression } = parseExpression(text)
  expect(diagnostics.map(item => item.code).sort()).toEqual([...codes].sort())
  expect(expression === undefined).toBe(codes.includes('P002'))
})

test.each([
  ['(defun f [x] x)', 'defn'],
  ['(lambda [x] x)', 'fn'],
  ['(let [f (fn [x] (return x))] f)', 'the last form'],
  ['(map if xs)', 'Wrap it'],
  ['(try 1 (catch FileError e 2))', 'Kinds are'],
])('%s is understood, with a warning', (text, hint) => {
  const { diagnostics } = parse(text)
  expect(diagnostics.map(item => item.severity)).toEqual(['warning'])
  expect(diagnostics[0]!.hint).toContain(hint)
})

test('no warning for a name that the program defines', () => {
  expect(parse('(defn lambda [x] x) (lambda 1) (let [require 1] (require))').diagnostics).toEqual([])
  expect(parse('(lambda 1)', { knownGlobals: new Set(['lambda']) }).diagnostics).toEqual([])
})
