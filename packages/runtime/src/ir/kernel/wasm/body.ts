import type { Numeric } from '../form.js'
import { Bytes } from './bytes.js'
import { code, f64, i32, i64 } from './opcodes.js'

/** A place that branches go to. */
export interface Label {
  readonly depth: number
}

/** The instructions of one function, its locals and the constructs that are open. */
export class Body {
  readonly bytes = new Bytes()
  readonly #locals: number[] = []
  readonly #temporaries = new Map<string, number>()
  readonly #params: number
  #depth = 0

  constructor(params: number) {
    this.#params = params
  }

  /** A new local; those of the parameters come first. */
  local(type: number): number {
    return this.#params + this.#locals.push(type) - 1
  }

  /** A local for the inside of one operation: `name` tells those apart that it needs at the same time. */
  temporary(type: number, name: string): number {
    const key = `${type} ${name}`
    let local = this.#temporaries.get(key)
    if (local === undefined) this.#temporaries.set(key, (local = this.local(type)))
    return local
  }

  op(...opcodes: readonly number[]): this {
    this.bytes.push(...opcodes)
    return this
  }

  get(local: number): this {
    this.bytes.push(code.localGet).unsigned(local)
    return this
  }

  set(local: number): this {
    this.bytes.push(code.localSet).unsigned(local)
    return this
  }

  tee(local: number): this {
    this.bytes.push(code.localTee).unsigned(local)
    return this
  }

  i32(value: number): this {
    this.bytes.push(code.i32Const).signed(BigInt(value))
    return this
  }

  i64(value: number | bigint): this {
    this.bytes.push(code.i64Const).signed(BigInt(value))
    return this
  }

  f64(value: number): this {
    this.bytes.push(code.f64Const).float(value)
    return this
  }

  call(index: number): this {
    this.bytes.push(code.call).unsigned(index)
    return this
  }

  /** Loads an 8-byte slot of memory. */
  load(opcode: number, slot: number): this {
    this.i32(0)
      .bytes.push(opcode, 3)
      .unsigned(slot * 8)
    return this
  }

  /** Stores what `value` leaves on the stack. */
  store(opcode: number, slot: number, value: () => void): this {
    this.i32(0)
    value()
    this.bytes.push(opcode, 3).unsigned(slot * 8)
    return this
  }

  /** Opens a `block`, `loop` or `if` whose value has the type. */
  open(opcode: number, type: number): Label {
    this.bytes.push(opcode, type)
    return { depth: this.#depth++ }
  }

  close(): this {
    this.#depth--
    return this.op(code.end)
  }

  branch(label: Label, opcode: number = code.branch): this {
    this.bytes.push(opcode).unsigned(this.#depth - 1 - label.depth)
    return this
  }

  branchIf(label: Label): this {
    return this.branch(label, code.branchIf)
  }

  /** The function as it stands in the code section. */
  take(): Bytes {
    const whole = new Bytes().unsigned(this.#locals.length)
    for (const type of this.#locals) whole.unsigned(1).push(type)
    return new Bytes().sized(whole.append(this.bytes).push(code.end))
  }
}

/** The WebAssembly type of a number. */
export function typeOf(type: Numeric): number {
  return type === 'int' ? i64 : type === 'float' ? f64 : i32
}
