import { equals } from './equality.js'
import type { Meter } from './limits.js'
import { RtfsMap } from './map.js'
import { RtfsList, RtfsSequence, RtfsVector } from './sequence.js'
import type { ResolveType } from './type-text.js'
import type { Predicate, PrimitiveName, RecordEntry, Type } from './types.js'
import { builtinPredicates, isOfPrimitive } from './validate.js'
import { Keyword, type MapKey, ResourceHandle, RtfsFloat, RtfsFunction, type Value } from './values.js'

/*
 * Most values that are checked conform. For those this file gives the answer of `validateValue` and its charges,
 * without making anything; about all others it says nothing.
 */

/** What `validateValue` charges for a value that conforms; `unsure` for all others, and where that is hard to say. */
type Cost = (value: Value, resolve: ResolveType | undefined, depth: number) => number

const unsure = -1

/** Deeper values are left to the validator, which keeps its own stack. */
const deepest = 100

/** Answers for collections of at least so many elements are kept: for smaller ones, looking again is as quick. */
const keptSize = 32

/** A collection that was found to conform, and what the names in the type stood for. */
interface Kept {
  readonly type: Type
  readonly cost: number
  readonly names: readonly (readonly [name: string, target: Type | undefined])[]
}

const costs = new WeakMap<Type, Cost>()
/** One answer for each collection; it goes when the collection goes. Values never change, so it stays true. */
const kept = new WeakMap<Value & object, Kept>()

/**
 * True when the value conforms as it is, without anything to convert; it is charged then as `validateValue` charges
 * it. False says nothing, and nothing has been charged. Not for options of `validateValue` other than these, a
 * meter and an engine for regular expressions.
 */
export function conformsQuickly(
  value: Value,
  type: Type,
  resolve: ResolveType | undefined,
  meter: Meter,
): boolean {
  left = meter.fuel
  untilClock = clockInterval
  account = meter
  const cost = costOf(value, type, resolve)
  account = undefined
  // A budget that ends in the middle is the validator's, which knows where.
  if (cost === unsure || cost > meter.fuel) return false
  if (cost > 0) meter.charge(cost)
  return true
}

/** Fuel that the check under way may still find charged, and when the clock is looked at next: nothing else ends it. */
let left = 0
let untilClock = 0
let account: Meter | undefined

const clockInterval = 100_000

/** True when so many further charges are too many. */
function isTooMuch(charges: number): boolean {
  left -= charges
  untilClock -= charges
  if (untilClock < 0) {
    untilClock = clockInterval
    account?.checkDeadline()
  }
  return left < 0
}

function costOf(value: Value, type: Type, resolve: ResolveType | undefined): number {
  // Integers may become Floats.
  if (typeof value !== 'object' || value === null) return unsure
  if (!(value instanceof RtfsSequence || value instanceof RtfsMap) || value.size < keptSize)
    return checkerOf(type)(value, resolve, 0)
  const known = kept.get(value)
  if (known !== undefined && known.type === type && stillMeans(known.names, resolve)) return known.cost
  const cost = checkerOf(type)(value, resolve, 0)
  if (cost !== unsure) kept.set(value, { type, cost, names: namesIn(type, resolve) })
  return cost
}

function stillMeans(names: Kept['names'], resolve: ResolveType | undefined): boolean {
  for (const [name, target] of names) if (resolve?.(name) !== target) return false
  return true
}

/** The names in a type and in what they stand for. */
function namesIn(type: Type, resolve: ResolveType | undefined): Kept['names'] {
  const found = new Map<string, Type | undefined>()
  const visit = (part: Type | Predicate): void => {
    switch (part.kind) {
      case 'ref': {
        if (found.has(part.name)) return
        const target = resolve?.(part.name)
        found.set(part.name, target)
        if (target !== undefined) visit(target)
        return
      }
      case 'vector':
      case 'list':
      case 'seq':
        visit(part.element)
        return
      case 'tuple':
        part.elements.forEach(visit)
        return
      case 'record':
        for (const entry of part.entries) visit(entry.type)
        if (part.rest !== undefined) visit(part.rest)
        return
      case 'map-of':
        visit(part.key)
        visit(part.value)
        return
      case 'union':
        part.members.forEach(visit)
        return
      case 'and':
        visit(part.base)
        part.parts.forEach(visit)
        return
      default:
    }
  }
  visit(type)
  return [...found]
}

function checkerOf(type: Type): Cost {
  let cost = costs.get(type)
  if (cost === undefined) costs.set(type, (cost = makeCost(type)))
  return cost
}

const neverSure: Cost = () => unsure

function free(holds: (value: Value) => boolean): Cost {
  return value => (holds(value) ? 0 : unsure)
}

function makeCost(type: Type): Cost {
  switch (type.kind) {
    case 'primitive': {
      const { name } = type
      return free(value => isOfPrimitive(value, name, true))
    }
    case 'vector':
      return elementsCost(type.element, value => value instanceof RtfsVector)
    case 'list':
      return elementsCost(type.element, value => value instanceof RtfsList)
    case 'seq':
      return elementsCost(type.element, value => value instanceof RtfsSequence)
    case 'tuple':
      return tupleCost(type.elements)
    case 'record':
      return type.rest === undefined ? recordCost(type.entries) : openRecordCost(type.entries, type.rest)
    case 'map-of':
      return mapCost(type.key, type.value)
    case 'function':
      return free(value => value instanceof RtfsFunction)
    case 'resource':
      return free(value => value instanceof ResourceHandle)
    case 'stream':
      return free(() => true)
    case 'literal':
      return equalsCost([type.value])
    case 'enum':
      return equalsCost(type.values)
    case 'union':
      return unionCost(type.members)
    case 'and':
      return intersectionCost(type.base, type.parts)
    case 'ref':
      return referenceCost(type.name)
    case 'array':
      return neverSure
  }
}

function elementsCost(element: Type, isRight: (value: Value) => boolean): Cost {
  if (element.kind === 'primitive') {
    const { name } = element
    return value => {
      if (!isRight(value)) return unsure
      const items = value as RtfsSequence
      if (isTooMuch(items.size)) return unsure
      for (let i = 0; i < items.size; i++) if (!isOfPrimitive(items.at(i), name, true)) return unsure
      return items.size
    }
  }
  return (value, resolve, depth) => {
    if (!isRight(value) || depth > deepest) return unsure
    const items = value as RtfsSequence
    const costOfElement = checkerOf(element)
    let total = items.size
    for (let i = 0; i < items.size; i++) {
      if (isTooMuch(1)) return unsure
      const cost = costOfElement(items.at(i), resolve, depth + 1)
      if (cost === unsure) return unsure
      total += cost
    }
    return total
  }
}

function tupleCost(elements: readonly Type[]): Cost {
  return (value, resolve, depth) => {
    if (!(value instanceof RtfsSequence) || value.size !== elements.length || depth > deepest) return unsure
    if (isTooMuch(elements.length)) return unsure
    let total = elements.length
    for (let i = 0; i < elements.length; i++) {
      const cost = checkerOf(elements[i]!)(value.at(i), resolve, depth + 1)
      if (cost === unsure) return unsure
      total += cost
    }
    return total
  }
}

/** The value of an entry: of `:k`, or of `"k"` when `:k` is absent. */
function entryValue(map: RtfsMap, key: MapKey): Value | undefined {
  const value = map.get(key)
  return value === undefined && key instanceof Keyword ? map.get(key.name) : value
}

/** Entries that must be there, of types without parts: what most records are. */
function plainRecordCost(entries: readonly RecordEntry[]): Cost {
  const size = entries.length
  const keys = entries.map(({ key }) => key as MapKey)
  const names = entries.map(({ type }) => (type as { readonly name: PrimitiveName }).name)
  const areInts = names.map(name => name === 'int')
  const areFloats = names.map(name => name === 'float')
  return value => {
    if (!(value instanceof RtfsMap) || isTooMuch(size)) return unsure
    for (let i = 0; i < size; i++) {
      const key = keys[i]!
      const found = value.get(key) ?? entryValue(value, key)
      if (typeof found === 'number' ? areInts[i] || areFloats[i] : areFloats[i] && found instanceof RtfsFloat)
        continue
      if (found === undefined || !isOfPrimitive(found, names[i]!, true)) return unsure
    }
    return size
  }
}

function recordCost(entries: readonly RecordEntry[]): Cost {
  if (entries.every(({ optional, type }) => !optional && type.kind === 'primitive'))
    return plainRecordCost(entries)
  return (value, resolve, depth) => {
    if (!(value instanceof RtfsMap) || depth > deepest || isTooMuch(entries.length)) return unsure
    let total = 0
    for (let i = 0; i < entries.length; i++) {
      const { key, type, optional } = entries[i]!
      const found = entryValue(value, key as MapKey)
      if (found === undefined) {
        if (optional) continue
        return unsure
      }
      total++
      if (type.kind === 'primitive') {
        if (!isOfPrimitive(found, type.name, true)) return unsure
        continue
      }
      const cost = checkerOf(type)(found, resolve, depth + 1)
      if (cost === unsure) return unsure
      total += cost
    }
    return total
  }
}

function openRecordCost(entries: readonly RecordEntry[], rest: Type): Cost {
  const named = recordCost(entries)
  return (value, resolve, depth) => {
    let total = named(value, resolve, depth)
    if (total === unsure) return unsure
    const map = value as RtfsMap
    const keys = new Set<MapKey>()
    for (const { key } of entries) {
      if (map.has(key as MapKey)) keys.add(key as MapKey)
      else if (key instanceof Keyword && map.has(key.name)) keys.add(key.name)
    }
    let isSure = true
    map.forEach((found, key) => {
      if (!isSure || keys.has(key)) return
      if (isTooMuch(1)) {
        isSure = false
        return
      }
      const cost = checkerOf(rest)(found, resolve, depth + 1)
      if (cost === unsure) isSure = false
      else total += 1 + cost
    })
    return isSure ? total : unsure
  }
}

function mapCost(keyType: Type, valueType: Type): Cost {
  return (value, resolve, depth) => {
    if (!(value instanceof RtfsMap) || depth > deepest || isTooMuch(2 * value.size)) return unsure
    let total = 2 * value.size
    for (let i = 0; i < value.size; i++) {
      const keyCost = checkerOf(keyType)(value.keyAt(i) as Value, resolve, depth + 1)
      const valueCost = checkerOf(valueType)(value.valueAt(i), resolve, depth + 1)
      if (keyCost === unsure || valueCost === unsure) return unsure
      total += keyCost + valueCost
    }
    return total
  }
}

function isScalar(value: Value): boolean {
  return typeof value !== 'object' || value === null || value instanceof Keyword
}

/** Comparing with anything but a scalar is charged by what it looks at. */
function equalsCost(values: readonly Value[]): Cost {
  return values.every(isScalar) ? free(value => values.some(each => equals(value, each))) : neverSure
}

function unionCost(members: readonly Type[]): Cost {
  return (value, resolve, depth) => {
    // The validator judges a collection once, however often it meets it.
    if (value instanceof RtfsSequence || value instanceof RtfsMap || depth > deepest) return unsure
    if (isTooMuch(members.length)) return unsure
    let total = 0
    for (const member of members) {
      const cost = checkerOf(member)(value, resolve, depth + 1)
      if (cost !== unsure) return total + 1 + cost
      // What has no parts fails at no cost.
      if (!isAtOnce(member)) return unsure
      total++
    }
    return unsure
  }
}

/** True for types that a value which is no collection fails without further goals. */
function isAtOnce({ kind }: Type): boolean {
  return kind !== 'union' && kind !== 'and' && kind !== 'ref' && kind !== 'literal' && kind !== 'enum'
}

function intersectionCost(base: Type, parts: readonly (Type | Predicate)[]): Cost {
  return (value, resolve, depth) => {
    if (depth > deepest || isTooMuch(1 + parts.length)) return unsure
    const first = checkerOf(base)(value, resolve, depth + 1)
    if (first === unsure) return unsure
    let total = 1 + first
    for (const part of parts) {
      const cost =
        part.kind === 'predicate' ? predicateCost(value, part) : checkerOf(part)(value, resolve, depth + 1)
      if (cost === unsure) return unsure
      total += 1 + cost
    }
    return total
  }
}

/** Searching a text is charged by the engine that does it. */
function predicateCost(value: Value, { name, args }: Predicate): number {
  const test = name === 'matches-regex' ? undefined : builtinPredicates.get(name)
  return test?.(value, args) === true ? 0 : unsure
}

function referenceCost(name: string): Cost {
  return (value, resolve, depth) => {
    if (depth > deepest || isTooMuch(1)) return unsure
    const target = resolve?.(name)
    if (target === undefined) return 0
    const cost = checkerOf(target)(value, resolve, depth + 1)
    return cost === unsure ? unsure : 1 + cost
  }
}
