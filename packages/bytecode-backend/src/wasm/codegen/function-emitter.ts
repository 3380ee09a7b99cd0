import type { Span } from '@rtfs/core'
import type { LoopNode, Node, Variable } from '@rtfs/ir'
import { type HostImportName, memoryCells, type RaiseReason } from '../abi.js'
import type { ByteWriter } from '../encoder/byte-writer.js'
import { FunctionBody, type FunctionReference, type Label } from '../encoder/function-body.js'
import type { ValueType } from '../encoder/value-types.js'
import type { Charge } from '../metadata/debug.js'
import { emitCheck } from './emit-checks.js'
import { emitNode, emitTailNode, emitTestNode } from './emit-node.js'
import { type Bundle, emitNodePart, emitPart, isFull, type LoopFunction, type Part } from './emit-parts.js'
import type { Kinds } from './kinds.js'
import * as k from './kinds.js'
import type { ModuleEmitter } from './module-emitter.js'
import type { SplitPlan } from './split-plan.js'
import type { Version } from './versions.js'

/** What is to become of a value: left on the stack as this type, or dropped. */
export type Want = ValueType | 'none'

/** A local that holds a variable. */
export interface Local {
  readonly index: number
  readonly type: ValueType
}

/** What a `recur` or a self tail call jumps to. */
export interface LoopTarget {
  readonly label: Label
  /** Takes the number of the site where fuel ran out; the code behind it settles and continues. */
  readonly settle: Label
}

/** A value that was computed: it may be pushed more than once, and after others were computed. */
export interface Operand {
  push(): void
  /** Gives its local back, if it has one. */
  release(): void
  /** Its value, where it is a literal int. */
  readonly literal?: bigint | undefined
  /** The local that holds it, where it is in one. */
  readonly local?: number
}

/** What is different in a part of a function. */
export interface PartOptions {
  readonly frame?: number
  readonly returnsAs?: Want | undefined
}

/** Charges that may wait to be subtracted. */
const mostPending = 256

/**
 * Writes the code of one function. Fuel is in a local; what has been spent since it was last brought up to date is
 * noted here and subtracted when something looks at it: a call, a jump back, a return. That is also where it is looked
 * at, so that it is known which form it was that spent too much.
 */
export class FunctionEmitter {
  readonly module: ModuleEmitter
  readonly version: Version
  readonly body: FunctionBody
  /** Number of the frame whose names and types the code means. It changes along the top level. */
  frame: number
  /** Locals of the two leading parameters. */
  readonly fuel = 0
  readonly depth = 1
  /** Takes the number of a raise site. Inside `try` it is the one that stands there. */
  raiseLabel: Label
  /** Takes the value to return and the site where fuel is looked at. Outside of all loops, which stay small. */
  readonly #returnLabel: Label
  readonly variables = new Map<number, Local>()
  readonly loops = new Map<number, LoopTarget>()
  /** Loops whose body is being written, for the `recur`s in it. */
  readonly loopNodes = new Map<number, LoopNode>()
  /** What becomes a part of its own, where the function is too large. */
  plan: SplitPlan | undefined
  /** The expression that this code is the part for. */
  root: Node | undefined
  /** Parts that this code calls. */
  readonly parts: Part[] = []
  /** How the value of a part that is not the function's goes back. */
  readonly returnsAs: Want | undefined
  /** Variables of the code around a part that it was not given. */
  missing = new Set<number>()
  /** Locals of the vectors that hold variables, and what is in them. */
  readonly bundles = new Map<Bundle, number>()
  readonly bundled = new Map<number, { readonly bundle: Bundle; readonly slot: number }>()
  /** Loops, and functions, whose bodies are parts that this code may jump to. */
  readonly loopFunctions = new Map<number, LoopFunction>()
  /** Variables that hold records in memory of which there is no value. */
  valueless = new Set<number>()
  /** The variable of an address in memory that is free again when the function is left. */
  ownedMemory: number | undefined
  /** Local with the site of the call that entered the function, where the cell no longer holds it when it is needed. */
  callerSite: number | undefined
  /** Where the function stands in a call (site + 1, else 0) and what it calls, for the call stacks of errors. */
  #trace: { readonly label: Label; readonly site: number; readonly callee: number } | undefined
  readonly #free = new Map<ValueType, number[]>()
  /** What was spent and is not subtracted yet, in order. */
  #charges: Charge[] = []

  constructor(module: ModuleEmitter, version: Version, paramCount: number, part: PartOptions = {}) {
    this.module = module
    this.version = version
    this.body = new FunctionBody(paramCount)
    this.frame = part.frame ?? (version.lambda === undefined ? 0 : module.facts.frameOf(version.lambda.node))
    this.returnsAs = part.returnsAs
    this.raiseLabel = this.body.block('i32')
    const results: ValueType[] = this.returnType === 'none' ? ['i32'] : [this.returnType, 'i32']
    this.#returnLabel = this.body.block(module.builder.type({ params: [], results }))
  }

  /** Ends the function: the code that returns and the code that raises, for sites that jumped there. */
  finish(): FunctionBody {
    const { body } = this
    if (this.#trace !== undefined) {
      body.catchAll()
      this.notePassing()
      body.rethrow(this.#trace.label)
      body.end()
      body.unreachable()
    }
    body.end()
    if (body.live) {
      const site = this.temp('i32')
      body.localSet(site).localGet(this.fuel).i32(0).op('i32.lt_s')
      body.if()
      body.localGet(this.fuel).i32(0).localGet(site).call(this.module.host('settle')).localSet(this.fuel)
      body.end()
      body.localGet(this.fuel).return()
    }
    body.end()
    this.body.localGet(this.fuel).call(this.module.host('raise')).unreachable()
    return this.body
  }

  /** True when the frames of the unit are the host's. */
  get isLinked(): boolean {
    return this.module.facts.linkage !== undefined
  }

  // Values

  kinds(node: Node): Kinds {
    return this.version.kindsOf(node)
  }

  /** Evaluates a node; its value is left as `want` says. */
  emit(node: Node, want: Want): void {
    if (!emitNodePart(this, node, want)) emitNode(this, node, want)
  }

  /** Evaluates a node for its truth, as i32. */
  emitTest(node: Node): void {
    emitTestNode(this, node)
  }

  /** Evaluates a node in tail position of the function and returns its value. */
  emitTail(node: Node): void {
    if (!emitNodePart(this, node, 'tail')) emitTailNode(this, node)
  }

  /** A sequence of forms; the last one's value is left as `want` says. */
  emitBody(nodes: readonly Node[], want: Want): void {
    if (nodes.length === 0) {
      this.finishValue('externref', k.nil, want, () => this.body.nullReference())
      return
    }
    for (const [index, node] of nodes.entries()) {
      if (index > 0 && isFull(this, want, () => nodes.slice(index))) {
        const rest = nodes.slice(index)
        emitPart(this, { nodes: rest, want, write: part => part.emitBody(rest, want) })
        return
      }
      this.emit(node, index === nodes.length - 1 ? want : 'none')
    }
  }

  emitTailBody(nodes: readonly Node[]): void {
    if (nodes.length === 0) {
      this.body.nullReference()
      this.emitReturn('externref', k.nil)
      return
    }
    for (const [index, node] of nodes.entries()) {
      if (index > 0 && isFull(this, 'tail', () => nodes.slice(index))) {
        const rest = nodes.slice(index)
        emitPart(this, { nodes: rest, want: 'tail', write: part => part.emitTailBody(rest) })
        return
      }
      if (index === nodes.length - 1) this.emitTail(node)
      else this.emit(node, 'none')
    }
  }

  /** Makes a value on the stack what is wanted. `push`, if given, puts it there first. */
  finishValue(has: ValueType, kinds: Kinds, want: Want, push?: () => void): void {
    if (push !== undefined) {
      if (want === 'none') return
      if (has === 'i32' && want === 'externref') {
        this.#boxBool(push)
        return
      }
      push()
    }
    if (want === 'none') this.body.op('drop')
    else this.convert(has, want, kinds)
  }

  /** Converts the value on the stack. From a reference only to what its kinds say it is. */
  convert(has: ValueType, want: ValueType, kinds: Kinds): void {
    if (has === want || !this.body.live) return
    if (kinds === k.never) {
      this.body.unreachable()
      return
    }
    const { body, module } = this
    if (want === 'externref') {
      if (has === 'i64') body.call(module.boxInt)
      else if (has === 'f64') body.call(module.host('float'))
      else {
        const flag = this.temp('i32')
        body.localSet(flag)
        this.#boxBool(() => body.localGet(flag))
        this.release(flag, 'i32')
      }
      return
    }
    if (has !== 'externref') throw new Error(`no conversion from ${has} to ${want}`)
    if (want === 'i64') body.call(module.unboxInt)
    else if (want === 'f64') body.call(module.host('to-float'))
    else body.call(module.host('truthy'))
  }

  #boxBool(push: () => void): void {
    this.body.globalGet(this.module.value(true)).globalGet(this.module.value(false))
    push()
    this.body.selectReference()
  }

  /** Turns a value on the stack into its truth, as i32. */
  truth(has: ValueType, kinds: Kinds): void {
    const { body } = this
    if (has === 'i32') return
    if (has !== 'externref') {
      body.op('drop').i32(1)
      return
    }
    if ((kinds & (k.nil | k.bool)) === 0) body.op('drop').i32(1)
    else if ((kinds & k.bool) === 0) body.op('ref.is_null').op('i32.eqz')
    else body.call(this.module.host('truthy'))
  }

  /** Evaluates a node now; its value is pushed later. */
  operand(node: Node, type: ValueType): Operand {
    const direct = this.#directOperand(node, type)
    if (direct !== undefined) return direct
    this.emit(node, type)
    return this.stored(type)
  }

  /** The value on the stack as an operand. */
  stored(type: ValueType): Operand {
    const local = this.temp(type)
    this.body.localSet(local)
    return { push: () => this.body.localGet(local), release: () => this.release(local, type), local }
  }

  /** Literals and variables need no evaluation: nothing in between can change them. */
  #directOperand(node: Node, type: ValueType): Operand | undefined {
    if (node.kind === 'literal') {
      const { value } = node
      const literal = typeof value === 'number' || typeof value === 'bigint' ? BigInt(value) : undefined
      return { push: () => this.emit(node, type), release: () => {}, literal }
    }
    if (node.kind !== 'ref' || node.scope !== 'local') return undefined
    const local = this.variables.get(node.variable)
    if (local === undefined || this.module.facts.isCell(this.module.facts.variable(node.variable)))
      return undefined
    if (local.type !== type) return undefined
    return { push: () => this.body.localGet(local.index), release: () => {}, local: local.index }
  }

  // Locals

  temp(type: ValueType): number {
    return this.#free.get(type)?.pop() ?? this.body.local(type)
  }

  release(local: number, type: ValueType): void {
    const free = this.#free.get(type)
    if (free === undefined) this.#free.set(type, [local])
    else free.push(local)
  }

  /** The local that a variable can be read from: its own, or one that it is copied to from a bundle. */
  variable(variable: Variable): Local {
    const bundled = this.variables.has(variable.id) ? undefined : this.bundled.get(variable.id)
    return bundled === undefined ? this.#ownLocal(variable) : this.#unbundled(variable, bundled)
  }

  /** The local of a variable that is about to be given its value. */
  place(variable: Variable): Local {
    this.missing.delete(variable.id)
    return this.#ownLocal(variable)
  }

  #unbundled({ id }: Variable, { bundle, slot }: { readonly bundle: Bundle; readonly slot: number }): Local {
    const type = this.module.variableType(this.version, id)
    const kinds = type === 'externref' ? k.any : this.module.inference.variableKinds(this.version, id)
    const index = this.body.local(type)
    this.body.localGet(this.bundles.get(bundle)!).i32(slot).call(this.host('item'))
    this.convert('externref', type, kinds)
    this.body.localSet(index)
    return { index, type }
  }

  /** Made when it is first asked for. */
  #ownLocal(variable: Variable): Local {
    let local = this.variables.get(variable.id)
    if (local === undefined) {
      if (this.missing.has(variable.id)) throw new Error(`a part was not given ${variable.name}`)
      const type = this.module.variableType(this.version, variable.id)
      local = { index: this.body.local(type), type }
      this.variables.set(variable.id, local)
    }
    return local
  }

  // Fuel

  /**
   * Notes fuel that was spent by the form at `span`. What was noted before is settled when it has become long: each
   * site keeps a copy of it, and a literal of thousands of elements would keep its square.
   */
  spend(units: number, span: Span): void {
    if (this.#charges.length >= mostPending) this.settle()
    this.#charges.push({ span, units })
  }

  /** Fuel spent that is not subtracted yet. */
  get pending(): number {
    return totalOf(this.#charges)
  }

  /** Says that the fuel local is up to date here: the code before has seen to it on every way. */
  settled(): void {
    this.#charges = []
  }

  /** A number for a place, which knows what was spent on the way there: fuel may turn out to be over. */
  site(span: Span, callee?: string): number {
    return this.module.site(span, this.frame, this.#charges, callee)
  }

  /** How a value of a node travels when nobody asks for something else. */
  naturalType(node: Node): ValueType {
    return k.representation(this.kinds(node))
  }

  /** Subtracts what was spent without looking whether fuel is over: something right behind does. */
  subtract(): void {
    const { pending } = this
    if (pending === 0) return
    this.body.localGet(this.fuel).i32(pending).op('i32.sub').localSet(this.fuel)
    this.settled()
  }

  /** Subtracts what was spent, and settles when that is more than there was. */
  settle(): void {
    const last = this.#charges[this.#charges.length - 1]
    if (last !== undefined) this.checkFuel(this.site(last.span))
  }

  /** Pushes the fuel that is really left. */
  pushFuel(): void {
    const { pending } = this
    this.body.localGet(this.fuel)
    if (pending !== 0) this.body.i32(pending).op('i32.sub')
  }

  /** Brings the fuel local up to date and pushes it. */
  #pushSubtracted(): void {
    this.pushFuel()
    if (this.pending !== 0) this.body.localTee(this.fuel)
    this.settled()
  }

  /** As `settle`, at a site that was made here. */
  checkFuel(site: number): void {
    const { body } = this
    this.#pushSubtracted()
    body.i32(0).op('i32.lt_s')
    body.if()
    body.localGet(this.fuel).i32(0).i32(site).call(this.module.host('settle')).localSet(this.fuel)
    body.end()
  }

  /** As `checkFuel`; also raises when no further call may be entered. */
  checkCall(site: number): void {
    const { body } = this
    this.#pushSubtracted()
    this.pushInnerDepth()
    body.op('i32.or').i32(0).op('i32.lt_s')
    body.if()
    body.localGet(this.fuel)
    this.pushInnerDepth()
    body.i32(site).call(this.module.host('settle')).localSet(this.fuel)
    body.end()
  }

  /** Pushes the depth of a function that this one calls. */
  pushInnerDepth(): void {
    this.body.localGet(this.depth).i32(1).op('i32.sub')
  }

  /** Jumps to the next round of a loop, through its settling code when fuel is below zero. */
  jumpBack(target: LoopTarget, span: Span): void {
    const { body } = this
    body.i32(this.site(span))
    this.#pushSubtracted()
    body.i32(0).op('i32.lt_s').brIf(target.settle).op('drop').br(target.label)
  }

  /**
   * A wasm loop whose settling code is outside of it, so that the engine may unroll it. `round` writes one round and
   * must end with a jump.
   */
  loop(round: (target: LoopTarget) => void): void {
    const { body } = this
    this.settle()
    const outer = body.loop()
    const settle = body.block('i32')
    const label = body.loop()
    round({ label, settle })
    body.end()
    body.end()
    const site = this.temp('i32')
    body.localSet(site)
    body.localGet(this.fuel).i32(0).localGet(site).call(this.module.host('settle')).localSet(this.fuel)
    this.release(site, 'i32')
    body.br(outer)
    body.end()
  }

  // Call stacks

  /** From here on, errors that pass a call of this function are told to the host. Before anything is written. */
  traceCalls(): void {
    this.#trace = {
      label: this.body.try(),
      site: this.body.local('i32'),
      callee: this.body.local('externref'),
    }
  }

  /**
   * Around a call that is not a tail call. `callee` pushes what is called, where that is not known
   * beforehand; `unless` is a local that is 1 when it is a tail call after all.
   */
  traced(site: number, callee: Operand | undefined, call: () => void, unless?: number): void {
    const { body } = this
    const trace = this.#trace
    if (trace !== undefined) {
      if (callee !== undefined) {
        callee.push()
        body.localSet(trace.callee)
      }
      body.i32(site + 1)
      if (unless !== undefined) body.localGet(unless).op('i32.eqz').op('i32.mul')
      body.localSet(trace.site)
    }
    call()
    if (trace !== undefined) body.i32(0).localSet(trace.site)
  }

  /** First in a `catch_all`: what was caught has passed the call that was in progress, if one was. */
  notePassing(): void {
    if (this.#trace === undefined) return
    const { site, callee } = this.#trace
    this.body.localGet(callee).localGet(site).call(this.host('passing')).i32(0).localSet(site)
  }

  // Branches

  /**
   * `if` on the condition on the stack. Each branch leaves a value of `type`, if it ends. Where branches meet that have
   * spent different amounts, nothing stays to be subtracted.
   */
  ifElse(type: ValueType | undefined, then: () => void, otherwise: () => void): void {
    const { body } = this
    const before = this.#charges
    this.#charges = [...before]
    body.if(type)
    then()
    const thenLive = body.live
    const thenCharges = this.#charges
    let writeSettling: ((out: ByteWriter) => void) | undefined
    body.patch(out => writeSettling?.(out))
    body.else()
    this.#charges = [...before]
    otherwise()
    if (thenLive && body.live) {
      if (!areSame(thenCharges, this.#charges)) {
        writeSettling = this.#settling(thenCharges)
        this.settle()
      }
    } else if (thenLive) {
      this.#charges = thenCharges
    }
    body.end()
  }

  /** Writes what `settle` would write for these charges, when the code around is written already. */
  #settling(charges: readonly Charge[]): ((out: ByteWriter) => void) | undefined {
    const last = charges[charges.length - 1]
    if (last === undefined) return undefined
    const site = this.module.site(last.span, this.frame, charges)
    const settle = this.module.host('settle')
    return out => {
      const fix = new FunctionBody(0)
      fix.localGet(this.fuel).i32(totalOf(charges)).op('i32.sub').localTee(this.fuel).i32(0).op('i32.lt_s')
      fix.if()
      fix.localGet(this.fuel).i32(0).i32(site).call(settle).localSet(this.fuel)
      fix.end()
      fix.writeInstructions(out)
    }
  }

  /** `if` without `else`; what the branch spends is subtracted inside. */
  when(then: () => void): void {
    this.ifElse(undefined, then, () => {})
  }

  // The host

  /**
   * Tells the host where code stands, before an operation that may raise or charge. Without a span that is the call
   * that entered the function.
   */
  syncOut(span: Span | undefined): void {
    const { body } = this
    body.i32(0)
    this.pushFuel()
    body.memory('i32.store', memoryCells.fuel)
    if (span !== undefined) body.i32(0).i32(this.site(span)).memory('i32.store', memoryCells.site)
    else if (this.callerSite !== undefined) {
      body.i32(0).localGet(this.callerSite).memory('i32.store', memoryCells.site)
    }
  }

  /** Takes the fuel back from the host after an operation that may have charged. */
  syncIn(): void {
    this.body.i32(0).memory('i32.load', memoryCells.fuel).localSet(this.fuel)
    this.settled()
  }

  /** Tells the host the depth, before an operation that may call back. */
  syncDepth(): void {
    this.body.i32(0).localGet(this.depth).memory('i32.store', memoryCells.depth)
  }

  /** An operation of the host that charges nothing but may raise. Arguments are on the stack. */
  raising(target: FunctionReference, span: Span): void {
    this.syncOut(span)
    this.body.call(target)
  }

  /** An operation of the host that may charge and raise. Arguments are on the stack. */
  charging(target: FunctionReference, span: Span | undefined): void {
    this.syncOut(span)
    this.body.call(target)
    this.syncIn()
  }

  host(name: HostImportName): FunctionReference {
    return this.module.host(name)
  }

  // Raising

  /** Raises when the condition that `push` leaves on the stack holds. */
  raiseWhen(reason: RaiseReason, span: Span, push: () => void): void {
    this.body.i32(this.module.raiseSite(reason, span, this.frame, this.#charges))
    push()
    this.body.brIf(this.raiseLabel).op('drop')
  }

  /** Raises. */
  raise(reason: RaiseReason, span: Span): void {
    this.body.i32(this.module.raiseSite(reason, span, this.frame, this.#charges)).br(this.raiseLabel)
  }

  // Returning

  /** How the value of this code goes back. */
  get returnType(): Want {
    return this.returnsAs ?? k.representation(this.version.result)
  }

  /** True when a value of these kinds needs no check on exit. */
  returnsUnchecked(kinds: Kinds): boolean {
    const type = this.version.lambda?.node.returnType
    return type === undefined || this.returnsAs !== undefined || k.provesType(kinds, type)
  }

  /** Returns the value on the stack, checked against the return annotation. */
  emitReturn(has: ValueType, kinds: Kinds): void {
    const { lambda, result } = this.version
    if (lambda === undefined || this.returnsUnchecked(kinds)) {
      this.emitPlainReturn(has, kinds)
      return
    }
    const { name, returnType, returnSpan, span } = lambda.node
    const place = { path: `${name ?? 'fn'}/return`, span: returnSpan ?? span }
    this.emitPlainReturn(emitCheck(this, has, kinds, returnType!, place), result)
  }

  /** Gives memory back before the function is left, for a return or a tail call. */
  freeOwned(): void {
    if (this.ownedMemory === undefined) return
    this.body
      .i32(0)
      .localGet(this.variables.get(this.ownedMemory)!.index)
      .memory('i32.store', memoryCells.heap)
  }

  /** Returns the value on the stack as it is. */
  emitPlainReturn(has: ValueType, kinds: Kinds): void {
    this.finishValue(has, kinds, this.returnType)
    this.emitEmptyReturn()
  }

  /** Returns what is on the stack as the function gives it. */
  emitEmptyReturn(): void {
    this.freeOwned()
    const last = this.#charges[this.#charges.length - 1]
    if (last === undefined) {
      this.body.localGet(this.fuel).return()
      return
    }
    const site = this.site(last.span)
    this.subtract()
    this.body.i32(site).br(this.#returnLabel)
  }
}

function areSame(a: readonly Charge[], b: readonly Charge[]): boolean {
  return a.length === b.length && a.every((charge, index) => charge === b[index])
}

function totalOf(charges: readonly Charge[]): number {
  let total = 0
  for (const { units } of charges) total += units
  return total
}
