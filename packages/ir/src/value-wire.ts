import {
  isWellFormed,
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

/** What CBOR carries in our encoding: no floats, no maps, no bigints, only well-formed strings. */
export type Wire = null | boolean | number | string | Uint8Array | readonly Wire[]

/** First elements of tagged values. CBOR alone would merge 1.0 with 1 and lose −0 and lone surrogates. */
const tags = {
  float: 0,
  bigint: 1,
  surrogates: 2,
  keyword: 3,
  symbol: 4,
  timestamp: 5,
  uuid: 6,
  handle: 7,
  vector: 8,
  list: 9,
  map: 10,
} as const

/** A value that can stand in code as data. Functions and errors cannot: RTFS_USAGE. */
export function valueToWire(value: Value): Wire {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return value
  if (typeof value === 'string') return textToWire(value)
  if (typeof value === 'bigint') return [tags.bigint, String(value)]
  if (value instanceof RtfsFloat) return [tags.float, floatBytes(value.value)]
  if (value instanceof Keyword) return [tags.keyword, textToWire(value.name)]
  if (value instanceof RtfsSymbol) return [tags.symbol, textToWire(value.name)]
  if (value instanceof Timestamp) return [tags.timestamp, value.text]
  if (value instanceof Uuid) return [tags.uuid, value.text]
  if (value instanceof ResourceHandle) return [tags.handle, textToWire(value.text)]
  if (value instanceof RtfsVector) return [tags.vector, ...value.toArray().map(valueToWire)]
  if (value instanceof RtfsList) return [tags.list, ...value.toArray().map(valueToWire)]
  if (value instanceof RtfsMap) {
    return [tags.map, ...[...value].flatMap(([key, each]) => [valueToWire(key), valueToWire(each)])]
  }
  throw new RtfsError('RTFS_USAGE', `a ${typeName(value)} cannot stand in code as data`)
}

export function valueFromWire(wire: Wire): Value {
  if (wire === null || typeof wire === 'boolean' || typeof wire === 'string') return wire
  if (typeof wire === 'number') return integerFromWire(wire)
  if (!Array.isArray(wire)) throw decodeError('a value of an unknown kind')
  const [tag, ...parts] = wire as readonly Wire[]
  switch (tag) {
    case tags.surrogates:
      return textFromWire(wire)
    case tags.vector:
      return RtfsVector.from(parts.map(valueFromWire))
    case tags.list:
      return RtfsList.from(parts.map(valueFromWire))
    case tags.map:
      return mapFromWire(parts)
  }
  if (parts.length !== 1) throw decodeError('a tagged value without exactly one part')
  const [part] = parts
  if (tag === tags.float) return new RtfsFloat(floatFromBytes(part!))
  if (tag === tags.bigint) return bigintFromWire(part!)
  const text = textFromWire(part!)
  switch (tag) {
    case tags.keyword:
      return keyword(text)
    case tags.symbol:
      return new RtfsSymbol(text)
    case tags.handle:
      return new ResourceHandle(text)
    case tags.timestamp:
      return parseTimestamp(text) ?? fail(`no timestamp: ${text}`)
    case tags.uuid:
      return parseUuid(text) ?? fail(`no uuid: ${text}`)
    default:
      return fail('a value with an unknown tag')
  }
}

/** True for what may be a map key (LANGUAGE §3.3). */
export function isMapKey(value: Value): value is MapKey {
  return (
    value instanceof Keyword ||
    typeof value === 'string' ||
    typeof value === 'number' ||
    typeof value === 'bigint' ||
    typeof value === 'boolean'
  )
}

/** A string; one with a lone surrogate as its UTF-16 code units, since CBOR text must be Unicode. */
export function textToWire(text: string): Wire {
  if (isWellFormed(text)) return text
  const bytes = new Uint8Array(text.length * 2)
  for (let i = 0; i < text.length; i++) {
    bytes[2 * i] = text.charCodeAt(i) >> 8
    bytes[2 * i + 1] = text.charCodeAt(i) & 255
  }
  return [tags.surrogates, bytes]
}

export function textFromWire(wire: Wire): string {
  if (typeof wire === 'string') return wire
  if (!Array.isArray(wire) || wire.length !== 2 || wire[0] !== tags.surrogates)
    throw decodeError('not a text')
  const bytes: unknown = wire[1]
  if (!(bytes instanceof Uint8Array) || bytes.length % 2 !== 0) throw decodeError('not a text')
  let text = ''
  for (let i = 0; i < bytes.length; i += 2) text += String.fromCharCode(bytes[i]! * 256 + bytes[i + 1]!)
  return text
}

function mapFromWire(parts: readonly Wire[]): RtfsMap {
  if (parts.length % 2 !== 0) throw decodeError('a map with a key without value')
  const entries: (readonly [MapKey, Value])[] = []
  for (let i = 0; i < parts.length; i += 2) {
    const key = valueFromWire(parts[i]!)
    if (!isMapKey(key)) throw decodeError(`a ${typeName(key)} as map key`)
    entries.push([key, valueFromWire(parts[i + 1]!)])
  }
  return RtfsMap.from(entries)
}

function integerFromWire(wire: number): number {
  if (!Number.isSafeInteger(wire)) throw decodeError('a number that is no safe integer')
  return wire
}

function bigintFromWire(wire: Wire): bigint {
  const value = typeof wire === 'string' ? parseInteger(wire) : undefined
  if (typeof value !== 'bigint') throw decodeError('a big integer in the safe range or outside 64 bits')
  return value
}

/** IEEE-754 binary64, big-endian; there is one NaN. */
export function floatBytes(value: number): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setFloat64(0, Number.isNaN(value) ? Number.NaN : value)
  return bytes
}

function floatFromBytes(wire: Wire): number {
  if (!(wire instanceof Uint8Array) || wire.length !== 8) throw decodeError('a float without 8 bytes')
  return new DataView(wire.buffer, wire.byteOffset, 8).getFloat64(0)
}

function fail(message: string): never {
  throw decodeError(message)
}
