import type { Type } from '@rtfs/core'
import { raiseReasons } from '../abi.js'
import { ByteWriter } from '../encoder/byte-writer.js'
import type { ValueType } from '../encoder/value-types.js'
import { ByteReader } from './byte-reader.js'
import { type Constant, readConstant, writeConstant } from './constants.js'
import { readType, writeType } from './type-codec.js'

/** A function that closure objects of a module may run. */
export interface FunctionMetadata {
  /** Its name in the source, empty for an anonymous function. */
  readonly name: string
  /** Number of parameters without the rest parameter. */
  readonly arity: number
  readonly hasRest: boolean
  /** The same number for all versions of one function of the source. */
  readonly source: number
  /** Number of captured values. */
  readonly captures: number
  /** Where in the table its code is for a call with so many arguments; for variadic ones, the rest as a list. */
  readonly entry: number
  /** Code of a variadic function for calls with a certain number of arguments: count and place in the table. */
  readonly adapters: readonly (readonly [count: number, entry: number])[]
  /** The frame it belongs to, plus one, when the host is asked before each call of it; else 0. */
  readonly asks: number
}

/** A place where code raises by itself. */
export interface RaiseSite {
  readonly site: number
  /** Index in `raiseReasons`. */
  readonly reason: number
  /** Fuel spent that the code had not subtracted yet. */
  readonly pending: number
}

/** An exported function. Types are those of the wasm export, without fuel and depth; an int crosses as f64. */
export interface ExportMetadata {
  readonly name: string
  /** Whether each unboxed parameter is an int; floats are f64 too. */
  readonly params: readonly ExportType[]
  readonly result: ExportType
  /** Number of parameters without the rest list, which comes last where there is one. */
  readonly arity: number
  readonly hasRest: boolean
  /** True when `@any name` exists, for arguments that do not fit `params`. */
  readonly hasGeneral: boolean
}

export type ExportType = 'int' | 'float' | 'bool' | 'any'

/** What the executor must know of a module besides its code; the custom section `rtfs` of the module. */
export interface ModuleMetadata {
  readonly constants: readonly Constant[]
  readonly functions: readonly FunctionMetadata[]
  readonly raises: readonly RaiseSite[]
  readonly exports: readonly ExportMetadata[]
  /** Type aliases that the unit defines. */
  readonly types: readonly (readonly [name: string, type: Type])[]
  /** True when the top level has to run before functions are called. */
  readonly hasInit: boolean
}

const version = 1

const exportTypes: readonly ExportType[] = ['int', 'float', 'bool', 'any']

/** The wasm type in which a value of an exported function crosses. */
export const exportValueTypes: Readonly<Record<ExportType, ValueType>> = {
  int: 'f64',
  float: 'f64',
  bool: 'i32',
  any: 'externref',
}

export function encodeMetadata(metadata: ModuleMetadata): Uint8Array {
  const out = new ByteWriter()
  out.u32(version)
  out.u32(metadata.constants.length)
  for (const constant of metadata.constants) writeConstant(out, constant)
  out.u32(metadata.functions.length)
  for (const fn of metadata.functions) {
    out.name(fn.name)
    out.u32(fn.arity)
    out.byte(fn.hasRest ? 1 : 0)
    out.u32(fn.source)
    out.u32(fn.captures)
    out.u32(fn.entry)
    out.u32(fn.asks)
    out.u32(fn.adapters.length)
    for (const [count, entry] of fn.adapters) {
      out.u32(count)
      out.u32(entry)
    }
  }
  out.u32(metadata.raises.length)
  for (const { site, reason, pending } of metadata.raises) {
    out.u32(site)
    out.byte(reason)
    out.u32(pending)
  }
  out.u32(metadata.exports.length)
  for (const exported of metadata.exports) {
    out.name(exported.name)
    out.u32(exported.params.length)
    for (const param of exported.params) out.byte(exportTypes.indexOf(param))
    out.byte(exportTypes.indexOf(exported.result))
    out.u32(exported.arity)
    out.byte(exported.hasRest ? 1 : 0)
    out.byte(exported.hasGeneral ? 1 : 0)
  }
  out.u32(metadata.types.length)
  for (const [name, type] of metadata.types) {
    out.name(name)
    writeType(out, type)
  }
  out.byte(metadata.hasInit ? 1 : 0)
  return out.toBytes()
}

/** Reads what `encodeMetadata` writes. Throws RangeError for anything else. */
export function decodeMetadata(bytes: Uint8Array): ModuleMetadata {
  const reader = new ByteReader(bytes)
  if (reader.u32() !== version) throw new RangeError('unknown version of the metadata')
  const many = <T>(one: () => T): T[] => {
    const count = reader.count()
    const read: T[] = []
    for (let i = 0; i < count; i++) read.push(one())
    return read
  }
  const flag = (): boolean => reader.byte() !== 0
  const constants = many(() => readConstant(reader))
  const functions = many((): FunctionMetadata => {
    return {
      name: reader.name(),
      arity: reader.u32(),
      hasRest: flag(),
      source: reader.u32(),
      captures: reader.u32(),
      entry: reader.u32(),
      asks: reader.u32(),
      adapters: many(() => [reader.u32(), reader.u32()] as const),
    }
  })
  const raises = many((): RaiseSite => ({ site: reader.u32(), reason: reader.byte(), pending: reader.u32() }))
  if (raises.some(({ reason }) => reason >= raiseReasons.length))
    throw new RangeError('unknown reason to raise')
  const exportType = (): ExportType => {
    const type = exportTypes[reader.byte()]
    if (type === undefined) throw new RangeError('unknown type of an export')
    return type
  }
  const exports = many((): ExportMetadata => {
    return {
      name: reader.name(),
      params: many(exportType),
      result: exportType(),
      arity: reader.u32(),
      hasRest: flag(),
      hasGeneral: flag(),
    }
  })
  const types = many(() => [reader.name(), readType(reader)] as const)
  const hasInit = flag()
  if (!reader.done) throw new RangeError('bytes after the metadata')
  return { constants, functions, raises, exports, types, hasInit }
}
