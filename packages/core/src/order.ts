import type { Charge } from './equality.js'
import { RtfsMap } from './map.js'
import { compareInstants, compareNumbers, isNumber } from './numbers.js'
import { formatValue } from './print.js'
import { RtfsSequence } from './sequence.js'
import { compareText } from './text.js'
import { isInteger, Keyword, RtfsFloat, RtfsSymbol, Timestamp, Uuid, type Value } from './values.js'

/**
 * −1, 0 or 1 in the natural order of LANGUAGE §14.2, which is total over all values: nil, booleans, numbers (exact;
 * of equal ones the Integer first; NaN last), strings, keywords, symbols, timestamps, uuids, sequences, maps (by
 * count, then entry by entry in key order), everything else by its printed text. `meter` is charged 1 per element
 * visited. Keeps its own stack, so that depth does not matter.
 */
export function compareValues(a: Value, b: Value, meter?: Charge): -1 | 0 | 1 {
  const first = compareOne(a, b)
  if (typeof first === 'number') return first
  const stack: Comparison[] = [first]
  for (;;) {
    const top = stack[stack.length - 1]
    if (top === undefined) return 0
    if (top.index === top.common) {
      if (top.whenEqual !== 0) return top.whenEqual
      stack.pop()
      continue
    }
    meter?.charge(1)
    const at = top.index++
    const next = compareOne(top.left[at]!, top.right[at]!)
    if (next === 0) continue
    if (typeof next === 'number') return next
    stack.push(next)
  }
}

/** Elements that are compared in turn; `whenEqual` decides when the common ones are equal. */
interface Comparison {
  readonly left: readonly Value[]
  readonly right: readonly Value[]
  readonly common: number
  readonly whenEqual: -1 | 0 | 1
  index: number
}

const otherRank = 10

function rankOf(value: Value): number {
  switch (typeof value) {
    case 'boolean':
      return 1
    case 'number':
    case 'bigint':
      return 2
    case 'string':
      return 3
    default:
      if (value === null) return 0
      if (value instanceof RtfsFloat) return 2
      if (value instanceof Keyword) return 4
      if (value instanceof RtfsSymbol) return 5
      if (value instanceof Timestamp) return 6
      if (value instanceof Uuid) return 7
      if (value instanceof RtfsSequence) return 8
      if (value instanceof RtfsMap) return 9
      return otherRank
  }
}

function compareOne(a: Value, b: Value): -1 | 0 | 1 | Comparison {
  if (typeof a === 'number' && typeof b === 'number') return sign(a - b)
  if (typeof a === 'string' && typeof b === 'string') return sign(compareText(a, b))
  const rank = rankOf(a)
  const difference = rank - rankOf(b)
  if (difference !== 0) return sign(difference)
  if (isNumber(a) && isNumber(b)) return compareNumbersTotally(a, b)
  if (a instanceof Keyword && b instanceof Keyword) return sign(compareText(a.name, b.name))
  if (a instanceof RtfsSymbol && b instanceof RtfsSymbol) return sign(compareText(a.name, b.name))
  if (a instanceof Timestamp && b instanceof Timestamp) return sign(compareInstants(a, b))
  if (a instanceof Uuid && b instanceof Uuid) return sign(compareText(a.text, b.text))
  if (a instanceof RtfsSequence && b instanceof RtfsSequence) {
    return comparison(a.toArray(), b.toArray(), sign(a.size - b.size))
  }
  if (a instanceof RtfsMap && b instanceof RtfsMap) {
    if (a.size !== b.size) return sign(a.size - b.size)
    return comparison(sortedEntries(a), sortedEntries(b), 0)
  }
  if (rank === otherRank) return sign(compareText(formatValue(a), formatValue(b)))
  return sign(Number(a) - Number(b))
}

function comparison(left: readonly Value[], right: readonly Value[], whenEqual: -1 | 0 | 1): Comparison {
  return { left, right, common: Math.min(left.length, right.length), whenEqual, index: 0 }
}

/** Key, value, key, value … in natural order of the keys. */
function sortedEntries(map: RtfsMap): Value[] {
  const keys = [...map.keys()].sort(compareKeys)
  const entries: Value[] = []
  for (const key of keys) entries.push(key, map.get(key)!)
  return entries
}

/** Keys are scalars, so one step decides. */
function compareKeys(a: Value, b: Value): number {
  return compareOne(a, b) as number
}

function compareNumbersTotally(a: number | bigint | RtfsFloat, b: number | bigint | RtfsFloat): -1 | 0 | 1 {
  const order = compareNumbers(a, b)
  if (order === 0) return sign(Number(isInteger(b)) - Number(isInteger(a)))
  if (!Number.isNaN(order)) return sign(order)
  return sign(Number(isNaNFloat(a)) - Number(isNaNFloat(b)))
}

function isNaNFloat(value: Value): boolean {
  return value instanceof RtfsFloat && Number.isNaN(value.value)
}

function sign(difference: number): -1 | 0 | 1 {
  return difference < 0 ? -1 : difference > 0 ? 1 : 0
}
