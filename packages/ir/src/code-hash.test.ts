import { parseDigest, types } from '@rtfs/core'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CodeHashOptions, codeHash, codeHashes, encodeUnit, infer } from './index.js'
import { samples, unitOf } from './programs.test-util.js'
import { plainName, programs } from './random-programs.test-util.js'

const known = codeHash(unitOf('(defn g [] 1)'), 'g')

/** The code hash of `f` in a program; `a.b/g` has one. */
function hashOf(text: string): string | undefined {
  const moduleHash: CodeHashOptions['moduleHash'] = (module, name) =>
    `${module}/${name}` === 'a.b/g' ? known : undefined
  return codeHash(unitOf(text), 'f', { moduleHash })
}

describe('equal', () => {
  test.each([
    ['names of parameters', '(defn f [x y] (- x y))', '(defn f [a b] (- a b))'],
    ['names of locals', '(defn f [x] (let [y 1 z y] [x z]))', '(defn f [x] (let [p 1 q p] [x q]))'],
    ['layout and comments', '(defn f [x] (inc x))', '(defn f ; note\n  [x]\n\n  (inc   x))'],
    ['documentation', '(defn f [x] x)', '(defn f "doc" [x] x)'],
    ['metadata', '(defn f [x] x)', '(defn f ^{:examples [[[1] 1]]} [x] x)'],
    ['hints', '(defn f [x] x)', '(defn f ^:delegation :l4 [x] x)'],
    ['an alias of a library function', '(defn f [x] (count x))', '(defn f [x] (length x))'],
    ['stdlib/', '(defn f [x] (inc x))', '(defn f [x] (stdlib/inc x))'],
    ['defn and def of a named function', '(defn f [n] (f n))', '(def f (fn f [n] (f n)))'],
    [
      'the name of a function called',
      '(defn g [x] (* 2 x)) (defn f [x] (g x))',
      '(defn twice [n] (* 2 n)) (defn f [x] (twice x))',
    ],
    ['the order of definitions', '(defn g [x] x) (defn f [x] (g x))', '(defn f [x] (g x)) (defn g [x] x)'],
    ['other definitions', '(defn f [x] x)', '(defn h [] 1) (defn f [x] x) (f 1)'],
    [
      'names in mutual recursion',
      '(defn f [n] (if n (g n) 1)) (defn g [n] (if n (f n) 2))',
      '(defn f [n] (if n (h n) 1)) (defn h [n] (if n (f n) 2))',
    ],
    [
      'the name of a loop variable',
      '(defn f [] (loop [i 0] (if (> i 3) i (recur (inc i)))))',
      '(defn f [] (loop [k 0] (if (> k 3) k (recur (inc k)))))',
    ],
    ['a type alias and its type', '(deftype N int) (defn f [x :N] x)', '(defn f [x :int] x)'],
    ['spelling of a type', '(defn f [x :[:or nil Int]] x)', '(defn f [x :int?] x)'],
    [
      'how an import is written',
      '(import a.b :as m) (defn f [] (m/g))',
      '(import a.b :only [g]) (defn f [] (g))',
    ],
    ['names defined inside', '(def f (do (def a 1) (def b 2) a))', '(def f (do (def p 1) (def q 2) p))'],
    [
      'a recursive alias',
      '(deftype T [:vector :T]) (defn f [x :T] x)',
      '(deftype T [:vector :T]) (defn f [y :T] y)',
    ],
    ['a let and its letrec', '(defn f [] (let [g (fn [] 1)] (g)))', '(defn f [] (letrec [g (fn [] 1)] (g)))'],
  ])('%s', (_, a, b) => {
    expect(parseDigest(hashOf(a)!)).toBeDefined()
    expect(hashOf(a)).toBe(hashOf(b))
  })
})

describe('different', () => {
  test.each([
    ['a literal', '(defn f [] 1)', '(defn f [] 2)'],
    ['the kind of a number', '(defn f [] 1)', '(defn f [] 1.0)'],
    ['the sign of zero', '(defn f [] 0.0)', '(defn f [] -0.0)'],
    ['which parameter', '(defn f [x y] x)', '(defn f [x y] y)'],
    ['an annotation', '(defn f [x] x)', '(defn f [x :int] x)'],
    ['a result annotation', '(defn f [x] x)', '(defn f [x] :int x)'],
    [
      'what a called function does',
      '(defn g [x] x) (defn f [x] (g x))',
      '(defn g [x] (inc x)) (defn f [x] (g x))',
    ],
    ['what a constant is', '(def k 1) (defn f [] k)', '(def k 2) (defn f [] k)'],
    [
      'which of two functions',
      '(defn g [] 1) (defn h [] 2) (defn f [] (g))',
      '(defn g [] 1) (defn h [] 2) (defn f [] (h))',
    ],
    [
      'a partner in mutual recursion',
      '(defn f [n] (g n)) (defn g [n] (if n (f n) 2))',
      '(defn f [n] (g n)) (defn g [n] (if n (f n) 3))',
    ],
    ['order of evaluation', '(defn f [] [(call :a) (call :b)])', '(defn f [] [(call :b) (call :a)])'],
    ['a type alias', '(deftype N int) (defn f [x :N] x)', '(deftype N float) (defn f [x :N] x)'],
    ['a keyword in a pattern', '(defn f [{:keys [a]}] a)', '(defn f [{:keys [b]}] b)'],
    ['a name that is a key', '(defn f [] (parallel [a 1]))', '(defn f [] (parallel [b 1]))'],
    ['quoted symbols', "(defn f [] 'a)", "(defn f [] 'b)"],
    ['a rest parameter', '(defn f [x] x)', '(defn f [& x] x)'],
    ['local and global', '(def x 1) (defn f [y] x)', '(def x 1) (defn f [y] y)'],
    [
      'which name is defined inside',
      '(def f (do (def a 1) (def b 2) a))',
      '(def f (do (def a 1) (def b 2) b))',
    ],
    ['tail or not', '(defn f [g] (g))', '(defn f [g] (do (g) nil))'],
    ['a redefinition', '(defn f [] 1)', '(defn f [] 1) (defn f [] 2)'],
    ['direct and mutual recursion', '(defn f [n] (f n))', '(defn f [n] (g n)) (defn g [n] (f n))'],
  ])('%s', (_, a, b) => expect(hashOf(a)).not.toBe(hashOf(b)))
})

test('nothing to hash', () => {
  expect(hashOf('(defn g [] 1)')).toBeUndefined()
  expect(hashOf('(defn f "d" ^:delegation :l4 [x :int] :int)')).toBeUndefined()
  const caller = (result: string): string | undefined =>
    hashOf(`(defn g "d" ^:delegation :l4 [x :int] ${result}) (defn f [] (g 1))`)
  expect(caller(':int')).toBeDefined()
  expect(caller(':int')).not.toBe(caller(':float'))
})

test('code that is not known has no hash, nor has what uses it', () => {
  const texts = [
    '(defn f [] nope)',
    '(import x) (defn f [] (x/g))',
    '(defn f [] (h)) (defn h [] (f) nope)',
    '(defn h [] nope) (defn f [] (h))',
    '(defn f [x :Unknown] x)',
  ]
  for (const text of texts) expect(codeHash(unitOf(text), 'f'), text).toBeUndefined()
  const session = unitOf('(defn f [] (g))', { knownGlobals: new Set(['g']) })
  expect(codeHash(session, 'f')).toBeUndefined()
  expect(codeHash(session, 'f', { globalHash: name => (name === 'g' ? known : undefined) })).toBe(
    hashOf('(defn g [] 1) (defn f [] (g))'),
  )
})

test('aliases of the host; kinds of resources need none', () => {
  const aliased = unitOf('(defn f [x :N] x)')
  expect(codeHash(aliased, 'f', { resolve: name => (name === 'N' ? types.int : undefined) })).toBe(
    hashOf('(defn f [x :int] x)'),
  )
  const resource = (kind: string): string | undefined =>
    hashOf(`(defn f [p] (with-resource [h ${kind} (open-file p)] (read-line h)))`)
  expect(resource('FileHandle')).toBeDefined()
  expect(resource('FileHandle')).not.toBe(resource('Socket'))
})

test('symmetric partners have one hash', () => {
  const hashes = codeHashes(unitOf('(defn a [n] (b n)) (defn b [n] (a n))'))
  expect(hashes.get('a')).toBe(hashes.get('b'))
})

test('modules: inside the unit and outside', () => {
  const unit = unitOf('(module m (defn g [] 1) (defn f [] (g))) (import m) (defn f [] (m/f))')
  expect(codeHash(unit, 'f', { module: 'm' })).toBe(hashOf('(defn g [] 1) (defn f [] (g))'))
  expect(codeHash(unit, 'f')).not.toBe(codeHash(unit, 'f', { module: 'm' }))
  expect(hashOf('(import a.b :as y) (defn f [] (y/g))')).toBe(hashOf('(defn g [] 1) (defn f [] (g))'))
})

test('a long chain of definitions needs no deep stack', () => {
  const defs = Array.from({ length: 3000 }, (_, i) => `(defn f${i} [] ${i === 0 ? '1' : `(f${i - 1})`})`)
  expect(codeHashes(unitOf(defs.join(' '))).size).toBe(3000)
})

test.each(samples)('types filled in change nothing: %s', text => {
  const unit = unitOf(text)
  expect(codeHashes(infer(unit).unit)).toEqual(codeHashes(unit))
})

test('renamed and laid out anew, random programs keep their code hashes, not their bytes', () => {
  const otherName = (index: number): string => ['alpha', 'beta', 'gamma', 'delta'][index]!
  fc.assert(
    fc.property(programs, program => {
      // A name that nobody defines is no name of ours to change: all are defined first.
      const defined = (nameOf: (index: number) => string): string =>
        [0, 1, 2, 3].map(i => `(def ${nameOf(i)} ${i})`).join(' ')
      const plain = unitOf(`${defined(plainName)} ${program.render(plainName, ' ')}`)
      const renamed = unitOf(`${defined(otherName)}\n${program.render(otherName, ' ; c\n  ')}`)
      const [before, after] = [codeHashes(plain), codeHashes(renamed)]
      expect(before.size).toBe(after.size)
      for (let i = 0; i < 4; i++) expect(after.get(otherName(i))).toBe(before.get(plainName(i)))
      expect(encodeUnit(plain)).not.toEqual(encodeUnit(renamed))
    }),
    { numRuns: 100, seed: 20265 },
  )
})

test('the format is what it was', () => {
  expect(hashOf('(defn f [n] (if (= n 0) 1 (* n (f (- n 1)))))')).toBe(
    'sha256:c9740dd94937a9ba3e2f702ec11ecd0e5afa3ee23a1405b4698862ea8bd20ef5',
  )
})
