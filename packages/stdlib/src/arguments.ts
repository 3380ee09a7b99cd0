import {
  characters,
  codePointLength,
  isInteger,
  isMapKey,
  type MapKey,
  type Meter,
  RtfsErrorValue,
  RtfsMap,
  RtfsSequence,
  RtfsVector,
  typeError,
  typeName,
  type Value,
} from '@rtfs/core'
import { chargeMade } from './charges.js'

// Checks of arguments. Each takes the name of the RTFS function, which the error message tells. They are called in
// the order of the arguments, so that the first wrong one is reported.

/** The value when it is a string, else a TypeError. */
export function stringOf(value: Value, operation: string): string {
  if (typeof value !== 'string') throw typeError(operation, 'string', typeName(value))
  return value
}

/** The value when it is an Integer, else a TypeError. */
export function integerOf(value: Value, operation: string): number | bigint {
  if (!isInteger(value)) throw typeError(operation, 'integer', typeName(value))
  return value
}

/**
 * An Integer as a plain number, for counts and positions. An integer beyond 2^53 becomes the nearest double, which
 * is as far out of every range.
 */
export function indexOf(value: Value, operation: string): number {
  if (typeof value === 'number') return value
  return Number(integerOf(value, operation))
}

/** A map; nil is the empty one. */
export function mapOf(value: Value, operation: string): RtfsMap {
  if (value instanceof RtfsMap) return value
  if (value === null) return RtfsMap.empty
  throw typeError(operation, 'map', typeName(value))
}

/** The value when it is an error value, else a TypeError. */
export function errorOf(value: Value, operation: string): RtfsErrorValue {
  if (!(value instanceof RtfsErrorValue)) throw typeError(operation, 'error', typeName(value))
  return value
}

/** The value as a map key; a TypeError when it may not be one (LANGUAGE §3.3). */
export function mapKeyOf(value: Value, operation: string): MapKey {
  if (isMapKey(value)) return value
  throw typeError(operation, 'map key (keyword, string, integer or boolean)', typeName(value))
}

/**
 * The elements of a collection, indexed: a vector or list itself, nil as nothing, the characters of a string, the
 * `[k v]` entries of a map; anything else is a TypeError. The view of a string or map has to be made: it is charged
 * to `meter`.
 */
export function sequenceOf(value: Value, operation: string, meter?: Meter): RtfsSequence {
  if (value instanceof RtfsSequence) return value
  if (value === null) return RtfsVector.empty
  if (typeof value === 'string') {
    if (meter !== undefined) chargeMade(meter, codePointLength(value))
    return RtfsVector.adopt(characters(value))
  }
  if (value instanceof RtfsMap) {
    if (meter !== undefined) chargeMade(meter, value.size)
    return RtfsVector.adopt(entriesOf(value))
  }
  throw typeError(operation, 'collection', typeName(value))
}

/** The entries of a map as `[k v]` vectors, in insertion order. */
export function entriesOf(map: RtfsMap): Value[] {
  const made: Value[] = []
  for (const [key, value] of map) made.push(RtfsVector.adopt([key, value]))
  return made
}

/** As `sequenceOf`, for the functions that refuse maps. */
export function sequenceButNoMap(value: Value, operation: string, meter?: Meter): RtfsSequence {
  if (value instanceof RtfsMap) throw typeError(operation, 'vector, list or string', 'map')
  return sequenceOf(value, operation, meter)
}

/** A vector or list; nil is the empty one. */
export function sequentialOf(value: Value, operation: string): RtfsSequence {
  if (value instanceof RtfsSequence) return value
  if (value === null) return RtfsVector.empty
  throw typeError(operation, 'vector or list', typeName(value))
}

/** A fresh array of the elements from `start` to `end`, exclusive; the caller has checked the range. */
export function sliceOf(items: RtfsSequence, start: number, end: number): Value[] {
  const slice: Value[] = []
  for (let i = start; i < end; i++) slice.push(items.at(i))
  return slice
}
