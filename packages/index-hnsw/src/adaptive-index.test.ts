import { vectorIndexSuite } from '@rtfs/conformance/suites'
import { expect, test } from 'vitest'
import { createAdaptiveIndex } from './adaptive-index.js'

vectorIndexSuite({ test, expect }, async options => createAdaptiveIndex(options))

/** A deterministic vector of length about 1, different for each number. */
function vector(n: number): Float32Array {
  return Float32Array.from([Math.cos(n), Math.sin(n), Math.cos(3 * n), Math.sin(3 * n)])
}

test('it keeps everything when it grows', async () => {
  const index = createAdaptiveIndex({ dimension: 4, exactUpTo: 50 })
  for (let n = 0; n < 120; n++) await index.add(`v${n}`, vector(n))
  expect(index.size).toBe(120)
  for (const n of [3, 49, 50, 51, 119]) {
    expect((await index.search(vector(n), 1))[0]?.id).toBe(`v${n}`)
  }
  await index.remove('v50')
  expect((await index.search(vector(50), 3)).map(match => match.id)).not.toContain('v50')
  await index.close()
})

test('what was removed before it grew stays away', async () => {
  const index = createAdaptiveIndex({ dimension: 4, exactUpTo: 3 })
  for (let n = 0; n < 3; n++) await index.add(`v${n}`, vector(n))
  await index.remove('v1')
  for (let n = 3; n < 9; n++) await index.add(`v${n}`, vector(n))
  expect(index.size).toBe(8)
  expect((await index.search(vector(1), 8)).map(match => match.id)).not.toContain('v1')
})
