import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clusteredVectors, vectorIndexSuite } from '@rtfs/conformance/suites'
import type { SavableVectorIndex } from '@rtfs/interfaces'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { createIndexFolder } from './index-folder.js'

const home = mkdtempSync(join(tmpdir(), 'rtfs-folder-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))
let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(home, 'd-'))
})

const dimension = 8
const vectors = clusteredVectors(300, dimension)
const open = async (name: string, saveFrom = 100) =>
  (await createIndexFolder({ dir, saveFrom })({ dimension, name })) as SavableVectorIndex

async function filled(name: string, count = 300): Promise<SavableVectorIndex> {
  const index = await open(name)
  for (let i = 0; i < count; i++) await index.add(`v${i}`, vectors[i]!)
  return index
}

let suites = 0
vectorIndexSuite({ test, expect }, async options =>
  createIndexFolder({ dir: home })({ ...options, name: `suite ${suites++}` }),
)

test('each name has an index of its own, with its note', async () => {
  const index = await filled('a')
  expect([await index.save('noted'), index.unsaved]).toEqual([true, 0])
  const again = await open('a')
  expect([again.begunWith, again.size, again.unsaved]).toEqual(['noted', 300, 0])
  expect(await again.search(vectors[5]!, 9)).toEqual(await index.search(vectors[5]!, 9))
  expect((await open('b')).begunWith).toBe(undefined)
})

test('a small index is not kept', async () => {
  const index = await filled('a', 99)
  expect(await index.save('noted')).toBe(false)
  expect((await open('a')).begunWith).toBe(undefined)
})

test('a cleared index is empty and can be filled and saved again', async () => {
  await (await filled('a')).save('old')
  const index = await open('a')
  await index.clear()
  expect([index.size, (await index.search(vectors[1]!, 1)).length]).toEqual([0, 0])
  for (let i = 0; i < 120; i++) await index.add(`w${i}`, vectors[i]!)
  await index.save('new')
  const again = await open('a')
  expect([again.begunWith, again.size]).toEqual(['new', 120])
})

test('two that save at once leave one that is whole', async () => {
  const [one, other] = [await filled('a'), await filled('a', 150)]
  for (let round = 0; round < 10; round++) {
    await Promise.all([one.save('one'), other.save('other')])
    const again = await open('a')
    // Whoever removed the data of the other costs no more than an index that begins empty.
    expect([undefined, 'one', 'other']).toContain(again.begunWith)
    expect(again.size).toBe(again.begunWith === 'one' ? 300 : again.begunWith === 'other' ? 150 : 0)
  }
})

test('what a killed process left is removed when it is old', async () => {
  const index = await filled('a')
  await index.save('first')
  const folder = join(dir, 'indexes-v1')
  const base = readdirSync(folder)[0]!.slice(0, 32)
  writeFileSync(join(folder, `${base}.tmp-new`), 'x')
  await index.add('more', vectors[0]!)
  await index.save('second')
  expect(
    readdirSync(folder)
      .map(name => name.slice(32, 37))
      .sort(),
  ).toEqual(['-', '.json', '.tmp-'].map(x => expect.stringContaining(x)))
})

test.skipIf(process.getuid?.() === 0)('a directory that cannot be written is an error of ours', async () => {
  const index = await filled('a')
  chmodSync(dir, 0o500)
  await expect(index.save('x')).rejects.toMatchObject({ code: 'RTFS_STORE_IO' })
})

test('a file where the folder should be is an error of ours', async () => {
  const index = await filled('a')
  writeFileSync(join(dir, 'indexes-v1'), '')
  await expect(index.save('x')).rejects.toMatchObject({ code: 'RTFS_STORE_IO' })
  rmSync(join(dir, 'indexes-v1'))
  mkdirSync(join(dir, 'indexes-v1'))
  expect(await index.save('x')).toBe(true)
  expect(
    readFileSync(
      join(dir, 'indexes-v1', readdirSync(join(dir, 'indexes-v1')).find(name => name.endsWith('.json'))!),
      'utf8',
    ),
  ).toContain('"x"')
})
