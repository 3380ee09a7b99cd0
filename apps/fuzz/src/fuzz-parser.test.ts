import { expect, test } from 'vitest'
import { fuzzParser } from './fuzz-parser.js'
import { mutate } from './mutate.js'
import { randomFrom } from './random.js'
import { seedTexts } from './texts.js'

test('2,000 mutated texts: nothing throws, nothing hangs', () => {
  expect(fuzzParser(20_261_124, 2_000)).toEqual([])
})

test('an input depends on its seed alone', () => {
  const texts = seedTexts()
  expect(texts.length).toBeGreaterThan(300)
  const make = (seed: number) => mutate(texts[0]!, texts, randomFrom(seed))
  expect(make(7)).toBe(make(7))
  expect(make(7)).not.toBe(make(8))
})
