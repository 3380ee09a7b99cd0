import type { FileSystem } from '@rtfs/interfaces'

/** A file system whose n-th and later operations fail until it is mended, as when a disk is full or gone. */
export interface FailingFileSystem extends FileSystem {
  readonly operations: number
  failFrom(operation: number, code: string): void
  mend(): void
}

export function failingFileSystem(inner: FileSystem): FailingFileSystem {
  let operations = 0
  let failAt = Number.POSITIVE_INFINITY
  let failure = ''

  /** A write that fails leaves half of a file behind: that is what full disks do. */
  async function attempt<T>(name: string, task: () => Promise<T>, half?: () => Promise<unknown>): Promise<T> {
    operations++
    if (operations < failAt) return task()
    await half?.().catch(() => {})
    throw Object.assign(new Error(`${failure}: simulated, ${name}`), { code: failure })
  }

  return {
    get operations() {
      return operations
    },
    failFrom(operation, code) {
      operations = 0
      failAt = operation
      failure = code
    },
    mend() {
      operations = 0
      failAt = Number.POSITIVE_INFINITY
    },
    readFile: (path, options) => attempt('readFile', () => inner.readFile(path, options)),
    writeNew: (path, bytes, options) =>
      attempt(
        'writeNew',
        () => inner.writeNew(path, bytes, options),
        () => inner.writeNew(path, bytes.subarray(0, bytes.length >> 1)),
      ),
    rename: (from, to) => attempt('rename', () => inner.rename(from, to)),
    syncDirectory: path => attempt('syncDirectory', () => inner.syncDirectory(path)),
    makeDirectory: path => attempt('makeDirectory', () => inner.makeDirectory(path)),
    touch: (path, at) => attempt('touch', () => inner.touch(path, at)),
    remove: path => attempt('remove', () => inner.remove(path)),
    list: path => attempt('list', () => inner.list(path)),
    stat: path => attempt('stat', () => inner.stat(path)),
  }
}
