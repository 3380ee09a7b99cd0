import { expect, test } from 'vitest'
import { closest } from './closest.js'

test.each([
  ['evl', ['run', 'eval', 'repl'], 'eval'],
  ['subtsring', ['substring', 'str'], 'substring'],
  ['lenght', ['length', 'light'], 'length'],
  ['ab', ['ba', 'cd'], 'ba'],
  ['ab', ['cd'], undefined],
  ['reduce', ['reduce', 'educe'], 'reduce'],
  ['xyz', [], undefined],
  ['a'.repeat(41), ['a'.repeat(41)], undefined],
])('%s', (word, candidates, meant) => expect(closest(word, candidates)).toBe(meant))

test('how far a word may be off is for the caller to say', () => {
  expect(closest('total', ['toll'], 1)).toBeUndefined()
  expect(closest('total', ['toll'], 2)).toBe('toll')
  expect(closest('total', ['total'], 0)).toBe('total')
})
