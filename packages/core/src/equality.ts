import { RtfsMap } from './map.js'
import { RtfsSequence } from './sequence.js'
import {
  Keyword,
  type MapKey,
  ResourceHandle,
  RtfsErrorValue,
  RtfsFloat,
  RtfsFunction,
  RtfsSymbol,
  Timestamp,
  Uuid,
  type Value,
} from './values.js'

/** Where a walk over values reports the elements it visits; a `Meter` is one. */
export interface Charge {
  charge(units: number): void
}

/**
 * `(= a b)` of LANGUAGE §14.1; never raises (but `meter` may, which is charged 1 per element visited). An Integer
 * never equals a Float, NaN nothing, a Vector a List with equal elements. Keeps its own stack, so that depth does
 * not matter. There is no short cut for one and the same object: it may hold a NaN.
 */
export function equals(a: Value, b: Value, meter?: Charge): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  const first = equalObjects(a, b)
  if (typeof first === 'boolean') return first
  return equalParts(first, meter)
}

/** Two collections whose elements are still to be compared. `keys` are those of the left map. */
interface Pair {
  readonly left: RtfsSequence | RtfsMap
  readonly right: RtfsSequence | RtfsMap
  index: number
}

function equalParts(first: Pair, meter: Charge | undefined): boolean {
  const stack: Pair[] = [first]
  for (;;) {
    const pair = stack[stack.length - 1]
    if (pair === undefined) return true
    if (pair.index === pair.left.size) {
      stack.pop()
      continue
    }
    const at = pair.index++
    let left: Value
    let right: Value | undefined
    if (pair.left instanceof RtfsMap) {
      left = pair.left.valueAt(at)
      right = (pair.right as RtfsMap).get(pair.left.keyAt(at) as MapKey)
    } else {
      left = pair.left.at(at)
      right = (pair.right as RtfsSequence).at(at)
    }
    meter?.charge(1)
    if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) {
      if (left !== right) return false
      continue
    }
    const next = equalObjects(left, right)
    if (next === false) return false
    if (next !== true) stack.push(next)
  }
}

/** The answer, or the pair of collections whose elements decide. */
function equalObjects(a: object, b: object): boolean | Pair {
  if (a instanceof RtfsFloat) return b instanceof RtfsFloat && a.value === b.value
  if (a instanceof Keyword) return a === b
  if (a instanceof RtfsSequence) {
    return b instanceof RtfsSequence && a.size === b.size && { left: a, right: b, index: 0 }
  }
  if (a instanceof RtfsMap) {
    return b instanceof RtfsMap && a.size === b.size && { left: a, right: b, index: 0 }
  }
  if (a instanceof RtfsSymbol) return b instanceof RtfsSymbol && a.name === b.name
  if (a instanceof Timestamp) return b instanceof Timestamp && a.text === b.text
  if (a instanceof Uuid) return b instanceof Uuid && a.text === b.text
  if (a instanceof ResourceHandle) return b instanceof ResourceHandle && a.text === b.text
  if (a instanceof RtfsFunction) return b instanceof RtfsFunction && (a === b || a.isSameFunction(b))
  if (a instanceof RtfsErrorValue) {
    if (!(b instanceof RtfsErrorValue) || a.kind !== b.kind || a.type !== b.type || a.message !== b.message) {
      return false
    }
    return a.details.size === b.details.size && { left: a.details, right: b.details, index: 0 }
  }
  return a === b
}
