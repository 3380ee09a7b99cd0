import { keyword, RtfsErrorValue, RtfsMap, RtfsVector, type Value } from '@rtfs/core'
import { describe, expect, test } from 'vitest'
import {
  arityText,
  callKeyword,
  callPlain,
  checkArity,
  drive,
  findBuiltin,
  mapKeyOf,
  sequenceOf,
} from './index.js'
import { outcomeOf, Run } from './library.test-util.js'

const a = keyword('a')
const map = RtfsMap.from([[a, 1]])

describe('callKeyword', () => {
  test.each([
    ['a key that is there', [map], '1'],
    ['a key that is not', [RtfsMap.empty], 'nil'],
    ['a default', [RtfsMap.empty, 5], '5'],
    ['a nil that is there', [RtfsMap.from([[a, null]]), 5], 'nil'],
    ['a string key', [RtfsMap.from([['a', 1]]), 5], '5'],
    ['nil', [null], 'nil'],
    ['nil with a default', [null, 5], '5'],
    ['an error without that field', [new RtfsErrorValue('Generic', a, 'm', map), 5], '5'],
    ['a vector', [RtfsVector.from([1])], '! TypeError'],
    ['nothing', [], '! ArityMismatch'],
    ['three arguments', [map, 1, 2], '! ArityMismatch'],
  ] satisfies [string, Value[], string][])('%s', (_, args, expected) => {
    expect(outcomeOf(() => callKeyword(a, args))).toBe(expected)
  })

  test('reads the fields of an error', () => {
    const error = new RtfsErrorValue('Generic', a, 'm', map, null, [{ fn: 'f', line: 3, column: undefined }])
    const read = (name: string): string => outcomeOf(() => callKeyword(keyword(name), [error]))
    expect(['kind', 'type', 'message', 'details', 'cause', 'trace'].map(read)).toEqual([
      '"Generic"',
      ':a',
      '"m"',
      '{:a 1}',
      'nil',
      '[{:fn "f" :line 3 :column nil}]',
    ])
  })
})

describe('callPlain', () => {
  const call = (name: string, ...args: Value[]): string =>
    outcomeOf(() => callPlain(findBuiltin(name)!, args, new Run().context))
  test.each([
    ['+', [], '! ArityMismatch'],
    ['+', [1], '1'],
    ['+', [1, 2], '3'],
    ['+', [1, 2, 3], '6'],
    ['+', [1, 2, 3, 4], '10'],
    ['merge', [map], '{:a 1}'],
    ['merge', [map, map, map], '{:a 1}'],
    ['count', [1, 2], '! ArityMismatch'],
    ['map', [a, null], '! InternalError'],
  ] satisfies [string, Value[], string][])('%s of %j', (name, args, expected) => {
    expect(call(name, ...args)).toBe(expected)
  })
})

test.each([
  [{ min: 2, max: 2 }, '2', [2], [1, 3]],
  [{ min: 0, max: 0 }, '0', [0], [1]],
  [{ min: 1, max: Infinity }, 'at least 1', [1, 9], [0]],
  [{ min: 1, max: 2 }, 'between 1 and 2', [1, 2], [0, 3]],
])('the arity %j is "%s"', (arity, text, legal, illegal) => {
  expect(arityText(arity)).toBe(text)
  for (const count of legal) expect(() => checkArity('f', arity, count)).not.toThrow()
  for (const count of illegal) {
    expect(() => checkArity('f', arity, count)).toThrow(`Arity mismatch in f: expected ${text}, got ${count}`)
  }
})

describe('sequenceOf', () => {
  test.each([
    [RtfsVector.from([1]), '[1]'],
    [null, '[]'],
    ['a🙂', '["a" "🙂"]'],
    [map, '[[:a 1]]'],
    [5, '! TypeError'],
    [a, '! TypeError'],
  ] satisfies [Value, string][])('of %o', (value, expected) => {
    expect(outcomeOf(() => RtfsVector.from(sequenceOf(value, 'for')))).toBe(expected)
  })

  test('names the operation, and charges what it has to make', () => {
    expect(() => sequenceOf(true, 'for')).toThrow('Type error in for: expected collection, got boolean')
    const { meter } = new Run()
    sequenceOf('abc', 'for', meter)
    expect([meter.spentFuel, meter.allocatedBytes]).toEqual([3, 48])
    sequenceOf(RtfsVector.from([1, 2]), 'for', meter)
    expect(meter.spentFuel).toBe(3)
  })
})

test('mapKeyOf takes legal keys only', () => {
  for (const key of [a, 'a', 1, 2n ** 60n, true]) expect(mapKeyOf(key, 'assoc')).toBe(key)
  for (const value of [null, map, RtfsVector.empty]) {
    expect(outcomeOf(() => mapKeyOf(value, 'assoc') as Value)).toBe('! TypeError')
  }
})

test('drive runs steps to their end, errors go through them', () => {
  const { implementation } = findBuiltin('map')!.definition
  if (implementation.kind !== 'steps') throw new Error('map calls back')
  const { context } = new Run()
  const inc = findBuiltin('inc')!
  const steps = implementation.steps([inc, RtfsVector.from([1, 2])], context)
  expect(outcomeOf(() => drive(steps, (_, [x]) => (x as number) * 10))).toBe('[10 20]')
  const failing = implementation.steps([inc, RtfsVector.from([1])], context)
  expect(() =>
    drive(failing, () => {
      throw new Error('stop')
    }),
  ).toThrow('stop')
})
