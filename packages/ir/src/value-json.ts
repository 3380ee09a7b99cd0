import {
  Keyword,
  keyword,
  type MapKey,
  parseInteger,
  parseTimestamp,
  parseUuid,
  ResourceHandle,
  RtfsError,
  RtfsFloat,
  RtfsList,
  RtfsMap,
  RtfsSymbol,
  RtfsVector,
  Timestamp,
  typeName,
  Uuid,
  type Value,
} from '@rtfs/core'
import { decodeError } from './decode-error.js'
import { isMapKey } from './value-wire.js'

/** JSON data. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** A value in JSON: nil, booleans and strings as they are, everything else as an object with one tag (LANGUAGE §18.1). */
export function valueToJson(value: Value): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'bigint') return { i64: String(value) }
  if (value instanceof RtfsFloat) return { f64: floatToJson(value.value) }
  if (value instanceof Keyword) return { keyword: value.name }
  if (value instanceof RtfsSymbol) return { symbol: value.name }
  if (value instanceof Timestamp) return { timestamp: value.text }
  if (value instanceof Uuid) return { uuid: value.text }
  if (value instanceof ResourceHandle) return { handle: value.text }
  if (value instanceof RtfsVector) return { vector: value.toArray().map(valueToJson) }
  if (value instanceof RtfsList) return { list: value.toArray().map(valueToJson) }
  if (value instanceof RtfsMap)
    return { map: [...value].map(([key, each]) => [valueToJson(key), valueToJson(each)]) }
  throw new RtfsError('RTFS_USAGE', `a ${typeName(value)} cannot stand in code as data`)
}

export function valueFromJson(json: Json): Value {
  if (json === null || typeof json === 'boolean' || typeof json === 'string') return json
  if (typeof json !== 'object' || Array.isArray(json)) throw decodeError('not a value')
  const entries = Object.entries(json)
  const [tag, content] = entries[0] ?? fail('a value without a tag')
  if (entries.length !== 1) throw decodeError('a value with several tags')
  switch (tag) {
    case 'i64':
      return parseInteger(text(content)) ?? fail('no integer')
    case 'f64':
      return new RtfsFloat(floatFromJson(content))
    case 'keyword':
      return keyword(text(content))
    case 'symbol':
      return new RtfsSymbol(text(content))
    case 'timestamp':
      return parseTimestamp(text(content)) ?? fail('no timestamp')
    case 'uuid':
      return parseUuid(text(content)) ?? fail('no uuid')
    case 'handle':
      return new ResourceHandle(text(content))
    case 'vector':
      return RtfsVector.from(jsonArray(content).map(valueFromJson))
    case 'list':
      return RtfsList.from(jsonArray(content).map(valueFromJson))
    case 'map':
      return RtfsMap.from(jsonArray(content).map(entryFromJson))
    default:
      return fail(`a value with the unknown tag ${tag}`)
  }
}

function entryFromJson(json: Json): readonly [MapKey, Value] {
  const [key, value] = jsonArray(json)
  const read = valueFromJson(key ?? null)
  if (!isMapKey(read) || value === undefined) throw decodeError('not a map entry')
  return [read, valueFromJson(value)]
}

/** JSON has no NaN, no infinities, and readers may lose the sign of zero. */
function floatToJson(value: number): Json {
  return Number.isFinite(value) && !Object.is(value, -0) ? value : Object.is(value, -0) ? '-0' : String(value)
}

function floatFromJson(json: Json): number {
  if (typeof json === 'number') return json
  switch (json) {
    case '-0':
      return -0
    case 'NaN':
      return Number.NaN
    case 'Infinity':
      return Infinity
    case '-Infinity':
      return -Infinity
    default:
      return fail('no float')
  }
}

export function jsonArray(json: Json | undefined): readonly Json[] {
  if (!Array.isArray(json)) throw decodeError('not an array')
  return json as readonly Json[]
}

function text(json: Json): string {
  if (typeof json !== 'string') throw decodeError('not a text')
  return json
}

function fail(message: string): never {
  throw decodeError(message)
}
