import { ByteWriter } from './byte-writer.js'
import { type InstructionName, instructions, type PlainInstruction } from './instructions.js'
import { type ValueType, valueTypeBytes } from './value-types.js'

/** A function whose index is not known yet: imports come first, and code is written before all of them are known. */
export interface FunctionReference {
  index: number
}

type BlockKind = 'block' | 'loop' | 'if' | 'try'

interface OpenBlock {
  readonly kind: BlockKind
  readonly depth: number
  /** True when the block stands in code that cannot be reached, so that nothing of it is written. */
  readonly skipped: boolean
  /** Some branch jumps to its end. */
  branched: boolean
  /** The part before `else` or `catch_all` runs to its end. */
  firstPartEnds: boolean
  hasElse: boolean
}

/** A block that can be branched to: the end of a block, the start of a loop. */
export type Label = OpenBlock

/** Type of a block: nothing, one value, or the index of a function type. */
export type BlockType = ValueType | number | undefined

interface Patch {
  readonly at: number
  readonly write: (out: ByteWriter) => void
}

const memoryAlignment = { i32: 2, i64: 3, f64: 3 } as const

type MemoryInstruction = 'i32.load' | 'i64.load' | 'f64.load' | 'i32.store' | 'i64.store' | 'f64.store'

/**
 * The instructions of one function, written in order. What is not known when its turn comes (an index, an amount)
 * is a patch, filled in at the end. Code that cannot be reached is not written: after a jump everything is skipped up
 * to the end of its block.
 */
export class FunctionBody {
  readonly #code = new ByteWriter()
  readonly #patches: Patch[] = []
  readonly #locals: ValueType[] = []
  readonly #blocks: OpenBlock[] = []
  readonly #paramCount: number
  #live = true
  #deepest = 0

  constructor(paramCount: number) {
    this.#paramCount = paramCount
  }

  /** False after a jump, until the end of the block it stands in. */
  get live(): boolean {
    return this.#live
  }

  /** A new local; the caller reuses them. */
  local(type: ValueType): number {
    this.#locals.push(type)
    return this.#paramCount + this.#locals.length - 1
  }

  get localCount(): number {
    return this.#paramCount + this.#locals.length
  }

  /** Bytes written so far, without patches. */
  get size(): number {
    return this.#code.length
  }

  /** Blocks that are open here. */
  get openBlocks(): number {
    return this.#blocks.length
  }

  /** Most blocks open at once. */
  get deepest(): number {
    return this.#deepest
  }

  /** Writes an opcode; false when it is in code that cannot be reached. */
  #begin(name: InstructionName): boolean {
    if (!this.#live) return false
    const { code } = instructions[name]
    if (code > 0xff) {
      this.#code.byte(0xfc)
      this.#code.u32(code & 0xff)
    } else this.#code.byte(code)
    return true
  }

  #indexed(name: InstructionName, index: number): this {
    if (this.#begin(name)) this.#code.u32(index)
    return this
  }

  /** An instruction without immediates that does not jump. */
  op(name: PlainInstruction): this {
    this.#begin(name)
    return this
  }

  localGet(index: number): this {
    return this.#indexed('local.get', index)
  }

  localSet(index: number): this {
    return this.#indexed('local.set', index)
  }

  localTee(index: number): this {
    return this.#indexed('local.tee', index)
  }

  globalGet(index: number): this {
    return this.#indexed('global.get', index)
  }

  globalSet(index: number): this {
    return this.#indexed('global.set', index)
  }

  i32(value: number): this {
    if (this.#begin('i32.const')) this.#code.s32(value)
    return this
  }

  i64(value: bigint): this {
    if (this.#begin('i64.const')) this.#code.s64(value)
    return this
  }

  f64(value: number): this {
    if (this.#begin('f64.const')) this.#code.f64(value)
    return this
  }

  nullReference(): this {
    if (this.#begin('ref.null')) this.#code.byte(valueTypeBytes.externref)
    return this
  }

  /** A load from, or store to, the address on the stack plus `offset`; natural alignment. */
  memory(name: MemoryInstruction, offset: number): this {
    if (!this.#begin(name)) return this
    this.#code.u32(memoryAlignment[name.slice(0, 3) as keyof typeof memoryAlignment])
    this.#code.u32(offset)
    return this
  }

  selectReference(): this {
    if (!this.#begin('select t')) return this
    this.#code.u32(1)
    this.#code.byte(valueTypeBytes.externref)
    return this
  }

  call(target: FunctionReference): this {
    return this.#begin('call') ? this.patch(out => out.u32(target.index)) : this
  }

  returnCall(target: FunctionReference): this {
    if (!this.#begin('return_call')) return this
    this.patch(out => out.u32(target.index))
    return this.#jump()
  }

  /** Calls through table 0. */
  callIndirect(type: number): this {
    if (!this.#begin('call_indirect')) return this
    this.#code.u32(type)
    this.#code.u32(0)
    return this
  }

  returnCallIndirect(type: number): this {
    if (!this.#begin('return_call_indirect')) return this
    this.#code.u32(type)
    this.#code.u32(0)
    return this.#jump()
  }

  return(): this {
    return this.#begin('return') ? this.#jump() : this
  }

  unreachable(): this {
    return this.#begin('unreachable') ? this.#jump() : this
  }

  #jump(): this {
    this.#live = false
    return this
  }

  #open(kind: BlockKind, type: BlockType): Label {
    const skipped = !this.#live
    if (this.#begin(kind)) {
      if (type === undefined) this.#code.byte(0x40)
      else if (typeof type === 'number') this.#code.s32(type)
      else this.#code.byte(valueTypeBytes[type])
    }
    const depth = this.#blocks.length + 1
    const block: OpenBlock = { kind, depth, skipped, branched: false, firstPartEnds: false, hasElse: false }
    this.#blocks.push(block)
    this.#deepest = Math.max(this.#deepest, depth)
    return block
  }

  block(type?: BlockType): Label {
    return this.#open('block', type)
  }

  loop(type?: BlockType): Label {
    return this.#open('loop', type)
  }

  /** Takes the condition from the stack. */
  if(type?: BlockType): Label {
    return this.#open('if', type)
  }

  try(type?: BlockType): Label {
    return this.#open('try', type)
  }

  else(): this {
    return this.#secondPart('else')
  }

  catchAll(): this {
    return this.#secondPart('catch_all')
  }

  #secondPart(name: 'else' | 'catch_all'): this {
    const block = this.#blocks[this.#blocks.length - 1]!
    if (block.skipped) return this
    block.firstPartEnds = this.#live
    block.hasElse = true
    this.#live = true
    this.#begin(name)
    return this
  }

  end(): this {
    const block = this.#blocks.pop()!
    if (block.skipped) return this
    const ends = this.#live || block.firstPartEnds || (block.kind === 'if' && !block.hasElse)
    this.#live = true
    this.#begin('end')
    if (!ends && !(block.branched && block.kind !== 'loop')) this.unreachable()
    return this
  }

  /** Throws the exception again that the `catch_all` of `label` is handling. */
  rethrow(label: Label): this {
    if (!this.#begin('rethrow')) return this
    this.#code.u32(this.#blocks.length - label.depth)
    return this.#jump()
  }

  br(label: Label): this {
    return this.#branch('br', label) ? this.#jump() : this
  }

  brIf(label: Label): this {
    this.#branch('br_if', label)
    return this
  }

  #branch(name: 'br' | 'br_if', label: Label): boolean {
    if (!this.#begin(name)) return false
    this.#code.u32(this.#blocks.length - label.depth)
    label.branched = true
    return true
  }

  /** Leaves room for what `write` will put here when the module is assembled. */
  patch(write: (out: ByteWriter) => void): this {
    if (this.#live) this.#patches.push({ at: this.#code.length, write })
    return this
  }

  /** The entry of the code section, without its size: locals, code, the final `end`. */
  assemble(): ByteWriter {
    const out = new ByteWriter()
    this.#writeLocals(out)
    this.writeInstructions(out)
    out.byte(instructions.end.code)
    return out
  }

  /** The code alone, as a part of other code. */
  writeInstructions(out: ByteWriter): void {
    let from = 0
    for (const { at, write } of this.#patches) {
      out.part(this.#code, from, at)
      write(out)
      from = at
    }
    out.part(this.#code, from, this.#code.length)
  }

  /** Locals as runs of one type. */
  #writeLocals(out: ByteWriter): void {
    const runs: { count: number; readonly type: ValueType }[] = []
    for (const type of this.#locals) {
      const last = runs[runs.length - 1]
      if (last?.type === type) last.count++
      else runs.push({ count: 1, type })
    }
    out.u32(runs.length)
    for (const { count, type } of runs) {
      out.u32(count)
      out.byte(valueTypeBytes[type])
    }
  }
}
