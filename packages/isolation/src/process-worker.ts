import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { IsolatedWorker } from './worker.js'

/** Linux keeps the sizes of a process, in pages of 4 KiB, in its second number. */
const pageBytes = 4096

/** Starts a child process with an empty environment; it cannot make code from strings or load native addons. */
export function startProcess({
  entry,
  executors,
  memoryBytes,
}: {
  readonly entry: URL
  readonly executors: string | undefined
  readonly memoryBytes: number
}): IsolatedWorker {
  const child = fork(fileURLToPath(entry), executors === undefined ? [] : [executors], {
    serialization: 'advanced',
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    execArgv: [
      '--disallow-code-generation-from-strings',
      '--no-addons',
      `--max-old-space-size=${Math.ceil(memoryBytes / 2 ** 20)}`,
    ],
  })
  const ended = new Promise<void>(resolve => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  const worker: IsolatedWorker = {
    sent: new Set(),
    onReply: undefined,
    onEnd: undefined,
    // A child that died meanwhile is reported by its end.
    send: message => child.send(message as object, () => {}),
    residentBytes: () => residentBytes(child.pid),
    kill: async () => {
      // Somebody waits for the end now.
      worker.setBusy(true)
      child.kill('SIGKILL')
      await ended
    },
    setBusy(busy) {
      if (busy) {
        child.ref()
        child.channel?.ref()
      } else {
        child.unref()
        child.channel?.unref()
      }
    },
  }
  child.on('message', message => worker.onReply?.(message))
  child.on('error', error => worker.onEnd?.(`the process failed: ${error.name}`))
  child.on('exit', (code, signal) => worker.onEnd?.(`the process ended (${signal ?? code})`))
  worker.setBusy(false)
  return worker
}

function residentBytes(pid: number | undefined): number | undefined {
  if (pid === undefined || process.platform !== 'linux') return undefined
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1])
    return Number.isFinite(pages) ? pages * pageBytes : undefined
  } catch {
    return undefined
  }
}
