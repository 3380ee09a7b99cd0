import type { DotimesNode, ForNode, IrForClause } from '@rtfs/ir'
import { forEachPatternVariable, placeOf } from '@rtfs/ir'
import type { Label } from '../encoder/function-body.js'
import { emitBindings, emitDefinedFunctions, frameVariables, makeCells } from './emit-bindings.js'
import { openRange } from './emit-passes.js'
import { bindPattern, bindVariable } from './emit-patterns.js'
import type { FunctionEmitter, Operand, Want } from './function-emitter.js'
import { elementKinds } from './infer-passes.js'
import * as k from './kinds.js'

/** `dotimes`: the body with 0 … n−1; nil (LANGUAGE §5.12). */
export function emitDotimes(e: FunctionEmitter, node: DotimesNode, want: Want): void {
  const { body } = e
  const kinds = e.kinds(node.count)
  if (kinds === k.never) {
    e.emit(node.count, 'none')
    return
  }
  const rounds = countOperand(e, node)
  const counter = e.temp('i64')
  body.i64(0n).localSet(counter)
  e.settle()
  const done = body.block()
  e.loop(target => {
    body.localGet(counter)
    rounds.push()
    body.op('i64.ge_s').brIf(done)
    e.spend(1, node.span)
    makeCells(e, [node.variable, ...node.declares])
    const index: Operand = { push: () => body.localGet(counter), release: () => {} }
    bindVariable(e, node.variable, index, 'i64', k.int)
    emitDefinedFunctions(e, node.body, node.declares)
    e.emitBody(node.body, 'none')
    body.localGet(counter).i64(1n).op('i64.add').localSet(counter)
    e.jumpBack(target, node.span)
  })
  body.end()
  e.settled()
  e.release(counter, 'i64')
  rounds.release()
  e.finishValue('externref', k.nil, want, () => body.nullReference())
}

function countOperand(e: FunctionEmitter, node: DotimesNode): Operand {
  if (e.kinds(node.count) === k.int) return e.operand(node.count, 'i64')
  e.emit(node.count, 'externref')
  e.raising(e.host('count-of'), placeOf(node.count))
  e.body.op('i64.trunc_sat_f64_s')
  return e.stored('i64')
}

/** `for`: nested, rightmost fastest; the vector of the body's values (LANGUAGE §5.12). */
export function emitFor(e: FunctionEmitter, node: ForNode, want: Want): void {
  const { body } = e
  body.call(e.host('collect'))
  const results = e.stored('externref')
  emitForInto(e, node, () => emitResult(e, node, results))
  results.push()
  body.call(e.host('collected'))
  results.release()
  e.finishValue('externref', k.vector, want)
}

/** The rounds of a `for`; `result` evaluates its body for each and does something with the value. */
export function emitForInto(e: FunctionEmitter, node: ForNode, result: () => void): void {
  e.settle()
  const done = e.body.block()
  const round = (): void => {
    makeCells(e, node.declares)
    emitDefinedFunctions(e, node.body, node.declares)
    result()
  }
  emitClauses(e, node, 0, round, { next: done, stop: done })
  e.body.end()
  e.settled()
}

/** Where a clause goes on: with the next element of the innermost binding, or behind it. */
interface Exits {
  readonly next: Label
  readonly stop: Label
}

/** Writes the clauses from `index` on and the body. Nothing is left to subtract where it ends or jumps. */
function emitClauses(
  e: FunctionEmitter,
  node: ForNode,
  index: number,
  round: () => void,
  exits: Exits,
): void {
  const clause = node.clauses[index]
  if (clause === undefined) {
    round()
    return
  }
  const rest = (inner: Exits): void => emitClauses(e, node, index + 1, round, inner)
  switch (clause.kind) {
    case 'for-binding':
      emitBinding(e, clause, rest)
      return
    case 'for-when':
    case 'for-while':
      e.emitTest(clause.test)
      e.settle()
      e.body.op('i32.eqz').brIf(clause.kind === 'for-when' ? exits.next : exits.stop)
      rest(exits)
      return
    case 'for-let':
      makeCells(e, frameVariables(clause.bindings, []))
      emitBindings(e, clause.bindings)
      rest(exits)
  }
}

function emitResult(e: FunctionEmitter, node: ForNode, results: Operand): void {
  e.emitBody(node.body, 'externref')
  const value = e.stored('externref')
  results.push()
  value.push()
  value.release()
  e.charging(e.host('add'), node.span)
}

function emitBinding(
  e: FunctionEmitter,
  clause: IrForClause & { readonly kind: 'for-binding' },
  rest: (exits: Exits) => void,
): void {
  const { body } = e
  const { collection, pattern } = clause
  const place = placeOf(collection)
  const range = openRange(e, collection)
  let elements: Operand | undefined
  if (range === undefined) {
    e.emit(collection, 'externref')
    e.charging(e.host('elements'), place)
    elements = e.stored('externref')
  }
  const kinds = range === undefined ? elementKinds(e.module.facts, e.version, collection) : k.int
  const index = e.temp('i32')
  body.i32(0).localSet(index)
  const stop = body.block()
  e.loop(target => {
    body.localGet(index)
    if (range !== undefined) body.localGet(range.size)
    else {
      elements!.push()
      body.call(e.host('size'))
    }
    body.op('i32.ge_u').brIf(stop)
    e.spend(1, place)
    forEachPatternVariable(pattern, variable => makeCells(e, [variable]))
    const type = range === undefined ? 'externref' : 'i64'
    if (range !== undefined) range.item(index)
    else {
      elements!.push()
      body.localGet(index).call(e.host('item'))
    }
    const element = e.stored(type)
    bindPattern(e, pattern, element, type, kinds)
    element.release()
    body.localGet(index).i32(1).op('i32.add').localSet(index)
    e.settle()
    const next = body.block()
    rest({ next, stop })
    e.settle()
    body.end()
    e.jumpBack(target, place)
  })
  body.end()
  e.settled()
  e.release(index, 'i32')
  elements?.release()
  range?.release()
}
