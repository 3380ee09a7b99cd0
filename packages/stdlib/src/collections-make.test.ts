import fc from 'fast-check'
import { expect, test } from 'vitest'
import { outcome } from './library.test-util.js'

test.each([
  ['(vector nil)', '[nil]'],
  ['(list)', '()'],
  ['(hash-map)', '{}'],
  ['(hash-map "a" 1 2 :b true nil)', '{"a" 1 2 :b true nil}'],
  ['(hash-map :a 1 :b)', '! ArityMismatch'],
  ['(hash-map nil 1)', '! TypeError'],
  ['(hash-map [1] 1)', '! TypeError'],
  ['(vec [1])', '[1]'],
  ['(vec 1)', '! TypeError'],
  ['(into [] {:a 1 :b 2})', '[[:a 1] [:b 2]]'],
  ['(into {:a 1} {:b 2 :a 3})', '{:a 3 :b 2}'],
  ["(into {} ['(:a 1) {:b 2}])", '{:a 1 :b 2}'],
  ['(into {} [[:a 1 2]])', '! TypeError'],
  ['(into {} [:a 1])', '! TypeError'],
  ['(into nil nil)', '[]'],
  ['(into "a" "b")', '! TypeError'],
  ['(into [] 5)', '! TypeError'],
  ['(zipmap [:a :b] [1 2 3])', '{:a 1 :b 2}'],
  ['(zipmap "ab" [1 2])', '{"a" 1 "b" 2}'],
  ['(zipmap [:a :a] [1 2])', '{:a 2}'],
  ['(zipmap [1.5] [2])', '! TypeError'],
  ['(zipmap [1.5] [])', '{}'],
  ['(frequencies [true false true])', '{true 2 false 1}'],
  ['(frequencies nil)', '{}'],
  ['(frequencies {:a 1})', '! TypeError'],
  ['(repeat 0 1)', '[]'],
  ['(repeat 2 nil)', '[nil nil]'],
  ['(repeat 1.0 1)', '! TypeError'],
])('%s => %s', (source, expected) => expect(outcome(source)).toBe(expected))

test.each([
  ['(range 0)', '[]'],
  ['(range -3)', '[]'],
  ['(range 5 5)', '[]'],
  ['(range 5 1)', '[]'],
  ['(range 5 1 -1)', '[5 4 3 2]'],
  ['(range 0 5 2)', '[0 2 4]'],
  ['(range 0 6 2)', '[0 2 4]'],
  ['(range 0 -5 -2)', '[0 -2 -4]'],
  ['(range 0 5 -1)', '[]'],
  ['(range 1 2 9223372036854775807)', '[1]'],
  ['(range 9223372036854775805 9223372036854775807)', '[9223372036854775805 9223372036854775806]'],
  ['(range 9007199254740990 9007199254740993)', '[9007199254740990 9007199254740991 9007199254740992]'],
  [
    '(range -9223372036854775808 9223372036854775807 9223372036854775807)',
    '[-9223372036854775808 -1 9223372036854775806]',
  ],
  ['(range -9223372036854775808 9223372036854775807)', '! BudgetExhausted'],
  ['(range 1.0)', '! TypeError'],
  ['(range 0 nil)', '! TypeError'],
  ['(range)', '! ArityMismatch'],
  ['(numbers 1 1)', '[1]'],
  ['(numbers 9223372036854775806 9223372036854775807)', '[9223372036854775806 9223372036854775807]'],
  ['(numbers 0 1e3)', '! TypeError'],
])('integers in a row: %s => %s', (source, expected) => expect(outcome(source)).toBe(expected))

test('a range is exact wherever it begins, ends and steps', () => {
  const anchor = fc.constantFrom(
    0n,
    2n ** 51n,
    -(2n ** 51n),
    2n ** 53n,
    -(2n ** 53n),
    2n ** 63n - 1n,
    -(2n ** 63n),
  )
  const near = fc
    .tuple(anchor, fc.bigInt({ min: -60n, max: 60n }))
    .map(([a, b]) => a + b)
    .filter(value => BigInt.asIntN(64, value) === value)
  fc.assert(
    fc.property(
      near,
      near,
      fc.bigInt({ min: 1n, max: 40n }),
      fc.integer({ min: 1, max: 20 }),
      (from, to, rest, parts) => {
        // A step that gets there in about so many parts, up or down.
        const step = (to - from) / BigInt(parts) + (to < from ? -rest : rest)
        const expected: bigint[] = []
        for (let i = from; step > 0n ? i < to : i > to; i += step) expected.push(i)
        const safe = BigInt.asIntN(64, step) === step
        if (safe) expect(outcome(`(range ${from} ${to} ${step})`)).toBe(`[${expected.join(' ')}]`)
      },
    ),
    { seed: 20_261_124, numRuns: 500 },
  )
})
