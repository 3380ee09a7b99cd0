import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Expr } from './ast.js'
import { exportsOf } from './exports.js'
import { topLevel } from './expr.test-util.js'
import { printExpr } from './format.js'
import { freeSymbols } from './free-symbols.js'
import { last } from './parser.test-util.js'
import { forEachChild, matchPatternNames, patternNames } from './walk.js'

describe('children', () => {
  const children = (text: string) => {
    const found: string[] = []
    forEachChild(last(text), child => found.push(printExpr(child)))
    return found
  }
  test.each([
    ['(f a b)', ['f', 'a', 'b']],
    ['{a b c d}', ['a', 'b', 'c', 'd']],
    ['(let [{:keys [x] :or {x d}} i] b)', ['i', 'd', 'b']],
    ['(fn [{:keys [x] :or {x d}} & [{y :k :or {y e}}]] b)', ['d', 'e', 'b']],
    ['(match x p when g b _ c)', ['x', 'g', 'b', 'c']],
    ['(try a (catch e b) (finally c))', ['a', 'b', 'c']],
    ['(for [x xs :when w :let [y i] :while v] b)', ['xs', 'w', 'i', 'v', 'b']],
    ['`(a ~b {k ~c} [~@d])', ['b', 'c', 'd']],
    ['(step "s" :expose-context a :context-keys b :params {"k" c} d)', ['a', 'b', '{"k" c}', 'd']],
  ])('of %s', (text, expected) => {
    expect(children(text)).toEqual(expected)
  })

  test('every node object of a tree is reached', () => {
    // Counts nodes by their fields, without knowing kinds, and compares with the walk.
    const nodesIn = (value: unknown, skip: boolean): number => {
      if (Array.isArray(value)) return value.reduce((sum: number, part) => sum + nodesIn(part, false), 0)
      if (typeof value !== 'object' || value === null || value instanceof Map) return 0
      if (Object.getPrototypeOf(value) !== Object.prototype) return 0
      const kind = (value as { kind?: unknown }).kind
      const own =
        !skip &&
        typeof kind === 'string' &&
        exprKinds.has(kind) &&
        'start' in value &&
        !('name' in value && kind === 'never')
          ? 1
          : 0
      return Object.entries(value).reduce(
        (sum, [key, part]) =>
          sum + (key === 'type' || (key === 'value' && kind === 'literal') ? 0 : nodesIn(part, false)),
        own,
      )
    }
    const walked = (node: Expr): number => {
      let sum = 1
      forEachChild(node, child => {
        sum += walked(child)
      })
      return sum
    }
    fc.assert(
      fc.property(topLevel, node => {
        expect(walked(node)).toBe(nodesIn(node, false))
      }),
      { numRuns: 500, seed: 1 },
    )
  })
})

const exprKinds = new Set<string>([
  'literal',
  'symbol',
  'vector',
  'map',
  'quote',
  'quasiquote',
  'call',
  'if',
  'do',
  'and',
  'or',
  'let',
  'loop',
  'recur',
  'fn',
  'def',
  'defn',
  'match',
  'try',
  'throw',
  'parallel',
  'with-resource',
  'log-step',
  'step',
  'step-if',
  'step-loop',
  'step-parallel',
  'for',
  'dotimes',
  'host-call',
  'discover-agents',
  'context-get',
  'task-context',
  'resource-ref',
  'the',
  'conforms',
  'with-metadata',
  'deftype',
  'defstruct',
  'defmacro',
  'deftest',
  'is',
  'import',
  'module',
  'object',
])

test.each([
  ['x', ['x']],
  ['m/x', []],
  ['(let [x y z x] (x w))', ['y', 'w']],
  ['(let [f (fn [] (g)) g (fn [] (f))] f)', []],
  ['(let [f g g (fn [] 1)] f)', ['g']],
  ['(fn f [a {:keys [b] :or {b a}} & [c]] (f a b c d))', ['d']],
  ['(match x [a & b] when a b {:k c} c _ a)', ['x', 'a']],
  ['(try a (catch e e) (finally e))', ['a', 'e']],
  ['(for [x xs :let [y x] :when y] (x y z))', ['xs', 'z']],
  ['(dotimes [i n] i)', ['n']],
  ['(with-resource [f int (open)] f)', ['open']],
  ['(loop [i n] (recur i))', ['n']],
  ['(fn [] (def x 1) (defn g [] (h)) (g x))', ['h']],
  ['(step "s" :params {"k" a} (f %params))', ['a', 'f']],
  ['`(a ~b ~@c x#)', ['b', 'c']],
  ["'(a b)", []],
  ['(module m (import n :only [k]) (defn f [] (g k)) (defn g [] 1))', []],
])('free symbols of %s', (text, expected) => {
  expect([...freeSymbols(last(text))].sort()).toEqual([...expected].sort())
})

test('names of patterns', () => {
  const node = last('(let [[a {:keys [b] c :k & d :as e} & f :as g] 1] 1)')
  expect(node.kind === 'let' && patternNames(node.bindings[0]!.pattern)).toEqual([
    'a',
    'b',
    'c',
    'd',
    'e',
    'f',
    'g',
  ])
  const match = last('(match 1 [a {:k a & r} (:as n b) & t] 1)')
  expect(match.kind === 'match' && matchPatternNames(match.clauses[0]!.pattern)).toEqual([
    'a',
    'r',
    'n',
    'b',
    't',
  ])
})

test.each([
  [
    'listed names',
    '(module m (:exports [f k nope]) (defn f [] 1) (def k 2) (def z 3))',
    ['f Function', 'k Variable', 'nope undefined'],
  ],
  [
    'everything that is not private',
    '(module m (defn f [] 1) (def ^{:private true} a 1) (defn ^:private b [] 1) (def h (fn [] 1)) (deftype T :int) (defstruct S) ^:private (deftype P :int) (defmacro k [] 1) (do (def in 1)) (import x))',
    ['f Function', 'h Function', 'T Type', 'S Type', 'k Macro', 'in Variable'],
  ],
])('exports: %s', (_, text, expected) => {
  const node = last(text)
  if (node.kind !== 'module') throw new Error(node.kind)
  expect(exportsOf(node).map(({ name, exportType }) => `${name} ${exportType}`)).toEqual(expected)
})
