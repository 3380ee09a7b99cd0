import type { FunctionType, ValueType } from '../encoder/value-types.js'
import { valueTypeOf } from '../encoder/value-types.js'
import {
  type Instruction,
  type ModuleFunction,
  type ParsedModule,
  readInstructions,
  readModule,
} from '../executor/module-reader.js'
import { functionNames } from './function-names.js'

/**
 * A module as WebAssembly text, for people: functions carry the names they have in the source, calls say what they
 * call. It is valid text that assembles to the same code. Throws RangeError for bytes that are no module of ours.
 */
export function emitWat(bytes: Uint8Array): string {
  const module = readModule(bytes)
  const names = functionNames(module.customs.get('name'))
  return new WatWriter(bytes, module, names).write()
}

class WatWriter {
  readonly #bytes: Uint8Array
  readonly #module: ParsedModule
  readonly #names: ReadonlyMap<number, string>
  readonly #lines: string[] = []

  constructor(bytes: Uint8Array, module: ParsedModule, names: ReadonlyMap<number, string>) {
    this.#bytes = bytes
    this.#module = module
    this.#names = names
  }

  write(): string {
    const { types, imports, tables, memories, globals, exports, elements, functions } = this.#module
    this.#line(0, '(module')
    types.forEach((type, index) => {
      this.#line(1, `(type (;${index};) (func${signature(type)}))`)
    })
    imports.forEach(({ module, name, type }, index) => {
      this.#line(1, `(import ${quoted(module)} ${quoted(name)} (func (;${index};)${signature(type)}))`)
    })
    for (const { min, max } of tables) this.#line(1, `(table ${min} ${max ?? ''} funcref)`)
    for (const { min, max } of memories) this.#line(1, `(memory ${min} ${max ?? ''})`)
    globals.forEach(({ type, mutable }, index) => {
      this.#line(1, `(global (;${index};) ${mutable ? `(mut ${type})` : type} ${zero(type)})`)
    })
    for (const { name, kind, index } of exports) {
      this.#line(1, `(export ${quoted(name)} (${kind === 'function' ? 'func' : kind} ${index}))`)
    }
    for (const indices of elements) this.#line(1, `(elem (i32.const 0) func ${indices.join(' ')})`)
    for (const [position, fn] of functions.entries()) this.#function(imports.length + position, fn)
    this.#line(0, ')')
    return `${this.#lines.join('\n')}\n`
  }

  #line(depth: number, text: string): void {
    this.#lines.push('  '.repeat(depth) + text)
  }

  #nameOf(index: number): string {
    const imported = this.#module.imports[index]
    const name = imported === undefined ? this.#names.get(index) : `${imported.module}.${imported.name}`
    return name === undefined ? '' : ` (; ${name.replaceAll(';)', '; )')} ;)`
  }

  #function(index: number, fn: ModuleFunction): void {
    this.#line(1, `(func (;${index};)${this.#nameOf(index)}${signature(fn.type)}`)
    const locals = fn.locals.flatMap(({ count, type }) => new Array<string>(count).fill(type))
    if (locals.length > 0) this.#line(2, `(local ${locals.join(' ')})`)
    let depth = 2
    const instructions = [...readInstructions(this.#bytes, fn)]
    // The last `end` is the closing parenthesis.
    for (const instruction of instructions.slice(0, -1)) {
      const { name } = instruction
      const dedents = name === 'end' || name === 'else' || name === 'catch_all'
      if (dedents) depth--
      this.#line(depth, this.#instruction(instruction))
      if (instruction.immediate === 'block' || name === 'else' || name === 'catch_all') depth++
    }
    this.#line(1, ')')
  }

  #instruction({ name, immediate, operands }: Instruction): string {
    switch (immediate) {
      case 'none':
        return name
      case 'block':
        return `${name}${this.#blockType(Number(operands[0]))}`
      case 'function':
        return `${name} ${operands[0]}${this.#nameOf(Number(operands[0]))}`
      case 'call-indirect':
        return `${name} (type ${operands[0]})`
      case 'memory':
        return `${name} offset=${operands[1]}`
      case 'reference-type':
        return `${name} extern`
      case 'value-types':
        return `select (result ${operands.map(byte => valueTypeOf(Number(byte)) ?? '').join(' ')})`
      case 'f64':
        return `${name} ${floatText(Number(operands[0]))}`
      case 'memory-index':
        return name
      default:
        return `${name} ${operands.join(' ')}`
    }
  }

  #blockType(type: number): string {
    if (type === -64) return ''
    if (type < 0) return ` (result ${valueTypeOf(type & 0x7f) ?? ''})`
    return ` (type ${type})`
  }
}

function signature({ params, results }: FunctionType): string {
  const takes = params.length === 0 ? '' : ` (param ${params.join(' ')})`
  const gives = results.length === 0 ? '' : ` (result ${results.join(' ')})`
  return takes + gives
}

function zero(type: ValueType): string {
  if (type === 'externref') return '(ref.null extern)'
  return type === 'funcref' ? '(ref.null func)' : `(${type}.const 0)`
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  return Object.is(value, -0) ? '-0' : String(value)
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`
}
