import {
  Keyword,
  type Meter,
  ResourceHandle,
  type RtfsErrorValue,
  RtfsFloat,
  RtfsFunction,
  RtfsMap,
  RtfsSequence,
  RtfsSymbol,
  Timestamp,
  Uuid,
  type Value,
} from '@rtfs/core'
import { BuiltinFunction } from './builtin.js'

/** A value that equals nothing, not even itself: a NaN, or a collection that holds one. */
const unequal = -1

/**
 * Gives values numbers: two values have the same one exactly if they are equal (LANGUAGE §14.1). Linear in what the
 * values hold, however much they share and however deep they are; 1 fuel for every element looked at.
 *
 * A collection is known by the numbers of its elements. All look-ups are by texts, which the engine hashes with a
 * secret seed; numbers and texts that look like indices it does not, hence the letter in front.
 */
export class ValueIds {
  readonly #meter: Meter
  readonly #ids = new Map<string, number>()
  /** Collections and functions already numbered: what is shared is walked once. */
  readonly #objects = new Map<object, number>()
  #next = 0

  constructor(meter: Meter) {
    this.#meter = meter
  }

  /** The number of a value, `undefined` for one that does not even equal itself. */
  idOf(value: Value): number | undefined {
    const id = this.#known(value) ?? this.#walk(value)
    return id === unequal ? undefined : id
  }

  /** The number of a scalar or of a collection met before. */
  #known(value: Value): number | undefined {
    if (value instanceof RtfsFloat && Number.isNaN(value.value)) return unequal
    if (value instanceof RtfsFunction && !(value instanceof BuiltinFunction)) {
      return this.#objects.get(value) ?? this.#remember(value, this.#next++)
    }
    const text = scalarText(value)
    return text === undefined ? this.#objects.get(value as object) : this.#numbered(text)
  }

  #numbered(text: string): number {
    let id = this.#ids.get(text)
    if (id === undefined) this.#ids.set(text, (id = this.#next++))
    return id
  }

  #remember(value: object, id: number): number {
    this.#objects.set(value, id)
    return id
  }

  #walk(root: Value): number {
    const stack = [new Walk(root)]
    for (;;) {
      const top = stack[stack.length - 1]!
      if (top.ids.length < top.parts.length) {
        this.#meter.charge(1)
        const part = top.parts[top.ids.length]!
        const id = this.#known(part)
        if (id === undefined) stack.push(new Walk(part))
        else top.ids.push(id)
        continue
      }
      stack.pop()
      const id = this.#remember(
        top.value as object,
        top.ids.includes(unequal) ? unequal : this.#numbered(top.text()),
      )
      const parent = stack[stack.length - 1]
      if (parent === undefined) return id
      parent.ids.push(id)
    }
  }
}

/** A collection whose parts are being numbered. */
class Walk {
  readonly value: Value
  readonly parts: readonly Value[]
  readonly ids: number[] = []

  constructor(value: Value) {
    this.value = value
    this.parts = partsOf(value)
  }

  text(): string {
    if (!(this.value instanceof RtfsMap))
      return `${this.value instanceof RtfsSequence ? 'v' : 'e'}${this.ids.join()}`
    const entries: [number, number][] = []
    for (let i = 0; i < this.ids.length; i += 2) entries.push([this.ids[i]!, this.ids[i + 1]!])
    return `m${entries.sort(([a], [b]) => a - b).join()}`
  }
}

function partsOf(value: Value): readonly Value[] {
  if (value instanceof RtfsSequence) return value.toArray()
  if (value instanceof RtfsMap) return value.toFlatArray()
  const error = value as RtfsErrorValue
  return [error.kind, error.type, error.message, error.details]
}

/** A text that only equal scalars share; `undefined` for what has parts. */
function scalarText(value: Value): string | undefined {
  switch (typeof value) {
    case 'string':
      return `s${value}`
    case 'number':
    case 'bigint':
      return `i${value}`
    case 'boolean':
      return `c${value}`
    default:
      if (value === null) return 'c'
      // The text of -0 is "0", so -0.0 is the 0.0 that it equals.
      if (value instanceof RtfsFloat) return `f${value.value}`
      if (value instanceof Keyword) return `k${value.name}`
      if (value instanceof RtfsSymbol) return `y${value.name}`
      if (value instanceof Timestamp) return `t${value.text}`
      if (value instanceof Uuid) return `u${value.text}`
      if (value instanceof ResourceHandle) return `r${value.text}`
      if (value instanceof BuiltinFunction) return `b${value.name}`
      return undefined
  }
}
