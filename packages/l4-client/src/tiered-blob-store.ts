import { type Digest, digestOf, isRtfsError, RtfsError } from '@rtfs/core'
import type { BlobStore, CallOptions, Logger } from '@rtfs/interfaces'
import { BoundedMap } from './bounded-map.js'
import { faultText } from './faults.js'
import { silentLogger } from './system.js'

export interface TieredBlobStoreOptions {
  /** Says what is stored: it alone decides whether a put, a delete or a list succeeds. */
  readonly local: BlobStore
  /** Asked, in order, for what is not there; given what is put. None of them can make a call fail. */
  readonly remotes?: readonly BlobStore[]
  /** Bytes that are kept in memory. Default 32 MiB; 0 for none. */
  readonly memoryBytes?: number
  /** Told of remotes that fail. */
  readonly logger?: Logger
}

/**
 * Memory, then a local store, then remote ones. What a slower tier has is put into the faster ones. A remote that is
 * dead, read-only or lies is reported and otherwise as if it were not there. Nothing is deleted from remotes, which
 * others use, too: what they have is found again after it was deleted here.
 */
export function createTieredBlobStore(options: TieredBlobStoreOptions): BlobStore {
  const { local, remotes = [], memoryBytes = 32 * 1024 * 1024, logger = silentLogger } = options
  const memory = new BoundedMap<Digest, Uint8Array>(10_000, memoryBytes, bytes => bytes.length)

  function remember(digest: Digest, bytes: Uint8Array): void {
    if (bytes.length <= memoryBytes) memory.set(digest, bytes.slice())
  }

  /** A task of a remote; `undefined` when it fails. What the caller aborted is the caller's. */
  async function attempt<T>(remote: number, what: string, task: () => Promise<T>, call?: CallOptions) {
    try {
      return await task()
    } catch (cause) {
      if (call?.signal?.aborted) throw new RtfsError('RTFS_ABORTED', 'the call was aborted', { cause })
      const code = isRtfsError(cause) ? cause.code : 'unexpected'
      logger.log('warn', 'blobs.remote-failed', { remote, what, code, reason: faultText(cause) })
      return undefined
    }
  }

  return {
    specVersion: 1,
    supports: local.supports,
    async put(digest, bytes, putOptions) {
      const copy = bytes.slice()
      await local.put(digest, copy, putOptions)
      remember(digest, copy)
      for (const [i, remote] of remotes.entries()) {
        await attempt(i, 'put', () => remote.put(digest, copy, putOptions), putOptions)
      }
    },
    async get(digest, call) {
      const known = call?.signal?.aborted ? undefined : memory.get(digest)
      if (known !== undefined) return known.slice()
      const found = await local.get(digest, call)
      if (found !== undefined) {
        remember(digest, found)
        return found
      }
      for (const [i, remote] of remotes.entries()) {
        const bytes = await attempt(i, 'get', () => remote.get(digest, call), call)
        if (bytes === undefined) continue
        if (digestOf(bytes) !== digest) {
          logger.log('error', 'blobs.remote-failed', { remote: i, what: 'get', reason: 'other bytes' })
          continue
        }
        // A local store that is full still lets the caller have the bytes.
        try {
          await local.put(digest, bytes)
        } catch (cause) {
          logger.log('warn', 'blobs.back-fill-failed', { reason: faultText(cause) })
        }
        remember(digest, bytes)
        return bytes
      }
      return undefined
    },
    stat: (digest, call) => local.stat(digest, call),
    async delete(digest, deleteOptions) {
      const removed = await local.delete(digest, deleteOptions)
      if (removed) memory.delete(digest)
      return removed
    },
    list: call => local.list(call),
    tidy: (before, call) => local.tidy(before, call),
    async close() {
      memory.clear()
      await local.close()
      for (const [i, remote] of remotes.entries()) await attempt(i, 'close', () => remote.close())
    },
  }
}
