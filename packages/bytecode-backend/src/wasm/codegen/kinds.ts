import {
  isInteger,
  Keyword,
  RtfsFloat,
  RtfsFunction,
  RtfsList,
  RtfsMap,
  RtfsVector,
  type Type,
  type Value,
} from '@rtfs/core'
import type { ValueType } from '../encoder/value-types.js'

/*
 * What the code generator knows of a value: the set of kinds it may have, as bits. 0 is the kind of an expression
 * that never gives a value (it throws, or jumps).
 */
export type Kinds = number

export const never = 0
export const int = 1
export const float = 2
export const bool = 4
export const nil = 8
export const string = 16
export const keyword = 32
export const vector = 64
export const list = 128
export const map = 256
export const fn = 512
export const other = 1024
export const any = 2047

/** How values of a kind travel: ints, floats and booleans unboxed, all else as a host reference. */
export function representation(kinds: Kinds): ValueType {
  switch (kinds) {
    case int:
      return 'i64'
    case float:
      return 'f64'
    case bool:
      return 'i32'
    default:
      return 'externref'
  }
}

/** Kinds that a parameter of a compiled function tells apart: unboxed, or anything. */
export function parameterKinds(kinds: Kinds): Kinds {
  return kinds === int || kinds === float || kinds === bool ? kinds : any
}

/** True when `kinds` has none outside of `within`. */
export function isWithin(kinds: Kinds, within: Kinds): boolean {
  return (kinds & ~within) === 0
}

export function kindOf(value: Value): Kinds {
  if (isInteger(value)) return int
  if (value === null) return nil
  if (typeof value === 'boolean') return bool
  if (typeof value === 'string') return string
  if (value instanceof RtfsFloat) return float
  if (value instanceof Keyword) return keyword
  if (value instanceof RtfsVector) return vector
  if (value instanceof RtfsList) return list
  if (value instanceof RtfsMap) return map
  if (value instanceof RtfsFunction) return fn
  return other
}

/** Kinds of the values that conform to a type, an Integer that `float` accepts already converted. */
export function kindsOfType(type: Type): Kinds {
  switch (type.kind) {
    case 'primitive':
      return kindsOfPrimitive(type.name)
    case 'vector':
    case 'array':
      return vector | list
    case 'list':
      return list
    case 'seq':
    case 'tuple':
      return vector | list
    case 'record':
    case 'map-of':
      return map
    case 'function':
      return fn
    case 'union':
      return type.members.reduce((kinds, member) => kinds | kindsOfType(member), never)
    case 'and':
      return kindsOfType(type.base)
    case 'literal':
      return kindOf(type.value)
    case 'enum':
      return type.values.reduce<Kinds>((kinds, value) => kinds | kindOf(value), never)
    case 'resource':
      return other
    case 'ref':
    case 'stream':
      return any
  }
}

function kindsOfPrimitive(name: string): Kinds {
  switch (name) {
    case 'int':
      return int
    case 'float':
      return float
    case 'bool':
      return bool
    case 'nil':
      return nil
    case 'string':
      return string
    case 'keyword':
      return keyword
    case 'map':
      return map
    case 'vector':
      return vector
    case 'list':
      return list
    case 'fn':
      return fn
    case 'any':
    case 'never':
      return any
    default:
      return other
  }
}

/** True when every value of these kinds conforms to the type as it is, so that a check would do nothing. */
export function provesType(kinds: Kinds, type: Type): boolean {
  if (type.kind !== 'primitive' || type.name === 'never') return false
  const exact = kindsOfPrimitive(type.name)
  return exact !== other && isWithin(kinds, exact)
}

/** True when a value of these kinds always counts as true. */
export function alwaysTrue(kinds: Kinds): boolean {
  return (kinds & (nil | bool)) === 0
}
