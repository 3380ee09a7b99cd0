import type { DoNode, IfNode, Node } from '@rtfs/ir'
import type { ValueType } from '../encoder/value-types.js'
import { emitPart, isFull } from './emit-parts.js'
import type { FunctionEmitter, Want } from './function-emitter.js'
import * as k from './kinds.js'

export function emitDo(e: FunctionEmitter, node: DoNode, want: Want): void {
  e.emitBody(node.body, want)
}

/** The type of a block that leaves what is wanted. */
function blockType(want: Want): ValueType | undefined {
  return want === 'none' ? undefined : want
}

export function emitIf(e: FunctionEmitter, node: IfNode, want: Want): void {
  branch(
    e,
    node,
    taken => emitBranch(e, taken, want),
    (then, otherwise) => e.ifElse(blockType(want), then, otherwise),
  )
}

export function emitTailIf(e: FunctionEmitter, node: IfNode): void {
  branch(
    e,
    node,
    taken => (taken === undefined ? e.emitTailBody([]) : e.emitTail(taken)),
    (then, otherwise) => e.ifElse(undefined, then, otherwise),
  )
}

/** Writes the branch that is always taken, where the test's kinds decide it, or both. */
function branch(
  e: FunctionEmitter,
  node: IfNode,
  part: (taken: Node | undefined) => void,
  both: (then: () => void, otherwise: () => void) => void,
): void {
  const test = e.kinds(node.test)
  if (test === k.nil || k.alwaysTrue(test)) {
    e.emit(node.test, 'none')
    if (test === k.never) e.body.unreachable()
    part(test === k.nil ? node.else : node.then)
    return
  }
  e.emitTest(node.test)
  both(
    () => part(node.then),
    () => part(node.else),
  )
}

/** A branch; a missing one is nil. */
function emitBranch(e: FunctionEmitter, node: Node | undefined, want: Want): void {
  if (node === undefined) e.finishValue('externref', k.nil, want, () => e.body.nullReference())
  else e.emit(node, want)
}

/** The truth of a node, as i32; `and` and `or` in a test need no value. */
export function emitTestOf(e: FunctionEmitter, node: Node): void {
  const isPart = e.plan?.parts.has(node) === true && e.root !== node
  if (!isPart && node.kind === 'and' && node.operands.length > 0) {
    emitTests(e, node.operands, false)
    return
  }
  if (!isPart && node.kind === 'or' && node.operands.length > 0) {
    emitTests(e, node.operands, true)
    return
  }
  const kinds = e.kinds(node)
  if (kinds !== k.never && k.alwaysTrue(kinds)) {
    e.emit(node, 'none')
    e.body.i32(1)
    return
  }
  if (kinds === k.nil) {
    e.emit(node, 'none')
    e.body.i32(0)
    return
  }
  const type = e.naturalType(node)
  e.emit(node, type)
  e.truth(type, kinds)
}

/** Tests from an index on, one after the other until one is `stop`. */
function emitTests(e: FunctionEmitter, nodes: readonly Node[], stop: boolean, from = 0): void {
  emitTestOf(e, nodes[from]!)
  if (from + 1 === nodes.length) return
  const rest = inRest(e, nodes, from + 1, 'i32', to => emitTests(to, nodes, stop, from + 1))
  const stopped = (): void => {
    e.body.i32(stop ? 1 : 0)
  }
  if (stop) e.ifElse('i32', stopped, rest)
  else e.ifElse('i32', rest, stopped)
}

export function emitAnd(e: FunctionEmitter, operands: readonly Node[], want: Want): void {
  if (operands.length === 0) {
    e.finishValue('i32', k.bool, want, () => e.body.i32(1))
    return
  }
  emitJunction(e, operands, want, false)
}

export function emitOr(e: FunctionEmitter, operands: readonly Node[], want: Want): void {
  if (operands.length === 0) {
    e.finishValue('externref', k.nil, want, () => e.body.nullReference())
    return
  }
  emitJunction(e, operands, want, true)
}

/** Kinds of an operand's value where it ends an `and` (a false one) or an `or` (a true one). */
function endingKinds(kinds: k.Kinds, stop: boolean): k.Kinds {
  return stop ? kinds & ~k.nil : kinds & (k.nil | k.bool)
}

/** True when an operand always ends the form, or never does. */
function decided(kinds: k.Kinds, stop: boolean): 'ends' | 'goes on' | undefined {
  if (kinds === k.nil) return stop ? 'goes on' : 'ends'
  if (kinds !== k.never && k.alwaysTrue(kinds)) return stop ? 'ends' : 'goes on'
  return undefined
}

/** Writes operands from an index on, in a part of their own when there is too much before them. */
function inRest(
  e: FunctionEmitter,
  operands: readonly Node[],
  from: number,
  want: Want | 'tail',
  write: (to: FunctionEmitter) => void,
): () => void {
  return () => {
    const isCut = isFull(e, want, () => operands.slice(from))
    if (isCut) emitPart(e, { nodes: operands.slice(from), want, write })
    else write(e)
  }
}

function emitJunction(
  e: FunctionEmitter,
  operands: readonly Node[],
  want: Want,
  stop: boolean,
  from = 0,
): void {
  const first = operands[from]!
  const kinds = e.kinds(first)
  const known = decided(kinds, stop)
  if (from + 1 === operands.length || known === 'ends') {
    e.emit(first, want)
    return
  }
  const rest = inRest(e, operands, from + 1, want, to => emitJunction(to, operands, want, stop, from + 1))
  if (known === 'goes on') {
    e.emit(first, 'none')
    rest()
    return
  }
  if (want === 'none') {
    e.emitTest(first)
    const nothing = (): void => {}
    stop ? e.ifElse(undefined, nothing, rest) : e.ifElse(undefined, rest, nothing)
    return
  }
  const value = testedOperand(e, first)
  const ended = (): void => e.finishValue(value.type, endingKinds(kinds, stop), want, value.push)
  if (stop) e.ifElse(want, ended, rest)
  else e.ifElse(want, rest, ended)
  value.release()
}

/** Evaluates an operand, keeps its value and leaves its truth on the stack. */
function testedOperand(
  e: FunctionEmitter,
  node: Node,
): { readonly type: ValueType; readonly push: () => void; readonly release: () => void } {
  const type = e.naturalType(node)
  const operand = e.operand(node, type)
  operand.push()
  e.truth(type, e.kinds(node))
  return { type, push: () => operand.push(), release: () => operand.release() }
}

export function emitTailAnd(e: FunctionEmitter, operands: readonly Node[]): void {
  if (operands.length === 0) {
    e.body.i32(1)
    e.emitReturn('i32', k.bool)
  } else emitTailJunction(e, operands, false)
}

export function emitTailOr(e: FunctionEmitter, operands: readonly Node[]): void {
  if (operands.length === 0) e.emitTailBody([])
  else emitTailJunction(e, operands, true)
}

function emitTailJunction(e: FunctionEmitter, operands: readonly Node[], stop: boolean, from = 0): void {
  const first = operands[from]!
  const kinds = e.kinds(first)
  const known = decided(kinds, stop)
  if (from + 1 === operands.length || known === 'ends') {
    e.emitTail(first)
    return
  }
  const rest = inRest(e, operands, from + 1, 'tail', to => emitTailJunction(to, operands, stop, from + 1))
  if (known === 'goes on') {
    e.emit(first, 'none')
    rest()
    return
  }
  const value = testedOperand(e, first)
  const ended = (): void => {
    value.push()
    e.emitReturn(value.type, endingKinds(kinds, stop))
  }
  if (stop) e.ifElse(undefined, ended, rest)
  else e.ifElse(undefined, rest, ended)
  value.release()
}
