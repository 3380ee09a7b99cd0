import { isInteger, type Meter, type RtfsSequence, typeError, typeName, type Value } from '@rtfs/core'
import { sequenceOf } from '@rtfs/stdlib'

/** How often `dotimes` runs its body; not at all for a negative count. */
export function countOf(value: Value): number {
  if (!isInteger(value)) throw typeError('dotimes', 'integer', typeName(value))
  return Number(value)
}

/** What a binding of `for` goes through: vector, list, characters, `[k v]` entries; nil is empty (LANGUAGE §5.12). */
export function elementsOf(value: Value, meter: Meter): RtfsSequence {
  return sequenceOf(value, 'for', meter)
}
