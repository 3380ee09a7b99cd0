import type { IsolatedExecutor } from '@rtfs/interfaces'
import { createWorkerExecutor, type WorkerOptions } from './isolated-executor.js'
import { startProcess } from './process-worker.js'

/**
 * Runs code in child processes: nothing it does takes the host down. A process that is over its time or its memory
 * is killed; on systems other than Linux only the heap is bounded, not memory outside of it.
 */
export function createProcessExecutor(options: WorkerOptions = {}): IsolatedExecutor {
  const { entry = new URL('./process-entry.js', import.meta.url), executors } = options
  return createWorkerExecutor(
    'process',
    memoryBytes => startProcess({ entry, executors: executors?.href, memoryBytes }),
    options,
  )
}
