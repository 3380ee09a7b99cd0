import { RtfsFloat } from '@rtfs/core'
import type { ApplyNode, IfNode, LetNode, LoopNode, Node, RecurNode } from '@rtfs/ir'
import { instruction, maxCharge, maxRegisters, op, spending } from './instructions.js'

/** What a register holds: an Integer that is a safe number, or a Float without its box. */
export type RegisterType = 'int' | 'float'

/** Where a value is while the kernel runs. */
interface Operand {
  readonly register: number
  readonly type: RegisterType
}

/** A loop for certain types of its variables. */
export interface Kernel {
  readonly code: Int32Array
  /** Constants are in place; inputs are written before each run. Nothing that runs in a kernel can enter it again. */
  readonly registers: Float64Array
  /** Fuel that no round spends more than. */
  readonly mostUnits: number
  /** A form that starts the next round, for errors there. */
  readonly again: RecurNode
}

/** Thrown and caught in this file: the form is none of kernels. */
class NotForKernels extends Error {}

/**
 * Compiles the rounds of a loop. `inputs` are its variables, in order, then whatever else of its function it reads;
 * they are in the registers from 0 on. Only what leads to a `recur` is compiled; any other way through the body leaves.
 * `undefined` when no round can be completed here.
 */
export function compileKernel(loop: LoopNode, inputs: ReadonlyMap<number, RegisterType>): Kernel | undefined {
  return new KernelCompiler(loop, inputs).compile()
}

type Branch = {
  readonly operation: number
  readonly a: Operand
  readonly b: Operand
  readonly negated: boolean
}

class KernelCompiler {
  readonly #loop: LoopNode
  #code: number[] = []
  readonly #variables = new Map<number, Operand>()
  readonly #constants = new Map<number, number>()
  #next = 0
  /** Fuel of calls compiled since the last branch, not yet spent. */
  #pending = 0
  #mostUnits = 0
  /** Addresses of the `again`s. */
  readonly #rounds: number[] = []
  #again: RecurNode | undefined

  constructor(loop: LoopNode, inputs: ReadonlyMap<number, RegisterType>) {
    this.#loop = loop
    for (const [variable, type] of inputs) this.#variables.set(variable, { register: this.#next++, type })
  }

  compile(): Kernel | undefined {
    if (this.#next > maxRegisters / 2) return undefined
    this.#tail(this.#loop.body)
    const again = this.#again
    if (again === undefined) return undefined
    this.#joinTest()
    const registers = new Float64Array(maxRegisters)
    for (const [value, register] of this.#constants) registers[register] = value
    return { code: Int32Array.from(this.#code), registers, mostUnits: this.#mostUnits, again }
  }

  /** A body whose last form is in tail position; forms before it have no value anybody wants, so they leave. */
  #tail(body: readonly Node[]): void {
    const [node] = body
    const { length } = this.#code
    const pending = this.#pending
    const again = this.#again
    try {
      if (node === undefined || body.length > 1) throw new NotForKernels()
      this.#tailNode(node)
    } catch (error) {
      if (!(error instanceof NotForKernels)) throw error
      this.#code.length = length
      this.#pending = pending
      this.#again = again
      while (this.#rounds.length > 0 && this.#rounds.at(-1)! >= length) this.#rounds.pop()
      this.#emit(op.leave)
    }
  }

  #tailNode(node: Node): void {
    switch (node.kind) {
      case 'if':
        this.#tailIf(node)
        return
      case 'let':
        this.#bind(node)
        this.#tail(node.body)
        return
      case 'do':
        this.#tail(node.body)
        return
      case 'charge':
        this.#pending += node.units
        this.#tail([node.body])
        return
      case 'recur':
        this.#recur(node)
        return
      default:
        throw new NotForKernels()
    }
  }

  #tailIf(node: IfNode): void {
    const goesOn = (branch: Node | undefined): boolean => branch !== undefined && this.#mayRecur(branch)
    const either = goesOn(node.then) && goesOn(node.else)
    const toElse = this.#test(node.test, either || !isOneWay(node.test, goesOn(node.then)))
    const pending = this.#pending
    this.#tail([node.then])
    this.#pending = pending
    this.#land(toElse)
    this.#tail(node.else === undefined ? [] : [node.else])
  }

  /** True when there may be a way through the form to a `recur` of the loop. */
  #mayRecur(node: Node): boolean {
    switch (node.kind) {
      case 'recur':
        return true
      case 'if':
        return this.#mayRecur(node.then) || (node.else !== undefined && this.#mayRecur(node.else))
      case 'let':
      case 'do':
        return node.body.length === 1 && this.#mayRecur(node.body[0]!)
      case 'charge':
        return this.#mayRecur(node.body)
      default:
        return false
    }
  }

  #bind(node: LetNode): void {
    if (node.declares.length > 0) throw new NotForKernels()
    for (const { pattern, init } of node.bindings) {
      if (pattern.kind !== 'bind' || pattern.variable.cell) throw new NotForKernels()
      this.#variables.set(pattern.variable.id, this.#value(init))
    }
  }

  /** All arguments are evaluated before any variable changes; after that nothing can leave. */
  #recur(node: RecurNode): void {
    const { bindings } = this.#loop
    if (node.target !== this.#loop.id) throw new NotForKernels()
    const made = node.args.map(arg => {
      const value = this.#value(arg)
      // `float` makes no instruction of its own: the last one may be only one branch of what it converts.
      const isLast = arg.kind === 'apply' && builtinName(arg) !== 'float'
      return { value, at: isLast ? this.#code.length - 1 : undefined }
    })
    for (const [index, { value }] of made.entries()) {
      const { pattern } = bindings[index]!
      if (pattern.kind !== 'bind' || this.#variables.get(pattern.variable.id)?.type !== value.type)
        throw new NotForKernels()
    }
    const moves: [from: number, to: number][] = []
    for (const [to, { value, at }] of [...made.entries()].reverse()) {
      const isRead = made.some(each => each.value.register === to)
      if (!isRead && at !== undefined && this.#retarget(at, value.register, to)) continue
      if (value.register !== to) moves.push([value.register, to])
    }
    // An argument that is a variable of the loop may be overwritten by another move: it goes through a copy.
    const copied = moves.map(([from, to]): [number, number] => {
      if (from >= bindings.length) return [from, to]
      const copy = this.#register()
      this.#emit(op.move, copy, from)
      return [copy, to]
    })
    for (const [from, to] of copied) this.#emit(op.move, to, from)
    this.#again = node
    const units = this.#pending + 1
    this.#pending = 0
    this.#mostUnits += units
    this.#rounds.push(this.#code.length)
    this.#emit(op.again)
    this.#code.push(units)
  }

  /** Most loops begin with a `<` that ends them: `again` looks at it itself. */
  #joinTest(): void {
    const test = this.#code[0]!
    if ((test & 255) !== op.less || (this.#code[this.#code[1]!]! & 255) !== op.leave) return
    for (const address of this.#rounds) this.#code[address] = (test & ~0xff) | op.againIfLess
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

  /** A number in a register. */
  #value(node: Node): Operand {
    switch (node.kind) {
      case 'literal':
        if (typeof node.value === 'number') return this.#constant(node.value, 'int')
        if (node.value instanceof RtfsFloat) return this.#constant(node.value.value, 'float')
        throw new NotForKernels()
      case 'ref': {
        const known = node.scope === 'local' ? this.#variables.get(node.variable) : undefined
        if (known === undefined) throw new NotForKernels()
        return known
      }
      case 'cast': {
        const value = this.#value(node.value)
        if (node.target.kind !== 'primitive' || node.target.name !== value.type) throw new NotForKernels()
        return value
      }
      case 'let': {
        this.#bind(node)
        return this.#only(node.body)
      }
      case 'do':
        return this.#only(node.body)
      case 'charge':
        this.#pending += node.units
        return this.#value(node.body)
      case 'if':
        return this.#choice(node)
      case 'apply':
        return this.#call(node)
      default:
        throw new NotForKernels()
    }
  }

  #only(body: readonly Node[]): Operand {
    if (body.length !== 1) throw new NotForKernels()
    return this.#value(body[0]!)
  }

  #choice(node: IfNode): Operand {
    if (node.else === undefined) throw new NotForKernels()
    const toElse = this.#test(node.test)
    const target = this.#register()
    const then = this.#value(node.then)
    this.#emit(op.move, target, then.register)
    this.#spendPending()
    this.#emit(op.jump)
    const end = this.#forward()
    this.#land(toElse)
    const otherwise = this.#value(node.else)
    if (otherwise.type !== then.type) throw new NotForKernels()
    this.#emit(op.move, target, otherwise.register)
    this.#spendPending()
    this.#land([end])
    return { register: target, type: then.type }
  }

  #call(node: ApplyNode): Operand {
    const name = builtinName(node)
    const args = node.args.map(arg => this.#value(arg))
    this.#pending++
    const [a] = args
    if (a === undefined) throw new NotForKernels()
    if (args.length === 1) return this.#unary(name, a)
    if (args.length > 2 && !folds.has(name)) throw new NotForKernels()
    return args.slice(1).reduce((left, right) => {
      const isInt = left.type === 'int' && right.type === 'int'
      const operation = (isInt ? integerOperations : floatOperations).get(name)
      if (operation === undefined) throw new NotForKernels()
      return this.#operate(operation, left, right, isInt ? 'int' : 'float')
    }, a)
  }

  #unary(name: string, a: Operand): Operand {
    const isInt = a.type === 'int'
    switch (name) {
      case 'inc':
        return this.#operate(isInt ? op.addInt : op.addFloat, a, this.#constant(1, 'int'), a.type)
      case 'dec':
        return this.#operate(isInt ? op.subInt : op.subFloat, a, this.#constant(1, 'int'), a.type)
      case '-':
        if (isInt) return this.#operate(op.subInt, this.#constant(0, 'int'), a, 'int')
        return this.#operate(op.negFloat, a, a, 'float')
      case 'abs':
        return this.#operate(op.abs, a, a, a.type)
      case 'sqrt':
        return this.#operate(op.sqrt, a, a, 'float')
      case 'float':
        return { register: a.register, type: 'float' }
      default:
        throw new NotForKernels()
    }
  }

  #operate(operation: number, a: Operand, b: Operand, type: RegisterType): Operand {
    const register = this.#register()
    this.#emit(operation, register, a.register, b.register)
    return { register, type }
  }

  /**
   * Branches on a test. The code goes on where it is true; gives the addresses to fill in where it is false. With
   * `spend`, the fuel of the calls up to each branch is spent before it, so that each way has its own account.
   */
  #test(node: Node, spend = true): readonly number[] {
    if (node.kind === 'and' && node.operands.length > 0)
      return node.operands.flatMap(operand => this.#test(operand, spend))
    if (node.kind === 'or' && node.operands.length > 0) return this.#either(node.operands, spend)
    const { operation, a, b, negated } = this.#comparison(node)
    if (spend) this.#spendPending()
    this.#emit(operation, 0, a.register, b.register)
    const unless = this.#forward()
    if (!negated) return [unless]
    this.#emit(op.jump)
    const whenTrue = this.#forward()
    this.#land([unless])
    return [whenTrue]
  }

  #either(operands: readonly Node[], spend: boolean): readonly number[] {
    const toThen: number[] = []
    for (const operand of operands.slice(0, -1)) {
      const next = this.#test(operand, spend)
      this.#emit(op.jump)
      toThen.push(this.#forward())
      this.#land(next)
    }
    const toElse = this.#test(operands.at(-1)!, spend)
    this.#land(toThen)
    return toElse
  }

  #comparison(node: Node): Branch {
    if (node.kind !== 'apply') throw new NotForKernels()
    const name = builtinName(node)
    if (name === 'not' && node.args.length === 1) {
      const inner = this.#comparison(node.args[0]!)
      this.#pending++
      return { ...inner, negated: !inner.negated }
    }
    const args = node.args.map(arg => this.#value(arg))
    this.#pending++
    const [a, b] = args
    if (a === undefined) throw new NotForKernels()
    const zero = (): Operand => this.#constant(0, 'int')
    const plain = (operation: number, x: Operand, y: Operand): Branch => ({
      operation,
      a: x,
      b: y,
      negated: false,
    })
    if (args.length === 1) {
      switch (name) {
        case 'zero?':
          return plain(op.equal, a, zero())
        case 'pos?':
          return plain(op.less, zero(), a)
        case 'neg?':
          return plain(op.less, a, zero())
        case 'even?':
        case 'odd?':
          if (a.type !== 'int') throw new NotForKernels()
          return { ...plain(op.even, a, a), negated: name === 'odd?' }
      }
    } else if (args.length === 2 && b !== undefined) {
      switch (name) {
        case '<':
          return plain(op.less, a, b)
        case '<=':
          return plain(op.lessOrEqual, a, b)
        case '>':
          return plain(op.less, b, a)
        case '>=':
          return plain(op.lessOrEqual, b, a)
        case '==':
          return plain(op.equal, a, b)
        case '=':
          // Of Floats, and of an Integer and a Float, it is not the same question.
          if (a.type === 'int' && b.type === 'int') return plain(op.equal, a, b)
      }
    }
    throw new NotForKernels()
  }

  #constant(value: number, type: RegisterType): Operand {
    // `Map` takes −0 for 0.
    if (Object.is(value, -0)) throw new NotForKernels()
    let register = this.#constants.get(value)
    if (register === undefined) this.#constants.set(value, (register = this.#register()))
    return { register, type }
  }

  #register(): number {
    if (this.#next === maxRegisters) throw new NotForKernels()
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
    if (this.#pending > maxCharge) throw new NotForKernels()
    this.#code.push(spending(op.charge, this.#pending))
    this.#mostUnits += this.#pending
    this.#pending = 0
  }
}

/** True when a test has one way only to come out as `outcome`: then all its calls were made. */
function isOneWay(test: Node, outcome: boolean): boolean {
  if (test.kind === 'and' || test.kind === 'or') {
    return (test.kind === 'and') === outcome && test.operands.every(operand => isOneWay(operand, outcome))
  }
  return true
}

const folds: ReadonlySet<string> = new Set(['+', '-', '*', '/'])

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

function builtinName(node: ApplyNode): string {
  const { callee } = node
  if (callee.kind !== 'ref' || callee.scope !== 'builtin') throw new NotForKernels()
  return callee.name
}

const integerOperations: ReadonlyMap<string, number> = new Map([
  ['+', op.addInt],
  ['-', op.subInt],
  ['*', op.mulInt],
  ['quot', op.quotInt],
  ['rem', op.remInt],
  ['mod', op.modInt],
  ['max', op.max],
  ['min', op.min],
])

/** With at least one Float. */
const floatOperations: ReadonlyMap<string, number> = new Map([
  ['+', op.addFloat],
  ['-', op.subFloat],
  ['*', op.mulFloat],
  ['/', op.divFloat],
])
