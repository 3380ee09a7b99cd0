import { randomBytes } from 'node:crypto'
import { dirname, join, resolve } from 'node:path'
import { type Digest, digestOf, parseDigest, RtfsError } from '@rtfs/core'
import type { BlobStore, CallOptions, Clock, FileSystem } from '@rtfs/interfaces'
import { throwIfAborted } from './abort.js'
import { compress, decompress } from './fs-compression.js'
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

/** Larger files cannot be blobs of ours, and are not read. */
const maxBlobSize = 64 * 1024 * 1024

/** How the name of a compressed blob ends. */
const compressedSuffix = '.br'

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
  const pathsOf = (digest: Digest) => [pathOf(digest), pathOf(digest) + compressedSuffix]

  /** The bytes of a file, decompressed; `undefined` when there is none. Throws `RTFS_BLOB_CORRUPT`. */
  async function read(path: string, digest: Digest, callOptions?: CallOptions) {
    const size = (await fileSystem.stat(path))?.size
    if (size === undefined) return undefined
    if (size > maxBlobSize) throw new RtfsError('RTFS_BLOB_CORRUPT', `${digest} has ${size} bytes`)
    const stored = await fileSystem.readFile(path, callOptions)
    if (stored === undefined) return undefined
    const bytes = path.endsWith(compressedSuffix) ? decompress(stored, maxBlobSize) : stored
    if (bytes === undefined || digestOf(bytes) !== digest) {
      throw new RtfsError('RTFS_BLOB_CORRUPT', `${digest} has other bytes`)
    }
    return bytes
  }

  /** Marks a sound blob as used now, so that no collector takes it. False when it has to be written. */
  async function renew(digest: Digest): Promise<boolean> {
    for (const path of pathsOf(digest)) {
      try {
        // First, so that a collector which looks while we read lets it be.
        if (!(await fileSystem.touch(path, clock.now()))) continue
        if ((await read(path, digest)) !== undefined) return true
      } catch {
        // Whatever is wrong with the file, writing it anew is the answer.
      }
    }
    return false
  }

  /** Removes a file unless it was used since. */
  async function remove(path: string, unlessUsedSince: number | undefined): Promise<boolean> {
    const found = await fileSystem.stat(path)
    if (found === undefined) return false
    if (unlessUsedSince === undefined) {
      await fileSystem.remove(path)
      return true
    }
    if (found.modifiedAt >= unlessUsedSince) return false
    // A publisher may renew it between the look and the removal: out of its reach, look again.
    const aside = join(dirname(path), temporaryPrefix + randomBytes(12).toString('hex'))
    await fileSystem.rename(path, aside)
    const again = await fileSystem.stat(aside)
    if (again !== undefined && again.modifiedAt >= unlessUsedSince) {
      await fileSystem.rename(aside, path)
      return false
    }
    await fileSystem.remove(aside)
    return true
  }

  return {
    specVersion: 1,
    supports: { list: true, persistent: true },
    async put(digest, bytes, putOptions) {
      throwIfAborted(putOptions)
      // The caller may change its array while we wait.
      const copy = bytes.slice()
      if (digestOf(copy) !== digest) throw new RtfsError('RTFS_USAGE', `the bytes to store are not ${digest}`)
      const path = pathOf(digest)
      if (await renew(digest)) {
        // Another process may have renamed it and not yet flushed the directory.
        await files.ensureDirectory(directoryOf(digest))
        await fileSystem.syncDirectory(directoryOf(digest)).catch(cause => {
          throw writeFault(cause, path)
        })
        return
      }
      const compressed = putOptions?.compressible === true ? compress(copy) : undefined
      if (compressed === undefined) await files.write(path, copy, putOptions)
      else await files.write(path + compressedSuffix, compressed, putOptions)
    },
    async get(digest, callOptions) {
      throwIfAborted(callOptions)
      const [path, compressedPath] = pathsOf(digest) as [string, string]
      try {
        return (await read(path, digest, callOptions)) ?? (await read(compressedPath, digest, callOptions))
      } catch (cause) {
        throw readFault(cause, path)
      }
    },
    async stat(digest, callOptions) {
      throwIfAborted(callOptions)
      try {
        for (const path of pathsOf(digest)) {
          const found = await fileSystem.stat(path)
          if (found !== undefined) return { size: found.size, usedAt: found.modifiedAt }
        }
      } catch (cause) {
        throw readFault(cause, pathOf(digest))
      }
      return undefined
    },
    async delete(digest, deleteOptions) {
      throwIfAborted(deleteOptions)
      let removed = false
      for (const path of pathsOf(digest)) {
        try {
          removed = (await remove(path, deleteOptions?.unlessUsedSince)) || removed
        } catch (cause) {
          throw writeFault(cause, path)
        }
      }
      return removed
    },
    async *list(callOptions) {
      let last: Digest | undefined
      try {
        for (const directory of [...(await fileSystem.list(root))].sort()) {
          if (!/^[0-9a-f]{2}$/.test(directory)) continue
          for (const name of [...(await fileSystem.list(join(root, directory)))].sort()) {
            throwIfAborted(callOptions)
            const digest = parseDigest(`sha256:${name.replace(/\.br$/, '')}`)
            if (digest === undefined || !name.startsWith(directory) || digest === last) continue
            last = digest
            yield digest
          }
        }
      } catch (cause) {
        throw readFault(cause, root)
      }
    },
    async tidy(before, callOptions) {
      let removed = 0
      try {
        for (const directory of await fileSystem.list(root)) {
          if (!/^[0-9a-f]{2}$/.test(directory)) continue
          for (const name of await fileSystem.list(join(root, directory))) {
            throwIfAborted(callOptions)
            if (!name.startsWith(temporaryPrefix)) continue
            const path = join(root, directory, name)
            const found = await fileSystem.stat(path)
            if (found === undefined || found.modifiedAt >= before) continue
            await fileSystem.remove(path)
            removed++
          }
        }
      } catch (cause) {
        throw writeFault(cause, root)
      }
      return removed
    },
    async close() {},
  }
}

function hexOf(digest: Digest): string {
  // A digest names a file: one that was not made by `digestOf` or `parseDigest` must not lead elsewhere.
  if (parseDigest(digest) === undefined) throw new RtfsError('RTFS_USAGE', `'${digest}' is no digest`)
  return digest.slice('sha256:'.length)
}
