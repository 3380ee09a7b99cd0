import type { Type, Value } from '@rtfs/core'
import type { ImportedNames, ModuleHead } from '@rtfs/interfaces'
import type { CatchPattern } from '@rtfs/parser'
import type { ByteWriter } from '../encoder/byte-writer.js'
import type { ByteReader } from './byte-reader.js'
import { readTemplate, type Template, writeTemplate } from './template-codec.js'
import { readType, writeType } from './type-codec.js'
import { readValue, writeValue } from './value-codec.js'

/** Something that code refers to by number and that the executor makes once, at instantiation. */
export type Constant =
  | { readonly kind: 'value'; readonly value: Value }
  /** A library function as a value. */
  | { readonly kind: 'builtin'; readonly name: string }
  /** The closure object of a function that captures nothing, by its number in the functions of the module. */
  | { readonly kind: 'function'; readonly index: number }
  /** `frame` is the unit whose aliases it may name: 0 for the program, else the number of a module form. */
  | { readonly kind: 'type'; readonly type: Type; readonly frame: number }
  /** The constructor of a `defstruct`. */
  | { readonly kind: 'struct'; readonly name: string; readonly type: Type; readonly frame: number }
  | { readonly kind: 'catch'; readonly pattern: CatchPattern; readonly frame: number }
  | { readonly kind: 'template'; readonly template: Template }
  | { readonly kind: 'import'; readonly request: ImportedNames }
  | { readonly kind: 'module'; readonly head: ModuleHead }

const tags = [
  'value',
  'builtin',
  'function',
  'type',
  'catch',
  'struct',
  'template',
  'import',
  'module',
] as const
const catchTags = ['catch-any', 'catch-type', 'catch-kind', 'catch-conforms'] as const

export function writeConstant(out: ByteWriter, constant: Constant): void {
  out.byte(tags.indexOf(constant.kind))
  switch (constant.kind) {
    case 'value':
      writeValue(out, constant.value)
      return
    case 'builtin':
      out.name(constant.name)
      return
    case 'function':
      out.u32(constant.index)
      return
    case 'type':
      out.u32(constant.frame)
      writeType(out, constant.type)
      return
    case 'catch':
      out.u32(constant.frame)
      writeCatch(out, constant.pattern)
      return
    case 'struct':
      out.name(constant.name)
      out.u32(constant.frame)
      writeType(out, constant.type)
      return
    case 'template':
      writeTemplate(out, constant.template)
      return
    case 'import': {
      const { module, alias, only, referAll } = constant.request
      out.name(module)
      writeNames(out, alias === undefined ? undefined : [alias])
      writeNames(out, only)
      out.byte(referAll ? 1 : 0)
      return
    }
    case 'module': {
      const { name, doc, exports, privates, globals } = constant.head
      out.name(name)
      writeNames(out, doc === undefined ? undefined : [doc])
      writeNames(out, exports)
      writeNames(out, privates)
      writeNames(out, globals)
    }
  }
}

/** A list of names; `undefined` is not the same as none. */
function writeNames(out: ByteWriter, names: readonly string[] | undefined): void {
  out.u32(names === undefined ? 0 : names.length + 1)
  for (const name of names ?? []) out.name(name)
}

function readNames(reader: ByteReader): readonly string[] | undefined {
  const count = reader.u32()
  if (count === 0) return undefined
  const names: string[] = []
  for (let i = 1; i < count; i++) names.push(reader.name())
  return names
}

function readImport(reader: ByteReader): ImportedNames {
  const module = reader.name()
  const alias = readNames(reader)?.[0]
  return { module, alias, only: readNames(reader), referAll: reader.byte() !== 0 }
}

function readModule(reader: ByteReader): ModuleHead {
  const name = reader.name()
  const doc = readNames(reader)?.[0]
  const exports = readNames(reader)
  return { name, doc, exports, privates: readNames(reader) ?? [], globals: readNames(reader) ?? [] }
}

function writeCatch(out: ByteWriter, pattern: CatchPattern): void {
  out.byte(catchTags.indexOf(pattern.kind))
  if (pattern.kind === 'catch-type') out.name(pattern.type)
  else if (pattern.kind === 'catch-kind') out.name(pattern.errorKind)
  else if (pattern.kind === 'catch-conforms') writeType(out, pattern.type)
}

/** Reads a constant. Throws RangeError for anything that `writeConstant` does not write. */
export function readConstant(reader: ByteReader): Constant {
  switch (tags[reader.byte()]) {
    case 'value':
      return { kind: 'value', value: readValue(reader) }
    case 'builtin':
      return { kind: 'builtin', name: reader.name() }
    case 'function':
      return { kind: 'function', index: reader.u32() }
    case 'type':
      return { kind: 'type', frame: reader.u32(), type: readType(reader) }
    case 'catch':
      return { kind: 'catch', frame: reader.u32(), pattern: readCatch(reader) }
    case 'template':
      return { kind: 'template', template: readTemplate(reader) }
    case 'struct':
      return { kind: 'struct', name: reader.name(), frame: reader.u32(), type: readType(reader) }
    case 'import':
      return { kind: 'import', request: readImport(reader) }
    case 'module':
      return { kind: 'module', head: readModule(reader) }
    default:
      throw new RangeError('unknown kind of constant')
  }
}

function readCatch(reader: ByteReader): CatchPattern {
  switch (catchTags[reader.byte()]) {
    case 'catch-any':
      return { kind: 'catch-any' }
    case 'catch-type':
      return { kind: 'catch-type', type: reader.name() }
    case 'catch-kind':
      return { kind: 'catch-kind', errorKind: reader.name() }
    case 'catch-conforms':
      return { kind: 'catch-conforms', type: readType(reader) }
    default:
      throw new RangeError('unknown kind of catch pattern')
  }
}
