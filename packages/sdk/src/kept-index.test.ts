import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { digestOf, encodeUtf8 } from '@rtfs/core'
import { createHashEmbedder } from '@rtfs/l4-client'
import { openSqliteRecordStore } from '@rtfs/store-sqlite'
import { afterAll, expect, test } from 'vitest'
import { createRtfs } from './rtfs.js'

const dir = mkdtempSync(join(tmpdir(), 'rtfs-kept-index-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const embedder = createHashEmbedder()

/** Rows as a publication leaves them, but for their signature, which nothing here looks at. */
async function insert(from: number, to: number): Promise<void> {
  const records = await openSqliteRecordStore({ dir })
  for (let i = from; i < to; i++) {
    const description = `Function number ${i} of the store`
    const [vector] = await embedder.embed([description])
    const digest = digestOf(encodeUtf8(description))
    await records.insert({
      id: digest.slice(7, 39),
      namespace: 'local',
      name: `f${i}`,
      interfaceHash: digest,
      codeHash: digest,
      target: 'wasm',
      abi: '1',
      storagePointer: digest,
      irPointer: undefined,
      sourcePointer: undefined,
      evidencePointer: digest,
      exportName: 'f',
      effects: [],
      description,
      embedding: { vector: vector!, model: embedder.model.id, revision: embedder.model.revision },
      status: 'Verified',
      envelope: '{}',
      createdAt: 1,
    })
  }
  await records.close()
}

async function search(number: number): Promise<string | undefined> {
  const rtfs = createRtfs({ dir })
  const [first] = await (await rtfs.cache()).search(`Function number ${number} of the store`)
  await rtfs.close()
  return first?.record.name
}

test('a directory with many modules keeps its index for the next process, which trusts it no further than it may', async () => {
  await insert(0, 600)
  expect(await search(123)).toBe('f123')
  const folder = join(dir, 'indexes-v1')
  const saved = readdirSync(folder)
  expect(saved).toHaveLength(2)
  await insert(600, 620)
  expect([await search(123), await search(610)]).toEqual(['f123', 'f610'])
  for (const name of readdirSync(folder)) writeFileSync(join(folder, name), 'damaged')
  expect([await search(123), await search(610)]).toEqual(['f123', 'f610'])
})
