import type { MapKey, Value } from './values.js'

// A persistent hash trie: what a large map is once it was changed in another way than by growing.

export class TrieEntry {
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
export class TrieNode {
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
export class Change {
  readonly owner: object | undefined
  added = false
  constructor(owner: object | undefined) {
    this.owner = owner
  }
}

const lastShift = 30

/** The entry of a key with that hash. */
export function findEntry(node: TrieNode, key: MapKey, hash: number): TrieEntry | undefined {
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
export function insert(node: TrieNode, entry: TrieEntry, shift: number, change: Change): TrieNode {
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
export function remove(node: TrieNode, key: MapKey, hash: number, shift: number): TrieNode {
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
export function rowOf(root: TrieNode, size: number, next: number): Value[] {
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

/** Keys and their hashes by place. */
export interface TrieKeys {
  readonly keys: readonly MapKey[]
  readonly hashes: Int32Array
}

/** The trie with further entries from place `from` to place `to`, each its own serial number. */
export function withEntries(
  root: TrieNode | undefined,
  { keys, hashes }: TrieKeys,
  values: readonly Value[],
  from: number,
  to: number,
): TrieNode {
  const change = new Change({})
  let changed = root ?? new TrieNode(0, 0, [], change.owner)
  for (let place = from; place < to; place++) {
    changed = insert(changed, new TrieEntry(keys[place]!, values[place]!, hashes[place]!, place), 0, change)
  }
  return changed
}
