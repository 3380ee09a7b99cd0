import { describe, expect, test } from 'vitest'
import { canonicalJson, type Json, parseCanonicalJson } from './canonical-json.js'

test.each<[string, Json, string]>([
  [
    'members sorted by code unit',
    { b: 1, a: 2, '\u{1F600}': 3, '\uFFFD': 4 },
    '{"a":2,"b":1,"\u{1F600}":3,"\uFFFD":4}',
  ],
  ['nesting', [{ x: [true, null, 'é'] }], '[{"x":[true,null,"é"]}]'],
  ['escapes', '"\\\n\u0001/', '"\\"\\\\\\n\\u0001/"'],
  ['a member named __proto__', JSON.parse('{"__proto__":1}') as Json, '{"__proto__":1}'],
])('writes %s', (_, value, text) => {
  expect(canonicalJson(value)).toBe(text)
  expect(parseCanonicalJson(text)).toEqual(value)
})

test.each<[string, unknown]>([
  ['a fraction', 1.5],
  ['a number that is not exact', 2 ** 53],
  ['NaN', Number.NaN],
  ['minus zero', -0],
  ['a lone surrogate', '\ud800'],
  ['a lone surrogate in a key', { '\udc00': 1 }],
  ['undefined', { a: undefined }],
  ['a bigint', 1n],
  ['a function', () => 1],
])('refuses %s', (_, value) => {
  expect(() => canonicalJson(value as Json)).toThrow(expect.objectContaining({ code: 'RTFS_USAGE' }))
})

describe('reads nothing but the one text', () => {
  test.each([
    ['white space', '{"a": 1}'],
    ['another order', '{"b":1,"a":2}'],
    ['a member twice', '{"a":1,"a":1}'],
    ['another escape', '"\\u0061"'],
    ['an escaped slash', '"\\/"'],
    ['an exponent', '1e2'],
    ['a fraction of zero', '1.0'],
    ['a trailing line', '1\n'],
    ['a byte-order mark', '\ufeff1'],
    ['no JSON', '{'],
    ['endless nesting', '['.repeat(30_000) + ']'.repeat(30_000)],
  ])('%s', (_, text) => {
    expect(parseCanonicalJson(text)).toBe(undefined)
  })
})
