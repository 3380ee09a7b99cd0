import type { Immediate } from '../encoder/instructions.js'
import { instructionOf } from '../encoder/instructions.js'
import { sectionIds } from '../encoder/module-builder.js'
import { type FunctionType, type ValueType, valueTypeOf } from '../encoder/value-types.js'
import { ByteReader } from '../metadata/byte-reader.js'

export interface ModuleImport {
  readonly module: string
  readonly name: string
  readonly type: FunctionType
}

export interface ModuleExport {
  readonly name: string
  readonly kind: 'function' | 'table' | 'memory' | 'global'
  readonly index: number
}

export interface Limits {
  readonly min: number
  readonly max: number | undefined
}

/** What one function's code consists of, without looking at what it means. */
export interface ModuleFunction {
  readonly type: FunctionType
  /** Types of its locals, without the parameters, as runs. */
  readonly locals: readonly { readonly count: number; readonly type: ValueType }[]
  /** Where its instructions are. */
  readonly start: number
  readonly end: number
  /** Bytes of the whole body. */
  readonly size: number
}

/** A module as its bytes say, of which every part is of the set that this target uses. */
export interface ParsedModule {
  readonly types: readonly FunctionType[]
  readonly imports: readonly ModuleImport[]
  readonly tables: readonly Limits[]
  readonly memories: readonly Limits[]
  readonly globals: readonly { readonly type: ValueType; readonly mutable: boolean }[]
  readonly exports: readonly ModuleExport[]
  readonly elements: readonly (readonly number[])[]
  readonly functions: readonly ModuleFunction[]
  readonly customs: ReadonlyMap<string, Uint8Array>
  readonly hasStart: boolean
}

const exportKinds = ['function', 'table', 'memory', 'global'] as const

/** Reads a module. Throws RangeError for bytes that are malformed or hold anything our modules never have. */
export function readModule(bytes: Uint8Array): ParsedModule {
  const reader = new ByteReader(bytes)
  const magic = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]
  for (const expected of magic)
    if (reader.byte() !== expected) throw new RangeError('not a WebAssembly module')
  return new ModuleReader(bytes).read(reader)
}

class ModuleReader {
  readonly #bytes: Uint8Array
  readonly #types: FunctionType[] = []
  readonly #imports: ModuleImport[] = []
  readonly #tables: Limits[] = []
  readonly #memories: Limits[] = []
  readonly #globals: { readonly type: ValueType; readonly mutable: boolean }[] = []
  readonly #exports: ModuleExport[] = []
  readonly #elements: (readonly number[])[] = []
  readonly #functionTypes: FunctionType[] = []
  readonly #functions: ModuleFunction[] = []
  readonly #customs = new Map<string, Uint8Array>()
  #hasStart = false

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  read(reader: ByteReader): ParsedModule {
    let last = 0
    while (!reader.done) {
      const id = reader.byte()
      const size = reader.u32()
      if (size > reader.end - reader.at) throw new RangeError('section beyond the end')
      const section = new ByteReader(this.#bytes, reader.at, reader.at + size)
      reader.at += size
      if (id !== sectionIds.custom) {
        if (id <= last) throw new RangeError('sections out of order')
        last = id
      }
      this.#section(id, section)
      if (!section.done) throw new RangeError(`section ${id} has bytes left`)
    }
    if (this.#functions.length !== this.#functionTypes.length) throw new RangeError('functions without code')
    return {
      types: this.#types,
      imports: this.#imports,
      tables: this.#tables,
      memories: this.#memories,
      globals: this.#globals,
      exports: this.#exports,
      elements: this.#elements,
      functions: this.#functions,
      customs: this.#customs,
      hasStart: this.#hasStart,
    }
  }

  #section(id: number, section: ByteReader): void {
    switch (id) {
      case sectionIds.custom: {
        const name = section.name()
        if (this.#customs.has(name)) throw new RangeError(`two sections ${name}`)
        this.#customs.set(name, section.bytes(section.end - section.at))
        return
      }
      case sectionIds.type:
        many(section, () => this.#types.push(readFunctionType(section)))
        return
      case sectionIds.import:
        many(section, () => this.#imports.push(this.#readImport(section)))
        return
      case sectionIds.function:
        many(section, () => this.#functionTypes.push(this.#typeAt(section.u32())))
        return
      case sectionIds.table:
        many(section, () => this.#tables.push(readTable(section)))
        return
      case sectionIds.memory:
        many(section, () => this.#memories.push(readLimits(section)))
        return
      case sectionIds.global:
        many(section, () => this.#globals.push(readGlobal(section)))
        return
      case sectionIds.export:
        many(section, () => this.#exports.push(readExport(section)))
        return
      case sectionIds.start:
        section.u32()
        this.#hasStart = true
        return
      case sectionIds.element:
        many(section, () => this.#elements.push(readElements(section)))
        return
      case sectionIds.code:
        many(section, () => this.#functions.push(this.#readFunction(section)))
        return
      default:
        throw new RangeError(`section ${id} is none of ours`)
    }
  }

  #typeAt(index: number): FunctionType {
    const type = this.#types[index]
    if (type === undefined) throw new RangeError('unknown type')
    return type
  }

  #readImport(section: ByteReader): ModuleImport {
    const module = section.name()
    const name = section.name()
    if (section.byte() !== 0x00) throw new RangeError('an import is no function')
    return { module, name, type: this.#typeAt(section.u32()) }
  }

  #readFunction(section: ByteReader): ModuleFunction {
    const type = this.#functionTypes[this.#functions.length]
    if (type === undefined) throw new RangeError('code without function')
    const size = section.u32()
    if (size > section.end - section.at) throw new RangeError('code beyond the end')
    const body = new ByteReader(this.#bytes, section.at, section.at + size)
    section.at += size
    const locals: { count: number; type: ValueType }[] = []
    many(body, () => locals.push({ count: body.u32(), type: readValueType(body) }))
    return { type, locals, start: body.at, end: body.end, size }
  }
}

function many(reader: ByteReader, one: () => unknown): void {
  const count = reader.count()
  for (let i = 0; i < count; i++) one()
}

function readValueType(reader: ByteReader): ValueType {
  const type = valueTypeOf(reader.byte())
  if (type === undefined) throw new RangeError('unknown type of value')
  return type
}

function readFunctionType(reader: ByteReader): FunctionType {
  if (reader.byte() !== 0x60) throw new RangeError('not a function type')
  const params: ValueType[] = []
  const results: ValueType[] = []
  many(reader, () => params.push(readValueType(reader)))
  many(reader, () => results.push(readValueType(reader)))
  return { params, results }
}

function readLimits(reader: ByteReader): Limits {
  const flags = reader.byte()
  if (flags > 1) throw new RangeError('shared or 64-bit limits')
  const min = reader.u32()
  return { min, max: flags === 1 ? reader.u32() : undefined }
}

function readTable(reader: ByteReader): Limits {
  if (readValueType(reader) !== 'funcref') throw new RangeError('a table is not of functions')
  return readLimits(reader)
}

function readGlobal(reader: ByteReader): { readonly type: ValueType; readonly mutable: boolean } {
  const type = readValueType(reader)
  const mutability = reader.byte()
  if (mutability > 1) throw new RangeError('malformed global')
  readConstant(reader, type)
  return { type, mutable: mutability === 1 }
}

/** The value a global starts with: zero or null of its type, as an instruction and `end`. */
function readConstant(reader: ByteReader, type: ValueType): void {
  const name = instructionOf(reader.byte())?.name
  switch (name) {
    case 'i32.const':
      reader.s32()
      break
    case 'i64.const':
      reader.s64()
      break
    case 'f64.const':
      reader.f64()
      break
    case 'ref.null':
      readValueType(reader)
      break
    default:
      throw new RangeError(`a global of ${type} starts with no constant`)
  }
  if (instructionOf(reader.byte())?.name !== 'end')
    throw new RangeError('a global starts with more than a constant')
}

function readExport(reader: ByteReader): ModuleExport {
  const name = reader.name()
  const kind = exportKinds[reader.byte()]
  if (kind === undefined) throw new RangeError('unknown kind of export')
  return { name, kind, index: reader.u32() }
}

/** Functions that fill the table from its start. */
function readElements(reader: ByteReader): readonly number[] {
  if (reader.byte() !== 0x00) throw new RangeError('unknown kind of element segment')
  if (instructionOf(reader.byte())?.name !== 'i32.const' || reader.s32() !== 0) {
    throw new RangeError('elements do not start at 0')
  }
  if (instructionOf(reader.byte())?.name !== 'end')
    throw new RangeError('elements do not start at a constant')
  const indices: number[] = []
  many(reader, () => indices.push(reader.u32()))
  return indices
}

/** One instruction of a function. */
export interface Instruction {
  readonly name: string
  readonly immediate: Immediate
  /** What follows the opcode, as numbers (bigint for i64). */
  readonly operands: readonly (number | bigint)[]
}

/** Reads the instructions of a function, one at a time. Throws RangeError for those that our modules never have. */
export function* readInstructions(bytes: Uint8Array, { start, end }: ModuleFunction): Generator<Instruction> {
  const reader = new ByteReader(bytes, start, end)
  while (!reader.done) {
    const { name, immediate } = readOpcode(reader)
    yield { name, immediate, operands: readOperands(reader, immediate) }
  }
}

/**
 * Goes through the instructions of a function without keeping them, and checks that each is one of ours. Gives the most
 * blocks that are open at once. Throws RangeError like `readInstructions`.
 */
export function nestingOf(bytes: Uint8Array, { start, end }: ModuleFunction): number {
  const reader = new ByteReader(bytes, start, end)
  let depth = 0
  let nesting = 0
  while (!reader.done) {
    const { name, immediate } = readOpcode(reader)
    skipOperands(reader, immediate)
    if (immediate === 'block') nesting = Math.max(nesting, ++depth)
    else if (name === 'end') depth--
  }
  return nesting
}

function readOpcode(reader: ByteReader): { readonly name: string; readonly immediate: Immediate } {
  const first = reader.byte()
  const code = first === 0xfc ? 0xfc00 + reader.u32() : first
  const known = instructionOf(code)
  if (known === undefined) throw new RangeError(`instruction 0x${code.toString(16)} is none of ours`)
  return known
}

/** The same bytes that `readOperands` reads. */
function skipOperands(reader: ByteReader, immediate: Immediate): void {
  switch (immediate) {
    case 'none':
      return
    case 'label':
    case 'function':
    case 'local':
    case 'global':
    case 'table':
      reader.u32()
      return
    case 'i32':
      reader.s32()
      return
    default:
      readOperands(reader, immediate)
  }
}

function readOperands(reader: ByteReader, immediate: Immediate): readonly (number | bigint)[] {
  switch (immediate) {
    case 'none':
      return []
    case 'block':
      return [reader.s33()]
    case 'i32':
      return [reader.s32()]
    case 'i64':
      return [reader.s64()]
    case 'f64':
      return [reader.f64()]
    case 'memory':
    case 'call-indirect':
      return [reader.u32(), reader.u32()]
    case 'reference-type':
    case 'memory-index':
      return [reader.byte()]
    case 'labels':
    case 'value-types': {
      const operands: number[] = []
      many(reader, () => operands.push(immediate === 'labels' ? reader.u32() : reader.byte()))
      if (immediate === 'labels') operands.push(reader.u32())
      return operands
    }
    default:
      return [reader.u32()]
  }
}
