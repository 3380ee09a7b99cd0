import { languageError, RtfsFunction, RtfsList, RtfsSymbol, type Value } from '@rtfs/core'
import { describe, expect, test } from 'vitest'
import type { Defmacro } from './ast.js'
import type { MacroEvaluator } from './expander.js'
import { printExpr, printProgram } from './format.js'
import { parse } from './parse.js'
import { errors, last, parsed, templateEvaluator } from './parser.test-util.js'

const evaluator = templateEvaluator()
const expanded = (text: string) => printExpr(last(text, { evaluator }))

describe('a macro call is replaced by what the macro makes of it', () => {
  test.each([
    ['(defmacro swap [f a b] `(~f ~b ~a)) (swap - 1 10)', '(- 10 1)'],
    ['(defmacro my-do [& body] `(do ~@body)) (my-do 1 2)', '(do 1 2)'],
    ['(defmacro m [x] `(let [v# ~x] v#)) (m 1)', '(let [v__1__auto 1] v__1__auto)'],
    ['(defmacro m [x] `(if ~x 1)) (m (m 2))', '(if (if 2 1) 1)'],
    ['(defmacro a [x] `(b ~x)) (defmacro b [x] `(c ~x)) (a 1)', '(c 1)'],
    ['(defmacro m [] nil) (m)', 'nil'],
    ['(defmacro m [x] x) (m (f y))', '(f y)'],
    ['(defmacro when [x] `(not ~x)) (when 1)', '(not 1)'],
    ["(defmacro m [x] `(f ~x)) '(m 1)", "'(m 1)"],
    ['(defmacro m [x] `(f ~x)) (let [m 1] (m 2))', '(let [m 1] (m 2))'],
    ['(defmacro m [x] `(f ~x)) (defn m [x] x) (m 2)', '(m 2)'],
    ['(defn m [x] x) (defmacro m [x] `(f ~x)) (m 2)', '(f 2)'],
    ['(defmacro m [x] `(f ~x)) (-> 1 m (g))', '(g (f 1))'],
    ['(defmacro m [x] `(f ~x)) #(m %)', '(fn [%1] (f %1))'],
    ['(defmacro m [f] f) (m ^:delegation :l4 (fn [x] x))', '(fn ^:delegation :l4 [x] x)'],
    ['(do (defmacro m [x] `(f ~x)) (m 1))', '(do (defmacro m [x] `(f ~x)) (f 1))'],
    ['(defmacro d [n] `(do (defmacro ~n [x] `(g ~x)) 1)) (d k) (k 2)', '(g 2)'],
    ['(module m (defmacro k [x] `(f ~x)) (k 1))', '(module m\n  (defmacro k [x] `(f ~x))\n  (f 1))'],
  ])('%s', (text, expected) =>
    expect(expanded(text).replace(/\s+/g, ' ')).toBe(expected.replace(/\s+/g, ' ')),
  )
})

test('parts that come from the call keep their spans, the rest takes the span of the call', () => {
  const text = '(defmacro m [x] `(if ~x 1 2))\n(m (f y))'
  const node = last(text, { evaluator })
  const test = node.kind === 'if' ? node.test : node
  const then = node.kind === 'if' ? node.then : node
  expect([node, test, then].map(({ start, end }) => text.slice(start, end))).toEqual([
    '(m (f y))',
    '(f y)',
    '(m (f y))',
  ])
})

test('helpers and macros reach the evaluator in order, helpers not before a macro is called', () => {
  const log: string[] = []
  parse(
    '(defn h [] 1) (defmacro m [x] `(f ~x)) (def k 2) (let [] (defn inner [] 1)) (m 1) (defn late [] 1) (m 2)',
    {
      evaluator: templateEvaluator(log),
    },
  )
  expect(log).toEqual(['macro m', 'define h', 'define k', 'expand m', 'define late', 'expand m'])
})

test('macros of earlier texts and of imports are known', () => {
  const first = parsed('(defmacro m [x] `(f ~x))', { evaluator })
  expect(printExpr(last('(m 1)', { evaluator, macros: first.macros }))).toBe('(f 1)')
  const importMacros = () => new Map([['u/m', first.macros.get('m')!]])
  expect(printExpr(last('(import lib :as u) (u/m 1)', { evaluator, importMacros }))).toBe('(f 1)')
})

test('an imported macro may have the name of a special form', () => {
  const macro = parsed('(defmacro when [x] `(not ~x))', { evaluator }).macros.get('when')!
  const importMacros = () => new Map([['when', macro]])
  expect(printExpr(last('(import lib :only [when]) (when 1)', { evaluator, importMacros }))).toBe('(not 1)')
})

test.each([
  ['(import lib :as u) (u/m 1)', '(f 1)'],
  ['(import lib) (lib/m 1)', '(f 1)'],
  ['(import lib :only [m]) (m 1)', '(f 1)'],
  ['(import lib :refer :all) (m 1)', '(f 1)'],
  ['(import lib) (m 1)', '(m 1)'],
  ['(import lib :as u) (u/hidden 1)', '(u/hidden 1)'],
])('macros of a module in the same text: %s', (text, result) => {
  const lib = '(module lib (:exports [m]) (defmacro m [x] `(f ~x)) (defmacro hidden [x] `(g ~x)))'
  expect(printExpr(last(`${lib} ${text}`, { evaluator }))).toBe(result)
})

const giving = (value: Value): MacroEvaluator => ({ define: () => {}, expand: () => value })
const deep = (levels: number): Value => {
  let value: Value = 1
  for (let i = 0; i < levels; i++) value = RtfsList.from([value])
  return value
}
class TestFunction extends RtfsFunction {
  readonly name = 'f'
}

describe('what goes wrong', () => {
  test.each([
    ['no evaluator', '(defmacro m [] 1) (m)', undefined, 'P004 (m)'],
    ['too few arguments', '(defmacro m [x] `(f ~x)) (m)', evaluator, 'ArityMismatch (m)'],
    ['too many arguments', '(defmacro m [x] `(f ~x)) (m 1 2)', evaluator, 'ArityMismatch (m 1 2)'],
    ['too few for a rest parameter', '(defmacro m [x & r] `(f ~x)) (m)', evaluator, 'ArityMismatch (m)'],
    ['a macro as a value', '(defmacro m [x] `(f ~x)) (map m xs)', evaluator, 'InvalidProgram m'],
    ['endless expansion', '(defmacro m [] `(m)) (m)', evaluator, 'InvalidProgram (m)'],
    [
      'endless expansion by way of a second macro',
      '(defmacro a [] `(b)) (defmacro b [] `(a)) (b)',
      evaluator,
      undefined,
    ],
    ['no form', '(defmacro m [] 1) (m)', giving(new TestFunction()), 'InvalidProgram (m)'],
    ['a form that is too deep', '(defmacro m [] 1) (m)', giving(deep(10_000)), 'InvalidProgram (m)'],
    [
      'too many forms',
      '(defmacro m [] 1) (m)',
      giving(RtfsList.from(new Array(100_001).fill(1))),
      'InvalidProgram (m)',
    ],
    ['an ill-formed expansion', '(defmacro m [] `(if)) (m)', evaluator, 'P002 (m)'],
  ])('%s', (_, text, use, expected) => {
    const found = errors(text, use === undefined ? {} : { evaluator: use })
    expect(found).toEqual(expected === undefined ? found : [expected])
    expect(found.length).toBeGreaterThan(0)
  })

  test('an error of the macro body is a diagnostic at the call', () => {
    const failing: MacroEvaluator = {
      define: () => {
        throw languageError('TypeError', 'helper')
      },
      expand: () => {
        throw languageError('DivisionByZero', 'Division by zero')
      },
    }
    const { diagnostics } = parse('(defn h [] 1) (defmacro m [] 1) (m)', { evaluator: failing })
    expect(diagnostics.map(item => [item.code, item.message])).toEqual([
      ['DivisionByZero', 'in the macro m: Division by zero'],
    ])
  })

  test('a broken evaluator is not taken for a broken program', () => {
    const broken: MacroEvaluator = {
      define: () => {},
      expand: (_macro: Defmacro) => {
        throw new RangeError('bug')
      },
    }
    expect(() => parse('(defmacro m [] 1) (m)', { evaluator: broken })).toThrow(RangeError)
  })

  test('a program that defines macros and calls none needs no evaluator', () => {
    expect(printProgram(parsed('(defmacro m [x] `(f ~x)) 1').program)).toBe('(defmacro m [x] `(f ~x))\n\n1\n')
  })
})

test('symbols made by a macro may be split like written ones', () => {
  const made = giving(RtfsList.from([new RtfsSymbol('def'), new RtfsSymbol('x:int'), 1]))
  expect(printExpr(last('(defmacro m [] 1) (m)', { evaluator: made }))).toBe('(def x :int 1)')
})
