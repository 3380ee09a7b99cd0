import fc from 'fast-check'
import { expect, test } from 'vitest'
import { textFinder } from './text-search.js'

function allFrom(find: (from: number) => number): number[] {
  const found: number[] = []
  for (let at = find(0); at >= 0; at = find(at + 1)) found.push(at)
  return found
}

/** Long enough for the linear search, with many repetitions to fall for. */
const part = fc.stringMatching(/^[ab]{32,70}$/)

test('finds what indexOf finds', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(part, fc.stringMatching(/^[ab]{0,5}$/)), { maxLength: 8 }),
      part,
      (pieces, needle) => {
        const text = pieces.join(needle.slice(0, 20)) + needle.slice(0, -1) + needle
        expect(allFrom(textFinder(text, needle))).toEqual(allFrom(from => text.indexOf(needle, from)))
      },
    ),
    { numRuns: 500 },
  )
})

test('a part longer than the text is not found', () => {
  expect(textFinder('aaa', 'a'.repeat(40))(0)).toBe(-1)
})

test('takes linear time where the search of the engine does not', () => {
  const text = 'a'.repeat(1_000_000)
  const half = 'a'.repeat(50_000)
  const started = performance.now()
  expect(textFinder(text, `${half}b${half}`)(0)).toBe(-1)
  // The engine's own search takes some ten seconds.
  expect(performance.now() - started).toBeLessThan(2000)
})
