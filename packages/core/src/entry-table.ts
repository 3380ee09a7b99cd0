import { hashKey } from './key-hash.js'
import { type TrieKeys, type TrieNode, withEntries } from './map-trie.js'
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
  /** Values in the order of insertion. Readers look at the first ones of their version only. */
  readonly values: Value[]
  /** Where keys stand. Tables whose keys begin alike share it. */
  #index: KeyIndex
  #copies: number
  #tries: Tries | undefined

  private constructor(index: KeyIndex, values: Value[], copies: number) {
    this.values = values
    this.#index = index
    this.#copies = copies
    this.#tries = undefined
  }

  /** A table of entries, key, value, key, value …, without repeated keys. */
  static from(row: readonly Value[]): EntryTable {
    const keys: MapKey[] = []
    const values: Value[] = []
    for (let i = 0; i < row.length; i += 2) {
      keys.push(row[i] as MapKey)
      values.push(row[i + 1]!)
    }
    return new EntryTable(KeyIndex.of(keys), values, 0)
  }

  /** Number of entries of the newest version. */
  get count(): number {
    return this.values.length
  }

  /** Keys in the order of insertion; there may be more of them than values. */
  get keys(): readonly MapKey[] {
    return this.#index.keys
  }

  /** The place of a key with that hash in the newest version, -1 when it is absent. */
  find(key: MapKey, hash: number): number {
    const { slots, hashes, keys } = this.#index
    const count = this.values.length
    const mask = slots.length - 1
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const place = slots[at]! - 1
      if (place < 0) return -1
      // The index may know of entries that another table has.
      if (hashes[place] === hash && place < count && keys[place] === key) return place
    }
  }

  /** Adds an entry whose key is absent from the newest version, which was the caller's. */
  add(key: MapKey, value: Value, hash: number): void {
    const { values } = this
    const { keys } = this.#index
    if (keys.length !== values.length) this.#index = KeyIndex.of(keys.slice(0, values.length))
    values.push(value)
    this.#index.add(key, hash)
  }

  /** A table of the first `size` entries with another value at `place`; `undefined` when that would be too much work. */
  withValue(place: number, value: Value, size: number): EntryTable | undefined {
    if (size > copiedSize && !this.#mayCopy(size)) return undefined
    const values = this.values.slice(0, size)
    values[place] = value
    return new EntryTable(this.#index, values, this.#copies)
  }

  /** A table of the first `size` entries without the one at `place`; `undefined` when that would be too much work. */
  without(place: number, size: number): EntryTable | undefined {
    if (!this.#mayCopy(size)) return undefined
    const values = this.values.slice(0, size)
    values.splice(place, 1)
    const keys = this.#index.keys.slice(0, size)
    keys.splice(place, 1)
    return new EntryTable(KeyIndex.of(keys), values, this.#copies)
  }

  #mayCopy(size: number): boolean {
    if (size > rarelyCopiedSize || this.#copies === fewCopies) return false
    this.#copies++
    return true
  }

  /** A fresh array of the first `size` entries: key, value, key, value … */
  rowOf(size: number): Value[] {
    const { keys, values } = this
    const row: Value[] = []
    for (let i = 0; i < size; i++) row.push(keys[i] as Value, values[i]!)
    return row
  }

  /** The first `size` entries as a trie whose serial numbers are their places. */
  trieOf(size: number): TrieNode {
    this.#tries ??= new Tries()
    return this.#tries.of(this.#index, this.values, size)
  }
}

/** The places of keys by their hashes. */
class KeyIndex implements TrieKeys {
  readonly keys: MapKey[]
  /** By place; as long as the slots allow entries. */
  hashes: Int32Array
  /** The place plus 1, or 0 in a free slot. */
  slots: Int32Array

  private constructor(keys: MapKey[], length: number) {
    this.keys = keys
    this.hashes = new Int32Array(length)
    this.slots = new Int32Array(length)
  }

  /** An index that takes over an array of different keys. */
  static of(keys: MapKey[]): KeyIndex {
    let length = 32
    while (4 * keys.length > 3 * length) length *= 2
    const index = new KeyIndex(keys, length)
    for (let place = 0; place < keys.length; place++) index.#put(place, hashKey(keys[place]!))
    return index
  }

  add(key: MapKey, hash: number): void {
    const place = this.keys.length
    this.keys.push(key)
    // At least a quarter of the slots is free, so that a search ends soon.
    if (4 * (place + 1) > 3 * this.slots.length) this.#grow()
    this.#put(place, hash)
  }

  #put(place: number, hash: number): void {
    const { slots } = this
    const mask = slots.length - 1
    let at = hash & mask
    while (slots[at] !== 0) at = (at + 1) & mask
    slots[at] = place + 1
    this.hashes[place] = hash
  }

  #grow(): void {
    const { hashes } = this
    const count = this.keys.length - 1
    const length = 2 * this.slots.length
    this.hashes = new Int32Array(length)
    this.slots = new Int32Array(length)
    for (let place = 0; place < count; place++) this.#put(place, hashes[place]!)
  }
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

  of(keys: TrieKeys, values: readonly Value[], size: number): TrieNode {
    if (size >= this.#newestSize) {
      this.#newest = withEntries(this.#newest, keys, values, this.#newestSize, size)
      this.#newestSize = size
      return this.#newest
    }
    const checkpoints = this.#checkpoints
    const needed = Math.floor(size / checkpointStep)
    while (checkpoints.length < needed) {
      const from = checkpoints.length * checkpointStep
      checkpoints.push(withEntries(checkpoints.at(-1), keys, values, from, from + checkpointStep))
    }
    return withEntries(checkpoints[needed - 1], keys, values, needed * checkpointStep, size)
  }
}
