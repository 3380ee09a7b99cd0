import type { Type, Value } from '@rtfs/core'
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
  | { readonly kind: 'type'; readonly type: Type }
  /** The constructor of a `defstruct`. */
  | { readonly kind: 'struct'; readonly name: string; readonly type: Type }
  | { readonly kind: 'catch'; readonly pattern: CatchPattern }
  | { readonly kind: 'template'; readonly template: Template }

const tags = ['value', 'builtin', 'function', 'type', 'catch', 'struct', 'template'] as const
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
      writeType(out, constant.type)
      return
    case 'catch':
      writeCatch(out, constant.pattern)
      return
    case 'struct':
      out.name(constant.name)
      writeType(out, constant.type)
      return
    case 'template':
      writeTemplate(out, constant.template)
  }
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
      return { kind: 'type', type: readType(reader) }
    case 'catch':
      return { kind: 'catch', pattern: readCatch(reader) }
    case 'template':
      return { kind: 'template', template: readTemplate(reader) }
    case 'struct':
      return { kind: 'struct', name: reader.name(), type: readType(reader) }
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
