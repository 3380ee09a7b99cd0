import { describe, expect, test } from 'vitest'
import { formatReadable, matchesReadable, parseReadable, parseStringLiteral } from './readable.js'

const matches = (expected: string, actual: string, comparison?: 'exact' | 'equal') =>
  matchesReadable(parseReadable(expected), parseReadable(actual), comparison)

describe('reading readable texts', () => {
  test.each([
    'nil',
    'true',
    '-5',
    '9223372036854775807',
    '1.0',
    '-0.0',
    '1.0e21',
    '##NaN',
    '##-Inf',
    '"a\\"b\\n"',
    ':a/b',
    ':com.acme:v1.2/order',
    'x',
    '/',
    '2026-01-31T08:00:00Z',
    '123e4567-e89b-12d3-a456-426614174000',
    'resource://a/b',
    '[1 [2] (3 4) {:a {}}]',
    '()',
    '{:a 1 "b" [nil] 3 true}',
    '#fn',
    '#<error: went wrong>',
  ])('%s', text => {
    expect(formatReadable(parseReadable(text))).toBe(text)
  })

  test.each(['', '(', '[1 2', '{:a}', '{[1] 2}', '1 2', '"open', '"\\q"', ')', '#<thing>', '12ab', '::a'])(
    'refuses %j',
    text => {
      expect(() => parseReadable(text)).toThrow()
    },
  )

  test('does not overflow on deep texts', () => {
    expect(() => parseReadable('['.repeat(100_000))).toThrow('too deep')
  })

  test('string literals', () => {
    expect(parseStringLiteral('"\\u0041\\u{1F642}\\t"')).toBe('A\u{1F642}\t')
    expect(() => parseStringLiteral('x')).toThrow()
  })
})

describe('comparison', () => {
  test.each([
    ['1.0', '1.00', true],
    ['1', '1.0', false],
    ['##NaN', '##NaN', true],
    ['0.0', '-0.0', false],
    ['[1 2]', '(1 2)', false],
    ['{:a 1 :b 2}', '{:b 2 :a 1}', false],
    ['#fn', '#<function inc>', true],
    ['#fn', '#<function>', true],
    ['#fn', '5', false],
    ['[#fn]', '[#<function f>]', true],
    ['#error', '#<error: any [text] (here)>', true],
    ['#<error: a>', '#<error: b>', false],
    ['[1]', '[1 2]', false],
    ['"#fn"', '#<function f>', false],
  ])('exact: %s, %s', (expected, actual, result) => {
    expect(matches(expected, actual)).toBe(result)
  })

  test.each([
    ['0.0', '-0.0', true],
    ['[1 2]', '(1 2)', true],
    ['{:a 1 :b [2]}', '{:b (2) :a 1}', true],
    ['{:a 1}', '{:a 1 :b 2}', false],
    ['1', '1.0', false],
    ['##NaN', '##NaN', true],
  ])('equal: %s, %s', (expected, actual, result) => {
    expect(matches(expected, actual, 'equal')).toBe(result)
  })
})
