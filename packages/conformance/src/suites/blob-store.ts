import { digestOf, encodeUtf8 } from '@rtfs/core'
import type { BlobStore } from '@rtfs/interfaces'
import type { Runner } from '../runner.js'
import { aborted, checks, collect, failure, type StoreSuiteOptions } from './check.js'

const blob = (text: string) => encodeUtf8(`blob ${text}`)

/** What every blob store does. `create` makes an empty one. */
export function blobStoreSuite(
  runner: Runner,
  create: () => Promise<BlobStore>,
  options: StoreSuiteOptions<BlobStore> = {},
): void {
  const { expect } = runner
  const check = checks(runner, 'blob store', create)

  check('a miss is undefined', async store => {
    expect(await store.get(digestOf(blob('missing')))).toEqual(undefined)
  })

  check('gives back what was put', async store => {
    for (const bytes of [blob('a'), new Uint8Array(0), new Uint8Array(300_000).fill(7)]) {
      await store.put(digestOf(bytes), bytes)
      const found = await store.get(digestOf(bytes))
      expect(found?.length).toEqual(bytes.length)
      expect(found && digestOf(found)).toEqual(digestOf(bytes))
      expect(found && Object.getPrototypeOf(found) === Uint8Array.prototype).toEqual(true)
    }
  })

  check('putting a blob again is not an error', async store => {
    const bytes = blob('again')
    await store.put(digestOf(bytes), bytes)
    await store.put(digestOf(bytes), bytes)
    expect(await store.get(digestOf(bytes))).toEqual(bytes)
  })

  check('refuses bytes under another digest', async store => {
    expect(await failure(() => store.put(digestOf(blob('a')), blob('b')))).toEqual('RTFS_USAGE')
    expect(await store.get(digestOf(blob('a')))).toEqual(undefined)
  })

  check('20 writers of one blob', async store => {
    const bytes = new Uint8Array(50_000).fill(3)
    await Promise.all(Array.from({ length: 20 }, () => store.put(digestOf(bytes), bytes)))
    expect(await store.get(digestOf(bytes))).toEqual(bytes)
  })

  check('keeps its own copy', async store => {
    const bytes = blob('mine')
    const digest = digestOf(bytes)
    const putting = store.put(digest, bytes)
    bytes.fill(0)
    await putting
    const found = await store.get(digest)
    found?.fill(0)
    expect(await store.get(digest)).toEqual(blob('mine'))
  })

  check('a deleted blob is a miss; deleting it again is not an error', async store => {
    const bytes = blob('gone')
    await store.put(digestOf(bytes), bytes)
    expect(await store.delete(digestOf(bytes))).toEqual(true)
    expect(await store.delete(digestOf(bytes))).toEqual(false)
    expect(await store.get(digestOf(bytes))).toEqual(undefined)
  })

  check('a blob that is compressible has the same digest and bytes', async store => {
    for (const bytes of [blob('short'), encodeUtf8('(defn f [x] x)\n'.repeat(1000))]) {
      const digest = digestOf(bytes)
      await store.put(digest, bytes, { compressible: true })
      await store.put(digest, bytes)
      expect(await store.get(digest)).toEqual(bytes)
      if (store.supports.list) expect((await collect(store.list())).includes(digest)).toEqual(true)
      expect(await store.delete(digest)).toEqual(true)
      expect(await store.get(digest)).toEqual(undefined)
    }
  })

  check('putting is a use, and what was used is not deleted', async store => {
    const bytes = blob('used')
    const digest = digestOf(bytes)
    expect(await store.stat(digest)).toEqual(undefined)
    await store.put(digest, bytes)
    const { size, usedAt } = (await store.stat(digest))!
    expect(size).toEqual(bytes.length)
    expect(await store.delete(digest, { unlessUsedSince: usedAt })).toEqual(false)
    await new Promise(resolve => setTimeout(resolve, 20))
    await store.put(digest, bytes)
    const again = (await store.stat(digest))!.usedAt
    expect(again > usedAt).toEqual(true)
    expect(await store.delete(digest, { unlessUsedSince: usedAt + 1 })).toEqual(false)
    expect(await store.get(digest)).toEqual(bytes)
    expect(await store.delete(digest, { unlessUsedSince: again + 1 })).toEqual(true)
    expect(await store.get(digest)).toEqual(undefined)
  })

  check('there is nothing to tidy where every put has ended, and blobs are left alone', async store => {
    const bytes = blob('kept')
    await store.put(digestOf(bytes), bytes)
    expect(await store.tidy(Date.now() + 1000)).toEqual(0)
    expect(await store.get(digestOf(bytes))).toEqual(bytes)
  })

  check('an aborted call rejects', async store => {
    const bytes = blob('late')
    expect(await failure(() => store.put(digestOf(bytes), bytes, aborted))).toEqual('RTFS_ABORTED')
    expect(await failure(() => store.get(digestOf(bytes), aborted))).toEqual('RTFS_ABORTED')
    expect(await store.get(digestOf(bytes))).toEqual(undefined)
  })

  check('list, as `supports` says', async store => {
    const digests = ['1', '2', '3'].map(text => digestOf(blob(text)))
    for (const text of ['1', '2', '3']) await store.put(digestOf(blob(text)), blob(text))
    if (!store.supports.list) {
      expect(await failure(() => collect(store.list()))).toEqual('RTFS_NOT_SUPPORTED')
      return
    }
    expect((await collect(store.list())).sort()).toEqual([...digests].sort())
    await store.delete(digests[0]!)
    expect((await collect(store.list())).sort()).toEqual(digests.slice(1).sort())
  })

  check('outlives its closing, as `supports` says', async store => {
    const bytes = blob('kept')
    await store.put(digestOf(bytes), bytes)
    if (!store.supports.persistent) return
    expect(typeof options.reopen).toEqual('function')
    const again = await options.reopen!()
    expect(await again.get(digestOf(bytes))).toEqual(bytes)
    await again.close()
  })
}
