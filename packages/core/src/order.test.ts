import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nested, seeded, values } from './arbitrary.test-util.js'
import {
  compareValues,
  equals,
  float,
  formatValue,
  fromJs,
  HostFunction,
  keyword,
  languageError,
  list,
  parseTimestamp,
  parseUuid,
  RtfsMap,
  RtfsSymbol,
  type Value,
} from './index.js'

/** Everything in its order; neighbours in one inner array are equal in it. */
const ascending: Value[][] = [
  [null],
  [false],
  [true],
  [float(-Infinity)],
  [-9007199254740993n],
  [float(-1.5)],
  [0],
  [float(0), float(-0)],
  [1],
  [float(1)],
  [9007199254740991],
  [9007199254740992n],
  [float(9007199254740992)],
  [9007199254740993n],
  [float(Infinity)],
  [float(NaN)],
  [''],
  ['A'],
  ['a'],
  ['ab'],
  ['\uffff'],
  ['😀'],
  [keyword('a')],
  [keyword('b')],
  [new RtfsSymbol('a')],
  [parseTimestamp('1969-12-31T23:59:59.999Z')!],
  [parseTimestamp('1970-01-01T00:00:00Z')!],
  [parseTimestamp('1970-01-01T00:00:00.000000001Z')!],
  [parseUuid('00000000-0000-0000-0000-000000000000')!],
  [parseUuid('00000000-0000-0000-0000-00000000000a')!],
  [fromJs([]), list()],
  [fromJs([1]), list(1)],
  [fromJs([1, 0])],
  [fromJs([1, [5]])],
  [fromJs([2])],
  [fromJs({})],
  [fromJs({ a: 2 })],
  [fromJs({ b: 1 })],
  [RtfsMap.from([[keyword('a'), 1]])],
  [fromJs({ a: 1, b: 2 }), fromJs({ b: 2, a: 1 })],
  [fromJs({ a: 1, b: 3 })],
  [languageError('Generic', 'x').value!],
  [new HostFunction('f', () => null), new HostFunction('f', () => null)],
]

test('the table of LANGUAGE §14.2', () => {
  ascending.forEach((left, i) => {
    ascending.forEach((right, j) => {
      for (const a of left) {
        for (const b of right) {
          expect(`${formatValue(a)} ${formatValue(b)} ${compareValues(a, b)}`).toBe(
            `${formatValue(a)} ${formatValue(b)} ${Math.sign(i - j)}`,
          )
        }
      }
    })
  })
})

test('sorts the example of LANGUAGE §20', () => {
  const sorted = [3, null, 'a', float(1.5)].sort((a, b) => compareValues(a, b))
  expect(sorted.map(value => formatValue(value)).join(' ')).toBe('nil 1.5 3 "a"')
})

test('is antisymmetric and transitive, and 0 for equal values', () => {
  fc.assert(
    fc.property(values, values, values, (a, b, c) => {
      expect(compareValues(a, b)).toBe(0 - compareValues(b, a))
      if (compareValues(a, b) <= 0 && compareValues(b, c) <= 0)
        expect(compareValues(a, c)).toBeLessThanOrEqual(0)
      if (equals(a, b)) expect(compareValues(a, b)).toBe(0)
      expect(compareValues(a, a)).toBe(0)
    }),
    { ...seeded, numRuns: 3000 },
  )
})

test('depth does not matter', () => {
  expect(compareValues(nested(200_000), nested(200_000, 2))).toBe(-1)
})

test('the meter is charged', () => {
  let spent = 0
  compareValues(fromJs([1, [2, 3]]), fromJs([1, [2, 3]]), { charge: units => (spent += units) })
  expect(spent).toBe(4)
})
