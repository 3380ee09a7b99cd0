import { hashKey } from './key-hash.js'
import { type TrieNode, withEntries } from './map-trie.js'
import type { MapKey, Value } from './values.js'

/** Entries between two tries that a table keeps for its older versions. */
const checkpointStep = 64

/** Up to this many entries, copying all values is as cheap as changing one in a trie. */
const copiedSize = 64

/** Up to this many entries, copying a few times is cheaper than making a trie. */
const rarelyCopiedSize = 1024

/** How often it is copied until the trie is made. */
const fewCopies = 4

/**
 * The entries of a map, with an index by hash. The versions of a map that has only grown share it: each is its first
 * so many entries, and nothing that was added is ever changed, so a version does not see what came later. A version
 * that changes in another way gets a table of its own while that is cheap, otherwise it becomes a trie (`trieOf`).
 */
export class EntryTable {
  /** Key, value, key, value … in the order of insertion. Readers look at the first entries of their version only. */
  readonly row: Value[]
  /** Where keys stand. Tables with equal keys share it. */
  #index: KeyIndex
  #copies: number
  #tries: Tries | undefined

  private constructor(row: Value[], index: KeyIndex, copies: number) {
    this.row = row
    this.#index = index
    this.#copies = copies
  }

  /** A table that takes over a row of entries without repeated keys. */
  static adopt(row: Value[]): EntryTable {
    return new EntryTable(row, indexOf(row), 0)
  }

  /** Number of entries of the newest version. */
  get count(): number {
    return this.row.length >> 1
  }

  /** The place of a key with that hash in the newest version, -1 when it is absent. */
  find(key: MapKey, hash: number): number {
    const { row } = this
    const { slots } = this.#index
    const mask = slots.length - 1
    for (let at = (hash << 1) & mask; ; at = (at + 2) & mask) {
      const next = slots[at + 1]!
      if (next === 0) return -1
      // The index may know of entries that another table has.
      if (slots[at] === hash && 2 * next <= row.length && row[2 * next - 2] === key) return next - 1
    }
  }

  /** Adds an entry whose key is absent from the newest version, which was the caller's. */
  add(key: MapKey, value: Value, hash: number): void {
    const { row } = this
    if (2 * this.#index.count !== row.length) this.#index = indexOf(row)
    row.push(key as Value, value)
    this.#index.add(hash)
  }

  /** A table of the first `size` entries with another value at `place`; `undefined` when that would be too much work. */
  withValue(place: number, value: Value, size: number): EntryTable | undefined {
    if (size > copiedSize && !this.#mayCopy(size)) return undefined
    const row = this.row.slice(0, 2 * size)
    row[2 * place + 1] = value
    return new EntryTable(row, this.#index, this.#copies)
  }

  /** A table of the first `size` entries without the one at `place`; `undefined` when that would be too much work. */
  without(place: number, size: number): EntryTable | undefined {
    if (!this.#mayCopy(size)) return undefined
    const row = this.row.slice(0, 2 * size)
    row.splice(2 * place, 2)
    return new EntryTable(row, indexOf(row), this.#copies)
  }

  #mayCopy(size: number): boolean {
    if (size > rarelyCopiedSize || this.#copies === fewCopies) return false
    this.#copies++
    return true
  }

  /** The first `size` entries as a trie whose serial numbers are their places. */
  trieOf(size: number): TrieNode {
    this.#tries ??= new Tries()
    return this.#tries.of(this.row, size)
  }
}

/**
 * The places of keys by their hashes, two words a slot: the hash, and the place plus 1, which is 0 in a free slot.
 * Which key it is the row says.
 */
class KeyIndex {
  slots: Int32Array
  count = 0

  /** An index with room for so many keys. */
  constructor(room: number) {
    let length = 64
    while (8 * room > 3 * length) length *= 2
    this.slots = new Int32Array(length)
  }

  add(hash: number): void {
    this.count++
    // At least a quarter of the slots is free, so that a search ends soon.
    if (8 * this.count > 3 * this.slots.length) this.#grow()
    put(this.slots, hash, this.count)
  }

  #grow(): void {
    const { slots } = this
    const larger = new Int32Array(2 * slots.length)
    for (let at = 0; at < slots.length; at += 2) {
      if (slots[at + 1] !== 0) put(larger, slots[at]!, slots[at + 1]!)
    }
    this.slots = larger
  }
}

function put(slots: Int32Array, hash: number, next: number): void {
  const mask = slots.length - 1
  let at = (hash << 1) & mask
  while (slots[at + 1] !== 0) at = (at + 2) & mask
  slots[at] = hash
  slots[at + 1] = next
}

function indexOf(row: readonly Value[]): KeyIndex {
  const index = new KeyIndex(row.length >> 1)
  for (let i = 0; i < row.length; i += 2) index.add(hashKey(row[i] as MapKey))
  return index
}

/**
 * Tries of the versions of one table. Over all versions together making them costs what putting each entry into a
 * trie twice costs, and at most `checkpointStep` entries more for each version.
 */
class Tries {
  #newestSize = 0
  #newest: TrieNode | undefined
  /** At `i`, the trie of the first `(i + 1) * checkpointStep` entries; made once an older version is asked for. */
  readonly #checkpoints: TrieNode[] = []

  of(row: readonly Value[], size: number): TrieNode {
    if (size >= this.#newestSize) {
      this.#newest = withEntries(this.#newest, row, this.#newestSize, size)
      this.#newestSize = size
      return this.#newest
    }
    const checkpoints = this.#checkpoints
    const needed = Math.floor(size / checkpointStep)
    while (checkpoints.length < needed) {
      const from = checkpoints.length * checkpointStep
      checkpoints.push(withEntries(checkpoints.at(-1), row, from, from + checkpointStep))
    }
    return withEntries(checkpoints[needed - 1], row, needed * checkpointStep, size)
  }
}
