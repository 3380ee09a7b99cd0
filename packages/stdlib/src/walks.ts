import { isTruthy, type Meter, type RtfsSequence, type RtfsVectorBuilder, type Value } from '@rtfs/core'

// The walks of `map`, `filter` and `reduce` with calls that are made somehow: 1 fuel an element, before its call.

/** Puts the result for every element into `results`. */
export function mapEach(
  call: (a: Value) => Value,
  items: RtfsSequence,
  results: RtfsVectorBuilder,
  meter: Meter,
): void {
  const { size } = items
  for (let i = 0; i < size; i++) {
    meter.charge(1)
    results.push(call(items.at(i)))
  }
}

/** Puts every element whose result is truthy, or not, into `kept`. */
export function filterEach(
  call: (a: Value) => Value,
  items: RtfsSequence,
  wanted: boolean,
  kept: RtfsVectorBuilder,
  meter: Meter,
): void {
  const { size } = items
  for (let i = 0; i < size; i++) {
    meter.charge(1)
    const item = items.at(i)
    if (isTruthy(call(item)) !== wanted) continue
    meter.elements(1)
    kept.push(item)
  }
}

/** Folds the elements from position `from` on. */
export function reduceEach(
  call: (a: Value, b: Value) => Value,
  first: Value,
  items: RtfsSequence,
  from: number,
  meter: Meter,
): Value {
  const { size } = items
  let gathered = first
  for (let i = from; i < size; i++) {
    meter.charge(1)
    gathered = call(gathered, items.at(i))
  }
  return gathered
}
