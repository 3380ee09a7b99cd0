import type { Form } from '../form.js'
import type { Account, OwnAccount } from './account.js'
import { type Body, type Label, typeOf } from './body.js'
import { code, i32, nothing } from './opcodes.js'
import { emitOperation } from './operations.js'

/** What emitting forms needs to know of the function they are in. */
export interface Surroundings {
  readonly body: Body
  readonly account: Account
  /** The WebAssembly locals of the forms' locals. */
  readonly locals: readonly number[]
  /** Where everything goes that is not for kernels. */
  readonly leave: Label
  /** What is done with a value on the stack in tail position of the function. */
  readonly finish: () => void
  /** For a recursive function: its index, and the local with the calls that may still be entered. */
  readonly self: { readonly index: number; readonly depth: number } | undefined
  /** For the rounds of a loop: its id and account. */
  readonly rounds: { readonly id: number; readonly account: OwnAccount } | undefined
}

/** Where a value in tail position goes: out of the function, or out of a loop inside of it. */
type Exit = Label | undefined

/**
 * Emits forms. Fuel is counted while emitting and spent where ways part, meet or go back: `#pending` is what the way
 * to this instruction costs and has not spent.
 */
export class FormEmitter {
  readonly #in: Surroundings
  readonly #body: Body
  readonly #labels = new Map<number, Label>()
  #pending = 0

  constructor(surroundings: Surroundings) {
    this.#in = surroundings
    this.#body = surroundings.body
  }

  /** A whole body, which `again` with the id repeats. No way leads past its end. */
  repeated(id: number, form: Form): void {
    this.#labels.set(id, this.#body.open(code.loop, nothing))
    if (this.#in.self !== undefined) this.#in.account.settle(this.#body)
    this.#tail(form, undefined)
    this.#body.close()
  }

  #tail(form: Form, exit: Exit): void {
    switch (form.kind) {
      case 'choice':
        this.#tailChoice(form, exit)
        return
      case 'bind':
        this.#value(form.value)
        this.#body.set(this.#local(form.local))
        this.#tail(form.body, exit)
        return
      case 'charge':
        this.#pending += form.units
        this.#tail(form.body, exit)
        return
      case 'loop':
        this.#loop(form, exit)
        return
      case 'again':
        this.#again(form)
        return
      case 'leave':
        this.#body.branch(this.#in.leave)
        return
      default:
        this.#value(form)
        this.#flush()
        if (exit === undefined) this.#in.finish()
        else this.#body.branch(exit)
    }
  }

  #tailChoice(form: Form & { kind: 'choice' }, exit: Exit): void {
    this.#value(form.test)
    if (this.#leavesFor(form)) {
      this.#tail(form.whenTrue.kind === 'leave' ? form.whenFalse : form.whenTrue, exit)
      return
    }
    const pending = this.#pending
    this.#body.open(code.if, nothing)
    this.#tail(form.whenTrue, exit)
    this.#body.op(code.else)
    this.#pending = pending
    this.#tail(form.whenFalse, exit)
    this.#body.close().op(code.unreachable)
  }

  /** A choice that leaves on one of its ways: a branch is enough. The test is on the stack. */
  #leavesFor(form: Form & { kind: 'choice' }): boolean {
    if (form.whenTrue.kind === 'leave') this.#body.branchIf(this.#in.leave)
    else if (form.whenFalse.kind === 'leave') this.#body.op(code.i32Eqz).branchIf(this.#in.leave)
    else return false
    return true
  }

  /** Goes into a loop whose values go to `exit`; no way leads past its end. */
  #loop(form: Form & { kind: 'loop' }, exit: Exit): void {
    for (const [i, init] of form.inits.entries()) {
      this.#value(init)
      this.#body.set(this.#local(form.locals[i]!))
    }
    this.#flush()
    this.#labels.set(form.id, this.#body.open(code.loop, nothing))
    this.#tail(form.body, exit)
    this.#body.close().op(code.unreachable)
  }

  /** All arguments are evaluated before any variable changes. */
  #again({ id, locals, args }: Form & { kind: 'again' }): void {
    const { account, leave, rounds } = this.#in
    const body = this.#body
    for (const arg of args) this.#value(arg)
    this.#pending++
    this.#flush()
    const isRound = rounds?.id === id
    if (isRound) {
      // This round is dropped: the closures do it again, and look at the clock.
      account.isOver(body)
      body.branchIf(leave)
    } else {
      account.settle(body)
    }
    for (const local of [...locals].reverse()) body.set(this.#local(local))
    if (isRound) rounds.account.complete(body)
    body.branch(this.#labels.get(id)!)
  }

  /** Leaves the form's value on the stack. */
  #value(form: Form): void {
    const body = this.#body
    switch (form.kind) {
      case 'constant':
        if (form.type === 'int') body.i64(form.value)
        else if (form.type === 'float') body.f64(form.value)
        else body.i32(form.value)
        return
      case 'read':
        body.get(this.#local(form.local))
        return
      case 'operation':
        for (const arg of form.args) this.#value(arg)
        emitOperation(body, form.operation, this.#in.leave)
        return
      case 'charge':
        this.#pending += form.units
        this.#value(form.body)
        return
      case 'bind':
        this.#value(form.value)
        body.set(this.#local(form.local))
        this.#value(form.body)
        return
      case 'choice':
        this.#valueChoice(form)
        return
      case 'loop': {
        if (form.type === 'none') throw new Error('a loop without a value')
        this.#flush()
        const exit = body.open(code.block, typeOf(form.type))
        this.#loop(form, exit)
        body.close()
        this.#pending = 0
        return
      }
      case 'call':
        this.#call(form)
        return
      case 'again':
      case 'leave':
        throw new Error(`${form.kind} has no value`)
    }
  }

  #valueChoice(form: Form & { kind: 'choice' }): void {
    if (form.type === 'none') throw new Error('a choice without a value')
    const body = this.#body
    this.#value(form.test)
    if (this.#leavesFor(form)) {
      this.#value(form.whenTrue.kind === 'leave' ? form.whenFalse : form.whenTrue)
      return
    }
    const pending = this.#pending
    body.open(code.if, typeOf(form.type))
    this.#branch(form.whenTrue)
    body.op(code.else)
    this.#branch(form.whenFalse)
    body.close()
    this.#pending = pending
  }

  /** One of two ways that meet again: it spends what it costs by itself. */
  #branch(form: Form): void {
    this.#pending = 0
    if (form.type === 'none') {
      this.#tail(form, undefined)
      return
    }
    this.#value(form)
    this.#flush()
  }

  #call({ args }: Form & { kind: 'call' }): void {
    const { self, leave } = this.#in
    if (self === undefined) throw new Error('a call in a function that is not recursive')
    const body = this.#body
    for (const arg of args) this.#value(arg)
    this.#pending++
    body.get(self.depth).i32(0).op(code.i32LeS).branchIf(leave)
    body.get(self.depth).i32(1).op(code.i32Sub).call(self.index)
  }

  #flush(): void {
    if (this.#pending > 0) this.#in.account.spend(this.#body, this.#pending)
    this.#pending = 0
  }

  #local(local: number): number {
    return this.#in.locals[local]!
  }
}

/** The WebAssembly type of the depth. */
export const depthType = i32
