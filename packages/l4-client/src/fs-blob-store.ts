import { join, resolve } from 'node:path'
import { type Digest, digestOf, parseDigest, RtfsError } from '@rtfs/core'
import type { BlobStore, Clock, FileSystem } from '@rtfs/interfaces'
import { throwIfAborted } from './abort.js'
import { createDurableFiles, temporaryPrefix } from './fs-durable.js'
import { readFault, writeFault } from './fs-faults.js'
import { createNodeFileSystem } from './fs-node-file-system.js'
import { systemClock } from './system.js'

export interface FileBlobStoreOptions {
  /** Directory of the store; made with the first blob. */
  readonly dir: string
  /** Default: that of the machine. */
  readonly fileSystem?: FileSystem
  readonly clock?: Clock
}

/** The version of the layout: `blobs-v1/ab/ab12…`, one file a blob, named by its digest. */
const layout = 'blobs-v1'

/** A blob that is stored again is written again when it is older, so that collectors see it is in use. */
const renewAfterMs = 24 * 60 * 60 * 1000

/** Larger files cannot be blobs of ours, and are not read. */
const maxBlobSize = 64 * 1024 * 1024

/**
 * Blobs as files, safe for several processes. `put` resolves when the blob would survive a power cut; `get` checks
 * the digest and throws `RTFS_BLOB_CORRUPT` for other bytes, which the next `put` of that blob mends.
 */
export function createFileBlobStore(options: FileBlobStoreOptions): BlobStore {
  const { fileSystem = createNodeFileSystem(), clock = systemClock } = options
  const root = join(resolve(options.dir), layout)
  const files = createDurableFiles(fileSystem, resolve(options.dir))
  const directoryOf = (digest: Digest) => join(root, hexOf(digest).slice(0, 2))
  const pathOf = (digest: Digest) => join(directoryOf(digest), hexOf(digest))

  /** True when the blob is there, sound and not due to be renewed. */
  async function isStored(path: string, size: number, digest: Digest): Promise<boolean> {
    try {
      const found = await fileSystem.stat(path)
      if (found?.size !== size || clock.now() - found.modifiedAt > renewAfterMs) return false
      const bytes = await fileSystem.readFile(path)
      return bytes !== undefined && digestOf(bytes) === digest
    } catch {
      // Whatever is wrong with the file, writing it anew is the answer.
      return false
    }
  }

  return {
    specVersion: 1,
    supports: { list: true, persistent: true },
    async put(digest, bytes, callOptions) {
      throwIfAborted(callOptions)
      // The caller may change its array while we wait.
      const copy = bytes.slice()
      if (digestOf(copy) !== digest) throw new RtfsError('RTFS_USAGE', `the bytes to store are not ${digest}`)
      const path = pathOf(digest)
      if (await isStored(path, copy.length, digest)) {
        // Another process may have renamed it and not yet flushed the directory.
        await files.ensureDirectory(directoryOf(digest))
        await fileSystem.syncDirectory(directoryOf(digest)).catch(cause => {
          throw writeFault(cause, path)
        })
        return
      }
      await files.write(path, copy, callOptions)
    },
    async get(digest, callOptions) {
      throwIfAborted(callOptions)
      const path = pathOf(digest)
      let bytes: Uint8Array | undefined
      try {
        const size = (await fileSystem.stat(path))?.size
        if (size === undefined) return undefined
        if (size > maxBlobSize) throw new RtfsError('RTFS_BLOB_CORRUPT', `${digest} has ${size} bytes`)
        bytes = await fileSystem.readFile(path, callOptions)
      } catch (cause) {
        throw readFault(cause, path)
      }
      if (bytes !== undefined && digestOf(bytes) !== digest) {
        throw new RtfsError('RTFS_BLOB_CORRUPT', `${digest} has other bytes`)
      }
      return bytes
    },
    async delete(digest, callOptions) {
      throwIfAborted(callOptions)
      try {
        await fileSystem.remove(pathOf(digest))
      } catch (cause) {
        throw writeFault(cause, pathOf(digest))
      }
    },
    async *list(callOptions) {
      try {
        for (const directory of [...(await fileSystem.list(root))].sort()) {
          if (!/^[0-9a-f]{2}$/.test(directory)) continue
          for (const name of [...(await fileSystem.list(join(root, directory)))].sort()) {
            throwIfAborted(callOptions)
            const digest = name.startsWith(temporaryPrefix) ? undefined : parseDigest(`sha256:${name}`)
            if (digest !== undefined && name.startsWith(directory)) yield digest
          }
        }
      } catch (cause) {
        throw readFault(cause, root)
      }
    },
    async close() {},
  }
}

function hexOf(digest: Digest): string {
  // A digest names a file: one that was not made by `digestOf` or `parseDigest` must not lead elsewhere.
  if (parseDigest(digest) === undefined) throw new RtfsError('RTFS_USAGE', `'${digest}' is no digest`)
  return digest.slice('sha256:'.length)
}
