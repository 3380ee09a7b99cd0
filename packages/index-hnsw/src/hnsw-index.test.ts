import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clusteredVectors, vectorIndexSuite } from '@rtfs/conformance/suites'
import { afterAll, describe, expect, test } from 'vitest'
import { createHnswIndex, type HnswIndexOptions, isHnswAvailable } from './index.js'

const home = mkdtempSync(join(tmpdir(), 'rtfs-hnsw-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const available = await isHnswAvailable()
const withoutNative = { hnswlib: undefined }

describe('where hnswlib-node is missing', () => {
  vectorIndexSuite({ test, expect }, options => createHnswIndex({ ...options, ...withoutNative }))

  test('it is an exact scan and says so', async () => {
    const index = await createHnswIndex({ dimension: 3, ...withoutNative })
    expect([index.kind, index.supports.exact]).toEqual(['exact', true])
    expect(await index.save(join(home, 'none'))).toBe(false)
  })
})

// A platform without a compiler has no hnswlib-node; the fallback above is what it gets.
describe.runIf(available)('on hnswlib-node', () => {
  vectorIndexSuite({ test, expect }, createHnswIndex)

  async function filled(count: number, options: Partial<HnswIndexOptions> = {}) {
    const index = await createHnswIndex({ dimension: 8, ...options })
    const vectors = clusteredVectors(count, 8)
    for (let i = 0; i < count; i++) await index.add(`v${i}`, vectors[i]!)
    return { index, vectors }
  }

  test('grows beyond its first capacity and is built anew when most of it is gone', async () => {
    const { index, vectors } = await filled(1500)
    for (let i = 0; i < 1200; i++) await index.remove(`v${i}`)
    expect(index.size).toBe(300)
    const [best] = await index.search(vectors[1400]!, 1)
    expect(best?.id).toBe('v1400')
    expect(index.ids()).toHaveLength(300)
  })

  test('a saved index answers as before and goes on growing', async () => {
    const { index, vectors } = await filled(200)
    await index.remove('v7')
    const file = join(home, 'saved')
    expect(await index.save(file)).toBe(true)
    const again = await createHnswIndex({ dimension: 8, file })
    expect(again.ids()).toEqual(index.ids())
    expect(await again.search(vectors[7]!, 10)).toEqual(await index.search(vectors[7]!, 10))
    await again.add('v7', vectors[7]!)
    expect((await again.search(vectors[7]!, 1))[0]?.id).toBe('v7')
  })

  test('labels of points that were removed are not given again', async () => {
    const { index, vectors } = await filled(20)
    await index.remove('v19')
    const file = join(home, 'labels')
    await index.save(file, 'noted')
    const again = await createHnswIndex({ dimension: 8, file })
    expect(again.note).toBe('noted')
    await again.add('v19', vectors[19]!)
    expect((await again.search(vectors[19]!, 1))[0]?.id).toBe('v19')
  })

  test('data that is another graph than the notes are of is not used', async () => {
    const [one, other] = [join(home, 'one'), join(home, 'other')]
    await (await filled(20)).index.save(one)
    await (await filled(30)).index.save(other)
    const data = (name: string) => join(home, readdirSync(home).find(found => found.startsWith(`${name}-`))!)
    writeFileSync(data('one'), readFileSync(data('other')))
    expect((await createHnswIndex({ dimension: 8, file: one })).size).toBe(0)
  })

  test('a saved index of another dimension is not used', async () => {
    const { index } = await filled(10)
    const file = join(home, 'dimension')
    await index.save(file)
    expect((await createHnswIndex({ dimension: 9, file })).size).toBe(0)
  })

  test('a saved index with one bit flipped is not handed to native code', async () => {
    const { index } = await filled(40)
    const file = join(home, 'damaged')
    await index.save(file)
    const data = join(home, readdirSync(home).find(name => name.startsWith('damaged-'))!)
    for (const damaged of [data, `${file}.json`]) {
      const sound = readFileSync(damaged)
      // Every 37th byte: all parts of the file are met.
      for (let at = 0; at < sound.length; at += 37) {
        const bytes = Uint8Array.from(sound)
        bytes[at]! ^= 1 << (at % 8)
        writeFileSync(damaged, bytes)
        expect((await createHnswIndex({ dimension: 8, file })).size, `byte ${at} of ${damaged}`).toBe(0)
      }
      writeFileSync(damaged, sound)
    }
    expect((await createHnswIndex({ dimension: 8, file })).size).toBe(40)
  })

  test('saving where nothing can be written is an error of ours', async () => {
    const { index } = await filled(3)
    await expect(index.save(join(home, 'missing', 'index'))).rejects.toMatchObject({ code: 'RTFS_STORE_IO' })
  })

  test('a closed index is not used', async () => {
    const { index } = await filled(3)
    await index.close()
    await expect(index.search(new Float32Array(8).fill(1), 1)).rejects.toMatchObject({ code: 'RTFS_USAGE' })
  })
})
