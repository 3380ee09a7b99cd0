import fc from 'fast-check'
import { expect, test } from 'vitest'
import { floats, nested, seeded, texts } from './arbitrary.test-util.js'
import {
  displayValue,
  float,
  formatFloat,
  formatValue,
  fromJs,
  HostFunction,
  keyword,
  languageError,
  list,
  parseFloatText,
  parseTimestamp,
  parseUuid,
  quoteString,
  ResourceHandle,
  RtfsMap,
  RtfsSymbol,
  RtfsVector,
  type Value,
} from './index.js'

test.each<[number, string]>([
  [1, '1.0'],
  [0.1, '0.1'],
  [-0, '-0.0'],
  [0, '0.0'],
  [123456789012345680000, '123456789012345680000.0'],
  [1e21, '1.0e21'],
  [-1.5e300, '-1.5e300'],
  [0.000001, '0.000001'],
  [9.9e-7, '0.00000099'],
  [-1.25e-7, '-0.000000125'],
  [1e-7, '0.0000001'],
  [9.999e-8, '9.999e-8'],
  [5e-324, '5.0e-324'],
  [Infinity, '##Inf'],
  [-Infinity, '##-Inf'],
  [NaN, '##NaN'],
])('formatFloat %d', (value, expected) => expect(formatFloat(value)).toBe(expected))

test('a printed float reads back as the same number and has a point', () => {
  fc.assert(
    fc.property(floats, ({ value }) => {
      const text = formatFloat(value)
      expect(Object.is(parseFloatText(text), value)).toBe(true)
      if (Number.isFinite(value)) expect(text).toContain('.')
      if (Math.abs(value) >= 1e-7 && Math.abs(value) < 1e21) expect(text).not.toContain('e')
    }),
    { ...seeded, numRuns: 5000 },
  )
})

test.each<[string, Value, string]>([
  ['nil', null, 'nil'],
  ['booleans', true, 'true'],
  ['integers', -5, '-5'],
  ['large integers', 2n ** 62n, '4611686018427387904'],
  ['strings', 'a"\\\n\t\r\u0000\u001b\u007f\u0085ñ😀', '"a\\"\\\\\\n\\t\\r\\u0000\\u001b\\u007f\\u0085ñ😀"'],
  ['keywords', keyword('a/b'), ':a/b'],
  ['symbols', new RtfsSymbol('x'), 'x'],
  ['timestamps', parseTimestamp('2026-01-31T08:00:00_500Z')!, '2026-01-31T08:00:00.5Z'],
  ['uuids', parseUuid('123E4567-E89B-12D3-A456-426614174000')!, '123e4567-e89b-12d3-a456-426614174000'],
  ['handles', new ResourceHandle('resource://files/7'), 'resource://files/7'],
  ['vectors', fromJs([1, [], [2, 'a']]), '[1 [] [2 "a"]]'],
  ['lists', list(1, list(), list(2)), '(1 () (2))'],
  [
    'maps',
    RtfsMap.from([
      [keyword('a'), 1],
      ['b', fromJs({})],
      [3, null],
      [true, list()],
    ]),
    '{:a 1 "b" {} 3 nil true ()}',
  ],
  ['functions', new HostFunction('f', () => null), '#<function f>'],
  ['functions without name', new HostFunction(undefined, () => null), '#<function>'],
  ['errors', languageError('Generic', 'no "way"').value!, '#<error: no "way">'],
])('%s', (_, value, expected) => expect(formatValue(value)).toBe(expected))

test('display shows a string raw, but not inside a collection', () => {
  expect(displayValue('a"b')).toBe('a"b')
  expect(displayValue(fromJs(['a']))).toBe('["a"]')
  expect(displayValue(null)).toBe('nil')
  expect(displayValue(float(1))).toBe('1.0')
})

test('nesting: 1000 levels print, 1001 are refused or cut', () => {
  expect(formatValue(nested(1000))).toBe(`${'['.repeat(1000)}1${']'.repeat(1000)}`)
  expect(() => formatValue(nested(1001))).toThrow('Budget exhausted: print-depth (limit 1000)')
  expect(formatValue(nested(200_000), { ellipsis: '…' })).toBe(`${'['.repeat(1000)}…${']'.repeat(1000)}`)
  expect(formatValue(nested(3), { ellipsis: '…', maxDepth: 0 })).toBe('…')
})

test('length: refused or cut, never in the middle of a code point', () => {
  expect(formatValue(fromJs([1, 2, 3]), { maxLength: 7 })).toBe('[1 2 3]')
  expect(() => formatValue(fromJs([1, 2, 3]), { maxLength: 6 })).toThrow('print-length')
  expect(formatValue(fromJs([1, 2, 3]), { maxLength: 4, ellipsis: '…' })).toBe('[1 2…')
  expect(formatValue('😀😀', { maxLength: 2, ellipsis: '…' })).toBe('"…')
})

test('the limit errors can be caught by programs', () => {
  expect.assertions(1)
  try {
    formatValue(nested(1001))
  } catch (error) {
    expect(error).toMatchObject({ code: 'BudgetExhausted', fatal: false })
  }
})

test('the meter ends the printing of a value that shares its parts', () => {
  let shared: Value = 1
  for (let i = 0; i < 60; i++) shared = RtfsVector.from([shared, shared])
  let left = 10_000
  const charge = (units: number): void => {
    left -= units
    if (left < 0) throw new Error('spent')
  }
  expect(() => formatValue(shared, { meter: { charge } })).toThrow('spent')
})

test('quoted strings have no control characters and read back', () => {
  fc.assert(
    fc.property(texts, text => {
      const quoted = quoteString(text)
      expect(quoted).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
      expect(JSON.parse(quoted)).toBe(text)
    }),
    seeded,
  )
})
