import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seeded, values } from './arbitrary.test-util.js'
import {
  conforms,
  float,
  formatType,
  isSubtype,
  joinTypes,
  kw,
  type ResolveType,
  RtfsVector,
  type Type,
  types as t,
  typeOfValue,
  typesConflict,
} from './index.js'

const aliases = new Map<string, Type>([
  ['Id', t.int],
  ['Tree', t.union(t.int, t.vector(t.ref('Tree')))],
  ['Tree2', t.union(t.vector(t.ref('Tree2')), t.int)],
  ['Wood', t.union(t.int, t.string, t.vector(t.ref('Wood')))],
  ['Loop', t.ref('Loop')],
])
const resolve: ResolveType = name => aliases.get(name)
const record = (...entries: Parameters<typeof t.entry>[]): Type =>
  t.record(entries.map(entry => t.entry(...entry)))
const [a, b] = [kw('a'), kw('b')]

/** The relation of LANGUAGE §10.3, then the stricter one. */
const rows: [string, Type, Type, boolean, boolean][] = [
  ['equal', t.int, t.int, true, true],
  ['T any', t.int, t.any, true, true],
  ['S any', t.any, t.int, true, false],
  ['any any', t.any, t.any, true, true],
  ['never', t.never, t.int, true, true],
  ['to never', t.int, t.never, false, false],
  ['different', t.int, t.string, false, false],
  ['union in another order', t.union(t.int, t.nil), t.union(t.nil, t.int), true, true],
  ['member of a union', t.int, t.optional(t.int), true, true],
  ['union to member', t.optional(t.int), t.int, false, false],
  ['empty union', t.union(), t.int, true, true],
  ['widening', t.int, t.float, true, false],
  ['no narrowing', t.float, t.int, false, false],
  ['widening in a vector', t.vector(t.int), t.vector(t.float), true, false],
  [
    'no widening in a function',
    t.fn([t.float], undefined, t.int),
    t.fn([t.int], undefined, t.float),
    false,
    false,
  ],
  ['no widening in map keys', t.mapOf(t.int, t.int), t.mapOf(t.float, t.int), false, false],
  ['widening in map values', t.mapOf(t.int, t.int), t.mapOf(t.int, t.float), true, false],
  ['number', t.float, t.number, true, true],
  ['vector', t.vector(t.int), t.vector(t.number), true, true],
  ['vector to plain vector', t.vector(t.int), t.anyVector, true, true],
  ['plain vector to vector', t.anyVector, t.vector(t.int), true, false],
  ['plain vector to vector of any', t.anyVector, t.vector(t.any), true, true],
  ['vector to seq', t.vector(t.int), t.seq(t.int), true, true],
  ['list to vector', t.list(t.int), t.vector(t.int), false, false],
  ['list to seq', t.list(t.int), t.seq(t.any), true, true],
  ['seq to list', t.seq(t.int), t.list(t.int), false, false],
  ['tuple', t.tuple(t.int, t.nil), t.tuple(t.any, t.optional(t.int)), true, true],
  ['tuple of another length', t.tuple(t.int), t.tuple(t.int, t.int), false, false],
  ['tuple to vector', t.tuple(t.int, t.nil), t.vector(t.optional(t.int)), true, false],
  ['tuple to vector, one member does not fit', t.tuple(t.int, t.nil), t.vector(t.int), false, false],
  ['tuple to plain vector', t.tuple(t.int), t.anyVector, true, false],
  ['tuple to seq', t.tuple(t.int), t.seq(t.int), true, true],
  ['array', t.array(t.int, [3, 2]), t.array(t.number, [3, null]), true, true],
  ['array of another shape', t.array(t.int, [3]), t.array(t.int, [2]), false, false],
  ['array to vector', t.array(t.int, [3, 2]), t.vector(t.vector(t.int)), true, true],
  ['record', record([a, t.int], [b, t.nil]), record([a, t.number]), true, true],
  ['record lacks a required entry', record([b, t.int]), record([a, t.int]), false, false],
  ['optional for required', record([a, t.int, true]), record([a, t.int]), false, false],
  ['required for optional', record([a, t.int]), record([a, t.int, true]), true, true],
  ['lacking for optional', record(), record([a, t.int, true]), true, false],
  ['closed, lacking for optional', t.record([], t.never), record([a, t.int, true]), true, true],
  ['wrong for optional', record([a, t.string]), record([a, t.int, true]), false, false],
  ['open to closed', record([a, t.int]), t.record([t.entry(a, t.int)], t.never), false, false],
  [
    'closed to closed',
    t.record([t.entry(a, t.int)], t.never),
    t.record([t.entry(a, t.int)], t.never),
    true,
    true,
  ],
  [
    'closed with more to closed',
    t.record([t.entry(a, t.int), t.entry(b, t.int)], t.never),
    t.record([t.entry(a, t.int)], t.never),
    false,
    false,
  ],
  [
    'closed to typed rest',
    t.record([t.entry(a, t.int), t.entry(b, t.int)], t.never),
    t.record([t.entry(a, t.int)], t.int),
    true,
    true,
  ],
  ['record to plain map', record([a, t.int]), t.anyMap, true, true],
  ['plain map to record', t.anyMap, record([a, t.int]), false, false],
  ['plain map to optional record', t.anyMap, record([a, t.int, true]), true, false],
  ['map-of', t.mapOf(t.keyword, t.int), t.mapOf(t.any, t.number), true, true],
  ['map-of to record', t.mapOf(t.keyword, t.int), record([a, t.int, true]), true, true],
  ['map-of to required record', t.mapOf(t.keyword, t.int), record([a, t.int]), false, false],
  ['function', t.fn([t.any], undefined, t.int), t.fn([t.int], undefined, t.number), true, true],
  [
    'function with narrower parameter',
    t.fn([t.int], undefined, t.int),
    t.fn([t.number], undefined, t.int),
    false,
    false,
  ],
  [
    'function of another arity',
    t.fn([t.int], undefined, t.int),
    t.fn([t.int, t.int], undefined, t.int),
    false,
    false,
  ],
  ['variadic covers', t.fn([t.int], t.int, t.int), t.fn([t.int, t.int, t.int], undefined, t.int), true, true],
  [
    'variadic with more fixed',
    t.fn([t.int, t.int], t.int, t.int),
    t.fn([t.int], undefined, t.int),
    false,
    false,
  ],
  ['fixed for variadic', t.fn([t.int], undefined, t.int), t.fn([t.int], t.int, t.int), false, false],
  ['function to plain function', t.fn([], undefined, t.any), t.anyFunction, true, true],
  ['resource', t.resource('A'), t.resourceHandle, true, true],
  ['resources', t.resource('A'), t.resource('B'), false, false],
  ['refined to base', t.and(t.int, t.predicate('>', 0)), t.int, true, true],
  ['base to refined', t.int, t.and(t.int, t.predicate('>', 0)), false, false],
  ['refined alike', t.and(t.int, t.predicate('>', 0)), t.and(t.int, t.predicate('>', 0)), true, true],
  [
    'refined further',
    t.and(t.int, t.predicate('>', 0), t.predicate('<', 9)),
    t.and(t.int, t.predicate('<', 9)),
    true,
    true,
  ],
  ['refined otherwise', t.and(t.int, t.predicate('>', 0)), t.and(t.int, t.predicate('>', 1)), false, false],
  ['intersection to one of its types', t.and(t.any, t.int), t.int, true, true],
  ['to an intersection of types', t.int, t.and(t.number, t.int), true, true],
  ['refined into a union', t.and(t.int, t.predicate('>', 0)), t.optional(t.int), true, true],
  [
    'refined union into a union',
    t.and(t.optional(t.int), t.predicate('!=', 1)),
    t.union(t.int, t.nil, t.string),
    true,
    true,
  ],
  ['literal', t.literal(1), t.int, true, true],
  ['literal to literal', t.literal(1), t.literal(1), true, true],
  ['literal to another', t.literal(1), t.literal(2), false, false],
  ['literal widens', t.literal(1), t.float, true, false],
  ['literal to enum', t.literal(kw('a')), t.enum(kw('a'), kw('b')), true, true],
  ['enum to type', t.enum(kw('a'), kw('b')), t.keyword, true, true],
  ['enum to mixed union', t.enum(kw('a'), 1), t.union(t.keyword, t.int), true, true],
  ['enum to larger', t.enum(1), t.enum(1, 2), true, true],
  ['enum to smaller', t.enum(1, 2), t.enum(1), false, false],
  ['enum to union of literals', t.enum(1, 2), t.union(t.literal(2), t.literal(1)), true, true],
  ['type to enum', t.int, t.enum(1), false, false],
  ['alias', t.ref('Id'), t.int, true, true],
  ['to alias', t.int, t.optional(t.ref('Id')), true, true],
  ['recursive aliases of one meaning', t.ref('Tree'), t.ref('Tree2'), true, true],
  ['recursive alias into a wider one', t.ref('Tree'), t.ref('Wood'), true, true],
  ['recursive alias into a narrower one', t.ref('Wood'), t.ref('Tree'), false, false],
  ['unknown alias', t.ref('Nope'), t.ref('Nope'), true, true],
  ['unknown alias to int', t.ref('Nope'), t.int, false, false],
  ['an alias of itself', t.ref('Loop'), t.int, false, false],
]

test.each(rows)('%s', (_, s, to, wide, exact) => {
  expect([isSubtype(s, to, resolve), isSubtype(s, to, resolve, { exact: true })]).toEqual([wide, exact])
})

test('a refusal does not leave behind what was assumed on the way to it', () => {
  // To compare the tuples, Tree ≤ Wood is assumed; the second elements refuse, and Wood ≤ Tree is asked then.
  const s = t.union(t.tuple(t.ref('Wood'), t.int), t.ref('Wood'))
  const to = t.union(t.tuple(t.ref('Tree'), t.string), t.ref('Tree'))
  expect(isSubtype(s, to, resolve)).toBe(false)
})

test('exact subtypes hold for values', () => {
  const all = [...new Set(rows.flatMap(([, s, to]) => [s, to]))].filter(
    type => !formatType(type).includes('Nope'),
  )
  const pairs = all.flatMap(s =>
    all.filter(to => isSubtype(s, to, resolve, { exact: true })).map((to): [Type, Type] => [s, to]),
  )
  fc.assert(
    fc.property(values, value => {
      for (const [s, to] of pairs) {
        if (conforms(value, s, { resolve }) && !conforms(value, to, { resolve })) {
          expect(`${formatType(s)} ≤ ${formatType(to)}`).toBe('refuted')
        }
      }
    }),
    { ...seeded, numRuns: 300 },
  )
})

describe('typesConflict', () => {
  test.each<[string, Type, Type, boolean]>([
    ['equal', t.int, t.int, false],
    ['different', t.int, t.string, true],
    ['any', t.any, t.string, false],
    ['never', t.never, t.int, true],
    ['an integer where a float is wanted', t.int, t.float, false],
    ['a float where an integer is wanted', t.float, t.int, true],
    ['a float literal where an integer is wanted', t.literal(float(1)), t.int, true],
    ['number where an integer is wanted', t.number, t.int, false],
    ['unions that meet', t.union(t.int, t.nil), t.union(t.nil, t.string), false],
    ['unions that do not', t.union(t.int, t.nil), t.union(t.keyword, t.string), true],
    ['vectors share the empty one', t.vector(t.int), t.vector(t.string), false],
    ['vector and list', t.vector(t.int), t.list(t.int), true],
    ['vector and map', t.vector(t.any), t.anyMap, true],
    ['seq and list', t.seq(t.int), t.list(t.string), false],
    ['tuples', t.tuple(t.int), t.tuple(t.string), true],
    ['tuples of other lengths', t.tuple(t.int), t.tuple(t.int, t.int), true],
    ['floats and integers inside', t.tuple(t.float), t.tuple(t.int), false],
    ['tuple and vector', t.tuple(t.int), t.vector(t.string), true],
    ['empty tuple and vector', t.tuple(), t.vector(t.string), false],
    ['tuple and plain vector', t.tuple(t.int), t.anyVector, false],
    ['records', record([a, t.int]), record([a, t.string]), true],
    ['records with other keys', record([a, t.int]), record([b, t.string]), false],
    ['optional entries', record([a, t.int, true]), record([a, t.string, true]), false],
    ['closed record lacks a key', record([a, t.int]), t.record([t.entry(b, t.int, true)], t.never), true],
    [
      'closed record with the string key',
      record([a, t.int]),
      t.record([t.entry('a', t.int)], t.never),
      false,
    ],
    ['record and map-of', record([a, t.int]), t.mapOf(t.keyword, t.string), true],
    ['record and plain map', record([a, t.int]), t.anyMap, false],
    ['functions', t.fn([], undefined, t.int), t.fn([t.int], undefined, t.string), false],
    ['function and keyword', t.keyword, t.fn([t.any], undefined, t.any), true],
    ['literals', t.literal(1), t.literal(2), true],
    ['literal and enum', t.literal(1), t.enum(1, 2), false],
    ['enum and type', t.enum(1, 2), t.string, true],
    ['refined', t.and(t.int, t.predicate('>', 0)), t.string, true],
    ['refined alike', t.and(t.int, t.predicate('>', 0)), t.and(t.int, t.predicate('<', 0)), false],
    ['resources', t.resource('A'), t.resource('B'), false],
    ['streams are anything', t.stream(t.int), t.string, false],
    ['unknown aliases are anything', t.ref('Nope'), t.int, false],
    ['aliases', t.ref('Id'), t.string, true],
    ['recursive aliases', t.ref('Tree'), t.ref('Wood'), false],
    ['recursive alias and other', t.ref('Tree'), t.string, true],
  ])('%s', (_, s, to, expected) => expect(typesConflict(s, to, resolve)).toBe(expected))

  test('a conflict is never refuted by a value', () => {
    const all = [...new Set(rows.flatMap(([, s, to]) => [s, to]))].filter(
      type => !formatType(type).includes('Nope'),
    )
    const pairs = all.flatMap(s =>
      all.filter(to => typesConflict(s, to, resolve)).map((to): [Type, Type] => [s, to]),
    )
    fc.assert(
      fc.property(values, value => {
        for (const [s, to] of pairs) {
          // A value that `s` describes is a Float where `s` says float.
          const isOfS =
            conforms(value, s, { resolve }) &&
            !(typeof value !== 'object' && formatType(s, resolve).includes('float'))
          if (isOfS && conforms(value, to, { resolve }))
            expect(`${formatType(s)} # ${formatType(to)}`).toBe('refuted')
        }
      }),
      { ...seeded, numRuns: 300 },
    )
  })
})

test.each<[string, Type[], string]>([
  ['nothing', [], ':never'],
  ['equal', [t.int, t.int], ':int'],
  ['int and float', [t.int, t.float], '[:union :float :int]'],
  ['any', [t.int, t.any], ':any'],
  ['never is dropped', [t.never, t.int], ':int'],
  ['nil', [t.int, t.nil], '[:union :int :nil]'],
  ['subsumed', [t.vector(t.int), t.vector(t.number)], '[:vector [:union :float :int]]'],
  ['subsumed, turned', [t.vector(t.number), t.vector(t.int)], '[:vector [:union :float :int]]'],
  ['a later one covers several', [t.literal(1), t.string, t.literal(2), t.int], '[:union :int :string]'],
  ['any inside', [t.vector(t.int), t.vector(t.any)], '[:vector :any]'],
  ['unions flattened', [t.optional(t.int), t.optional(t.string)], '[:union :int :nil :string]'],
  ['five', [t.int, t.float, t.string, t.nil, t.bool], '[:union :bool :float :int :nil :string]'],
  ['six', [t.int, t.float, t.string, t.nil, t.bool, t.keyword], ':any'],
  ['aliases', [t.ref('Id'), t.int], ':int'],
])('the join of %s', (_, types, expected) =>
  expect(formatType(joinTypes(types, resolve), resolve)).toBe(expected),
)

test('typeOfValue', () => {
  expect(
    [1, float(1), null, 'a', true, kw('a'), RtfsVector.empty].map(value => formatType(typeOfValue(value))),
  ).toEqual([':int', ':float', ':nil', ':string', ':bool', ':keyword', ':vector'])
})

test('types made to explode get the careful answer soon', () => {
  const started = performance.now()
  const exploding: ResolveType = name => {
    const n = Number(name.slice(1))
    const inner = t.ref(`${name[0]}${n - 1}`)
    return n === 0
      ? name[0] === 'A'
        ? t.int
        : t.string
      : t.union(t.tuple(inner, t.any), t.tuple(inner, t.nil))
  }
  expect(isSubtype(t.ref('A200'), t.ref('B200'), exploding)).toBe(false)
  expect(typesConflict(t.ref('A200'), t.ref('B200'), exploding)).toBe(false)
  let deep: Type = t.int
  for (let i = 0; i < 100_000; i++) deep = t.vector(deep)
  expect(isSubtype(deep, t.vector(deep))).toBe(false)
  expect(typesConflict(deep, t.vector(deep))).toBe(false)
  expect(performance.now() - started).toBeLessThan(2000)
})
