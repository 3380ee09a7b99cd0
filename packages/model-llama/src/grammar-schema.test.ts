import { jsonSchemaOf, type Type, types } from '@rtfs/core'
import type { Json } from '@rtfs/interfaces'
import { expect, test } from 'vitest'
import { grammarSchemaOf } from './grammar-schema.js'

const integer: Type = { kind: 'primitive', name: 'int' }

test.each<[string, Type, unknown]>([
  [':int', integer, { type: 'integer' }],
  ['[:vector :int]', types.vector(integer), { type: 'array', items: { type: 'integer' } }],
])('the schema of %s', (_, type, expected) => {
  expect(grammarSchemaOf(jsonSchemaOf(type) as Json)).toEqual(expected)
})

test.each<[string, Json, unknown]>([
  ['nothing is known', {}, undefined],
  ['a keyword that would have to be said, too', { type: 'string', allOf: [] }, undefined],
  ['a reference', { $ref: '#/x' }, undefined],
  ['a constant', { const: 'a' }, { const: 'a' }],
  ['a constant that is no scalar', { const: [1] }, undefined],
  ['choices', { enum: ['a', 1, null] }, { enum: ['a', 1, null] }],
  ['no choices', { enum: [] }, undefined],
  [
    'one of several',
    { anyOf: [{ type: 'integer' }, { type: 'null' }] },
    { oneOf: [{ type: 'integer' }, { type: 'null' }] },
  ],
  ['one of several, one unknown', { anyOf: [{ type: 'integer' }, {}] }, undefined],
  ['several types', { type: ['integer', 'null'] }, { type: ['integer', 'null'] }],
  [
    'a tuple',
    { type: 'array', prefixItems: [{ type: 'integer' }], minItems: 1, maxItems: 1 },
    { type: 'array', prefixItems: [{ type: 'integer' }], minItems: 1, maxItems: 1 },
  ],
  [
    'a bound too large to unroll',
    { type: 'array', items: { type: 'null' }, minItems: 5000 },
    { type: 'array', items: { type: 'null' } },
  ],
  ['what only narrows', { type: 'string', minLength: 3, pattern: 'x' }, { type: 'string' }],
  [
    'an object',
    { type: 'object', properties: { a: { type: 'null' } } },
    { type: 'object', properties: { a: { type: 'null' } }, required: ['a'], additionalProperties: true },
  ],
  ['no schema', true, undefined],
])('%s', (_, schema, expected) => {
  expect(grammarSchemaOf(schema)).toEqual(expected)
})

test('depth is input, too', () => {
  let deep: Json = { type: 'integer' }
  for (let i = 0; i < 100; i++) deep = { type: 'array', items: deep }
  expect(grammarSchemaOf(deep)).toBe(undefined)
})
