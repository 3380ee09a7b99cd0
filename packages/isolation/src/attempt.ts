import { budgetExhausted, isRtfsError, RtfsError } from '@rtfs/core'
import { aborted } from './pool.js'
import { parseReply, type Reply, type Request } from './protocol.js'
import type { IsolatedWorker } from './worker.js'

/** How often the memory of a process is looked at. */
const watchMs = 20

/** Bounds of one attempt, outside of what the code counts itself. */
export interface AttemptBounds {
  readonly graceMs: number
  readonly memoryBytes: number
  readonly signal: AbortSignal | undefined
}

/** How an attempt ended; after anything but a reply the worker has to be discarded. */
export type AttemptEnd = { readonly reply: Reply } | { readonly failure: RtfsError }

/** Sends one request and waits for its reply, for the hard deadline, for too much memory, for an abort. */
export function attempt(
  worker: IsolatedWorker,
  request: Request,
  bounds: AttemptBounds,
): Promise<AttemptEnd> {
  const { graceMs, memoryBytes, signal } = bounds
  const { deadlineMs, allocBytes } = request.limits
  return new Promise(resolve => {
    const finish = (end: AttemptEnd) => {
      clearTimeout(deadline)
      clearInterval(watch)
      signal?.removeEventListener('abort', onAbort)
      worker.onReply = undefined
      worker.onEnd = undefined
      resolve(end)
    }
    const onAbort = () => finish({ failure: aborted() })
    // setTimeout takes no more than 31 bits; a longer deadline is none.
    const hardMs = deadlineMs + graceMs
    const deadline =
      hardMs < 2 ** 31
        ? setTimeout(() => finish({ failure: budgetExhausted('time', deadlineMs) }), hardMs)
        : undefined
    const watch = setInterval(() => {
      const bytes = worker.residentBytes()
      if (bytes !== undefined && bytes > memoryBytes)
        finish({ failure: budgetExhausted('memory', memoryBytes) })
    }, watchMs)
    worker.onReply = message => {
      try {
        const reply = parseReply(message)
        // A late answer to an earlier call: that worker would have been discarded, so it is not ours.
        if (reply.id !== request.id) throw new RtfsError('RTFS_DECODE', 'a reply to another call')
        finish({ reply })
      } catch (error) {
        finish({ failure: isRtfsError(error) ? error : new RtfsError('RTFS_ISOLATION', 'no valid reply') })
      }
    }
    worker.onEnd = reason =>
      finish({
        failure:
          reason === 'out of memory'
            ? budgetExhausted('memory', allocBytes)
            : new RtfsError('RTFS_ISOLATION', `the isolated code took its worker down: ${reason}`),
      })
    if (signal?.aborted === true) {
      onAbort()
      return
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    worker.send(request)
  })
}
