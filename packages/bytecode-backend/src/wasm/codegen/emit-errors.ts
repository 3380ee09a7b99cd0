import type { CatchNode, Node, ThrowNode, TryNode } from '@rtfs/ir'
import { memoryCells } from '../abi.js'
import type { Label } from '../encoder/function-body.js'
import type { ValueType } from '../encoder/value-types.js'
import { emitDefinedFunctions, makeCells } from './emit-bindings.js'
import { emitPart, isFull } from './emit-parts.js'
import { bindVariable } from './emit-patterns.js'
import type { FunctionEmitter, Operand, Want } from './function-emitter.js'
import * as k from './kinds.js'

/** `throw` (LANGUAGE §9.3). */
export function emitThrow(e: FunctionEmitter, node: ThrowNode): void {
  if (e.kinds(node.value) === k.never) {
    e.emit(node.value, 'none')
    return
  }
  e.emit(node.value, 'externref')
  e.charging(e.host('throw'), node.span)
  e.body.unreachable()
}

/** `try` (LANGUAGE §9.4): the body, the first `catch` that takes its error, and `finally` after either. */
export function emitTry(e: FunctionEmitter, node: TryNode, want: Want): void {
  if (want !== 'none' && e.kinds(node) === k.never) {
    // A `finally` that always raises: the body may have a value, but not of the kind that is wanted.
    emitTry(e, node, 'none')
    e.body.unreachable()
    return
  }
  e.settle()
  const mark = e.module.facts.passes.size === 0 ? undefined : e.body.local('i32')
  if (mark !== undefined) e.body.i32(0).memory('i32.load', memoryCells.heap).localSet(mark)
  if (node.finally === undefined) emitCatching(e, node, want, mark)
  else emitFinally(e, node, node.finally, want, mark)
  e.settled()
}

function typeOf(want: Want): ValueType | undefined {
  return want === 'none' ? undefined : want
}

function emitFinally(
  e: FunctionEmitter,
  node: TryNode,
  cleanup: readonly Node[],
  want: Want,
  mark: number | undefined,
): void {
  const { body } = e
  const label = body.try(typeOf(want))
  if (node.catches.length === 0) emitProtected(e, want, () => e.emitBody(node.body, want))
  else emitCatching(e, node, want, mark)
  body.catchAll()
  const failed = emitCaught(e, label)
  dropNumbers(e, mark)
  emitReplacing(e, 'none', failed, () => e.emitBody(cleanup, 'none'))
  throwAgain(e, failed, undefined)
  failed.release()
  body.end()
  e.settled()
  const value = want === 'none' ? undefined : e.stored(want)
  e.emitBody(cleanup, 'none')
  e.settle()
  value?.push()
  value?.release()
}

/** Frees what loops that were left had put into memory. */
function dropNumbers({ body }: FunctionEmitter, mark: number | undefined): void {
  if (mark !== undefined) body.i32(0).localGet(mark).memory('i32.store', memoryCells.heap)
}

function emitCatching(e: FunctionEmitter, node: TryNode, want: Want, mark: number | undefined): void {
  const { body } = e
  const label = body.try(typeOf(want))
  emitProtected(e, want, () => e.emitBody(node.body, want))
  body.catchAll()
  const failed = emitCaught(e, label)
  dropNumbers(e, mark)
  failed.push()
  body.call(e.host('error-value'))
  const error = e.stored('externref')
  emitClauses(e, node, node.catches, failed, error, want, true)
  error.release()
  failed.release()
  body.end()
  e.settled()
}

/** Tries the clauses in order; when none takes the error it is thrown again. */
function emitClauses(
  e: FunctionEmitter,
  node: TryNode,
  clauses: readonly CatchNode[],
  failed: Operand,
  error: Operand,
  want: Want,
  isFirst: boolean,
): void {
  const { body } = e
  const [clause, ...others] = clauses
  if (clause === undefined) {
    throwAgain(e, failed, undefined)
    return
  }
  if (!isFirst && isFull(e, want, () => clauses.flatMap(({ body: nodes }) => nodes))) {
    emitPart(e, {
      nodes: clauses.flatMap(({ body: nodes }) => nodes),
      given: [failed, error].map(operand => ({ operand, type: 'externref' })),
      want,
      write: (part, [given, value]) => emitClauses(part, node, clauses, given!, value!, want, true),
    })
    return
  }
  const run = (): void => {
    makeCells(e, [...clause.variables, ...clause.declares])
    for (const variable of clause.variables) bindVariable(e, variable, error, 'externref', k.other)
    emitReplacing(e, want, failed, () => {
      emitDefinedFunctions(e, clause.body, clause.declares)
      e.emitBody(clause.body, want)
    })
  }
  if (clause.pattern.kind === 'catch-any') {
    run()
    return
  }
  error.push()
  body.globalGet(e.module.constants.global({ kind: 'catch', pattern: clause.pattern, frame: e.frame }))
  e.charging(e.host('catches'), node.span)
  body.if(typeOf(want))
  run()
  body.else()
  emitClauses(e, node, others, failed, error, want, false)
  body.end()
}

/** Code whose errors replace another one, which becomes their cause. */
function emitReplacing(e: FunctionEmitter, want: Want, replaced: Operand, write: () => void): void {
  const label = e.body.try(typeOf(want))
  emitProtected(e, want, write)
  e.body.catchAll()
  const later = emitCaught(e, label)
  throwAgain(e, later, replaced)
  later.release()
  e.body.end()
  e.settled()
}

/** Code inside a `try`: what it raises by itself is raised inside, too. Nothing is left to subtract after it. */
export function emitProtected(e: FunctionEmitter, want: Want, write: () => void): void {
  const { body } = e
  const outside = e.raiseLabel
  const done = body.block(typeOf(want))
  e.raiseLabel = body.block('i32')
  write()
  e.settle()
  body.br(done)
  body.end()
  body.localGet(e.fuel).call(e.host('raise')).unreachable()
  body.end()
  e.raiseLabel = outside
  e.settled()
}

/** Takes what was thrown, if the program may see it; signals and errors that end the run go on. */
export function emitCaught(e: FunctionEmitter, label: Label): Operand {
  const { body } = e
  e.notePassing()
  body.call(e.host('caught'))
  const failed = e.stored('externref')
  failed.push()
  body.op('ref.is_null')
  body.if()
  body.rethrow(label)
  body.end()
  body.i32(0).memory('i32.load', memoryCells.fuel).localSet(e.fuel)
  e.settled()
  return failed
}

function throwAgain(e: FunctionEmitter, failed: Operand, replaced: Operand | undefined): void {
  failed.push()
  if (replaced === undefined) e.body.nullReference()
  else replaced.push()
  e.syncOut(undefined)
  e.body.call(e.host('throw-again')).unreachable()
}
