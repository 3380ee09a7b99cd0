import {
  equals,
  keyword,
  type MapKey,
  type Meter,
  RtfsErrorValue,
  RtfsList,
  RtfsMap,
  RtfsSequence,
  RtfsVector,
  typeError,
  typeName,
  type Value,
} from '@rtfs/core'
import { chargeElements } from './charges.js'

/*
 * What destructuring (LANGUAGE §6) and `match` (§7) do with values, the same in every tier. Walking the pattern and
 * binding names is each tier's own business.
 */

/** The elements a vector pattern takes apart: nil is like an empty vector, anything but a sequence a TypeError. */
export function sequenceForPattern(value: Value): RtfsSequence {
  if (value instanceof RtfsSequence) return value
  if (value === null) return RtfsVector.empty
  throw typeError('destructuring', 'vector', typeName(value))
}

/** Elements from `start` on, as the List that a rest pattern binds. */
export function restOfSequence(sequence: RtfsSequence, start: number, meter: Meter): RtfsList {
  if (start >= sequence.size) return RtfsList.empty
  chargeElements(meter, sequence.size - start)
  const items: Value[] = []
  for (let i = start; i < sequence.size; i++) items.push(sequence.at(i))
  return RtfsList.from(items)
}

/** The map a map pattern takes apart: error values answer as maps, nil is empty, anything else a TypeError. */
export function mapForPattern(value: Value): RtfsMap {
  if (value instanceof RtfsMap) return value
  if (value === null) return RtfsMap.empty
  if (value instanceof RtfsErrorValue) return errorAsMap(value)
  throw typeError('destructuring', 'map', typeName(value))
}

/** The entries whose keys the pattern does not mention. */
export function restOfMap(map: RtfsMap, mentioned: readonly MapKey[], meter: Meter): RtfsMap {
  meter.charge(map.size)
  meter.elements(2 * map.size)
  let rest = map
  for (const key of mentioned) rest = rest.delete(key)
  return rest
}

/** The keys an error value answers (LANGUAGE §9.1), as a map. */
export function errorAsMap(error: RtfsErrorValue): RtfsMap {
  return RtfsMap.from([
    [keyword('kind'), error.kind],
    [keyword('type'), error.type],
    [keyword('message'), error.message],
    [keyword('details'), error.details],
    [keyword('trace'), traceOf(error)],
    [keyword('cause'), error.cause],
  ])
}

function traceOf(error: RtfsErrorValue): RtfsVector {
  return RtfsVector.from(
    error.trace.map(frame =>
      RtfsMap.from([
        [keyword('fn'), frame.fn],
        [keyword('line'), frame.line ?? null],
        [keyword('column'), frame.column ?? null],
      ]),
    ),
  )
}

/** The sequence a vector pattern of `match` can match, `undefined` for a value that is none. */
export function sequenceForMatch(value: Value): RtfsSequence | undefined {
  return value instanceof RtfsSequence ? value : undefined
}

/** True when a literal of a `match` pattern or a constant of `case` equals the value. */
export function matchesLiteral(literal: Value, value: Value, meter: Meter): boolean {
  return equals(literal, value, meter)
}
