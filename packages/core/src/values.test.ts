import { describe, expect, test } from 'vitest'
import {
  assertValue,
  errorTypes,
  float,
  HostFunction,
  isInteger,
  isSuspended,
  isTruthy,
  Keyword,
  keyword,
  languageError,
  list,
  parseTimestamp,
  parseUuid,
  ResourceHandle,
  RtfsErrorValue,
  RtfsMap,
  RtfsSymbol,
  RtfsVector,
  Suspended,
  typeName,
  type Value,
} from './index.js'

const samples: [string, Value][] = [
  ['nil', null],
  ['boolean', true],
  ['integer', 42],
  ['integer', 2n ** 60n],
  ['float', float(2.5)],
  ['string', 'añ'],
  ['keyword', keyword('a/b')],
  ['symbol', new RtfsSymbol('x')],
  ['timestamp', parseTimestamp('2026-01-31T08:00:00Z')!],
  ['uuid', parseUuid('123e4567-e89b-12d3-a456-426614174000')!],
  ['resource-handle', new ResourceHandle('resource://files/7')],
  ['vector', RtfsVector.from([1, 2])],
  ['list', list(1, 2)],
  ['map', RtfsMap.from([['a', 1]])],
  ['function', new HostFunction('f', () => null)],
  ['error', new RtfsErrorValue('Generic', keyword('error/runtime'), 'x', RtfsMap.empty)],
]

test.each(samples)('typeName %s', (name, value) => {
  expect(typeName(value)).toBe(name)
  expect(isInteger(value)).toBe(name === 'integer')
  expect(() => assertValue(value)).not.toThrow()
})

test('only nil and false are falsy', () => {
  expect(samples.map(([, value]) => value).filter(value => !isTruthy(value))).toEqual([null])
  expect([false, 0, float(0), '', RtfsVector.empty, RtfsMap.empty].map(isTruthy)).toEqual([
    false,
    true,
    true,
    true,
    true,
    true,
  ])
})

test('keywords are interned: one text, one object', () => {
  expect(keyword(['a', 'b'].join('/'))).toBe(keyword('a/b'))
  expect(keyword('a')).not.toBe(keyword('b'))
  expect(Keyword.intern('a')).toBe(keyword('a'))
  expect(keyword('a').id).not.toBe(keyword('b').id)
  expect(keyword('__proto__').name).toBe('__proto__')
})

test('values show themselves in texts and in JSON.stringify', () => {
  const literals = samples
    .map(([, value]) => value)
    .filter(value => value !== null && typeof value === 'object' && 'toJSON' in value)
  expect(literals.map(String)).toEqual([
    ':a/b',
    '2026-01-31T08:00:00Z',
    '123e4567-e89b-12d3-a456-426614174000',
    'resource://files/7',
  ])
  expect(JSON.stringify(literals[0])).toBe('"a/b"')
  expect(JSON.stringify(literals[1])).toBe('"2026-01-31T08:00:00Z"')
  expect(String(new RtfsSymbol('x'))).toBe('x')
})

describe('assertValue refuses', () => {
  test.each<[string, unknown, string]>([
    ['fractions', 1.5, 'the number 1.5'],
    ['unsafe numbers', 2 ** 53, 'the number 9007199254740992'],
    ['NaN', NaN, 'the number NaN'],
    ['minus zero', -0, 'the number -0'],
    ['small bigints', 5n, 'the bigint 5'],
    ['bigints at the border', 9007199254740991n, 'the bigint 9007199254740991'],
    ['bigints outside 64 bits', 2n ** 63n, 'the bigint 9223372036854775808'],
    ['undefined', undefined, 'undefined'],
    ['JavaScript functions', () => 1, 'function'],
    ['arrays', [], 'an instance of Array'],
    ['objects without prototype', Object.create(null), 'an instance of undefined'],
    ['what is inside vectors', RtfsVector.from([RtfsVector.from([1.5])]), 'the number 1.5'],
    ['what is inside maps', RtfsMap.from([['a', undefined as never]]), 'undefined'],
    ['odd keys', RtfsMap.from([[1.5, null]]), 'the number 1.5'],
    ['illegal keys', RtfsMap.from([[null as never, null]]), 'an illegal map key'],
    ['what is inside errors', languageError('Generic', 'x', { a: 1.5 }).value, 'the number 1.5'],
  ])('%s', (_, value, message) => {
    expect(() => assertValue(value)).toThrow(`Internal error: ${message} is not a run-time value`)
  })

  test('nothing at the borders', () => {
    for (const value of [
      9007199254740991,
      -9007199254740991,
      9007199254740992n,
      2n ** 63n - 1n,
      -(2n ** 63n),
      0,
    ]) {
      expect(() => assertValue(value)).not.toThrow()
    }
  })
})

test('the suspension signal is no error and is known across copies', () => {
  const signal = new Suspended([{ id: 1 }])
  expect(isSuspended(signal)).toBe(true)
  expect(isSuspended({ '~rtfs.suspended': true, effects: [] })).toBe(true)
  expect([null, 1, new Error('x'), { effects: [] }].some(isSuspended)).toBe(false)
  expect(signal).not.toBeInstanceOf(Error)
  expect(signal.effects).toEqual([{ id: 1 }])
})

test('every kind of error has a :type in the namespace error', () => {
  expect(Object.values(errorTypes).every(type => type.startsWith('error/'))).toBe(true)
})
