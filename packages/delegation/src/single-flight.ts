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
  /** Each with what fails the call that it belongs to. */
  readonly listeners: Map<(part: string) => void, (error: unknown) => void>
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
    let fail: (error: unknown) => void = () => {}
    let stop: (() => void) | undefined
    // Once it failed or gave up, a passenger hears nothing more.
    const listener = onText === undefined ? undefined : (part: string) => onText(part)
    try {
      if (listener === undefined && signal === undefined) return await flight.answer
      const left = new Promise<never>((_, reject) => {
        fail = reject
        if (signal === undefined) return
        stop = () => reject(abortedBy(signal))
        signal.addEventListener('abort', stop, { once: true })
      })
      if (listener !== undefined) {
        flight.listeners.set(listener, fail)
        for (const part of flight.said) tell(flight, listener, part)
      }
      return await Promise.race([left, flight.answer])
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
    const say = (part: string) => {
      said.push(part)
      for (const listener of [...flight.listeners.keys()]) tell(flight, listener, part)
    }
    const answer = Promise.resolve().then(() => work(abort.signal, say))
    const flight: Flight<T> = { answer, abort, said, listeners: new Map(), passengers: 0 }
    this.#flights.set(key, flight)
    const end = () => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key)
    }
    answer.then(end, end)
    return flight
  }
}

/** A listener that fails ends its own call, not those of the others; it hears nothing more. */
function tell<T>({ listeners }: Flight<T>, listener: (part: string) => void, part: string): void {
  const fail = listeners.get(listener)
  if (fail === undefined) return
  try {
    listener(part)
  } catch (error) {
    listeners.delete(listener)
    fail(error)
  }
}
