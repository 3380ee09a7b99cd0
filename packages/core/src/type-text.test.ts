import { describe, expect, test } from 'vitest'
import {
  canonicalType,
  float,
  formatType,
  fromJs,
  kw,
  type ResolveType,
  type Type,
  types as t,
} from './index.js'

const aliases = new Map<string, Type>([
  ['Id', t.int],
  ['Name', t.optional(t.string)],
  ['Tree', t.union(t.int, t.vector(t.ref('Tree')))],
  ['Even', t.optional(t.tuple(t.ref('Odd')))],
  ['Odd', t.tuple(t.ref('Even'))],
  ['Loop', t.ref('Loop')],
])
const resolve: ResolveType = name => aliases.get(name)

test.each<[string, Type, string]>([
  ['primitives', t.resourceHandle, ':resource-handle'],
  [
    'any function, map, vector',
    t.tuple(t.anyFunction, t.anyMap, t.anyVector, t.anyList),
    '[:tuple :fn :map :vector :list]',
  ],
  ['number', t.number, '[:union :float :int]'],
  [
    'collections',
    t.tuple(t.vector(t.int), t.list(t.int), t.seq(t.int), t.stream(t.int)),
    '[:tuple [:vector :int] [:list :int] [:seq :int] [:stream :int]]',
  ],
  ['empty tuple', t.tuple(), '[:tuple]'],
  [
    'records, entries sorted by key',
    t.record(
      [t.entry(kw('b'), t.int), t.entry(kw('a'), t.string, true), t.entry('z', t.nil), t.entry(3, t.any)],
      t.never,
    ),
    '[:map [3 :any] ["z" :nil] [:a :string ?] [:b :int] [:* :never]]',
  ],
  ['map-of', t.mapOf(t.keyword, t.any), '[:map-of :keyword :any]'],
  ['functions', t.fn([t.int, t.string], undefined, t.bool), '[:=> [:int :string] :bool]'],
  ['variadic functions', t.fn([t.int], t.float, t.nil), '[:=> [:int & :float] :nil]'],
  ['functions without parameters', t.fn([], undefined, t.any), '[:=> [] :any]'],
  ['resources', t.resource('FileHandle'), '[:resource FileHandle]'],
  [
    'unions flattened, sorted, without doubles',
    t.union(t.string, t.union(t.nil, t.int), t.string),
    '[:union :int :nil :string]',
  ],
  ['a union of one', t.union(t.int, t.union(t.int)), ':int'],
  ['a union of none', t.union(), ':never'],
  ['T?', t.optional(t.int), '[:union :int :nil]'],
  [
    'refinements in source order',
    t.and(t.float, t.predicate('>', 0), t.predicate('in-range', 0, float(9.5))),
    '[:and :float [:> 0] [:in-range 0 9.5]]',
  ],
  [
    'refinements by types',
    t.and(t.anyMap, t.record([t.entry(kw('a'), t.int)])),
    '[:and :map [:map [:a :int]]]',
  ],
  ['literals', t.literal(fromJs({ b: 1, a: ['x'] })), '[:val {"a" ["x"] "b" 1}]'],
  ['enums sorted, without doubles', t.enum(kw('b'), 'b', 1, kw('a'), kw('b')), '[:enum "b" 1 :a :b]'],
  ['arrays', t.array(t.int, [3, null]), '[:array :int [3 ?]]'],
  ['arrays without shape', t.array(t.int), '[:array :int]'],
  ['unknown aliases', t.vector(t.ref('geo/Point')), '[:vector :geo/Point]'],
  ['known aliases', t.vector(t.ref('Id')), '[:vector :int]'],
  ['aliases inside unions', t.union(t.ref('Name'), t.int), '[:union :int :nil :string]'],
  ['recursive aliases', t.ref('Tree'), '[:union :int [:vector :Tree]]'],
  [
    'recursive aliases inside unions',
    t.union(t.string, t.ref('Tree')),
    '[:union :int :string [:vector :Tree]]',
  ],
  ['one alias twice', t.tuple(t.ref('Id'), t.ref('Id')), '[:tuple :int :int]'],
  ['mutually recursive aliases', t.ref('Even'), '[:union :nil [:tuple [:tuple :Even]]]'],
  ['an alias of itself', t.ref('Loop'), ':Loop'],
])('%s', (_, type, expected) => {
  expect(formatType(type, resolve)).toBe(expected)
  const canonical = canonicalType(type, resolve)
  expect(formatType(canonical)).toBe(expected)
  expect(canonicalType(canonical)).toEqual(canonical)
})

test('without resolve, aliases appear by name', () => {
  expect(formatType(t.optional(t.ref('Tree')))).toBe('[:union :Tree :nil]')
})

describe('types made to explode', () => {
  test('doubling aliases are refused', () => {
    const doubling: ResolveType = name => {
      const n = Number(name.slice(1))
      return n === 0 ? t.int : t.tuple(t.ref(`A${n - 1}`), t.ref(`A${n - 1}`))
    }
    expect(() => formatType(t.ref('A100'), doubling)).toThrow('a type has more than 100000 parts')
    expect(formatType(t.ref('A3'), doubling).length).toBeLessThan(200)
  })

  test('deep ones too, before the native stack ends', () => {
    let deep: Type = t.int
    for (let i = 0; i < 100_000; i++) deep = t.vector(deep)
    expect(() => canonicalType(deep)).toThrow('a type is nested deeper than 256 levels')
    const chain: ResolveType = name => t.vector(t.ref(`${name}x`))
    expect(() => formatType(t.ref('a'), chain)).toThrow('nested deeper than 256 levels')
  })
})
