import type { Value } from './values.js'

/** What Vector and List share: length and indexed reads. They compare equal element by element (LANGUAGE §14.1). */
export abstract class RtfsSequence implements Iterable<Value> {
  abstract readonly size: number
  /** The element at `index`, which the caller has checked to be within `[0, size)`. */
  abstract at(index: number): Value
  /** A fresh array of the elements. */
  abstract toArray(): Value[]

  *[Symbol.iterator](): Iterator<Value> {
    for (let i = 0; i < this.size; i++) yield this.at(i)
  }
}

/**
 * An immutable vector. Versions share one backing array as long as each is made by appending to the newest one,
 * so building by `append` costs O(1) an element.
 */
export class RtfsVector extends RtfsSequence {
  static readonly empty = new RtfsVector([], 0)
  readonly #items: Value[]
  readonly size: number

  private constructor(items: Value[], size: number) {
    super()
    this.#items = items
    this.size = size
  }

  /** A vector that takes over `items`: the caller must not touch the array again. */
  static adopt(items: Value[]): RtfsVector {
    return items.length === 0 ? RtfsVector.empty : new RtfsVector(items, items.length)
  }

  /** A vector with a copy of `items`. */
  static from(items: Iterable<Value>): RtfsVector {
    return RtfsVector.adopt([...items])
  }

  at(index: number): Value {
    return this.#items[index]!
  }

  append(value: Value): RtfsVector {
    // `empty` is shared by everyone, so its array is never pushed to.
    if (this.size === this.#items.length && this.size > 0) {
      this.#items.push(value)
      return new RtfsVector(this.#items, this.size + 1)
    }
    const items = this.#items.slice(0, this.size)
    items.push(value)
    return new RtfsVector(items, items.length)
  }

  /** With `value` at `index`; `index === size` appends. The caller has checked the range. */
  set(index: number, value: Value): RtfsVector {
    if (index === this.size) return this.append(value)
    const items = this.#items.slice(0, this.size)
    items[index] = value
    return new RtfsVector(items, items.length)
  }

  /** The elements from `start` to `end`, exclusive. The caller has checked the range. */
  slice(start: number, end: number = this.size): RtfsVector {
    if (start === 0 && end === this.size) return this
    return RtfsVector.adopt(this.#items.slice(start, end))
  }

  toArray(): Value[] {
    return this.#items.slice(0, this.size)
  }
}

/** An immutable list: rest parameters, `list`, quoted lists. Kept back to front, so `prepend` is O(1) like `append`. */
export class RtfsList extends RtfsSequence {
  static readonly empty = new RtfsList(RtfsVector.empty)
  readonly #reversed: RtfsVector

  private constructor(reversed: RtfsVector) {
    super()
    this.#reversed = reversed
  }

  /** A list with a copy of `items`. */
  static from(items: Iterable<Value>): RtfsList {
    const reversed = [...items].reverse()
    return reversed.length === 0 ? RtfsList.empty : new RtfsList(RtfsVector.adopt(reversed))
  }

  get size(): number {
    return this.#reversed.size
  }

  at(index: number): Value {
    return this.#reversed.at(this.#reversed.size - 1 - index)
  }

  prepend(value: Value): RtfsList {
    return new RtfsList(this.#reversed.append(value))
  }

  toArray(): Value[] {
    return this.#reversed.toArray().reverse()
  }
}
