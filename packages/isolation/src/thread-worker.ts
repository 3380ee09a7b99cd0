import { Worker } from 'node:worker_threads'
import type { IsolatedWorker } from './worker.js'

/** Starts a worker thread. Its heap is bounded; memory of typed arrays is not: that takes a process. */
export function startThread({
  entry,
  executors,
  memoryBytes,
}: {
  readonly entry: URL
  readonly executors: string | undefined
  readonly memoryBytes: number
}): IsolatedWorker {
  const thread = new Worker(entry, {
    workerData: { executors },
    env: {},
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: Math.ceil(memoryBytes / 2 ** 20) },
  })
  let reason = 'the thread ended'
  const worker: IsolatedWorker = {
    sent: new Set(),
    onReply: undefined,
    onEnd: undefined,
    send: message => thread.postMessage(message),
    residentBytes: () => undefined,
    kill: async () => {
      // Somebody waits for the end now.
      thread.ref()
      await thread.terminate()
    },
    setBusy: busy => (busy ? thread.ref() : thread.unref()),
  }
  thread.on('message', message => worker.onReply?.(message))
  thread.on('error', (error: NodeJS.ErrnoException) => {
    reason = error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'out of memory' : `the thread failed: ${error.name}`
  })
  thread.on('exit', () => worker.onEnd?.(reason))
  thread.unref()
  return worker
}
