import type { Span } from '@rtfs/core'
import { contains, type Form, type KernelFunction, leave, type Operation } from '../form.js'
import { instruction, maxCharge, maxRegisters, op, spending } from './instructions.js'

/** The rounds of a loop as register code. */
export interface Kernel {
  readonly code: Int32Array
  /** Constants are in place; inputs are written before each run. Nothing that runs in a kernel can enter it again. */
  readonly registers: Float64Array
  /** Fuel that no round spends more than. */
  readonly mostUnits: number
  /** A form that starts the next round, for errors there. */
  readonly again: Span
}

/** Thrown and caught in this file: the form is none of register code. */
class NotForRegisters extends Error {}

/**
 * Compiles the rounds of a loop; its inputs are in the registers from 0 on. A way through the body that has no register
 * code (another loop, Booleans as values, operations that have no instruction) leaves. `undefined` when no round can be
 * completed.
 */
export function compileKernel(rounds: KernelFunction): Kernel | undefined {
  return new KernelCompiler(rounds).compile()
}

type Again = Form & { kind: 'again' }
type Choice = Form & { kind: 'choice' }

class KernelCompiler {
  readonly #rounds: KernelFunction
  #code: number[] = []
  /** The registers of locals. Those that a `let` binds share the one that the value is in. */
  readonly #locals = new Map<number, number>()
  readonly #constants = new Map<number, number>()
  #next = 0
  /** Fuel of calls compiled since the last branch, not yet spent. */
  #pending = 0
  #mostUnits = 0
  /** Addresses of the `again`s. */
  readonly #agains: number[] = []
  #again: Span | undefined

  constructor(rounds: KernelFunction) {
    this.#rounds = rounds
    for (let i = 0; i < rounds.params; i++) this.#locals.set(i, this.#next++)
  }

  compile(): Kernel | undefined {
    if (this.#next > maxRegisters / 2) return undefined
    this.#tail(this.#rounds.body)
    const again = this.#again
    if (again === undefined) return undefined
    this.#joinTest()
    const registers = new Float64Array(maxRegisters)
    for (const [value, register] of this.#constants) registers[register] = value
    return { code: Int32Array.from(this.#code), registers, mostUnits: this.#mostUnits, again }
  }

  #tail(form: Form): void {
    const { length } = this.#code
    const pending = this.#pending
    const again = this.#again
    try {
      this.#tailForm(form)
    } catch (error) {
      if (!(error instanceof NotForRegisters)) throw error
      this.#code.length = length
      this.#pending = pending
      this.#again = again
      while (this.#agains.length > 0 && this.#agains.at(-1)! >= length) this.#agains.pop()
      this.#emit(op.leave)
    }
  }

  #tailForm(form: Form): void {
    switch (form.kind) {
      case 'choice':
        this.#tailChoice(form)
        return
      case 'bind':
        this.#locals.set(form.local, this.#value(form.value))
        this.#tail(form.body)
        return
      case 'charge':
        this.#pending += form.units
        this.#tail(form.body)
        return
      case 'again':
        this.#nextRound(form)
        return
      case 'leave':
        this.#emit(op.leave)
        return
      default:
        throw new NotForRegisters()
    }
  }

  #tailChoice({ test, whenTrue, whenFalse }: Choice): void {
    const either = mayRepeat(whenTrue) && mayRepeat(whenFalse)
    const toElse = this.#test(test, either || !isOneWay(test, mayRepeat(whenTrue)))
    const pending = this.#pending
    this.#tail(whenTrue)
    this.#pending = pending
    this.#land(toElse)
    this.#tail(whenFalse)
  }

  /** All arguments are evaluated before any variable changes; after that nothing can leave. */
  #nextRound({ id, args, span }: Again): void {
    if (id !== this.#rounds.id) throw new NotForRegisters()
    const made = args.map(arg => {
      const register = this.#value(arg)
      return { register, at: endsInOperation(arg) ? this.#code.length - 1 : undefined }
    })
    const moves: [from: number, to: number][] = []
    for (const [to, { register, at }] of [...made.entries()].reverse()) {
      const isRead = made.some(each => each.register === to)
      if (!isRead && at !== undefined && this.#retarget(at, register, to)) continue
      if (register !== to) moves.push([register, to])
    }
    // An argument that is a variable of the loop may be overwritten by another move: it goes through a copy.
    const copied = moves.map(([from, to]): [number, number] => {
      if (from >= args.length) return [from, to]
      const copy = this.#register()
      this.#emit(op.move, copy, from)
      return [copy, to]
    })
    for (const [from, to] of copied) this.#emit(op.move, to, from)
    this.#again = span
    const units = this.#pending + 1
    this.#pending = 0
    this.#mostUnits += units
    this.#agains.push(this.#code.length)
    this.#emit(op.again)
    this.#code.push(units)
  }

  /** Most loops begin with a `<` that ends them: `again` looks at it itself. */
  #joinTest(): void {
    const test = this.#code[0]!
    if ((test & 255) !== op.less || (this.#code[this.#code[1]!]! & 255) !== op.leave) return
    for (const address of this.#agains) this.#code[address] = (test & ~0xff) | op.againIfLess
  }

  /**
   * Lets the instruction at an address, the last of its argument, write the loop's variable itself. Only where nothing
   * after it can leave, for then the round has to be as it was, and nothing after it reads the variable.
   */
  #retarget(address: number, from: number, to: number): boolean {
    const word = this.#code[address]!
    if (!writesTarget.has(word & 255) || ((word >> 8) & 255) !== from) return false
    for (let i = address + 1; i < this.#code.length; i++) {
      const later = this.#code[i]!
      if (!neverLeaves.has(later & 255) || ((later >> 16) & 255) === to || later >>> 24 === to) return false
    }
    this.#code[address] = (word & ~0xff00) | (to << 8)
    return true
  }

  /** The register of a number. */
  #value(form: Form): number {
    if (form.type === 'bool') throw new NotForRegisters()
    switch (form.kind) {
      case 'constant':
        return this.#constant(form.value)
      case 'read':
        return this.#local(form.local)
      case 'bind':
        this.#locals.set(form.local, this.#value(form.value))
        return this.#value(form.body)
      case 'charge':
        this.#pending += form.units
        return this.#value(form.body)
      case 'choice':
        return this.#choice(form)
      case 'operation':
        return this.#operation(form.operation, form.args)
      default:
        throw new NotForRegisters()
    }
  }

  #local(local: number): number {
    const register = this.#locals.get(local)
    if (register === undefined) throw new NotForRegisters()
    return register
  }

  #choice({ test, whenTrue, whenFalse }: Choice): number {
    const toElse = this.#test(test)
    const target = this.#register()
    this.#branch(whenTrue, target)
    this.#emit(op.jump)
    const end = this.#forward()
    this.#land(toElse)
    this.#branch(whenFalse, target)
    this.#land([end])
    return target
  }

  #branch(form: Form, target: number): void {
    if (form.kind === 'leave') {
      this.#emit(op.leave)
      return
    }
    this.#emit(op.move, target, this.#value(form))
    this.#spendPending()
  }

  #operation(operation: Operation, args: readonly Form[]): number {
    // Registers hold Integers and Floats alike.
    if (operation === 'to-float') return this.#value(args[0]!)
    const registers = args.map(arg => this.#value(arg))
    const [a, b] = operation === 'neg-int' ? [this.#constant(0), ...registers] : registers
    const found = instructions.get(operation)
    if (found === undefined || a === undefined) throw new NotForRegisters()
    const target = this.#register()
    this.#emit(found, target, a, b ?? a)
    return target
  }

  /**
   * Branches on a test. The code goes on where it is true; gives the addresses to fill in where it is false. With
   * `spend`, the fuel of the calls up to each branch is spent before it, so that each way has its own account.
   */
  #test(form: Form, spend = true): readonly number[] {
    switch (form.kind) {
      case 'charge':
        this.#pending += form.units
        return this.#test(form.body, spend)
      case 'choice':
        if (isConstant(form.whenFalse, 0))
          return [...this.#test(form.test, spend), ...this.#test(form.whenTrue, spend)]
        if (isConstant(form.whenTrue, 1)) return this.#either(form.test, form.whenFalse, spend)
        throw new NotForRegisters()
      case 'operation': {
        if (form.operation === 'not') return this.#negated(this.#test(form.args[0]!, spend))
        const branch = branches.get(form.operation)
        if (branch === undefined) throw new NotForRegisters()
        const [a, b] = form.args.map(arg => this.#value(arg))
        if (spend) this.#spendPending()
        const unless = this.#unless(branch.operation, branch.swaps ? b! : a!, branch.swaps ? a! : (b ?? a!))
        return branch.negated ? this.#negated([unless]) : [unless]
      }
      default:
        throw new NotForRegisters()
    }
  }

  /** Goes on where the branches lead, and gives what led on before. */
  #negated(unless: readonly number[]): readonly number[] {
    this.#emit(op.jump)
    const whenTrue = this.#forward()
    this.#land(unless)
    return [whenTrue]
  }

  #unless(operation: number, a: number, b: number): number {
    this.#emit(operation, 0, a, b)
    return this.#forward()
  }

  #either(first: Form, second: Form, spend: boolean): readonly number[] {
    const next = this.#test(first, spend)
    this.#emit(op.jump)
    const toThen = this.#forward()
    this.#land(next)
    const toElse = this.#test(second, spend)
    this.#land([toThen])
    return toElse
  }

  #constant(value: number): number {
    // `Map` takes −0 for 0.
    if (Object.is(value, -0)) throw new NotForRegisters()
    let register = this.#constants.get(value)
    if (register === undefined) this.#constants.set(value, (register = this.#register()))
    return register
  }

  #register(): number {
    if (this.#next === maxRegisters) throw new NotForRegisters()
    return this.#next++
  }

  #emit(operation: number, target = 0, a = 0, b = 0): void {
    this.#code.push(instruction(operation, target, a, b))
  }

  /** Leaves a word for an address that `land` fills in. */
  #forward(): number {
    return this.#code.push(0) - 1
  }

  #land(from: readonly number[]): void {
    for (const address of from) this.#code[address] = this.#code.length
  }

  #spendPending(): void {
    if (this.#pending === 0) return
    if (this.#pending > maxCharge) throw new NotForRegisters()
    this.#code.push(spending(op.charge, this.#pending))
    this.#mostUnits += this.#pending
    this.#pending = 0
  }
}

/** True when there may be a way through the form to the next round. */
function mayRepeat(form: Form): boolean {
  return form !== leave && contains(form, part => part.kind === 'again')
}

/** True when a test has one way only to come out as `outcome`: then all its calls were made. */
function isOneWay(test: Form, outcome: boolean): boolean {
  switch (test.kind) {
    case 'charge':
      return isOneWay(test.body, outcome)
    case 'operation':
      return test.operation !== 'not' || isOneWay(test.args[0]!, !outcome)
    case 'choice':
      if (isConstant(test.whenFalse, 0))
        return outcome && isOneWay(test.test, true) && isOneWay(test.whenTrue, true)
      return !outcome && isOneWay(test.test, false) && isOneWay(test.whenFalse, false)
    default:
      return true
  }
}

function isConstant(form: Form, value: number): boolean {
  return form.kind === 'constant' && form.type === 'bool' && form.value === value
}

/** True when the last instruction of the form is the operation that gives its value. */
function endsInOperation(form: Form): boolean {
  if (form.kind === 'charge') return endsInOperation(form.body)
  // `to-float` has no instruction of its own: the last one may be only one branch of what it converts.
  return form.kind === 'operation' && form.operation !== 'to-float'
}

/** Instructions that do nothing but write their target, which never leave; and those that may. */
const neverLeaves: ReadonlySet<number> = new Set([
  op.addFloat,
  op.subFloat,
  op.mulFloat,
  op.negFloat,
  op.abs,
  op.max,
  op.min,
  op.move,
])
const writesTarget: ReadonlySet<number> = new Set([
  ...neverLeaves,
  op.addInt,
  op.subInt,
  op.mulInt,
  op.quotInt,
  op.remInt,
  op.modInt,
  op.divFloat,
  op.sqrt,
])

const instructions: ReadonlyMap<Operation, number> = new Map<Operation, number>([
  ['add-int', op.addInt],
  ['sub-int', op.subInt],
  ['neg-int', op.subInt],
  ['mul-int', op.mulInt],
  ['quot-int', op.quotInt],
  ['rem-int', op.remInt],
  ['mod-int', op.modInt],
  ['max-int', op.max],
  ['min-int', op.min],
  ['abs-int', op.abs],
  ['add-float', op.addFloat],
  ['sub-float', op.subFloat],
  ['mul-float', op.mulFloat],
  ['div-float', op.divFloat],
  ['neg-float', op.negFloat],
  ['abs-float', op.abs],
  ['sqrt-float', op.sqrt],
])

interface Branch {
  readonly operation: number
  /** True when the operands are the other way round. */
  readonly swaps: boolean
  readonly negated: boolean
}

const branches: ReadonlyMap<Operation, Branch> = new Map<Operation, Branch>([
  ['even', { operation: op.even, swaps: false, negated: false }],
  ['odd', { operation: op.even, swaps: false, negated: true }],
  ...(['int', 'float'] as const).flatMap((type): [Operation, Branch][] => [
    [`less-${type}`, { operation: op.less, swaps: false, negated: false }],
    [`less-equal-${type}`, { operation: op.lessOrEqual, swaps: false, negated: false }],
    [`greater-${type}`, { operation: op.less, swaps: true, negated: false }],
    [`greater-equal-${type}`, { operation: op.lessOrEqual, swaps: true, negated: false }],
    [`equal-${type}`, { operation: op.equal, swaps: false, negated: false }],
    [`unequal-${type}`, { operation: op.equal, swaps: false, negated: true }],
  ]),
])
