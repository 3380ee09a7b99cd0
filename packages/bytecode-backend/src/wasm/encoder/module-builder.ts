import type { FunctionSize } from '../module-limits.js'
import { ByteWriter } from './byte-writer.js'
import type { FunctionBody, FunctionReference } from './function-body.js'
import { instructions } from './instructions.js'
import { type FunctionType, functionTypeText, type ValueType, valueTypeBytes } from './value-types.js'

interface ImportedFunction extends FunctionReference {
  readonly module: string
  readonly name: string
  readonly type: number
}

interface DefinedFunction extends FunctionReference {
  readonly name: string
  readonly type: number
  body: FunctionBody | undefined
}

/** Numbers of the sections, in the order they have in a module. */
export const sectionIds = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
} as const

/** Collects the parts of a module and writes them. The same calls in the same order give the same bytes. */
export class ModuleBuilder {
  readonly #types: FunctionType[] = []
  readonly #typeIndex = new Map<string, number>()
  readonly #imports = new Map<string, ImportedFunction>()
  readonly #functions: DefinedFunction[] = []
  readonly #globals: ValueType[] = []
  readonly #exports: { readonly name: string; readonly kind: 0 | 2; readonly target: FunctionReference }[] =
    []
  readonly #table: FunctionReference[] = []
  readonly #customs: { readonly name: string; readonly content: Uint8Array }[] = []
  readonly #sizes: FunctionSize[] = []
  #memoryPages = 0
  #mostPages = 0
  #usesTable = false

  /** Index of a function type; equal types share one. */
  type(type: FunctionType): number {
    const key = functionTypeText(type)
    let index = this.#typeIndex.get(key)
    if (index === undefined) {
      index = this.#types.length
      this.#types.push(type)
      this.#typeIndex.set(key, index)
    }
    return index
  }

  /** Most parameters that a function has. */
  get mostParams(): number {
    return this.#types.reduce((most, { params }) => Math.max(most, params.length), 0)
  }

  /** An imported function; the same one for the same name and type. */
  importFunction(module: string, name: string, type: FunctionType): FunctionReference {
    const key = `${module} ${name}`
    let known = this.#imports.get(key)
    if (known === undefined) {
      known = { index: this.#imports.size, module, name, type: this.type(type) }
      this.#imports.set(key, known)
    }
    return known
  }

  /** A function of this module; its body follows with `define`. */
  declare(name: string, type: FunctionType): FunctionReference {
    const made: DefinedFunction = { index: -1, name, type: this.type(type), body: undefined }
    this.#functions.push(made)
    return made
  }

  /** Takes back functions that nothing refers to any more. */
  discard(targets: readonly FunctionReference[]): void {
    const gone = new Set<FunctionReference>(targets)
    const kept = this.#functions.filter(made => !gone.has(made))
    this.#functions.length = 0
    for (const made of kept) this.#functions.push(made)
  }

  define(target: FunctionReference, body: FunctionBody): void {
    ;(target as DefinedFunction).body = body
  }

  /** A mutable global, zero or null at first. */
  global(type: ValueType): number {
    this.#globals.push(type)
    return this.#globals.length - 1
  }

  exportFunction(name: string, target: FunctionReference): void {
    this.#exports.push({ name, kind: 0, target })
  }

  /** The memory, of exactly `pages` pages, exported as `name`. */
  exportMemory(name: string, pages: number, most = pages): void {
    this.#memoryPages = pages
    this.#mostPages = most
    this.#exports.push({ name, kind: 2, target: { index: 0 } })
  }

  /** Says that code calls through the table, so that there is one even when nothing is in it. */
  useTable(): void {
    this.#usesTable = true
  }

  /** Puts a function into the table of functions; its index there. */
  tableEntry(target: FunctionReference): number {
    this.#table.push(target)
    return this.#table.length - 1
  }

  custom(name: string, content: Uint8Array): void {
    this.#customs.push({ name, content })
  }

  /** `module.name` of every import, in the order of first use. */
  importNames(): string[] {
    return [...this.#imports.values()].map(({ module, name }) => `${module}.${name}`)
  }

  /** Sizes of the functions, known once the bytes are written. */
  get sizes(): readonly FunctionSize[] {
    return this.#sizes
  }

  toBytes(): Uint8Array {
    this.#functions.forEach((made, position) => {
      made.index = this.#imports.size + position
    })
    const out = new ByteWriter()
    out.raw(Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00))
    this.#typeSection(out)
    this.#importSection(out)
    this.#functionSection(out)
    this.#tableSection(out)
    this.#memorySection(out)
    this.#globalSection(out)
    this.#exportSection(out)
    this.#elementSection(out)
    this.#codeSection(out)
    for (const { name, content } of this.#customs) {
      const section = new ByteWriter()
      section.name(name)
      section.raw(content)
      writeSection(out, sectionIds.custom, section)
    }
    this.#nameSection(out)
    return out.toBytes()
  }

  #typeSection(out: ByteWriter): void {
    if (this.#types.length === 0) return
    const section = new ByteWriter()
    section.u32(this.#types.length)
    for (const { params, results } of this.#types) {
      section.byte(0x60)
      writeTypes(section, params)
      writeTypes(section, results)
    }
    writeSection(out, sectionIds.type, section)
  }

  #importSection(out: ByteWriter): void {
    if (this.#imports.size === 0) return
    const section = new ByteWriter()
    section.u32(this.#imports.size)
    for (const { module, name, type } of this.#imports.values()) {
      section.name(module)
      section.name(name)
      section.byte(0x00)
      section.u32(type)
    }
    writeSection(out, sectionIds.import, section)
  }

  #functionSection(out: ByteWriter): void {
    const section = new ByteWriter()
    section.u32(this.#functions.length)
    for (const { type } of this.#functions) section.u32(type)
    writeSection(out, sectionIds.function, section)
  }

  #tableSection(out: ByteWriter): void {
    const size = this.#table.length
    if (size === 0 && !this.#usesTable) return
    const section = new ByteWriter()
    section.u32(1)
    section.byte(valueTypeBytes.funcref)
    section.byte(0x01)
    section.u32(size)
    section.u32(size)
    writeSection(out, sectionIds.table, section)
  }

  #memorySection(out: ByteWriter): void {
    if (this.#memoryPages === 0) return
    const section = new ByteWriter()
    section.u32(1)
    section.byte(0x01)
    section.u32(this.#memoryPages)
    section.u32(this.#mostPages)
    writeSection(out, sectionIds.memory, section)
  }

  #globalSection(out: ByteWriter): void {
    if (this.#globals.length === 0) return
    const section = new ByteWriter()
    section.u32(this.#globals.length)
    for (const type of this.#globals) {
      section.byte(valueTypeBytes[type])
      section.byte(0x01)
      writeZero(section, type)
      section.byte(instructions.end.code)
    }
    writeSection(out, sectionIds.global, section)
  }

  #exportSection(out: ByteWriter): void {
    if (this.#exports.length === 0) return
    const section = new ByteWriter()
    section.u32(this.#exports.length)
    for (const { name, kind, target } of this.#exports) {
      section.name(name)
      section.byte(kind)
      section.u32(target.index)
    }
    writeSection(out, sectionIds.export, section)
  }

  #elementSection(out: ByteWriter): void {
    if (this.#table.length === 0) return
    const section = new ByteWriter()
    section.u32(1)
    section.byte(0x00)
    section.byte(instructions['i32.const'].code)
    section.s32(0)
    section.byte(instructions.end.code)
    section.u32(this.#table.length)
    for (const { index } of this.#table) section.u32(index)
    writeSection(out, sectionIds.element, section)
  }

  #codeSection(out: ByteWriter): void {
    const section = new ByteWriter()
    section.u32(this.#functions.length)
    for (const { name, body } of this.#functions) {
      if (body === undefined) throw new Error(`function ${name} has no body`)
      const code = body.assemble()
      section.sized(code)
      this.#sizes.push({ bytes: code.length, locals: body.localCount, nesting: body.deepest })
    }
    writeSection(out, sectionIds.code, section)
  }

  /** The standard `name` section: names of functions, for tools and profilers. */
  #nameSection(out: ByteWriter): void {
    const names = new ByteWriter()
    names.u32(this.#functions.length)
    for (const { index, name } of this.#functions) {
      names.u32(index)
      names.name(name)
    }
    const section = new ByteWriter()
    section.name('name')
    section.byte(0x01)
    section.sized(names)
    writeSection(out, sectionIds.custom, section)
  }
}

function writeSection(out: ByteWriter, id: number, content: ByteWriter): void {
  out.byte(id)
  out.sized(content)
}

function writeTypes(out: ByteWriter, types: readonly ValueType[]): void {
  out.u32(types.length)
  for (const type of types) out.byte(valueTypeBytes[type])
}

function writeZero(out: ByteWriter, type: ValueType): void {
  switch (type) {
    case 'i32':
      out.byte(instructions['i32.const'].code)
      out.s32(0)
      return
    case 'i64':
      out.byte(instructions['i64.const'].code)
      out.s64(0n)
      return
    case 'f64':
      out.byte(instructions['f64.const'].code)
      out.f64(0)
      return
    default:
      out.byte(instructions['ref.null'].code)
      out.byte(valueTypeBytes[type])
  }
}
