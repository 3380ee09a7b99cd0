import { isRtfsError } from '@rtfs/core'
import { expect, test } from 'vitest'
import { matchesRegex } from './index.js'
import { fuelOf, outcome } from './library.test-util.js'

test.each([
  ['(re-matches "a+" "aaa")', '"aaa"'],
  ['(re-matches "a|ab" "ab")', '"ab"'],
  ['(re-matches "" "")', '""'],
  ['(re-matches "(a)(b)?" "a")', '["a" "a" nil]'],
  ['(re-matches "." "🙂")', '"🙂"'],
  ['(re-matches "." "\\n")', 'nil'],
  ['(re-matches "(?i)ABC" "abc")', '"abc"'],
  ['(re-find "^b" "ab")', 'nil'],
  ['(re-find "b$" "ab")', '"b"'],
  ['(re-find "(?P<year>\\\\d{4})-(\\\\d\\\\d)" "on 2026-01-31")', '["2026-01" "2026" "01"]'],
  ['(re-find "\\\\p{L}+" "1ñá2")', '"ñá"'],
  ['(re-seq "a*" "baa")', '["" "aa" ""]'],
  ['(re-seq "(\\\\w)(\\\\d)" "a1 b2")', '[["a1" "a" "1"] ["b2" "b" "2"]]'],
  ['(re-seq "x" "")', '[]'],
  ['(re-find "(a)\\\\1" "aa")', '! InvalidArgument'],
  ['(re-find "(?=a)" "a")', '! InvalidArgument'],
  ['(re-find "(?<=a)b" "ab")', '! InvalidArgument'],
  ['(re-find "[" "a")', '! InvalidArgument'],
  ['(re-find "a{1001}" "a")', '! InvalidArgument'],
  ['(re-find (join (repeat 1001 "a")) "a")', '! InvalidArgument'],
  ['(re-find nil "a")', '! TypeError'],
  ['(re-find "a" :a)', '! TypeError'],
  ['(re-find "a" nil)', '! TypeError'],
])('%s => %s', (source, expected) => expect(outcome(source)).toBe(expected))

test('matchesRegex looks anywhere in the text', () => {
  expect(matchesRegex('b+', 'abc')).toBe(true)
  expect(matchesRegex('^b+$', 'abc')).toBe(false)
  expect(() => matchesRegex('(', '')).toThrow(expect.objectContaining({ code: 'InvalidArgument' }))
})

test('more patterns than are kept still answer rightly, the first ones included', () => {
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 100; i++) expect(matchesRegex(`^x{${i}}$`, 'x'.repeat(i))).toBe(true)
  }
})

test('a pattern that makes backtracking engines hang takes linear time', () => {
  const started = performance.now()
  expect(matchesRegex('^(a+)+$', `${'a'.repeat(50_000)}!`)).toBe(false)
  expect(performance.now() - started).toBeLessThan(2000)
})

test('a search that could take seconds is refused', () => {
  const text = 'a'.repeat(1_000_000)
  try {
    matchesRegex('(?:a?){100}b', text)
    expect.unreachable()
  } catch (error) {
    expect(isRtfsError(error, 'InvalidArgument')).toBe(true)
  }
})

test('the charge grows with the text and with the pattern', () => {
  const short = fuelOf('(re-find "b" (join (repeat 100 "a")))') - fuelOf('(join (repeat 100 "a"))')
  const long = fuelOf('(re-find "b" (join (repeat 1000 "a")))') - fuelOf('(join (repeat 1000 "a"))')
  const large = fuelOf('(re-find "b{50}" (join (repeat 100 "a")))') - fuelOf('(join (repeat 100 "a"))')
  expect(long).toBeGreaterThan(8 * short)
  expect(large).toBeGreaterThan(8 * short)
})
