import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nested, seeded, values } from './arbitrary.test-util.js'
import {
  canonicalText,
  encodeKey,
  encodeUtf8,
  equals,
  float,
  fromJs,
  HostFunction,
  keyword,
  languageError,
  list,
  RtfsMap,
  RtfsVector,
  sha256Hex,
  type Value,
  valueHash,
} from './index.js'

const mixed = RtfsMap.from([
  ['b', 1],
  [keyword('b'), 2],
  [10, 3],
  [9, 4],
  [true, 5],
  [keyword('a'), list(float(-0), 1)],
])

test.each<[string, Value, string]>([
  ['maps sorted by encoded key', mixed, '{true 5 10 3 9 4 :a [0.0 1] :b 2 "b" 1}'],
  ['sorted inside as well', fromJs([{ b: 1, a: 2 }]), '[{"a" 2 "b" 1}]'],
  ['by code point', fromJs({ '😀': 1, '\uffff': 2 }), '{"\uffff" 2 "😀" 1}'],
  ['lists as vectors', list(1, list(2)), '[1 [2]]'],
  ['minus zero', float(-0), '0.0'],
  ['NaN', float(NaN), '##NaN'],
  [
    'errors whole',
    languageError('Generic', 'm', { a: 1 }).value!,
    '#<error Generic :error/runtime "m" {:a 1}>',
  ],
])('%s', (_, value, expected) => {
  expect(canonicalText(value)).toBe(expected)
  expect(valueHash(value)).toBe(sha256Hex(encodeUtf8(expected)))
})

test('a known hash stays the same', () => {
  expect(valueHash(fromJs({ b: [1, 2.5, null], a: 'x' }))).toBe(
    sha256Hex(encodeUtf8('{"a" "x" "b" [1 2.5 nil]}')),
  )
  expect(valueHash(1)).toBe('6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b')
})

test('functions need a name', () => {
  const fn = new HostFunction('f', () => null)
  expect(() => valueHash(fromJs([1]))).not.toThrow()
  expect(() => valueHash(RtfsVector.from([fn]))).toThrow('Invalid argument: a function has no hash')
  expect(canonicalText(fn, { functionName: () => 'host/f' })).toBe('#<function host/f>')
})

test('lone surrogates are refused, since their bytes would be those of another text', () => {
  expect(() => valueHash('\ud800')).toThrow('lone surrogate')
})

test('equal values have equal texts and unequal ones do not', () => {
  const withoutNaN = values.filter(value => equals(value, value))
  fc.assert(
    fc.property(withoutNaN, withoutNaN, (a, b) => {
      expect(canonicalText(a) === canonicalText(b)).toBe(equals(a, b))
    }),
    { ...seeded, numRuns: 3000 },
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string({ maxLength: 2 }), withoutNaN)), entries => {
      const map = RtfsMap.from(entries)
      const turned = RtfsMap.from([...map].reverse())
      expect(valueHash(map)).toBe(valueHash(turned))
    }),
    seeded,
  )
})

test('depth does not matter', () => {
  expect(valueHash(nested(100_000))).not.toBe(valueHash(nested(100_000, 2)))
})

test.each<[Parameters<typeof encodeKey>[0], string]>([
  [keyword('a/b'), 'ka/b'],
  ['a', 'sa'],
  [-5, 'i-5'],
  [2n ** 60n, 'i1152921504606846976'],
  [true, 'btrue'],
])('encodeKey %s', (key, expected) => expect(encodeKey(key)).toBe(expected))
