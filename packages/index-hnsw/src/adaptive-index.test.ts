import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vectorIndexSuite } from '@rtfs/conformance/suites'
import { afterAll, describe, expect, test } from 'vitest'
import { type AdaptiveIndex, createAdaptiveIndex, openAdaptiveIndex } from './adaptive-index.js'
import { isHnswAvailable } from './hnswlib.js'

const home = mkdtempSync(join(tmpdir(), 'rtfs-adaptive-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const available = await isHnswAvailable()
const withoutNative = { hnswlib: undefined }

vectorIndexSuite({ test, expect }, async options => createAdaptiveIndex(options))
describe('on a graph from the beginning', () => {
  vectorIndexSuite({ test, expect }, async options =>
    createAdaptiveIndex({ ...options, exactUpTo: 0, growAfterMs: 0 }),
  )
})

/** A deterministic vector of length about 1, different for each number. */
function vector(n: number): Float32Array {
  return Float32Array.from([Math.cos(n), Math.sin(n), Math.cos(3 * n), Math.sin(3 * n)])
}

async function fill(index: AdaptiveIndex, count: number): Promise<AdaptiveIndex> {
  for (let n = 0; n < count; n++) await index.add(`v${n}`, vector(n))
  return index
}

const best = async (index: AdaptiveIndex, n: number) => (await index.search(vector(n), 1))[0]?.id

describe.runIf(available)('with hnswlib-node', () => {
  test('it keeps everything when it grows, and answers meanwhile', async () => {
    const index = await fill(createAdaptiveIndex({ dimension: 4, growAfterMs: 0, exactUpTo: 50 }), 120)
    const all = async () => {
      expect(index.size).toBe(120)
      for (const n of [3, 49, 50, 51, 119]) expect(await best(index, n)).toBe(`v${n}`)
    }
    await all()
    await index.growing
    expect(index.kind).toBe('hnsw')
    await all()
    await index.remove('v50')
    expect((await index.search(vector(50), 3)).map(match => match.id)).not.toContain('v50')
    await index.close()
  })

  test('what comes and goes while it grows is in the graph, or not', async () => {
    const index = await fill(createAdaptiveIndex({ dimension: 4, growAfterMs: 0, exactUpTo: 50 }), 2000)
    expect([index.kind, index.growing === undefined]).toEqual(['exact', false])
    await index.remove('v1')
    await index.add('v2', vector(5000))
    await index.add('v3000', vector(3000))
    await index.growing
    expect([index.kind, index.size]).toEqual(['hnsw', 2000])
    expect(await best(index, 1)).not.toBe('v1')
    expect(await best(index, 5000)).toBe('v2')
    expect(await best(index, 3000)).toBe('v3000')
  })

  test('nothing is lost at the moment of the change', async () => {
    const index = await fill(createAdaptiveIndex({ dimension: 4, growAfterMs: 0, exactUpTo: 50 }), 60)
    let n = 60
    while (index.kind === 'exact') {
      for (let i = 0; i < 20; i++, n++) await index.add(`v${n}`, vector(n))
      await new Promise(resolve => setTimeout(resolve, 5))
    }
    expect(index.size).toBe(n)
    for (let i = 0; i < n; i++)
      expect((await index.search(vector(i), 3)).map(({ id }) => id)).toContain(`v${i}`)
  })

  test('closing ends the growing', async () => {
    const index = await fill(createAdaptiveIndex({ dimension: 4, growAfterMs: 0, exactUpTo: 50 }), 2000)
    await index.close()
    await index.growing
    expect(index.kind).toBe('exact')
  })

  test('a graph is saved, begun with again, and grows on', async () => {
    const file = join(home, 'graph')
    const index = await fill(createAdaptiveIndex({ dimension: 4, growAfterMs: 0, exactUpTo: 50 }), 120)
    await index.save(file, 'exact')
    await index.growing
    expect(index.unsaved).toBe(120)
    await index.save(file, 'graph')
    expect(index.unsaved).toBe(0)
    const again = await openAdaptiveIndex({ dimension: 4, file })
    expect([again.kind, again.note, again.size, again.unsaved]).toEqual(['hnsw', 'graph', 120, 0])
    expect(await best(again, 77)).toBe('v77')
    await again.add('v500', vector(500))
    expect([await best(again, 500), again.unsaved]).toEqual(['v500', 1])
    // The vectors that were saved before are gone.
    expect(readdirSync(home).filter(name => name.startsWith('graph-'))).toHaveLength(1)
  })
})

test('what was removed before it grew stays away', async () => {
  const index = createAdaptiveIndex({ dimension: 4, growAfterMs: 0, exactUpTo: 3 })
  for (let n = 0; n < 3; n++) await index.add(`v${n}`, vector(n))
  await index.remove('v1')
  for (let n = 3; n < 9; n++) await index.add(`v${n}`, vector(n))
  await index.growing
  expect(index.size).toBe(8)
  expect((await index.search(vector(1), 8)).map(match => match.id)).not.toContain('v1')
})

describe('where hnswlib-node is missing', () => {
  test('it stays exact, and is saved all the same', async () => {
    const file = join(home, 'exact')
    const index = await fill(
      createAdaptiveIndex({ dimension: 4, growAfterMs: 0, exactUpTo: 10, ...withoutNative }),
      40,
    )
    await index.growing
    expect(index.kind).toBe('exact')
    await index.save(file, 'note')
    const again = await openAdaptiveIndex({ dimension: 4, file, ...withoutNative })
    expect([again.note, again.size, again.unsaved]).toEqual(['note', 40, 0])
    expect(await again.search(vector(7), 5)).toEqual(await index.search(vector(7), 5))
    expect((await openAdaptiveIndex({ dimension: 5, file, ...withoutNative })).note).toBe(undefined)
  })

  test.runIf(available)('a saved graph is no use to it', async () => {
    const file = join(home, 'other')
    const index = await fill(createAdaptiveIndex({ dimension: 4, growAfterMs: 0, exactUpTo: 5 }), 20)
    await index.growing
    await index.save(file, 'note')
    const again = await openAdaptiveIndex({ dimension: 4, file, ...withoutNative })
    expect([again.kind, again.note, again.size]).toEqual(['exact', undefined, 0])
  })

  test('a bit that flipped in what was saved is noticed', async () => {
    const file = join(home, 'damaged')
    await (await fill(createAdaptiveIndex({ dimension: 4, growAfterMs: 0, ...withoutNative }), 12)).save(
      file,
      'note',
    )
    const data = join(home, readdirSync(home).find(name => name.startsWith('damaged-'))!)
    for (const damaged of [data, `${file}.json`]) {
      const sound = readFileSync(damaged)
      for (let at = 0; at < sound.length; at += 5) {
        const bytes = Uint8Array.from(sound)
        bytes[at]! ^= 1 << (at % 8)
        writeFileSync(damaged, bytes)
        const again = await openAdaptiveIndex({ dimension: 4, file, ...withoutNative })
        expect([again.note, again.size], `byte ${at}`).toEqual([undefined, 0])
      }
      writeFileSync(damaged, sound)
    }
    expect((await openAdaptiveIndex({ dimension: 4, file, ...withoutNative })).size).toBe(12)
  })
})
