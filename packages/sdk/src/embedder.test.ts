import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Embedder } from '@rtfs/interfaces'
import { afterAll, expect, test } from 'vitest'
import { createRtfs } from './rtfs.js'

const dir = mkdtempSync(join(tmpdir(), 'rtfs-embedder-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

/** To it, "twice" and "double" are the same. */
const own: Embedder = {
  model: { id: 'own', revision: '1', dimension: 2 },
  embed: async texts =>
    texts.map(text => (/twice|double/i.test(text) ? Float32Array.of(1, 0) : Float32Array.of(0, 1))),
}

test('an embedder of the caller orders candidates, and its vectors are not compared with others', async () => {
  const rtfs = createRtfs({ dir, embedder: own })
  await rtfs.publish(`(defn f "Twice a number." [n :int] :int (* 2 n))
    (defn g "The square of a number." [n :int] :int (* n n))`)
  const request = { signature: '[:=> [:int] :int]', task: 'double it', explain: true }
  const { candidates } = await rtfs.find(request)
  expect(candidates.map(({ name, score }) => [name, score])).toEqual([
    ['f', 1],
    ['g', 0],
  ])
  await rtfs.close()
  const other = createRtfs({ dir })
  expect((await other.find(request)).candidates).toEqual([])
  const renewed = await (await other.cache()).reindex()
  expect(renewed.renewed).toHaveLength(2)
  expect((await other.find(request)).candidates).toHaveLength(2)
  await other.close()
})
