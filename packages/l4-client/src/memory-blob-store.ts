import { type Digest, digestOf, RtfsError } from '@rtfs/core'
import type { BlobStore, Clock } from '@rtfs/interfaces'
import { throwIfAborted } from './abort.js'
import { systemClock } from './system.js'

/** Keeps blobs for as long as the process lives. */
export function createMemoryBlobStore({
  clock = systemClock,
}: {
  readonly clock?: Pick<Clock, 'now'>
} = {}): BlobStore {
  const blobs = new Map<Digest, { readonly bytes: Uint8Array; usedAt: number }>()
  return {
    specVersion: 1,
    supports: { list: true, persistent: false },
    async put(digest, bytes, options) {
      throwIfAborted(options)
      if (digestOf(bytes) !== digest)
        throw new RtfsError('RTFS_USAGE', `the bytes to store are not ${digest}`)
      const known = blobs.get(digest)
      if (known === undefined) blobs.set(digest, { bytes: bytes.slice(), usedAt: clock.now() })
      else known.usedAt = clock.now()
    },
    async get(digest, options) {
      throwIfAborted(options)
      return blobs.get(digest)?.bytes.slice()
    },
    async stat(digest, options) {
      throwIfAborted(options)
      const known = blobs.get(digest)
      return known && { size: known.bytes.length, usedAt: known.usedAt }
    },
    async delete(digest, options) {
      throwIfAborted(options)
      const known = blobs.get(digest)
      if (known === undefined || known.usedAt >= (options?.unlessUsedSince ?? Infinity)) return false
      return blobs.delete(digest)
    },
    async *list(options) {
      for (const digest of [...blobs.keys()]) {
        throwIfAborted(options)
        yield digest
      }
    },
    tidy: async () => 0,
    async close() {
      blobs.clear()
    },
  }
}
