import { RtfsError } from '@rtfs/core'
import type { IsolatedWorker } from './worker.js'

/** Keeps workers warm. One that was killed or ended is replaced when it is next needed. */
export class WorkerPool {
  readonly #start: () => IsolatedWorker
  readonly #size: number
  readonly #maxWaiting: number
  readonly #idle: IsolatedWorker[] = []
  readonly #all = new Set<IsolatedWorker>()
  readonly #waiting: {
    readonly give: (worker: IsolatedWorker) => void
    readonly fail: (error: Error) => void
  }[] = []
  #closed = false

  constructor(start: () => IsolatedWorker, size: number, maxWaiting: number) {
    this.#start = start
    this.#size = size
    this.#maxWaiting = maxWaiting
  }

  /** Starts workers before they are needed. */
  warm(): void {
    while (this.#all.size < this.#size) this.#release(this.#started())
  }

  /** A worker for one call; give it back with `release` or `discard`. */
  async acquire(signal: AbortSignal | undefined): Promise<IsolatedWorker> {
    if (this.#closed) throw closed()
    if (signal?.aborted === true) throw aborted()
    const idle = this.#idle.pop()
    if (idle !== undefined) return busy(idle)
    if (this.#all.size < this.#size) return busy(this.#started())
    if (this.#waiting.length >= this.#maxWaiting) {
      throw new RtfsError('RTFS_ISOLATION', `more than ${this.#maxWaiting} calls are waiting for a worker`)
    }
    return new Promise((resolve, reject) => {
      const waiting = {
        give: (worker: IsolatedWorker) => {
          signal?.removeEventListener('abort', onAbort)
          resolve(worker)
        },
        fail: reject,
      }
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
        reject(aborted())
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#waiting.push(waiting)
    })
  }

  /** Takes back a worker that answered. */
  release(worker: IsolatedWorker): void {
    worker.onReply = undefined
    if (!this.#all.has(worker)) return
    worker.onEnd = () => this.#forget(worker)
    this.#release(worker)
  }

  /** Kills a worker; its place is free at once. */
  async discard(worker: IsolatedWorker): Promise<void> {
    worker.onReply = undefined
    worker.onEnd = undefined
    this.#forget(worker)
    const next = this.#closed ? undefined : this.#waiting.shift()
    next?.give(busy(this.#started()))
    await worker.kill()
  }

  /** Ends all workers; calls that wait fail. */
  async close(): Promise<void> {
    this.#closed = true
    for (const waiting of this.#waiting.splice(0)) waiting.fail(closed())
    const all = [...this.#all]
    this.#all.clear()
    this.#idle.length = 0
    await Promise.all(all.map(worker => worker.kill()))
  }

  #release(worker: IsolatedWorker): void {
    const next = this.#waiting.shift()
    if (next !== undefined) next.give(worker)
    else {
      worker.setBusy(false)
      this.#idle.push(worker)
    }
  }

  #started(): IsolatedWorker {
    const worker = this.#start()
    this.#all.add(worker)
    worker.onEnd = () => this.#forget(worker)
    return worker
  }

  #forget(worker: IsolatedWorker): void {
    this.#all.delete(worker)
    const at = this.#idle.indexOf(worker)
    if (at >= 0) this.#idle.splice(at, 1)
  }
}

function busy(worker: IsolatedWorker): IsolatedWorker {
  worker.setBusy(true)
  return worker
}

function closed(): RtfsError {
  return new RtfsError('RTFS_ISOLATION', 'the executor is closed')
}

/** What an aborted call throws. */
export function aborted(): RtfsError {
  return new RtfsError('RTFS_ABORTED', 'the call was aborted')
}
