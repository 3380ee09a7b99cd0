import { digestOf } from '@rtfs/core'
import { expect, test } from 'vitest'
import { vectorBytes, vectorOfBytes } from './embedding.js'
import { createHashEmbedder } from './hash-embedder.js'

async function similarity(a: string, b: string): Promise<number> {
  const [x, y] = await createHashEmbedder().embed([a, b])
  return x!.reduce((sum, value, i) => sum + value * y![i]!, 0)
}

test('vectors are the same on every machine and in every version with this revision', async () => {
  const embedder = createHashEmbedder()
  expect(embedder.model).toEqual({ id: 'rtfs-hash', revision: '1', dimension: 256 })
  const [vector] = await embedder.embed(['Sort a list of names, ignoring case'])
  expect(digestOf(vectorBytes(vector!))).toMatchInlineSnapshot(
    `"sha256:566984bdd8164c571336fa3d5568dcbe5e03abb4941e9354f0c6342fd42292d0"`,
  )
})

test.each([
  ['Add two numbers', 'add two  numbers!'],
  ['Café', 'Cafe\u0301'],
])('%j and %j are the same', async (a, b) => {
  expect(await similarity(a, b)).toBeCloseTo(1, 6)
})

test.each([
  ['word order counts, a little', 'sort names by age', 'sort ages by name', 'print the date'],
  ['shared words', 'sum of a list of numbers', 'the sum of numbers', 'reverse a string'],
  ['inflected words', 'sorted names', 'sort the name', 'multiply matrices'],
  ['stop words say little', 'the sum of the list', 'sum list', 'the end of the day'],
])('%s', async (_, text, nearer, farther) => {
  expect(await similarity(text, nearer)).toBeGreaterThan(0.15 + (await similarity(text, farther)))
})

test('near misses are near: that is why similarity never decides', async () => {
  const nearMiss = await similarity('Add two numbers', 'Multiply two numbers')
  const paraphrase = await similarity('Add two numbers', 'Compute the sum of a pair')
  expect(nearMiss).toBeGreaterThan(paraphrase)
})

test('only the dimensions that were measured', () => {
  expect(() => createHashEmbedder({ dimension: 100 as never })).toThrow(
    expect.objectContaining({ code: 'RTFS_USAGE' }),
  )
})

test('bytes of a vector are little-endian, and come back', () => {
  const vector = Float32Array.of(1, -0.5, 3.25)
  expect([...vectorBytes(vector)]).toEqual([0, 0, 128, 63, 0, 0, 0, 191, 0, 0, 80, 64])
  expect(vectorOfBytes(vectorBytes(vector))).toEqual(vector)
})

test.each([
  ['nothing', []],
  ['a part of a number', [0, 0, 128]],
  ['infinity', [0, 0, 128, 127]],
  ['no number', [0, 0, 192, 127]],
])('%s is no vector', (_, bytes) => {
  expect(vectorOfBytes(Uint8Array.from(bytes))).toBe(undefined)
})
