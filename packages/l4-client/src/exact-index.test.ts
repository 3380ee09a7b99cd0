import { readFileSync } from 'node:fs'
import { encodeHex } from '@rtfs/core'
import { describe, expect, test } from 'vitest'
import wabt from 'wabt'
import { createExactIndex } from './exact-index.js'
import { instantiateScan, scanKernel } from './scan-kernel.js'

/** Numbers that are the same in every run. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32 - 0.5
  }
}

const vectors = (count: number, dimension: number) => {
  const number = numbers(7)
  return Array.from({ length: count }, () => Float32Array.from({ length: dimension }, number))
}

test('the kernel is what scan-kernel.wat says', async () => {
  const text = readFileSync(new URL('./scan-kernel.wat', import.meta.url), 'utf8')
  const { buffer } = (await wabt()).parseWat('scan-kernel.wat', text, { simd: true }).toBinary({})
  expect(encodeHex(scanKernel())).toBe(encodeHex(buffer))
})

test('where SIMD is missing there is no kernel, and no error', () => {
  expect(instantiateScan({} as WebAssembly.Memory)).toBe(undefined)
})

// Dimensions that fill the lanes, and that do not.
describe.each([1, 3, 8, 31, 256, 384])('dimension %s', dimension => {
  test('SIMD and plain JavaScript agree', async () => {
    const simd = createExactIndex({ dimension })
    const plain = createExactIndex({ dimension, simd: false })
    const all = vectors(400, dimension)
    for (let i = 0; i < all.length; i++) {
      await simd.add(`v${i}`, all[i]!)
      await plain.add(`v${i}`, all[i]!)
    }
    expect([simd.usesSimd, plain.usesSimd]).toEqual([true, false])
    for (const query of vectors(5, dimension)) {
      const [a, b] = [await simd.search(query, 400), await plain.search(query, 400)]
      const scores = new Map(b.map(match => [match.id, match.score]))
      for (const { id, score } of a) expect(score).toBeCloseTo(scores.get(id)!, 5)
      expect(a).toHaveLength(400)
    }
  })
})

test('a small index does without WebAssembly and keeps its vectors when it grows', async () => {
  const index = createExactIndex({ dimension: 4 })
  const all = vectors(300, 4)
  for (let i = 0; i < 300; i++) {
    await index.add(`v${i}`, all[i]!)
    if (i === 100) expect(index.usesSimd).toBe(false)
    const [best] = await index.search(all[Math.floor(i / 2)]!, 1)
    expect(best?.score).toBeCloseTo(1, 5)
  }
  expect(index.usesSimd).toBe(true)
  for (let i = 0; i < 300; i++) {
    const matches = await index.search(all[i]!, 300)
    expect(matches[0]?.id).toBe(`v${i}`)
  }
})

test.each([true, false])(
  'removal fills the gap, and growth after it finds everything: simd %s',
  async simd => {
    const index = createExactIndex({ dimension: 5, simd })
    const all = vectors(700, 5)
    for (let i = 0; i < 500; i++) await index.add(`v${i}`, all[i]!)
    for (let i = 0; i < 500; i += 2) expect(await index.remove(`v${i}`)).toBe(true)
    for (let i = 500; i < 700; i++) await index.add(`v${i}`, all[i]!)
    expect(index.size).toBe(450)
    for (let i = 1; i < 500; i += 2) expect((await index.search(all[i]!, 1))[0]?.id).toBe(`v${i}`)
    const ids = (await index.search(all[0]!, 700)).map(match => match.id)
    expect(new Set(ids).size).toBe(450)
    expect(ids).not.toContain('v0')
  },
)

test.each([true, false])(
  'equal scores keep the order of insertion, whatever was removed: simd %s',
  async simd => {
    const index = createExactIndex({ dimension: 2, simd })
    const same = Float32Array.of(3, 4)
    for (let i = 0; i < 200; i++) await index.add(`v${i}`, same)
    await index.remove('v3')
    await index.add('v5', same)
    const ids = (await index.search(same, 6)).map(match => match.id)
    expect(ids).toEqual(['v0', 'v1', 'v2', 'v4', 'v6', 'v7'])
    expect((await index.search(same, 199)).at(-1)?.id).toBe('v5')
  },
)

test('a vector of zeros is like nothing', async () => {
  const index = createExactIndex({ dimension: 2 })
  await index.add('zero', new Float32Array(2))
  await index.add('opposite', Float32Array.of(-1, 0))
  expect(await index.search(Float32Array.of(1, 0), 2)).toEqual([
    { id: 'zero', score: 0 },
    { id: 'opposite', score: -1 },
  ])
})

test.each([0, 1.5, -1, 4097, Number.NaN])('dimension %s is refused', dimension => {
  expect(() => createExactIndex({ dimension })).toThrow(expect.objectContaining({ code: 'RTFS_USAGE' }))
})
