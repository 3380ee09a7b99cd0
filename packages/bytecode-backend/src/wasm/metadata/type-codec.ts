import type { Predicate, PrimitiveName, RecordEntry, Type, Value } from '@rtfs/core'
import { primitive } from '@rtfs/core'
import type { ByteWriter } from '../encoder/byte-writer.js'
import type { ByteReader } from './byte-reader.js'
import { readValue, writeValue } from './value-codec.js'

const kinds = [
  'primitive',
  'ref',
  'vector',
  'list',
  'seq',
  'tuple',
  'record',
  'map-of',
  'function',
  'resource',
  'union',
  'and',
  'literal',
  'enum',
  'array',
  'stream',
  'predicate',
] as const

const primitiveNames: readonly PrimitiveName[] = [
  'int',
  'float',
  'string',
  'bool',
  'nil',
  'keyword',
  'symbol',
  'any',
  'never',
  'timestamp',
  'uuid',
  'resource-handle',
  'error',
  'map',
  'vector',
  'list',
  'fn',
]

/** Writes a type expression, or a predicate of one. */
export function writeType(out: ByteWriter, type: Type | Predicate): void {
  out.byte(kinds.indexOf(type.kind))
  switch (type.kind) {
    case 'primitive':
      out.byte(primitiveNames.indexOf(type.name))
      return
    case 'ref':
    case 'resource':
      out.name(type.name)
      return
    case 'vector':
    case 'list':
    case 'seq':
    case 'stream':
      writeType(out, type.element)
      return
    case 'tuple':
      writeAll(out, type.elements)
      return
    case 'record':
      out.u32(type.entries.length)
      for (const { key, type: entry, optional } of type.entries) {
        writeValue(out, key)
        writeType(out, entry)
        out.byte(optional ? 1 : 0)
      }
      writeOptional(out, type.rest)
      return
    case 'map-of':
      writeType(out, type.key)
      writeType(out, type.value)
      return
    case 'function':
      writeAll(out, type.params)
      writeOptional(out, type.rest)
      writeType(out, type.result)
      return
    case 'union':
      writeAll(out, type.members)
      return
    case 'and':
      writeType(out, type.base)
      writeAll(out, type.parts)
      return
    case 'literal':
      writeValue(out, type.value)
      return
    case 'enum':
      writeValues(out, type.values)
      return
    case 'array':
      writeType(out, type.element)
      writeShape(out, type.shape)
      return
    case 'predicate':
      out.name(type.name)
      writeValues(out, type.args)
  }
}

function writeAll(out: ByteWriter, types: readonly (Type | Predicate)[]): void {
  out.u32(types.length)
  for (const type of types) writeType(out, type)
}

function writeOptional(out: ByteWriter, type: Type | undefined): void {
  out.byte(type === undefined ? 0 : 1)
  if (type !== undefined) writeType(out, type)
}

function writeValues(out: ByteWriter, values: readonly Value[]): void {
  out.u32(values.length)
  for (const value of values) writeValue(out, value)
}

/** Dimensions plus one, 0 for any length; the count is 0 without a shape. */
function writeShape(out: ByteWriter, shape: readonly (number | null)[] | undefined): void {
  out.byte(shape === undefined ? 0 : 1)
  if (shape === undefined) return
  out.u32(shape.length)
  for (const dimension of shape) out.u32(dimension === null ? 0 : dimension + 1)
}

/** Levels of nesting a type may have. */
const maxDepth = 1024

/** Reads a type. Throws RangeError for anything that `writeType` does not write. */
export function readType(reader: ByteReader, depth = 0): Type {
  const read = readPart(reader, depth)
  if (read.kind === 'predicate') throw new RangeError('a predicate is no type')
  return read
}

function readPart(reader: ByteReader, depth: number): Type | Predicate {
  if (depth > maxDepth) throw new RangeError('type nested too deeply')
  const inner = (): Type => readType(reader, depth + 1)
  const optional = (): Type | undefined => (reader.byte() === 0 ? undefined : inner())
  const many = <T>(one: () => T): T[] => {
    const count = reader.count()
    const read: T[] = []
    for (let i = 0; i < count; i++) read.push(one())
    return read
  }
  const value = (): Value => readValue(reader)
  const kind = kinds[reader.byte()]
  switch (kind) {
    case 'primitive': {
      const name = primitiveNames[reader.byte()]
      if (name === undefined) throw new RangeError('unknown primitive type')
      return primitive(name)
    }
    case 'ref':
    case 'resource':
      return { kind, name: reader.name() }
    case 'vector':
    case 'list':
    case 'seq':
    case 'stream':
      return { kind, element: inner() }
    case 'tuple':
      return { kind, elements: many(inner) }
    case 'record': {
      const entry = (): RecordEntry => ({ key: value(), type: inner(), optional: reader.byte() !== 0 })
      return { kind, entries: many(entry), rest: optional() }
    }
    case 'map-of':
      return { kind, key: inner(), value: inner() }
    case 'function':
      return { kind, params: many(inner), rest: optional(), result: inner() }
    case 'union':
      return { kind, members: many(inner) }
    case 'and':
      return { kind, base: inner(), parts: many(() => readPart(reader, depth + 1)) }
    case 'literal':
      return { kind, value: value() }
    case 'enum':
      return { kind, values: many(value) }
    case 'array':
      return { kind, element: inner(), shape: readShape(reader) }
    case 'predicate':
      return { kind, name: reader.name(), args: many(value) }
    default:
      throw new RangeError('unknown kind of type')
  }
}

function readShape(reader: ByteReader): (number | null)[] | undefined {
  if (reader.byte() === 0) return undefined
  const count = reader.count()
  const shape: (number | null)[] = []
  for (let i = 0; i < count; i++) {
    const dimension = reader.u32()
    shape.push(dimension === 0 ? null : dimension - 1)
  }
  return shape
}
