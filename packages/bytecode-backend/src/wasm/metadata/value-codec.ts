import {
  internalError,
  isInteger,
  Keyword,
  keyword,
  type MapKey,
  ResourceHandle,
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
import type { ByteWriter } from '../encoder/byte-writer.js'
import type { ByteReader } from './byte-reader.js'

/** Tags of values in the constants of a module. */
export const valueTags = {
  nil: 0,
  false: 1,
  true: 2,
  int: 3,
  float: 4,
  string: 5,
  keyword: 6,
  symbol: 7,
  timestamp: 8,
  uuid: 9,
  handle: 10,
  vector: 11,
  list: 12,
  map: 13,
} as const

/** Writes a value that can stand in source text. */
export function writeValue(out: ByteWriter, value: Value): void {
  if (value === null) out.byte(valueTags.nil)
  else if (typeof value === 'boolean') out.byte(value ? valueTags.true : valueTags.false)
  else if (isInteger(value)) {
    out.byte(valueTags.int)
    out.s64(BigInt(value))
  } else if (value instanceof RtfsFloat) {
    out.byte(valueTags.float)
    out.f64(value.value)
  } else if (typeof value === 'string') writeText(out, valueTags.string, value)
  else if (value instanceof Keyword) writeText(out, valueTags.keyword, value.name)
  else if (value instanceof RtfsSymbol) writeText(out, valueTags.symbol, value.name)
  else if (value instanceof Timestamp) writeText(out, valueTags.timestamp, value.text)
  else if (value instanceof Uuid) writeText(out, valueTags.uuid, value.text)
  else if (value instanceof ResourceHandle) writeText(out, valueTags.handle, value.text)
  else if (value instanceof RtfsVector || value instanceof RtfsList) {
    out.byte(value instanceof RtfsVector ? valueTags.vector : valueTags.list)
    out.u32(value.size)
    for (const item of value) writeValue(out, item)
  } else if (value instanceof RtfsMap) {
    out.byte(valueTags.map)
    out.u32(value.size)
    value.forEach((item, key) => {
      writeValue(out, key as Value)
      writeValue(out, item)
    })
  } else throw internalError(`a ${typeName(value)} is no constant`)
}

function writeText(out: ByteWriter, tag: number, text: string): void {
  out.byte(tag)
  out.name(text)
}

/** Levels of nesting a constant may have. */
const maxDepth = 1024

/** Reads a value. Throws RangeError for anything that `writeValue` does not write. */
export function readValue(reader: ByteReader, depth = 0): Value {
  if (depth > maxDepth) throw new RangeError('constant nested too deeply')
  const tag = reader.byte()
  switch (tag) {
    case valueTags.nil:
      return null
    case valueTags.false:
      return false
    case valueTags.true:
      return true
    case valueTags.int: {
      const value = reader.s64()
      const small = Number(value)
      return Number.isSafeInteger(small) ? small : value
    }
    case valueTags.float:
      return new RtfsFloat(reader.f64())
    case valueTags.string:
      return reader.name()
    case valueTags.keyword:
      return keyword(reader.name())
    case valueTags.symbol:
      return new RtfsSymbol(reader.name())
    case valueTags.timestamp:
      return new Timestamp(reader.name())
    case valueTags.uuid:
      return new Uuid(reader.name())
    case valueTags.handle:
      return new ResourceHandle(reader.name())
    case valueTags.vector:
      return RtfsVector.adopt(readItems(reader, depth))
    case valueTags.list:
      return RtfsList.from(readItems(reader, depth))
    case valueTags.map:
      return readMap(reader, depth)
    default:
      throw new RangeError(`no value has the tag ${tag}`)
  }
}

function readItems(reader: ByteReader, depth: number): Value[] {
  const count = reader.count()
  const items: Value[] = []
  for (let i = 0; i < count; i++) items.push(readValue(reader, depth + 1))
  return items
}

function readMap(reader: ByteReader, depth: number): RtfsMap {
  const count = reader.count()
  const entries: [MapKey, Value][] = []
  for (let i = 0; i < count; i++) {
    const key = readValue(reader, depth + 1)
    if (!isKey(key)) throw new RangeError('illegal map key')
    entries.push([key, readValue(reader, depth + 1)])
  }
  return RtfsMap.from(entries)
}

function isKey(value: Value): value is MapKey {
  return (
    value instanceof Keyword || typeof value === 'string' || typeof value === 'boolean' || isInteger(value)
  )
}
