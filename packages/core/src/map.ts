import type { MapKey, Value } from './values.js'

/**
 * An immutable map that keeps insertion order (LANGUAGE §3.3). Keys: Keyword by identity, String, Integer and
 * Boolean by value and type. Setting an existing key keeps its position.
 */
export class RtfsMap {
  static readonly empty = new RtfsMap([])
  /** key, value, key, value … */
  readonly #entries: readonly Value[]

  private constructor(entries: readonly Value[]) {
    this.#entries = entries
  }

  /** A map of the entries; of equal keys the last value wins, at the first one's position. */
  static from(entries: Iterable<readonly [MapKey, Value]>): RtfsMap {
    let map = RtfsMap.empty
    for (const [key, value] of entries) map = map.set(key, value)
    return map
  }

  get size(): number {
    return this.#entries.length / 2
  }

  #find(key: MapKey): number {
    for (let i = 0; i < this.#entries.length; i += 2) if (this.#entries[i] === key) return i
    return -1
  }

  /** The value of `key`, `undefined` when it is absent (a present nil is `null`). */
  get(key: MapKey): Value | undefined {
    const at = this.#find(key)
    return at < 0 ? undefined : this.#entries[at + 1]
  }

  has(key: MapKey): boolean {
    return this.#find(key) >= 0
  }

  set(key: MapKey, value: Value): RtfsMap {
    const at = this.#find(key)
    const entries = this.#entries.slice()
    if (at < 0) entries.push(key as Value, value)
    else entries[at + 1] = value
    return new RtfsMap(entries)
  }

  delete(key: MapKey): RtfsMap {
    const at = this.#find(key)
    if (at < 0) return this
    return new RtfsMap([...this.#entries.slice(0, at), ...this.#entries.slice(at + 2)])
  }

  /** Keys in insertion order. */
  *keys(): IterableIterator<MapKey> {
    for (let i = 0; i < this.#entries.length; i += 2) yield this.#entries[i] as MapKey
  }

  /** Values in insertion order. */
  *values(): IterableIterator<Value> {
    for (let i = 0; i < this.#entries.length; i += 2) yield this.#entries[i + 1]!
  }

  /** Entries in insertion order. */
  *entries(): IterableIterator<readonly [MapKey, Value]> {
    for (let i = 0; i < this.#entries.length; i += 2)
      yield [this.#entries[i] as MapKey, this.#entries[i + 1]!]
  }

  /** The key of the entry at position `index` in insertion order, which the caller has checked. */
  keyAt(index: number): MapKey {
    return this.#entries[2 * index] as MapKey
  }

  /** The value of the entry at position `index` in insertion order, which the caller has checked. */
  valueAt(index: number): Value {
    return this.#entries[2 * index + 1]!
  }

  /** Calls `visit` for every entry in insertion order. */
  forEach(visit: (value: Value, key: MapKey) => void): void {
    for (let i = 0; i < this.#entries.length; i += 2) visit(this.#entries[i + 1]!, this.#entries[i] as MapKey)
  }

  /** A fresh array: key, value, key, value … in insertion order. */
  toFlatArray(): Value[] {
    return this.#entries.slice()
  }

  [Symbol.iterator](): IterableIterator<readonly [MapKey, Value]> {
    return this.entries()
  }
}
