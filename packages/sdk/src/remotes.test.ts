import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBlobHandler, createHttpBlobStore } from '@rtfs/l4-client/http'
import { createMemoryBlobStore } from '@rtfs/l4-client/memory'
import { afterAll, expect, test } from 'vitest'
import { createRtfs } from './rtfs.js'

const dir = mkdtempSync(join(tmpdir(), 'rtfs-remotes-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

test('blobs that are lost here are fetched from a remote, and one that is dead breaks nothing', async () => {
  const handler = createBlobHandler({ blobs: createMemoryBlobStore(), mayWrite: () => true })
  const remote = createHttpBlobStore({
    baseUrl: 'https://blobs.test/v1',
    fetch: (url, init) => handler(new Request(url as URL, init)),
  })
  const dead = createHttpBlobStore({ baseUrl: 'http://127.0.0.1:1/', retry: false })
  const first = createRtfs({ dir, remotes: [dead, remote] })
  const [published] = await first.publish('(defn f "Twice." [n :int] :int (* 2 n))')
  expect(published?.ok).toBe(true)
  await first.close()
  rmSync(join(dir, 'blobs-v1'), { recursive: true })
  const alone = createRtfs({ dir })
  await expect(alone.call('f', [4])).rejects.toThrow()
  await alone.close()
  const again = createRtfs({ dir, remotes: [dead, remote] })
  expect((await again.call('f', [4])).value).toBe(8)
  await again.close()
  // It was put into the directory.
  const later = createRtfs({ dir })
  expect((await later.call('f', [5])).value).toBe(10)
  await later.close()
})
