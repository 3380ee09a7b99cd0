import { languageError, RtfsError } from '@rtfs/core'

/** Timers of JavaScript take no more than 31 bits; a longer time is none. */
const longestMs = 2 ** 31 - 1

/** A time that a capability has for its answer: whole milliseconds, or `Infinity` for all the time it wants. */
export function requireTimeout(timeoutMs: number | undefined, what: string): void {
  if (timeoutMs === undefined || timeoutMs === Number.POSITIVE_INFINITY) return
  if (Number.isSafeInteger(timeoutMs) && timeoutMs > 0) return
  throw new RtfsError('RTFS_USAGE', `${what} is whole milliseconds above 0, or Infinity, not ${timeoutMs}`)
}

/** The time of one effect: its signal is that of the run, and is aborted when the time is over, too. */
export class TimeLimit {
  readonly #abort = new AbortController()
  readonly #outer: AbortSignal | undefined
  readonly #follow = (): void => this.#abort.abort(this.#outer?.reason)

  constructor(outer: AbortSignal | undefined) {
    this.#outer = outer
    if (outer?.aborted === true) this.#follow()
    else outer?.addEventListener('abort', this.#follow, { once: true })
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** No time is measured any more. */
  close(): void {
    this.#outer?.removeEventListener('abort', this.#follow)
  }

  /** The answer, or a rejection with `late()` when it is not there in time; what comes after that is ignored. */
  within<T>(answer: PromiseLike<T>, timeoutMs: number, late: () => RtfsError): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let timer: ReturnType<typeof setTimeout> | undefined
      const giveUp = (): void => {
        const error = late()
        this.close()
        // First the outcome: what the capability says of its aborted signal is none.
        reject(error)
        this.#abort.abort(error)
      }
      // A thread that was busy meets the answer and the end of its time together: an answer that is there counts.
      if (timeoutMs <= longestMs) timer = setTimeout(() => (timer = setTimeout(giveUp, 0)), timeoutMs)
      const settle = (): void => {
        clearTimeout(timer)
        this.close()
      }
      answer.then(
        value => {
          settle()
          resolve(value)
        },
        error => {
          settle()
          reject(error)
        },
      )
    })
  }
}

/**
 * The error of a capability that did not answer in time. It is an answer like any other: recorded, and the same
 * whenever the program is evaluated again. Whether the capability did its work, nobody knows.
 */
export function notInTime(capability: string, timeoutMs: number): RtfsError {
  return languageError(
    'ApplicationError',
    `${capability} did not answer within ${timeoutMs} ms; whether it did its work is not known`,
    { capability, 'timeout-ms': timeoutMs, 'in-doubt': true },
    { type: 'error/timeout' },
  )
}
