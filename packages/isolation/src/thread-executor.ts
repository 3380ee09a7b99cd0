import type { IsolatedExecutor } from '@rtfs/interfaces'
import { createWorkerExecutor, type WorkerOptions } from './isolated-executor.js'
import { startThread } from './thread-worker.js'

/**
 * Runs code in worker threads: an endless loop is stopped from outside, the host stays responsive. A thread shares
 * the memory of the process: code that takes too much can still end it. For that there is `createProcessExecutor`.
 */
export function createThreadExecutor(options: WorkerOptions = {}): IsolatedExecutor {
  const { entry = new URL('./thread-entry.js', import.meta.url), executors } = options
  return createWorkerExecutor(
    'thread',
    memoryBytes => startThread({ entry, executors: executors?.href, memoryBytes }),
    options,
  )
}
