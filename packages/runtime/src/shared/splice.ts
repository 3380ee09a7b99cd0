import { invalidProgram, type Meter, RtfsSequence, typeName, type Value } from '@rtfs/core'

/** Appends what `~@xs` inserts: the elements of a vector or list, nothing for nil (LANGUAGE §8). */
export function splice(items: Value[], value: Value, meter: Meter): void {
  if (value === null) return
  if (!(value instanceof RtfsSequence)) {
    throw invalidProgram(`~@ needs a vector or list to splice, got ${typeName(value)}`)
  }
  meter.charge(value.size)
  for (const item of value) items.push(item)
}
