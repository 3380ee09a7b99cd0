import { expect, test } from 'vitest'
import { float, jsonSchemaOf, kw, RtfsVector, type Type, types as t } from './index.js'

const aliases = new Map<string, Type>([
  ['Tree', t.union(t.int, t.vector(t.ref('Tree')))],
  ['a/b', t.string],
])

test.each<[string, Type, unknown]>([
  ['int', t.int, { type: 'integer' }],
  ['float', t.float, { type: 'number' }],
  ['string', t.string, { type: 'string' }],
  ['bool', t.bool, { type: 'boolean' }],
  ['nil', t.nil, { type: 'null' }],
  ['any', t.any, {}],
  ['never', t.never, { not: {} }],
  ['keyword', t.keyword, { type: 'string' }],
  ['timestamp', t.timestamp, { type: 'string', format: 'date-time' }],
  ['uuid', t.uuid, { type: 'string', format: 'uuid' }],
  ['vector', t.vector(t.int), { type: 'array', items: { type: 'integer' } }],
  [
    'tuple',
    t.tuple(t.int, t.nil),
    { type: 'array', prefixItems: [{ type: 'integer' }, { type: 'null' }], minItems: 2, maxItems: 2 },
  ],
  [
    'record',
    t.record([t.entry(kw('a'), t.int), t.entry('b', t.string, true)]),
    {
      type: 'object',
      properties: { a: { type: 'integer' }, b: { type: 'string' } },
      required: ['a'],
      additionalProperties: true,
    },
  ],
  [
    'closed record',
    t.record([], t.never),
    { type: 'object', properties: {}, required: [], additionalProperties: false },
  ],
  [
    'record with rest',
    t.record([], t.int),
    { type: 'object', properties: {}, required: [], additionalProperties: { type: 'integer' } },
  ],
  ['map-of', t.mapOf(t.string, t.int), { type: 'object', additionalProperties: { type: 'integer' } }],
  ['union', t.optional(t.int), { anyOf: [{ type: 'integer' }, { type: 'null' }] }],
  ['literal', t.literal(kw('a')), { const: 'a' }],
  ['enum', t.enum(kw('a'), 1, float(1.5)), { enum: ['a', 1, 1.5] }],
  ['large literal', t.literal(2n ** 60n), { const: 2 ** 60 }],
  [
    'array',
    t.array(t.int, [3, null]),
    { type: 'array', items: { type: 'array', items: { type: 'integer' } }, minItems: 3, maxItems: 3 },
  ],
  ['array without shape', t.array(t.int), { type: 'array', items: { type: 'integer' } }],
  ['function', t.fn([], undefined, t.any), {}],
  ['stream', t.stream(t.int), {}],
  ['resource', t.resource('File'), { type: 'string' }],
  ['alias', t.ref('a/b'), { $ref: '#/$defs/a~1b', $defs: { 'a/b': { type: 'string' } } }],
  ['unknown alias', t.ref('Nope'), {}],
  [
    'recursive alias',
    t.vector(t.ref('Tree')),
    {
      type: 'array',
      items: { $ref: '#/$defs/Tree' },
      $defs: { Tree: { anyOf: [{ type: 'integer' }, { type: 'array', items: { $ref: '#/$defs/Tree' } }] } },
    },
  ],
])('%s', (_, type, expected) => {
  expect(JSON.parse(JSON.stringify(jsonSchemaOf(type, name => aliases.get(name))))).toEqual(expected)
})

test.each<[string, Type, Parameters<typeof t.predicate>, unknown]>([
  ['>', t.float, ['>', 0], { exclusiveMinimum: 0 }],
  ['>=', t.float, ['>=', 0], { minimum: 0 }],
  ['<', t.float, ['<', float(0.5)], { exclusiveMaximum: 0.5 }],
  ['<=', t.float, ['<=', 0], { maximum: 0 }],
  ['in-range', t.int, ['in-range', 1, 9], { minimum: 1, maximum: 9 }],
  ['=', t.int, ['=', 1], { const: 1 }],
  ['!=', t.int, ['!=', 1], { not: { const: 1 } }],
  ['length', t.string, ['length', 3], { minLength: 3, maxLength: 3 }],
  ['min-length', t.string, ['min-length', 3], { minLength: 3 }],
  ['string-max-length', t.string, ['string-max-length', 3], { maxLength: 3 }],
  ['matches-regex', t.string, ['matches-regex', '^a'], { pattern: '^a' }],
  ['is-url', t.string, ['is-url'], { format: 'uri' }],
  ['is-email', t.string, ['is-email'], { format: 'email' }],
  ['count', t.vector(t.int), ['count', 2], { minItems: 2, maxItems: 2 }],
  ['min-count of a map', t.anyMap, ['min-count', 2], { minProperties: 2 }],
  ['max-count', t.anyVector, ['max-count', 2], { maxItems: 2 }],
  ['non-empty string', t.string, ['non-empty'], { minLength: 1 }],
  ['non-empty vector', t.vector(t.any), ['non-empty'], { minItems: 1 }],
  ['non-empty record', t.record([]), ['non-empty'], { minProperties: 1 }],
  ['has-key', t.anyMap, ['has-key', kw('a')], { required: ['a'] }],
  ['required-keys', t.anyMap, ['required-keys', RtfsVector.from([kw('a'), 'b'])], { required: ['a', 'b'] }],
  ['a predicate of the host', t.int, ['prime'], {}],
])('predicate %s', (_, base, predicate, expected) => {
  const written = JSON.parse(JSON.stringify(jsonSchemaOf(t.and(base, t.predicate(...predicate)))))
  expect(written.allOf[1]).toEqual(expected)
})

test('keys of programs are properties like any other', () => {
  const schema = jsonSchemaOf(t.record([t.entry('__proto__', t.int)]))
  expect(Object.keys(schema['properties'] as object)).toEqual(['__proto__'])
  expect(JSON.stringify(schema)).toContain('"__proto__":{"type":"integer"}')
})
