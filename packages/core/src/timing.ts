import { RtfsError } from './errors.js'

/** A call that its caller may give up. */
export interface Abortable {
  readonly signal?: AbortSignal
}

/** Time as whatever waits needs it; handed in by tests. */
export interface Timing {
  /** Milliseconds since the epoch. */
  now(): number
  /** Milliseconds that only count up. */
  monotonic(): number
  /** Resolves after so many milliseconds; rejects with `RTFS_ABORTED` when the signal fires. */
  sleep(ms: number, options?: Abortable): Promise<void>
}

/** The time of this machine. */
export const systemTiming: Timing = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, options) =>
    new Promise((resolve, reject) => {
      const signal = options?.signal
      if (signal?.aborted) return reject(abortedBy(signal))
      const stop = () => {
        clearTimeout(timer)
        reject(abortedBy(signal!))
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop)
        resolve()
      }, ms)
      signal?.addEventListener('abort', stop, { once: true })
    }),
}

/** The error of a call that its caller gave up. */
export function abortedBy(signal: AbortSignal): RtfsError {
  return new RtfsError('RTFS_ABORTED', 'the call was aborted', { cause: signal.reason })
}

/** Throws when the caller has given up. */
export function throwIfAborted(options: Abortable | undefined): void {
  if (options?.signal?.aborted) throw abortedBy(options.signal)
}

/**
 * Runs `task` with a signal that also fires after `ms`. Settles at that time even when the task does not listen; `late`
 * makes the error of that case.
 */
export async function withDeadline<T>(
  ms: number,
  options: Abortable | undefined,
  task: (signal: AbortSignal) => Promise<T>,
  late: () => unknown,
): Promise<T> {
  throwIfAborted(options)
  const outer = options?.signal
  const inner = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let stop: (() => void) | undefined
  const ended = new Promise<never>((_, reject) => {
    stop = () => {
      reject(abortedBy(outer!))
      inner.abort(outer!.reason)
    }
    outer?.addEventListener('abort', stop, { once: true })
    if (ms !== Infinity) {
      timer = setTimeout(
        () => {
          reject(late())
          inner.abort(new Error('deadline'))
        },
        Math.max(0, ms),
      )
    }
  })
  try {
    const work = task(inner.signal)
    // Whoever loses the race is still listened to, so that nothing is an unhandled rejection.
    work.catch(() => {})
    // When both have failed, giving up is the reason: the other failure comes from it.
    return await Promise.race([ended, work])
  } finally {
    clearTimeout(timer)
    if (stop !== undefined) outer?.removeEventListener('abort', stop)
  }
}
