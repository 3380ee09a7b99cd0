import { type Digest, digestOf, RtfsError } from '@rtfs/core'
import type { BlobStore } from '@rtfs/interfaces'
import { throwIfAborted } from './abort.js'

/** Keeps blobs for as long as the process lives. */
export function createMemoryBlobStore(): BlobStore {
  const blobs = new Map<Digest, Uint8Array>()
  return {
    specVersion: 1,
    supports: { list: true, persistent: false },
    async put(digest, bytes, options) {
      throwIfAborted(options)
      if (digestOf(bytes) !== digest)
        throw new RtfsError('RTFS_USAGE', `the bytes to store are not ${digest}`)
      if (!blobs.has(digest)) blobs.set(digest, bytes.slice())
    },
    async get(digest, options) {
      throwIfAborted(options)
      return blobs.get(digest)?.slice()
    },
    async delete(digest, options) {
      throwIfAborted(options)
      blobs.delete(digest)
    },
    async *list(options) {
      for (const digest of [...blobs.keys()]) {
        throwIfAborted(options)
        yield digest
      }
    },
    async close() {
      blobs.clear()
    },
  }
}
