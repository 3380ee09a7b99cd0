import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import type { Defmacro } from './ast.js'
import { type ParseOptions, parse } from './parse.js'
import { parsed, templateEvaluator } from './parser.test-util.js'
import { programs } from './programs.test-util.js'

/*
 * Analysing each form as soon as it is read must not be seen: the tree, the diagnostics, the macros and what the
 * evaluator is told are those of a text that is read as a whole.
 */

/** A macro known before the text makes `parse` read the text as a whole first; nothing calls this one. */
const readAsAWhole: ReadonlyMap<string, Defmacro> = new Map([
  ['a-macro-nobody-calls', parsed('(defmacro a-macro-nobody-calls [] 1)').program.forms[0] as Defmacro],
])

function outcome(text: string, options: ParseOptions): unknown {
  const told: string[] = []
  const { program, diagnostics, macros } = parse(text, { ...options, evaluator: templateEvaluator(told) })
  const known = [...macros].filter(([name]) => !readAsAWhole.has(name))
  return { program, diagnostics, told, macros: known }
}

function bothWays(text: string): readonly [unknown, unknown] {
  return [outcome(text, {}), outcome(text, { macros: readAsAWhole })]
}

test.each([
  ['', 'nothing'],
  ['1 x :k "s" (f) 2', 'atoms between lists and behind the last'],
  ['#!/usr/bin/rtfs\n(f) ; end', 'a header and a comment'],
  ['(when a b)\n(defn when [x y] x)\n(when 1 2)', 'a special form is taken over below its use'],
  ['(f (get a))\n(do (if c (def get 1)))', 'by a definition inside of frameless forms'],
  ['(while x)\n(defn while [x] x)', 'a form of other languages is defined below its use'],
  ['(try (f) (catch Late e 1))\n(deftype Late :int)', 'a type is defined below the catch of it'],
  ['(deftype Early :int)\n(try (f) (catch Early e 1))', 'a type above'],
  ['(try (f) (catch S e 1))\n(defstruct S :a :int)', 'a struct below'],
  ['(defmacro m [x] `(f ~x))\n(m 1)\n(when a b)\n(defn when [a b] a)', 'a late name behind a macro'],
  ['(when a b)\n(defmacro m [x] `(f ~x))\n(m 1)\n(defn when [a b] a)', 'macros are told once'],
  ['(defn h [] 1)\n(defmacro m [x] `(f ~x))\n(m 1)\n(m 2', 'a delimiter is missing behind a macro'],
  ['(defmacro m [] 1)\n(m)\n"never closed', 'a string is not closed behind a macro'],
  ['(module a (defmacro m [x] `(f ~x)))\n(import a :only [m])\n(m 1)\n)', 'an import, and a stray closer'],
  ['(if 1)\n(defn f [x]\n  (g x)\n\n(defn g [x] x)', 'errors of meaning before those of reading'],
  ['(f 1]\n(g 2)', 'a wrong closer'],
  ['```clojure\n(f 1)\n```', 'fences'],
  ['(f #_)', 'nothing to discard'],
  [`${'(f '.repeat(600)}x${')'.repeat(600)}`, 'nested too deep'],
])('%j: %s', text => {
  const [early, whole] = bothWays(text)
  expect(early).toEqual(whole)
})

test('each program, and pairs of programs cut anywhere', () => {
  let state = 7
  const next = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  for (let i = 0; i < 1_500; i++) {
    const one = programs[i % programs.length]!
    const other = programs[next(programs.length)]!
    const cut = next(4) === 0 ? other.slice(0, next(other.length)) : other
    const text = i < programs.length ? one : `${cut}\n${one}`
    const [early, whole] = bothWays(text)
    if (!isDeepStrictEqual(early, whole)) expect({ text, early }).toEqual({ text, early: whole })
  }
})
