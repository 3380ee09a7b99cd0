import { readFileSync, statSync } from 'node:fs'
import { chmod, lstat, mkdir, open, readdir, readFile, rename, rm, utimes } from 'node:fs/promises'
import type { FileSystem } from '@rtfs/interfaces'

export interface NodeFileSystemOptions {
  /** Mode of new files. Default: what the process allows. */
  readonly fileMode?: number
  /** Mode of new directories. Default: what the process allows. */
  readonly directoryMode?: number
}

/** The file system of the machine. */
export interface NodeFileSystem extends FileSystem {
  /** The permission bits of a file; `undefined` when it does not exist or the platform has none. */
  permissions(path: string): Promise<number | undefined>
}

/** Reading so much at once takes some 15 us; handing it to another thread takes 100. */
const atOnceUpTo = 64 * 1024

/** Files through `node:fs`. Faults are those of Node, with their `code`. */
export function createNodeFileSystem(options: NodeFileSystemOptions = {}): NodeFileSystem {
  const { fileMode = 0o666, directoryMode = 0o777 } = options
  return {
    async readFile(path, callOptions) {
      const signal = callOptions?.signal
      const found = statSync(path, { throwIfNoEntry: false })
      if (found === undefined) return undefined
      if (found.isFile() && found.size <= atOnceUpTo) {
        return missingAsUndefined((async () => new Uint8Array(readFileSync(path)))())
      }
      const bytes = await missingAsUndefined(readFile(path, signal === undefined ? {} : { signal }))
      return bytes && new Uint8Array(bytes)
    },
    async writeNew(path, bytes, callOptions) {
      const file = await open(path, 'wx', fileMode)
      try {
        const signal = callOptions?.signal
        await file.writeFile(bytes, signal === undefined ? {} : { signal })
        // The process may mask bits away, never add them; private files must not depend on that.
        if (options.fileMode !== undefined) await file.chmod(fileMode)
        await file.sync()
        await file.close()
      } catch (cause) {
        // Half a file is worth nothing, and as a lock it would stand for ever.
        await file.close().catch(() => {})
        await rm(path, { force: true }).catch(() => {})
        throw cause
      }
    },
    rename,
    async syncDirectory(path) {
      // Windows cannot open directories, and keeps renames by itself.
      if (process.platform === 'win32') return
      const directory = await open(path, 'r')
      try {
        await directory.sync()
      } finally {
        await directory.close()
      }
    },
    async makeDirectory(path) {
      const created = await mkdir(path, { recursive: true, mode: directoryMode })
      if (created !== undefined && options.directoryMode !== undefined) await chmod(path, directoryMode)
    },
    async touch(path, modifiedAt) {
      const seconds = modifiedAt / 1000
      const touched = utimes(path, seconds, seconds).then(() => true)
      return (await missingAsUndefined(touched)) ?? false
    },
    async remove(path) {
      await rm(path, { force: true })
    },
    async list(path) {
      return (await missingAsUndefined(readdir(path))) ?? []
    },
    async stat(path) {
      const found = statSync(path, { throwIfNoEntry: false })
      return found && { size: found.size, modifiedAt: found.mtimeMs }
    },
    async permissions(path) {
      if (process.platform === 'win32') return undefined
      const found = await missingAsUndefined(lstat(path))
      return found && found.mode & 0o777
    },
  }
}

async function missingAsUndefined<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw cause
  }
}
