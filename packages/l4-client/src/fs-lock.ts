import { setTimeout as sleep } from 'node:timers/promises'
import { encodeUtf8, RtfsError } from '@rtfs/core'
import type { FileSystem } from '@rtfs/interfaces'
import { codeOf, writeFault } from './fs-faults.js'

const waitMs = 5000
const pollMs = 20

/**
 * Runs a task while no other process does under the same lock file. A lock left by a process that was killed is not
 * broken, because whoever breaks it may break a living one: the error says what to remove.
 */
export async function withFileLock<T>(
  fileSystem: FileSystem,
  path: string,
  task: () => Promise<T>,
): Promise<T> {
  for (let waited = 0; ; waited += pollMs) {
    try {
      await fileSystem.writeNew(path, encodeUtf8(`${process.pid}\n`))
      break
    } catch (cause) {
      if (codeOf(cause) !== 'EEXIST') throw writeFault(cause, path)
      if (waited >= waitMs) {
        throw new RtfsError('RTFS_STORE_IO', `${path} is locked; remove it if no other process is at work`, {
          cause,
        })
      }
    }
    await sleep(pollMs)
  }
  let result: T
  try {
    result = await task()
  } catch (cause) {
    // The first fault says more than one of the removal.
    await fileSystem.remove(path).catch(() => {})
    throw cause
  }
  try {
    await fileSystem.remove(path)
  } catch (cause) {
    throw writeFault(cause, path)
  }
  return result
}
