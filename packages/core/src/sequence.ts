import type { Value } from './values.js'

/** What Vector and List share: length and indexed reads. They compare equal element by element (LANGUAGE §14.1). */
export abstract class RtfsSequence implements Iterable<Value> {
  abstract readonly size: number
  /** The element at `index`, which the caller has checked to be within `[0, size)`. */
  abstract at(index: number): Value
  /** A fresh array of the elements. */
  abstract toArray(): Value[]

  /** Puts elements from `index` on, which is within `[0, size)`, before a cursor; at least one of them. */
  abstract moveTo(index: number, cursor: SequenceCursor): void

  *[Symbol.iterator](): Iterator<Value> {
    for (let i = 0; i < this.size; i++) yield this.at(i)
  }
}

/**
 * Elements of a sequence that stand in one array, for loops over all of them:
 *
 * ```ts
 * for (let i = 0; i < items.size; ) {
 *   items.moveTo(i, cursor)
 *   for (let at = cursor.from; at < cursor.to; at++, i++) use(cursor.array[at]!)
 * }
 * ```
 *
 * The array is the sequence's own or a copy; nobody may change it.
 */
export class SequenceCursor {
  array: readonly Value[] = []
  /** The element that was asked for. */
  from = 0
  /** Behind the last element. */
  to = 0
}

/** Elements of one chunk; a power of two. */
const chunkSize = 512
const chunkBits = 9
const chunkMask = chunkSize - 1

/** Up to this many elements, copying all of them is cheaper than keeping chunks. */
const flatSize = 2048

/** What new chunks are copies of: allocating one in its size is much cheaper than growing it. */
const blankChunk: Value[] = []
for (let i = 0; i < chunkSize; i++) blankChunk.push(null)

/** How the builder makes vectors; nobody else does. */
let makeVector: (
  items: Value[] | undefined,
  chunks: readonly Value[][] | undefined,
  size: number,
) => RtfsVector

/**
 * An immutable vector. It is a window on an array that several versions share: appending to the newest version
 * pushes onto it, a slice of at least half is a narrower window. A large vector that is changed in any other way
 * goes over to chunks, of which a change copies one. So `at`, `append` and `set` stay cheap on every version, and
 * walking down a vector by `slice(1)` costs O(1) a step. A range of integers is its first one and its step until
 * something is appended or set.
 */
export class RtfsVector extends RtfsSequence {
  static readonly empty = new RtfsVector([], undefined, 0, 0)
  readonly size: number
  /** The shared array; `undefined` for a range, and once the vector has chunks. */
  #items: Value[] | undefined
  /** Where the window on `#items` begins; the first integer of a range. */
  #start: number
  /** Full chunks, the last of which may be longer than this version knows; or the step of a range. */
  #parts: readonly Value[][] | number | undefined

  static {
    makeVector = (items, chunks, size) => new RtfsVector(items, chunks, 0, size)
  }

  private constructor(
    items: Value[] | undefined,
    parts: readonly Value[][] | number | undefined,
    start: number,
    size: number,
  ) {
    super()
    this.#items = items
    this.#parts = parts
    this.#start = start
    this.size = size
  }

  /** A vector that takes over `items`: the caller must not touch the array again. */
  static adopt(items: Value[]): RtfsVector {
    return items.length === 0 ? RtfsVector.empty : new RtfsVector(items, undefined, 0, items.length)
  }

  /** A vector with a copy of `items`. */
  static from(items: Iterable<Value>): RtfsVector {
    if (items instanceof RtfsVector) return items
    return RtfsVector.adopt(items instanceof RtfsSequence ? items.toArray() : [...items])
  }

  /**
   * The integers `first`, `first + step` …, `size` of them. The caller has checked that nothing in that is beyond
   * 2^53, not even the distance between two of them.
   */
  static range(first: number, step: number, size: number): RtfsVector {
    return size === 0 ? RtfsVector.empty : new RtfsVector(undefined, step, first, size)
  }

  at(index: number): Value {
    const items = this.#items
    if (items !== undefined) return items[this.#start + index]!
    const parts = this.#parts!
    if (typeof parts === 'number') return this.#start + index * parts
    return parts[index >> chunkBits]![index & chunkMask]!
  }

  moveTo(index: number, cursor: SequenceCursor): void {
    const items = this.#items
    const parts = this.#parts
    if (items !== undefined) {
      cursor.array = items
      cursor.from = this.#start + index
      cursor.to = this.#start + this.size
    } else if (typeof parts === 'object') {
      const chunk = index & ~chunkMask
      cursor.array = parts[index >> chunkBits]!
      cursor.from = index - chunk
      cursor.to = Math.min(this.size - chunk, chunkSize)
    } else {
      const copy = blankChunk.slice(0, this.size - index)
      for (let i = 0; i < copy.length; i++) copy[i] = this.#start + (index + i) * parts!
      cursor.array = copy
      cursor.from = 0
      cursor.to = copy.length
    }
  }

  /** With `value` after the last element. */
  append(value: Value): RtfsVector {
    const items = this.#items
    if (items === undefined) return this.#withItems()?.append(value) ?? this.#appendToChunks(value)
    // `empty` is shared by everyone, so its array is never pushed to.
    if (this.#start + this.size === items.length && this.size > 0) {
      items.push(value)
      return new RtfsVector(items, undefined, this.#start, this.size + 1)
    }
    if (this.size > flatSize) return this.#appendToChunks(value)
    const copy = this.toArray()
    copy.push(value)
    return new RtfsVector(copy, undefined, 0, copy.length)
  }

  #appendToChunks(value: Value): RtfsVector {
    const chunks = this.#toChunks()
    const last = chunks[chunks.length - 1]!
    const known = this.size - (chunks.length - 1) * chunkSize
    if (known === chunkSize) return new RtfsVector(undefined, [...chunks, [value]], 0, this.size + 1)
    if (known === last.length) {
      last.push(value)
      return new RtfsVector(undefined, chunks, 0, this.size + 1)
    }
    const copy = last.slice(0, known)
    copy.push(value)
    return new RtfsVector(undefined, replaced(chunks, chunks.length - 1, copy), 0, this.size + 1)
  }

  /** With `value` at `index`; `index === size` appends. The caller has checked the range. */
  set(index: number, value: Value): RtfsVector {
    if (index === this.size) return this.append(value)
    if (this.size <= flatSize) {
      const items = this.toArray()
      items[index] = value
      return new RtfsVector(items, undefined, 0, items.length)
    }
    const chunks = this.#toChunks()
    const at = index >> chunkBits
    const isLast = at === chunks.length - 1
    const chunk = chunks[at]!.slice(0, isLast ? this.size - at * chunkSize : chunkSize)
    chunk[index & chunkMask] = value
    return new RtfsVector(undefined, replaced(chunks, at, chunk), 0, this.size)
  }

  /** The elements from `start` to `end`, exclusive. The caller has checked the range. */
  slice(start: number, end: number = this.size): RtfsVector {
    if (start === 0 && end === this.size) return this
    const size = end - start
    if (size <= 0) return RtfsVector.empty
    const items = this.#items
    // A window keeps the whole array alive, so it has to show half of it.
    if (items !== undefined && 2 * size >= items.length) {
      return new RtfsVector(items, undefined, this.#start + start, size)
    }
    const parts = this.#parts
    if (typeof parts === 'number') return RtfsVector.range(this.#start + start * parts, parts, size)
    return RtfsVector.adopt(this.#copy(start, end))
  }

  toArray(): Value[] {
    return this.#copy(0, this.size)
  }

  #copy(start: number, end: number): Value[] {
    const items = this.#items
    if (items !== undefined) return items.slice(this.#start + start, this.#start + end)
    const copy: Value[] = []
    for (let i = start; i < end; i++) copy.push(this.at(i))
    return copy
  }

  /** A range as a vector with its items in an array; `undefined` for all others. */
  #withItems(): RtfsVector | undefined {
    return typeof this.#parts === 'number' ? RtfsVector.adopt(this.toArray()) : undefined
  }

  /** The chunks of this vector, which from now on has nothing else. */
  #toChunks(): readonly Value[][] {
    const parts = this.#parts
    if (typeof parts === 'object') return parts
    const items = this.#items ?? this.toArray()
    const start = this.#items === undefined ? 0 : this.#start
    const end = start + this.size
    const chunks: Value[][] = []
    for (let i = start; i < end; i += chunkSize) chunks.push(items.slice(i, Math.min(i + chunkSize, end)))
    this.#parts = chunks
    this.#items = undefined
    this.#start = 0
    return chunks
  }
}

function replaced(chunks: readonly Value[][], at: number, chunk: Value[]): Value[][] {
  const copy = chunks.slice()
  copy[at] = chunk
  return copy
}

/** Builds a vector element by element. */
export class RtfsVectorBuilder {
  /** The chunks before the current one, all full. */
  #full: Value[][] | undefined
  #current: Value[]
  /** Elements in `#current`; the rest of it is blank. */
  #filled = 0
  /** Elements that the builder was made for and that no chunk has room for yet. */
  #expected: number

  /** `expected` elements have room from the start; there may be more or fewer of them. */
  constructor(expected = 0) {
    this.#current = blankChunk.slice(0, expected)
    this.#expected = Math.max(0, expected - chunkSize)
  }

  /** Number of elements so far. */
  get size(): number {
    return (this.#full === undefined ? 0 : this.#full.length * chunkSize) + this.#filled
  }

  /** Adds `value` after the last element. */
  push(value: Value): void {
    const at = this.#filled
    if (at < this.#current.length) {
      this.#current[at] = value
      this.#filled = at + 1
    } else this.#pushBehind(value)
  }

  #pushBehind(value: Value): void {
    if (this.#filled < chunkSize) {
      this.#current.push(value)
      this.#filled++
      return
    }
    this.#full ??= []
    this.#full.push(this.#current)
    const expected = this.#expected
    this.#current = blankChunk.slice(0, expected > 0 ? expected : chunkSize)
    this.#expected = Math.max(0, expected - chunkSize)
    this.#current[0] = value
    this.#filled = 1
  }

  /** The vector. The builder must not be used after it. */
  build(): RtfsVector {
    const { size } = this
    const current = this.#current
    if (size === 0) return RtfsVector.empty
    current.length = this.#filled
    if (this.#full === undefined) return makeVector(current, undefined, size)
    this.#full.push(current)
    return makeVector(undefined, this.#full, size)
  }
}

/**
 * An immutable list: rest parameters, `list`, quoted lists. It is a view of a vector, either front to back or, once
 * something was prepended, back to front, so that `prepend` is O(1) like `append` of a vector.
 */
export class RtfsList extends RtfsSequence {
  static readonly empty = new RtfsList(RtfsVector.empty, false)
  readonly #items: RtfsVector
  readonly #reversed: boolean

  private constructor(items: RtfsVector, reversed: boolean) {
    super()
    this.#items = items
    this.#reversed = reversed
  }

  /** A list of `items`; those of a Vector are not copied. */
  static from(items: Iterable<Value>): RtfsList {
    if (items instanceof RtfsList) return items
    const vector = RtfsVector.from(items)
    return vector.size === 0 ? RtfsList.empty : new RtfsList(vector, false)
  }

  get size(): number {
    return this.#items.size
  }

  at(index: number): Value {
    return this.#items.at(this.#reversed ? this.#items.size - 1 - index : index)
  }

  moveTo(index: number, cursor: SequenceCursor): void {
    if (!this.#reversed) {
      this.#items.moveTo(index, cursor)
      return
    }
    const copy = blankChunk.slice(0, this.size - index)
    for (let i = 0; i < copy.length; i++) copy[i] = this.at(index + i)
    cursor.array = copy
    cursor.from = 0
    cursor.to = copy.length
  }

  /** With `value` before the first element. */
  prepend(value: Value): RtfsList {
    const reversed = this.#reversed ? this.#items : RtfsVector.adopt(this.#items.toArray().reverse())
    return new RtfsList(reversed.append(value), true)
  }

  /** The elements from `start` to `end`, exclusive. The caller has checked the range. */
  slice(start: number, end: number = this.size): RtfsList {
    const { size } = this
    const items = this.#reversed ? this.#items.slice(size - end, size - start) : this.#items.slice(start, end)
    return items.size === 0 ? RtfsList.empty : new RtfsList(items, this.#reversed)
  }

  toArray(): Value[] {
    const items = this.#items.toArray()
    return this.#reversed ? items.reverse() : items
  }
}
