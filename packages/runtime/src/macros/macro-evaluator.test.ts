import { formatValue } from '@rtfs/core'
import { expect, test } from 'vitest'
import { createMemoryModuleLoader, createRuntime, parseProgram, RtfsParseError } from '../index.js'

async function run(program: string): Promise<string> {
  const modules = createMemoryModuleLoader({
    'm.rtfs': `(module m (:exports [twice unless2])
      (defn helper [form] (list 'do form form))
      (defmacro twice [form] (helper form))
      (defmacro unless2 [test form] \`(if ~test nil ~form))
      (defmacro hidden [] 1))`,
  })
  try {
    return formatValue((await createRuntime({ modules }).run(program)).value)
  } catch (error) {
    if (error instanceof RtfsParseError) return `! ${error.phase} ${error.kind}`
    return `! ${String(error)}`
  }
}

test.each([
  ['(defmacro swap [f a b] `(~f ~b ~a)) (swap - 1 10)', '9'],
  [
    '(defmacro with-default [x & body] `(let [v# ~x] (if (nil? v#) (do ~@body) v#))) (with-default nil 1 2)',
    '2',
  ],
  ['(defn helper [x] (list (quote inc) x)) (defmacro m [x] (helper x)) (m 1)', '2'],
  ['(defmacro a [x] `(b ~x)) (defmacro b [x] `(inc ~x)) (a 1)', '2'],
  ["(defmacro m [] (macroexpand-1 '(m2 1))) (defmacro m2 [x] x) 1", '1'],
  ["(defmacro m2 [x] `(inc ~x)) (defmacro m [] (macroexpand '(m2 1))) (m)", '2'],
  ['(defmacro m [] (let [s (gensym "p")] `(let [~s 1] ~s))) (m)', '1'],
  ['(defmacro m [[a b] & [c]] `[~a ~b ~c]) (m [1 2] 3)', '[1 2 3]'],
  ['(defmacro m [] 1) (m)', '1'],
  ['(do (defmacro m [] 5) (m))', '5'],
  ['(import m :as x) (x/twice (+ 1 1))', '2'],
  ['(import m :only [unless2]) (unless2 false 3)', '3'],
  ['(import m :refer :all) (twice 4)', '4'],
  ['(import m :as x) (x/hidden)', "! RtfsError: Module error: 'hidden' is not exported by m"],
  ['(module k (defmacro m [x] `(inc ~x))) (import k :as k) (k/m 1)', '2'],
  ['(defmacro m [a] a) (m)', '! expand ArityMismatch'],
  ['(defmacro m [] (println "x")) (m)', '! expand SecurityViolation'],
  ['(defmacro m [] (loop [] (recur))) (m)', '! expand BudgetExhausted'],
  ['(defmacro m [] inc) (m)', '! expand InvalidProgram'],
  ['(defmacro m [x] `(m ~x)) (m 1)', '! expand InvalidProgram'],
  ['(defmacro m [] 1) m', '! expand InvalidProgram'],
])('%s', async (program, expected) => expect(await run(program)).toBe(expected))

test('macros of a session stay, with the helpers of earlier units', async () => {
  const session = createRuntime().session()
  await session.run("(defn helper [x] (list 'inc x))")
  await session.run('(defmacro m [x] (helper x))')
  expect((await session.run('(m 1)')).value).toBe(2)
})

test('parseProgram expands macros without running the program', () => {
  const { program, diagnostics } = parseProgram('(defmacro m [x] `(inc ~x)) (m 1)')
  expect(diagnostics).toEqual([])
  expect(program.forms[1]).toMatchObject({ kind: 'call', callee: { name: 'inc' } })
})
