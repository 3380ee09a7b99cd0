import { expect, test } from 'vitest'
import { normalizeDescription } from './description.js'

test.each([
  ['Add two numbers.', 'add two numbers'],
  ['  Add\n\ttwo   numbers!? ', 'add two numbers'],
  ['“Add two numbers”', 'add two numbers'],
  ['Cafe\u0301', 'café'],
  ["don't trim (inside) words", "don't trim (inside) words"],
  ['add(a, b)', 'add(a, b'],
  ['¿Sumar?', 'sumar'],
  ['', ''],
  ['...', ''],
])('%j is %j', (text, normal) => {
  expect(normalizeDescription(text)).toBe(normal)
})

test.each([
  ['Add two numbers', 'Add three numbers'],
  ['Add two numbers', 'Two numbers, add'],
  ['Add 1.5', 'Add 15'],
])('%j and %j are not the same', (a, b) => {
  expect(normalizeDescription(a)).not.toBe(normalizeDescription(b))
})

test('takes linear time on a wall of punctuation', () => {
  const text = `a${'.'.repeat(200_000)}b`
  const started = performance.now()
  expect(normalizeDescription(text)).toHaveLength(200_002)
  expect(performance.now() - started).toBeLessThan(1000)
})
