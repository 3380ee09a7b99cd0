import { abortedBy, throwIfAborted } from './timing.js'

/** What somebody who waits for a flight brings. */
interface Passenger {
  readonly signal?: AbortSignal | undefined
  readonly onText?: ((part: string) => void) | undefined
}

interface Flight<T> {
  readonly answer: Promise<T>
  readonly abort: AbortController
  readonly said: string[]
  readonly listeners: Set<(part: string) => void>
  passengers: number
}

/**
 * Does the same work once for all who ask for it at the same time. Who comes later hears what was said before. One who
 * gives up leaves the others alone; when all have given up, so does the work.
 */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Flight<T>>()

  /** Work in progress. */
  get size(): number {
    return this.#flights.size
  }

  /** True when the work of this key is in progress. */
  has(key: string): boolean {
    return this.#flights.has(key)
  }

  async run(
    key: string,
    passenger: Passenger,
    work: (signal: AbortSignal, say: (part: string) => void) => Promise<T>,
  ): Promise<T> {
    throwIfAborted(passenger.signal === undefined ? undefined : { signal: passenger.signal })
    const flight = this.#flights.get(key) ?? this.#begin(key, work)
    flight.passengers++
    const { signal, onText } = passenger
    // Once it failed or gave up, a passenger hears nothing more.
    const listener = onText === undefined ? undefined : (part: string) => onText(part)
    if (listener !== undefined) {
      for (const part of flight.said) listener(part)
      flight.listeners.add(listener)
    }
    let stop: (() => void) | undefined
    try {
      if (signal === undefined) return await flight.answer
      const given = new Promise<never>((_, reject) => {
        stop = () => reject(abortedBy(signal))
        signal.addEventListener('abort', stop, { once: true })
      })
      return await Promise.race([flight.answer, given])
    } finally {
      if (stop !== undefined) signal?.removeEventListener('abort', stop)
      if (listener !== undefined) flight.listeners.delete(listener)
      flight.passengers--
      if (flight.passengers === 0 && this.#flights.get(key) === flight) {
        this.#flights.delete(key)
        flight.abort.abort()
      }
    }
  }

  #begin(key: string, work: (signal: AbortSignal, say: (part: string) => void) => Promise<T>): Flight<T> {
    const abort = new AbortController()
    const said: string[] = []
    const listeners = new Set<(part: string) => void>()
    const say = (part: string) => {
      said.push(part)
      for (const listener of [...listeners]) {
        try {
          listener(part)
        } catch {
          // A listener that fails is not to fail the others; it hears nothing more.
          listeners.delete(listener)
        }
      }
    }
    const answer = Promise.resolve().then(() => work(abort.signal, say))
    const flight: Flight<T> = { answer, abort, said, listeners, passengers: 0 }
    this.#flights.set(key, flight)
    const end = () => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key)
    }
    answer.then(end, end)
    return flight
  }
}
