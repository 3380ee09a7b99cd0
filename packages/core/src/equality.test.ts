import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nested, seeded, values } from './arbitrary.test-util.js'
import {
  equals,
  float,
  fromJs,
  HostFunction,
  keyword,
  languageError,
  list,
  parseTimestamp,
  parseUuid,
  ResourceHandle,
  RtfsFunction,
  RtfsMap,
  RtfsSymbol,
  RtfsVector,
  type Value,
} from './index.js'

class Named extends RtfsFunction {
  readonly name: string
  constructor(name: string) {
    super()
    this.name = name
  }
  override isSameFunction(other: RtfsFunction): boolean {
    return other instanceof Named && other.name === this.name
  }
}

const vector = (...items: Value[]): RtfsVector => RtfsVector.from(items)
const map = (...entries: [string, Value][]): RtfsMap => RtfsMap.from(entries)
const host = new HostFunction('f', () => null)
const failure = (message: string, kind: 'Generic' | 'IoError' = 'Generic'): Value =>
  languageError(kind, message).value!

test.each<[string, Value, Value, boolean]>([
  ['nil', null, null, true],
  ['nil and false', null, false, false],
  ['integers', 1, 1, true],
  ['large integers', 2n ** 60n, 2n ** 60n, true],
  ['integer and float', 1, float(1), false],
  ['floats', float(1.5), float(1.5), true],
  ['zero and minus zero', float(0), float(-0), true],
  ['NaN', float(NaN), float(NaN), false],
  ['integer and text', 1, '1', false],
  ['keyword and text', keyword('a'), 'a', false],
  ['keywords', keyword('a/b'), keyword('a/b'), true],
  ['symbols', new RtfsSymbol('a'), new RtfsSymbol('a'), true],
  ['symbol and keyword', new RtfsSymbol('a'), keyword('a'), false],
  [
    'instants written differently',
    parseTimestamp('2026-01-01T00:00:00.500Z')!,
    parseTimestamp('2026-01-01T00:00:00_500Z')!,
    true,
  ],
  [
    'uuids in both cases',
    parseUuid('123E4567-e89b-12d3-a456-426614174000')!,
    parseUuid('123e4567-e89b-12d3-a456-426614174000')!,
    true,
  ],
  ['handles', new ResourceHandle('resource://a'), new ResourceHandle('resource://a'), true],
  ['vectors', vector(1, 2), vector(1, 2), true],
  ['vector and list', vector(1, vector(2)), list(1, list(2)), true],
  ['lengths', vector(1), vector(1, 2), false],
  ['empty vector and nil', vector(), null, false],
  ['empty vector and empty map', vector(), map(), false],
  ['maps in another order', map(['a', 1], ['b', 2]), map(['b', 2], ['a', 1]), true],
  ['maps with other keys', map(['a', null]), map(['b', null]), false],
  ['maps with nil and without', map(['a', null], ['b', 1]), map(['b', 1], ['c', null]), false],
  ['maps with other values', map(['a', 1]), map(['a', float(1)]), false],
  ['one function', host, host, true],
  ['two functions', host, new HostFunction('f', () => null), false],
  ['functions that say so', new Named('+'), new Named('+'), true],
  ['errors', failure('x'), failure('x'), true],
  ['errors with another message', failure('x'), failure('y'), false],
  ['errors of another kind', failure('x'), failure('x', 'IoError'), false],
  ['errors in collections', vector(failure('x')), vector(failure('y')), false],
  ['a NaN inside', vector(float(NaN)), vector(float(NaN)), false],
])('%s', (_, a, b, expected) => {
  expect(equals(a, b)).toBe(expected)
  expect(equals(b, a)).toBe(expected)
  expect(equals(vector(0, a), vector(0, b))).toBe(expected)
  expect(equals(map(['k', a]), map(['k', b]))).toBe(expected)
})

test('a collection with a NaN does not equal itself', () => {
  const value = vector(float(NaN))
  expect(equals(value, value)).toBe(false)
})

test('is symmetric, and reflexive without NaN', () => {
  fc.assert(
    fc.property(values, values, (a, b) => {
      expect(equals(a, b)).toBe(equals(b, a))
    }),
    seeded,
  )
  fc.assert(
    fc.property(fc.jsonValue(), data => {
      expect(equals(fromJs(data), fromJs(data))).toBe(true)
    }),
    seeded,
  )
})

test('depth does not matter', () => {
  expect(equals(nested(200_000), nested(200_000))).toBe(true)
  expect(equals(nested(200_000), nested(200_000, 2))).toBe(false)
})

test('the meter is charged by element and may end a comparison that would not', () => {
  let spent = 0
  equals(vector(1, vector(2, 3)), vector(1, vector(2, 3)), { charge: units => (spent += units) })
  expect(spent).toBe(4)
  let shared: Value = 1
  for (let i = 0; i < 60; i++) shared = vector(shared, shared)
  let left = 10_000
  const charge = (units: number): void => {
    left -= units
    if (left < 0) throw new Error('spent')
  }
  expect(() => equals(shared, shared, { charge })).toThrow('spent')
})
