import type { Embedder } from '@rtfs/interfaces'
import { expect, test } from 'vitest'
import { calibrate, type LabelledPair } from './calibrate.js'

/** Texts are angles in degrees: how similar two are is plain to see. */
const angles: Embedder = {
  model: { id: 'angles', revision: '1', dimension: 2 },
  embed: async texts =>
    texts.map(text => {
      const angle = (Number(text) * Math.PI) / 180
      return Float32Array.of(Math.cos(angle), Math.sin(angle))
    }),
}
const pair = (a: number, b: number, same: boolean): LabelledPair => ({ a: String(a), b: String(b), same })

test('the lowest threshold that takes no different pair', async () => {
  const pairs = [
    pair(0, 10, true),
    pair(0, 20, true),
    pair(0, 40, true),
    pair(0, 30, false),
    pair(0, 90, false),
  ]
  const found = await calibrate(pairs, { embedder: angles })
  expect(found.threshold).toBeCloseTo(Math.cos((20 * Math.PI) / 180))
  expect(found).toMatchObject({ same: 3, found: 2, different: 2, falseHits: 0 })
})

test('a budget lets the nearest different pairs through', async () => {
  const pairs = [pair(0, 40, true), pair(0, 30, false), pair(0, 60, false)]
  const found = await calibrate(pairs, { embedder: angles, budget: 0.5 })
  expect(found).toMatchObject({ found: 1, falseHits: 1 })
})

test('none, where near misses are nearer than paraphrases', async () => {
  const pairs = [pair(0, 40, true), pair(0, 5, false)]
  const found = await calibrate(pairs, { embedder: angles })
  expect(found).toMatchObject({ threshold: undefined, found: 0, falseHits: 0 })
})

test.each([
  ['a budget above 1', [pair(0, 1, true), pair(0, 2, false)], 2],
  ['no different pairs', [pair(0, 1, true)], 0],
  ['no pairs', [], 0],
])('%s is refused', async (_, pairs, budget) => {
  await expect(calibrate(pairs, { embedder: angles, budget })).rejects.toMatchObject({ code: 'RTFS_USAGE' })
})
