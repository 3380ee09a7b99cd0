import { hashKey } from './key-hash.js'
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
const smallSize = 8

interface MapParts {
  readonly row: readonly Value[] | undefined
  readonly root: TrieNode | undefined
  readonly next: number
}

// How the builder gets at the inside of a map; nobody else does.
let makeMap: (
  row: readonly Value[] | undefined,
  root: TrieNode | undefined,
  size: number,
  next: number,
) => RtfsMap
let partsOf: (map: RtfsMap) => MapParts

/**
 * An immutable map that keeps insertion order (LANGUAGE §3.3). Keys: Keyword by identity, String, Integer and
 * Boolean by value and type. Setting an existing key keeps its position.
 *
 * A small map is its entries in a row. A larger one is a persistent hash trie whose entries carry a serial number;
 * the row is made from it, once, when somebody iterates. So `get`, `set` and `delete` cost O(log n) on every
 * version, and no version can make another one slow.
 */
export class RtfsMap {
  static readonly empty = new RtfsMap([], undefined, 0, 0)
  readonly size: number
  /** Key, value, key, value … in insertion order. Always there without a `#root`, otherwise made when needed. */
  #row: readonly Value[] | undefined
  readonly #root: TrieNode | undefined
  /** Serial number of the next new entry; entries iterate by ascending serial number. */
  readonly #next: number

  static {
    makeMap = (row, root, size, next) => (size === 0 ? RtfsMap.empty : new RtfsMap(row, root, size, next))
    partsOf = map => ({ row: map.#row, root: map.#root, next: map.#next })
  }

  private constructor(
    row: readonly Value[] | undefined,
    root: TrieNode | undefined,
    size: number,
    next: number,
  ) {
    this.size = size
    this.#row = row
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
    if (this.#root !== undefined) return findEntry(this.#root, key, hashKey(key))?.value
    const row = this.#row!
    for (let i = 0; i < row.length; i += 2) if (row[i] === key) return row[i + 1]
    return undefined
  }

  /** True when `key` is present. */
  has(key: MapKey): boolean {
    return this.get(key) !== undefined
  }

  /** With `value` under `key`. */
  set(key: MapKey, value: Value): RtfsMap {
    if (this.#root !== undefined) {
      const entry = new TrieEntry(key, value, hashKey(key), this.#next)
      const change = new Change(undefined)
      const root = insert(this.#root, entry, 0, change)
      return change.added
        ? new RtfsMap(undefined, root, this.size + 1, this.#next + 1)
        : new RtfsMap(undefined, root, this.size, this.#next)
    }
    const row = this.#row!
    const at = row.indexOf(key as Value)
    // Keys stand at even places; a value may be found first.
    const found = at < 0 ? -1 : at % 2 === 0 ? at : indexOfKey(row, key)
    if (found >= 0) {
      const changed = row.slice()
      changed[found + 1] = value
      return new RtfsMap(changed, undefined, this.size, 0)
    }
    if (this.size < smallSize) return new RtfsMap([...row, key as Value, value], undefined, this.size + 1, 0)
    return new RtfsMapBuilder(this).set(key, value).build()
  }

  /** Without `key`; the map itself when it is absent. */
  delete(key: MapKey): RtfsMap {
    if (this.#root !== undefined) {
      const root = remove(this.#root, key, hashKey(key), 0)
      if (root === this.#root) return this
      const size = this.size - 1
      if (size > smallSize / 2) return new RtfsMap(undefined, root, size, this.#next)
      return new RtfsMap(rowOf(root, size, this.#next), undefined, size, 0)
    }
    const at = indexOfKey(this.#row!, key)
    if (at < 0) return this
    const row = this.#row!.slice()
    row.splice(at, 2)
    return makeMap(row, undefined, this.size - 1, 0)
  }

  /** The key of the entry at position `index` in insertion order, which the caller has checked. */
  keyAt(index: number): MapKey {
    return this.#entries()[2 * index] as MapKey
  }

  /** The value of the entry at position `index` in insertion order, which the caller has checked. */
  valueAt(index: number): Value {
    return this.#entries()[2 * index + 1]!
  }

  /** Calls `visit` for every entry in insertion order. */
  forEach(visit: (value: Value, key: MapKey) => void): void {
    const row = this.#entries()
    for (let i = 0; i < row.length; i += 2) visit(row[i + 1]!, row[i] as MapKey)
  }

  /** A fresh array: key, value, key, value … in insertion order. */
  toFlatArray(): Value[] {
    return this.#entries().slice()
  }

  /** Keys in insertion order. */
  *keys(): IterableIterator<MapKey> {
    const row = this.#entries()
    for (let i = 0; i < row.length; i += 2) yield row[i] as MapKey
  }

  /** Values in insertion order. */
  *values(): IterableIterator<Value> {
    const row = this.#entries()
    for (let i = 0; i < row.length; i += 2) yield row[i + 1]!
  }

  /** Entries in insertion order. */
  *entries(): IterableIterator<readonly [MapKey, Value]> {
    const row = this.#entries()
    for (let i = 0; i < row.length; i += 2) yield [row[i] as MapKey, row[i + 1]!]
  }

  [Symbol.iterator](): IterableIterator<readonly [MapKey, Value]> {
    return this.entries()
  }

  #entries(): readonly Value[] {
    this.#row ??= rowOf(this.#root!, this.size, this.#next)
    return this.#row
  }
}

function indexOfKey(row: readonly Value[], key: MapKey): number {
  for (let i = 0; i < row.length; i += 2) if (row[i] === key) return i
  return -1
}

/** Builds a map entry by entry without a version for each. Reading back what was set is allowed at any time. */
export class RtfsMapBuilder {
  #row: Value[] | undefined
  #root: TrieNode | undefined
  #size: number
  #next: number
  /** Owner of the trie nodes that this builder may change in place. */
  #change = new Change({})

  /** Starts with the entries of `map`, which stays as it is. */
  constructor(map: RtfsMap = RtfsMap.empty) {
    const { root, row, next } = partsOf(map)
    this.#root = root
    this.#row = root === undefined ? row!.slice() : undefined
    this.#size = map.size
    this.#next = next
  }

  /** Number of entries so far. */
  get size(): number {
    return this.#size
  }

  /** The value of `key`, `undefined` when it is absent. */
  get(key: MapKey): Value | undefined {
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
    if (this.#root === undefined) {
      const row = this.#row!
      const at = indexOfKey(row, key)
      if (at >= 0) {
        row[at + 1] = value
        return this
      }
      if (this.#size < smallSize) {
        row.push(key as Value, value)
        this.#size++
        return this
      }
      this.#root = new TrieNode(0, 0, [], this.#change.owner)
      this.#row = undefined
      this.#size = 0
      for (let i = 0; i < row.length; i += 2) this.#insert(row[i] as MapKey, row[i + 1]!)
    }
    this.#insert(key, value)
    return this
  }

  #insert(key: MapKey, value: Value): void {
    this.#change.added = false
    this.#root = insert(this.#root!, new TrieEntry(key, value, hashKey(key), this.#next), 0, this.#change)
    if (this.#change.added) {
      this.#size++
      this.#next++
    }
  }

  /** The map built so far. The builder may go on; the map does not change any more. */
  build(): RtfsMap {
    // A new owner: nodes made until now belong to the map.
    this.#change = new Change({})
    return makeMap(this.#row?.slice(), this.#root, this.#size, this.#next)
  }
}

class TrieEntry {
  readonly key: MapKey
  readonly value: Value
  readonly hash: number
  readonly serial: number
  constructor(key: MapKey, value: Value, hash: number, serial: number) {
    this.key = key
    this.value = value
    this.hash = hash
    this.serial = serial
  }
}

/**
 * A node of the trie over 32-bit hashes, five bits a level. `entryMap` and `nodeMap` say which of the 32 branches
 * hold an entry or a further node; `slots` has the entries from the front and the nodes from the back, both in
 * order of their bits. Below the last bits a node is a plain list of entries with one hash and both maps are 0.
 */
class TrieNode {
  entryMap: number
  nodeMap: number
  slots: (TrieEntry | TrieNode)[]
  readonly owner: object | undefined
  constructor(entryMap: number, nodeMap: number, slots: (TrieEntry | TrieNode)[], owner: object | undefined) {
    this.entryMap = entryMap
    this.nodeMap = nodeMap
    this.slots = slots
    this.owner = owner
  }
}

/** What an insertion is allowed to change in place, and whether it added an entry. */
class Change {
  readonly owner: object | undefined
  added = false
  constructor(owner: object | undefined) {
    this.owner = owner
  }
}

const lastShift = 30

function findEntry(node: TrieNode, key: MapKey, hash: number): TrieEntry | undefined {
  for (let shift = 0; shift <= lastShift; shift += 5) {
    const bit = 1 << ((hash >>> shift) & 31)
    if ((node.entryMap & bit) !== 0) {
      const entry = node.slots[countBits(node.entryMap & (bit - 1))] as TrieEntry
      return entry.key === key ? entry : undefined
    }
    if ((node.nodeMap & bit) === 0) return undefined
    node = node.slots[node.slots.length - 1 - countBits(node.nodeMap & (bit - 1))] as TrieNode
  }
  return (node.slots as TrieEntry[]).find(entry => entry.key === key)
}

/** The node with `entry` in it; the node itself, changed, when the change owns it. At most eight levels deep. */
function insert(node: TrieNode, entry: TrieEntry, shift: number, change: Change): TrieNode {
  if (shift > lastShift) return insertInList(node, entry, change)
  const bit = 1 << ((entry.hash >>> shift) & 31)
  if ((node.entryMap & bit) !== 0) {
    const at = countBits(node.entryMap & (bit - 1))
    const present = node.slots[at] as TrieEntry
    if (present.key === entry.key) return withSlot(node, at, keepSerial(entry, present), change)
    change.added = true
    const child = pairOf(present, entry, shift + 5, change)
    // The entry leaves the front, the node joins the back.
    const slots = node.slots.slice()
    slots.splice(at, 1)
    slots.splice(slots.length - countBits(node.nodeMap & (bit - 1)), 0, child)
    return replace(node, node.entryMap ^ bit, node.nodeMap | bit, slots, change)
  }
  if ((node.nodeMap & bit) !== 0) {
    const at = node.slots.length - 1 - countBits(node.nodeMap & (bit - 1))
    const child = node.slots[at] as TrieNode
    const changed = insert(child, entry, shift + 5, change)
    return changed === child ? node : withSlot(node, at, changed, change)
  }
  change.added = true
  const at = countBits(node.entryMap & (bit - 1))
  if (node.owner !== undefined && node.owner === change.owner) {
    node.slots.splice(at, 0, entry)
    node.entryMap |= bit
    return node
  }
  return new TrieNode(node.entryMap | bit, node.nodeMap, insertAt(node.slots, at, entry), change.owner)
}

function insertAt(
  slots: readonly (TrieEntry | TrieNode)[],
  at: number,
  entry: TrieEntry,
): (TrieEntry | TrieNode)[] {
  const length = slots.length
  const copy = new Array<TrieEntry | TrieNode>(length + 1)
  for (let i = 0; i < at; i++) copy[i] = slots[i]!
  copy[at] = entry
  for (let i = at; i < length; i++) copy[i + 1] = slots[i]!
  return copy
}

function insertInList(node: TrieNode, entry: TrieEntry, change: Change): TrieNode {
  const at = (node.slots as TrieEntry[]).findIndex(present => present.key === entry.key)
  if (at >= 0) return withSlot(node, at, keepSerial(entry, node.slots[at] as TrieEntry), change)
  change.added = true
  return new TrieNode(0, 0, [...node.slots, entry], change.owner)
}

/** A key that is set again keeps its place in the order. */
function keepSerial(entry: TrieEntry, present: TrieEntry): TrieEntry {
  return new TrieEntry(present.key, entry.value, entry.hash, present.serial)
}

function withSlot(node: TrieNode, at: number, slot: TrieEntry | TrieNode, change: Change): TrieNode {
  if (node.owner !== undefined && node.owner === change.owner) {
    node.slots[at] = slot
    return node
  }
  const slots = node.slots.slice()
  slots[at] = slot
  return new TrieNode(node.entryMap, node.nodeMap, slots, change.owner)
}

function replace(
  node: TrieNode,
  entryMap: number,
  nodeMap: number,
  slots: (TrieEntry | TrieNode)[],
  change: Change,
): TrieNode {
  if (node.owner === undefined || node.owner !== change.owner) {
    return new TrieNode(entryMap, nodeMap, slots, change.owner)
  }
  node.entryMap = entryMap
  node.nodeMap = nodeMap
  node.slots = slots
  return node
}

/** The smallest node with two entries whose hashes agree below `shift`. */
function pairOf(a: TrieEntry, b: TrieEntry, shift: number, change: Change): TrieNode {
  if (shift > lastShift) return new TrieNode(0, 0, [a, b], change.owner)
  const left = (a.hash >>> shift) & 31
  const right = (b.hash >>> shift) & 31
  if (left === right) return new TrieNode(0, 1 << left, [pairOf(a, b, shift + 5, change)], change.owner)
  return new TrieNode((1 << left) | (1 << right), 0, left < right ? [a, b] : [b, a], change.owner)
}

/** The node without `key`; the node itself when it is absent. A child with one entry left becomes that entry. */
function remove(node: TrieNode, key: MapKey, hash: number, shift: number): TrieNode {
  if (shift > lastShift) {
    const kept = (node.slots as TrieEntry[]).filter(entry => entry.key !== key)
    return kept.length === node.slots.length ? node : new TrieNode(0, 0, kept, undefined)
  }
  const bit = 1 << ((hash >>> shift) & 31)
  if ((node.entryMap & bit) !== 0) {
    const at = countBits(node.entryMap & (bit - 1))
    if ((node.slots[at] as TrieEntry).key !== key) return node
    const slots = node.slots.slice()
    slots.splice(at, 1)
    return new TrieNode(node.entryMap ^ bit, node.nodeMap, slots, undefined)
  }
  if ((node.nodeMap & bit) === 0) return node
  const at = node.slots.length - 1 - countBits(node.nodeMap & (bit - 1))
  const child = node.slots[at] as TrieNode
  const changed = remove(child, key, hash, shift + 5)
  if (changed === child) return node
  const slots = node.slots.slice()
  if (changed.nodeMap !== 0 || changed.slots.length > 1) {
    slots[at] = changed
    return new TrieNode(node.entryMap, node.nodeMap, slots, undefined)
  }
  slots.splice(at, 1)
  slots.splice(countBits(node.entryMap & (bit - 1)), 0, changed.slots[0]!)
  return new TrieNode(node.entryMap | bit, node.nodeMap ^ bit, slots, undefined)
}

/** The entries of a trie in order of their serial numbers: key, value, key, value … */
function rowOf(root: TrieNode, size: number, next: number): Value[] {
  // After many deletions the serial numbers are sparse, and sorting beats a row with holes.
  const sparse = next > 2 * size + 32
  const entries = new Array<TrieEntry | undefined>(sparse ? size : next).fill(undefined)
  let found = 0
  const collect = (node: TrieNode): void => {
    for (const slot of node.slots) {
      if (slot instanceof TrieNode) collect(slot)
      else entries[sparse ? found++ : slot.serial] = slot
    }
  }
  collect(root)
  if (sparse) entries.sort((a, b) => a!.serial - b!.serial)
  const row = new Array<Value>(2 * size)
  let at = 0
  for (const entry of entries) {
    if (entry === undefined) continue
    row[at++] = entry.key as Value
    row[at++] = entry.value
  }
  return row
}

function countBits(bits: number): number {
  bits -= (bits >>> 1) & 0x55555555
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
