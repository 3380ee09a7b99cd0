/** A map that keeps the most recently used entries. */
export class BoundedMap<K, V> {
  readonly #entries = new Map<K, V>()
  readonly #limit: number
  readonly #maxWeight: number
  readonly #weigh: (value: V) => number
  #weight = 0

  /** At most `limit` entries, and at most `maxWeight` of what `weigh` says of them, the newest apart. */
  constructor(limit: number, maxWeight = Infinity, weigh: (value: V) => number = () => 0) {
    this.#limit = limit
    this.#maxWeight = maxWeight
    this.#weigh = weigh
  }

  get size(): number {
    return this.#entries.size
  }

  get(key: K): V | undefined {
    const value = this.#entries.get(key)
    if (value !== undefined) {
      this.#entries.delete(key)
      this.#entries.set(key, value)
    }
    return value
  }

  /** Without marking it as used. */
  peek(key: K): V | undefined {
    return this.#entries.get(key)
  }

  set(key: K, value: V): void {
    this.delete(key)
    this.#entries.set(key, value)
    this.#weight += this.#weigh(value)
    while (this.#entries.size > 1 && (this.#entries.size > this.#limit || this.#weight > this.#maxWeight)) {
      this.delete(this.#entries.keys().next().value!)
    }
  }

  delete(key: K): void {
    const value = this.#entries.get(key)
    if (value !== undefined && this.#entries.delete(key)) this.#weight -= this.#weigh(value)
  }

  clear(): void {
    this.#entries.clear()
    this.#weight = 0
  }

  entries(): IterableIterator<[K, V]> {
    return this.#entries.entries()
  }

  values(): IterableIterator<V> {
    return this.#entries.values()
  }
}

/** Runs one task a key at a time: whoever asks meanwhile gets the same promise. */
export class SingleFlight<V> {
  readonly #running = new Map<string, Promise<V>>()

  run(key: string, task: () => Promise<V>): Promise<V> {
    const running = this.#running.get(key)
    if (running !== undefined) return running
    const started = task().finally(() => this.#running.delete(key))
    this.#running.set(key, started)
    return started
  }
}
