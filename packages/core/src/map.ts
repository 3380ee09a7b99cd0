import { EntryTable } from './entry-table.js'
import { hashKey } from './key-hash.js'
import { Change, findEntry, insert, remove, rowOf, TrieEntry, type TrieNode } from './map-trie.js'
import { Keyword, type MapKey, type Value } from './values.js'

/** True for what may be a map key (LANGUAGE §3.3). */
export function isMapKey(value: Value): value is MapKey & Value {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
      return true
    default:
      return value instanceof Keyword
  }
}

/** Up to this many entries a map is a flat array that is searched from the front. */
const smallSize = 16

interface MapParts {
  readonly row: readonly Value[] | undefined
  readonly table: EntryTable | undefined
  readonly root: TrieNode | undefined
  readonly next: number
}

// How the builder gets at the inside of a map; nobody else does.
let makeMap: (
  row: readonly Value[] | undefined,
  table: EntryTable | undefined,
  root: TrieNode | undefined,
  size: number,
  next: number,
) => RtfsMap
let partsOf: (map: RtfsMap) => MapParts
let trieOf: (map: RtfsMap, table: EntryTable) => TrieNode

/**
 * An immutable map that keeps insertion order (LANGUAGE §3.3). Keys: Keyword by identity, String, Integer and
 * Boolean by value and type. Setting an existing key keeps its position.
 *
 * A small map is its entries in a row. A larger one that has only grown shares a table with the versions it grew
 * out of and into; adding to the newest of them adds to the table. One that was changed in any other way is a
 * persistent hash trie whose entries carry a serial number; the row is made from it, once, when somebody iterates.
 * So `get`, `set` and `delete` cost O(log n) on every version, and no version can make another one slow.
 */
export class RtfsMap {
  static readonly empty = new RtfsMap([], undefined, undefined, 0, 0)
  readonly size: number
  /** Key, value, key, value … in insertion order: of a small map always there, of a trie made when needed. */
  #row: readonly Value[] | undefined
  readonly #table: EntryTable | undefined
  /** Of a map with a table made when needed, and kept. */
  #root: TrieNode | undefined
  /** Serial number of the next new entry; entries iterate by ascending serial number. */
  readonly #next: number

  static {
    makeMap = (row, table, root, size, next) =>
      size === 0 ? RtfsMap.empty : new RtfsMap(row, table, root, size, next)
    partsOf = map => ({
      row: map.#row,
      table: map.#table,
      root: map.#table === undefined ? map.#root : undefined,
      next: map.#next,
    })
    trieOf = (map, table) => map.#trieOf(table)
  }

  private constructor(
    row: readonly Value[] | undefined,
    table: EntryTable | undefined,
    root: TrieNode | undefined,
    size: number,
    next: number,
  ) {
    this.size = size
    this.#row = row
    this.#table = table
    this.#root = root
    this.#next = next
  }

  /** A map of the entries; of equal keys the last value wins, at the first one's position. */
  static from(entries: Iterable<readonly [MapKey, Value]>): RtfsMap {
    const builder = new RtfsMapBuilder()
    for (const [key, value] of entries) builder.set(key, value)
    return builder.build()
  }

  /** A map of key, value, key, value …, which may repeat keys as in `from`. The array is not kept. */
  static fromFlat(entries: readonly Value[]): RtfsMap {
    const builder = new RtfsMapBuilder()
    for (let i = 0; i < entries.length; i += 2) builder.set(entries[i] as MapKey, entries[i + 1]!)
    return builder.build()
  }

  /** The value of `key`, `undefined` when it is absent (a present nil is `null`). */
  get(key: MapKey): Value | undefined {
    const table = this.#table
    if (table !== undefined) {
      const place = table.find(key, hashKey(key))
      return place >= 0 && place < this.size ? table.values[place] : undefined
    }
    if (this.#root !== undefined) return findEntry(this.#root, key, hashKey(key))?.value
    const row = this.#row!
    for (let i = 0; i < row.length; i += 2) if (row[i] === key) return row[i + 1]
    return undefined
  }

  /** As `get`: the value of the reader's key. */
  read(reader: KeyReader): Value | undefined {
    const row = this.#row
    const { key, place } = reader
    if (row !== undefined && place < row.length && row[place] === key) return row[place + 1]
    if (row === undefined || this.#root !== undefined) return this.get(key)
    const at = indexOfKey(row, key)
    if (at < 0) return undefined
    reader.place = at
    return row[at + 1]
  }

  /** True when `key` is present. */
  has(key: MapKey): boolean {
    return this.get(key) !== undefined
  }

  /** With `value` under `key`. */
  set(key: MapKey, value: Value): RtfsMap {
    const table = this.#table
    if (table !== undefined) return this.#setInTable(table, key, value)
    if (this.#root !== undefined) return this.#setInTrie(this.#root, key, value, hashKey(key))
    const row = this.#row!
    const at = row.indexOf(key as Value)
    // Keys stand at even places; a value may be found first.
    const found = at < 0 ? -1 : at % 2 === 0 ? at : indexOfKey(row, key)
    if (found >= 0) {
      const changed = row.slice()
      changed[found + 1] = value
      return new RtfsMap(changed, undefined, undefined, this.size, 0)
    }
    const grown = [...row, key as Value, value]
    return this.size < smallSize
      ? new RtfsMap(grown, undefined, undefined, this.size + 1, 0)
      : new RtfsMap(undefined, EntryTable.from(grown), undefined, this.size + 1, 0)
  }

  #setInTable(table: EntryTable, key: MapKey, value: Value): RtfsMap {
    const hash = hashKey(key)
    const { size } = this
    const place = table.find(key, hash)
    if (place < 0 && table.count === size) {
      table.add(key, value, hash)
      return new RtfsMap(undefined, table, undefined, size + 1, 0)
    }
    if (place >= 0 && place < size && this.#root === undefined) {
      const changed = table.withValue(place, value, size)
      if (changed !== undefined) return new RtfsMap(undefined, changed, undefined, size, 0)
    }
    return this.#setInTrie(this.#trieOf(table), key, value, hash)
  }

  #setInTrie(trie: TrieNode, key: MapKey, value: Value, hash: number): RtfsMap {
    const next = this.#nextSerial()
    const change = new Change(undefined)
    const root = insert(trie, new TrieEntry(key, value, hash, next), 0, change)
    return change.added
      ? new RtfsMap(undefined, undefined, root, this.size + 1, next + 1)
      : new RtfsMap(undefined, undefined, root, this.size, next)
  }

  /** Without `key`; the map itself when it is absent. */
  delete(key: MapKey): RtfsMap {
    const table = this.#table
    if (table !== undefined) return this.#deleteInTable(table, key)
    if (this.#root !== undefined) return this.#deleteInTrie(this.#root, key, hashKey(key))
    const at = indexOfKey(this.#row!, key)
    if (at < 0) return this
    const row = this.#row!.slice()
    row.splice(at, 2)
    return makeMap(row, undefined, undefined, this.size - 1, 0)
  }

  #deleteInTable(table: EntryTable, key: MapKey): RtfsMap {
    const hash = hashKey(key)
    const { size } = this
    const place = table.find(key, hash)
    if (place < 0 || place >= size) return this
    if (size - 1 <= smallSize) {
      const row = table.rowOf(size)
      row.splice(2 * place, 2)
      return new RtfsMap(row, undefined, undefined, size - 1, 0)
    }
    const left = this.#root === undefined ? table.without(place, size) : undefined
    if (left !== undefined) return new RtfsMap(undefined, left, undefined, size - 1, 0)
    return this.#deleteInTrie(this.#trieOf(table), key, hash)
  }

  #deleteInTrie(trie: TrieNode, key: MapKey, hash: number): RtfsMap {
    const root = remove(trie, key, hash, 0)
    if (root === trie) return this
    const size = this.size - 1
    const next = this.#nextSerial()
    if (size > smallSize / 2) return new RtfsMap(undefined, undefined, root, size, next)
    return new RtfsMap(rowOf(root, size, next), undefined, undefined, size, 0)
  }

  /** The key of the entry at position `index` in insertion order, which the caller has checked. */
  keyAt(index: number): MapKey {
    const table = this.#table
    return table === undefined ? (this.#entries()[2 * index] as MapKey) : table.keys[index]!
  }

  /** The value of the entry at position `index` in insertion order, which the caller has checked. */
  valueAt(index: number): Value {
    const table = this.#table
    return table === undefined ? this.#entries()[2 * index + 1]! : table.values[index]!
  }

  /** Calls `visit` for every entry in insertion order. */
  forEach(visit: (value: Value, key: MapKey) => void): void {
    const { size } = this
    const table = this.#table
    if (table !== undefined) {
      const { keys, values } = table
      for (let i = 0; i < size; i++) visit(values[i]!, keys[i]!)
      return
    }
    const row = this.#entries()
    for (let i = 0; i < row.length; i += 2) visit(row[i + 1]!, row[i] as MapKey)
  }

  /** A fresh array: key, value, key, value … in insertion order. */
  toFlatArray(): Value[] {
    const table = this.#table
    return table === undefined ? this.#entries().slice() : table.rowOf(this.size)
  }

  /** Keys in insertion order. */
  *keys(): IterableIterator<MapKey> {
    for (let i = 0; i < this.size; i++) yield this.keyAt(i)
  }

  /** Values in insertion order. */
  *values(): IterableIterator<Value> {
    for (let i = 0; i < this.size; i++) yield this.valueAt(i)
  }

  /** Entries in insertion order. */
  *entries(): IterableIterator<readonly [MapKey, Value]> {
    for (let i = 0; i < this.size; i++) yield [this.keyAt(i), this.valueAt(i)]
  }

  [Symbol.iterator](): IterableIterator<readonly [MapKey, Value]> {
    return this.entries()
  }

  /** Key, value, key, value … of a map without a table. */
  #entries(): readonly Value[] {
    this.#row ??= rowOf(this.#root!, this.size, this.#next)
    return this.#row
  }

  /** The entries in the table as a trie. */
  #trieOf(table: EntryTable): TrieNode {
    this.#root ??= table.trieOf(this.size)
    return this.#root
  }

  #nextSerial(): number {
    return this.#table === undefined ? this.#next : this.size
  }
}

/** What reads one key of many maps. Those that came from one place have it in one place, which is looked at first. */
export class KeyReader {
  readonly key: MapKey
  /** Where the key stood in the last small map. */
  place = 0
  constructor(key: MapKey) {
    this.key = key
  }
}

function indexOfKey(row: readonly Value[], key: MapKey): number {
  for (let i = 0; i < row.length; i += 2) if (row[i] === key) return i
  return -1
}

/** Builds a map entry by entry without a version for each. Reading back what was set is allowed at any time. */
export class RtfsMapBuilder {
  /** What the builder started from. */
  readonly #from: RtfsMap
  // As in a map: one of the three is there. The row is the builder's own.
  #row: Value[] | undefined
  #table: EntryTable | undefined
  #root: TrieNode | undefined
  #size: number
  #next: number
  /** Whether no map shares the table yet, so that a value may be replaced in it. */
  #ownsTable = false
  /** Owner of the trie nodes that this builder may change in place. */
  #change = new Change({})

  /** Starts with the entries of `map`, which stays as it is. */
  constructor(map: RtfsMap = RtfsMap.empty) {
    this.#from = map
    const { row, table, root, next } = partsOf(map)
    this.#table = table
    this.#root = root
    this.#row = table === undefined && root === undefined ? row!.slice() : undefined
    this.#size = map.size
    this.#next = next
  }

  /** Number of entries so far. */
  get size(): number {
    return this.#size
  }

  /** The value of `key`, `undefined` when it is absent. */
  get(key: MapKey): Value | undefined {
    const table = this.#table
    if (table !== undefined) {
      const place = table.find(key, hashKey(key))
      return place >= 0 && place < this.#size ? table.values[place] : undefined
    }
    if (this.#root !== undefined) return findEntry(this.#root, key, hashKey(key))?.value
    const at = indexOfKey(this.#row!, key)
    return at < 0 ? undefined : this.#row![at + 1]
  }

  /** True when `key` is present. */
  has(key: MapKey): boolean {
    return this.get(key) !== undefined
  }

  /** Sets `key`; an existing key keeps its position. */
  set(key: MapKey, value: Value): this {
    if (this.#row !== undefined) this.#setInRow(this.#row, key, value)
    else if (this.#table === undefined || !this.#setInTable(this.#table, key, value)) {
      this.#setInTrie(key, value)
    }
    return this
  }

  #setInRow(row: Value[], key: MapKey, value: Value): void {
    const at = indexOfKey(row, key)
    if (at >= 0) {
      row[at + 1] = value
      return
    }
    row.push(key as Value, value)
    this.#size++
    if (this.#size <= smallSize) return
    this.#table = EntryTable.from(row)
    this.#ownsTable = true
    this.#row = undefined
  }

  /** False when the table cannot take the change: somebody else sees it. */
  #setInTable(table: EntryTable, key: MapKey, value: Value): boolean {
    const hash = hashKey(key)
    const place = table.find(key, hash)
    if (place >= 0) {
      if (this.#ownsTable) table.values[place] = value
      return this.#ownsTable
    }
    if (table.count !== this.#size) return false
    table.add(key, value, hash)
    this.#size++
    return true
  }

  #setInTrie(key: MapKey, value: Value): void {
    if (this.#table !== undefined) {
      const unchanged = this.#from.size === this.#size
      this.#root = unchanged ? trieOf(this.#from, this.#table) : this.#table.trieOf(this.#size)
      this.#next = this.#size
      this.#table = undefined
    }
    const change = this.#change
    change.added = false
    this.#root = insert(this.#root!, new TrieEntry(key, value, hashKey(key), this.#next), 0, change)
    if (change.added) {
      this.#size++
      this.#next++
    }
  }

  /** The map built so far. The builder may go on; the map does not change any more. */
  build(): RtfsMap {
    // From now on the table and the nodes made until now belong to the map, too.
    this.#ownsTable = false
    this.#change = new Change({})
    return makeMap(this.#row?.slice(), this.#table, this.#root, this.#size, this.#next)
  }
}
