import { forEachChild, type LambdaNode, type LoopNode, lower, type Node } from '@rtfs/ir'
import { parse } from '@rtfs/parser'
import { describe, expect, test } from 'vitest'
import { buildFunction, buildRounds } from './build.js'
import type { Numeric } from './form.js'

function find<Kind extends Node['kind']>(source: string, kind: Kind): Extract<Node, { kind: Kind }> {
  let found: Node | undefined
  const visit = (node: Node): void => {
    if (found === undefined && node.kind === kind) found = node
    if (found === undefined) forEachChild(node, visit)
  }
  for (const form of lower(parse(source).program).unit.forms) visit(form)
  if (found === undefined) throw new Error(`no ${kind} in ${source}`)
  return found as Extract<Node, { kind: Kind }>
}

/** Whether the rounds of the loop become a kernel for variables of the types. */
function rounds(source: string, ...types: readonly Numeric[]): boolean {
  const loop: LoopNode = find(source, 'loop')
  const inputs = new Map(
    loop.bindings.map(({ pattern }, i) => {
      if (pattern.kind !== 'bind') throw new Error('a pattern')
      return [pattern.variable.id, types[i]!]
    }),
  )
  return buildRounds(loop, inputs) !== undefined
}

describe('rounds of loops', () => {
  test.each<[string, boolean, Numeric[]]>([
    ['(loop [i 0] (if (< i 9) (recur (inc i)) i))', true, ['int']],
    ['(loop [i 0] (if (< i 9) (recur (inc i)) (throw "end")))', true, ['int']],
    [
      '(loop [i 0 x 1.0] (cond (> i 9) :end (even? i) (recur (inc i) (/ x 2)) :else (recur (+ i 1) x)))',
      true,
      ['int', 'float'],
    ],
    ['(loop [i 0 odd false] (if (< i 9) (recur (inc i) (not odd)) odd))', true, ['int', 'bool']],
    ['(loop [i 0] (if (< i 9) (recur (loop [j i] (if (< j 3) (recur (inc j)) (inc j)))) i))', true, ['int']],
    [
      '(loop [i 0] (let [j (+ i 1)] (do (if (and (< j 9) (or (odd? j) (pos? i))) (recur j) i))))',
      true,
      ['int'],
    ],
    // The next round would have variables of other types.
    ['(loop [i 0] (if (< i 9) (recur (+ i 0.5)) i))', false, ['int']],
    ['(loop [i 0] (if (< i 9) (recur (str i)) i))', false, ['int']],
    ['(loop [i 0] (if (< i 9) (recur (/ i 2)) i))', false, ['int']],
    // No way leads to another round that is only numbers.
    ['(loop [i 0] (do (println i) (if (< i 9) (recur (inc i)) i)))', false, ['int']],
    ['(loop [i 0] (if i (recur (inc i)) i))', false, ['int']],
    ['(loop [i 0] (if (< i 9) (let [f (fn [x] x)] (recur (f i))) i))', false, ['int']],
  ])('%s', (source, expected, types) => {
    expect(rounds(source, ...types)).toBe(expected)
  })
})

/** The type of what the function gives, when it becomes a kernel for arguments of the types. */
function result(source: string, ...types: readonly Numeric[]): Numeric | 'none' | undefined {
  const lambda: LambdaNode = find(source, 'lambda')
  const inputs = new Map(
    lambda.params.map(({ pattern }, i) => {
      if (pattern.kind !== 'bind') throw new Error('a pattern')
      return [pattern.variable.id, types[i]!]
    }),
  )
  return buildFunction(lambda, inputs, {
    isSelf: ({ scope, variable }) => scope === 'local' && variable === lambda.self?.id,
  })?.result
}

describe('functions', () => {
  test.each<[string, Numeric | undefined, Numeric[]]>([
    ['(defn fib [n] (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2)))))', 'int', ['int']],
    ['(defn half [n x] (if (= n 0) x (half (- n 1) (/ x 2))))', 'float', ['int', 'float']],
    ['(defn even [n] (if (= n 0) true (not (even (- n 1)))))', 'bool', ['int']],
    ['(defn sum [n] (loop [i 0 s 0.0] (if (< i n) (recur (inc i) (+ s i)) s)))', 'float', ['int']],
    ['(defn f [n a] (if (> n 0) (recur (dec n) (* a 2)) a))', 'int', ['int', 'int']],
    // The check of the result makes a Float of the Integer.
    ['(defn f [n] :float (if (> n 0) (* 0.5 (f (dec n))) 1))', 'float', ['int']],
    ['(defn f [n] (if (> n 9) (throw "no") (if (> n 0) (f (dec n)) n)))', 'int', ['int']],
    // Nothing is repeated.
    ['(defn f [n] (+ n 1))', undefined, ['int']],
    // No way says what comes out.
    ['(defn f [n] (f (+ n 1)))', undefined, ['int']],
    ['(defn f [n] (if (> n 0) (f (dec n)) "end"))', undefined, ['int']],
    // Checks that may fail, or cost fuel.
    ['(defn f [n] :string (if (> n 0) (f (dec n)) n))', undefined, ['int']],
    ['(defn f [n] [:union :int :nil] (if (> n 0) (f (dec n)) n))', undefined, ['int']],
    ['(defn f [n] (if (> n 0) (f (dec n) 1) n))', undefined, ['int']],
  ])('%s', (source, expected, types) => {
    expect(result(source, ...types)).toBe(expected)
  })
})

test('a body too large for one module is none of kernels', () => {
  const sum = (terms: number): string => `(loop [i 0] (if (< i 9) (recur (+ i ${'1 '.repeat(terms)})) i))`
  expect(rounds(sum(100), 'int')).toBe(true)
  expect(rounds(sum(1000), 'int')).toBe(false)
})
