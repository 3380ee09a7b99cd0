import { randomBytes } from 'node:crypto'
import { dirname, join, sep } from 'node:path'
import type { CallOptions, FileSystem } from '@rtfs/interfaces'
import { writeFault } from './fs-faults.js'

/** Writing so that a crash leaves the whole file or none, and a power cut none that was acknowledged. */
export interface DurableFiles {
  /** Makes the directory and its parents; their names are on the disk when this resolves. */
  ensureDirectory(path: string): Promise<void>
  /** Writes beside, flushes, renames over `path`, flushes the directory. */
  write(path: string, bytes: Uint8Array, options?: CallOptions): Promise<void>
}

/** How names of unfinished files begin; they are never read and may be removed when they are old. */
export const temporaryPrefix = '.tmp-'

/** `root` is the directory of the store; what is above it belongs to others. */
export function createDurableFiles(fileSystem: FileSystem, root: string): DurableFiles {
  const ensured = new Set<string>()

  async function ensureDirectory(path: string): Promise<void> {
    if (ensured.has(path)) return
    const parent = dirname(path)
    try {
      const exists = (await fileSystem.stat(path)) !== undefined
      if (!exists) {
        if (parent !== path) await ensureDirectory(parent)
        await fileSystem.makeDirectory(path)
      }
      // Also when it exists: the process that made it may have been killed before it got to this line.
      if (!exists || path.startsWith(root + sep)) await fileSystem.syncDirectory(parent)
    } catch (cause) {
      throw writeFault(cause, path)
    }
    ensured.add(path)
  }

  return {
    ensureDirectory,
    async write(path, bytes, options) {
      const directory = dirname(path)
      await ensureDirectory(directory)
      const temporary = join(directory, temporaryPrefix + randomBytes(12).toString('hex'))
      try {
        await fileSystem.writeNew(temporary, bytes, options)
        await fileSystem.rename(temporary, path)
      } catch (cause) {
        // Best effort: an unfinished file does no harm.
        await fileSystem.remove(temporary).catch(() => {})
        throw writeFault(cause, path)
      }
      try {
        await fileSystem.syncDirectory(directory)
      } catch (cause) {
        throw writeFault(cause, path)
      }
    },
  }
}
