import type { Node } from '@rtfs/ir'
import { notCovered } from './coverage.js'
import { emitApply, emitTailApply } from './emit-calls.js'
import { emitAnd, emitDo, emitIf, emitOr, emitTailAnd, emitTailIf, emitTailOr, emitTestOf } from './emit-control.js'
import { emitCast, emitConforms } from './emit-checks.js'
import { emitClosure } from './emit-closures.js'
import { emitMap, emitVector } from './emit-data.js'
import { emitContextGet, emitDiscover, emitHostCall, emitIs, emitResource, emitTask } from './emit-effects.js'
import { emitThrow, emitTry } from './emit-errors.js'
import { emitDotimes, emitFor } from './emit-iteration.js'
import { emitLet, emitLoop, emitRecur, emitTailLet, emitTailLoop } from './emit-bindings.js'
import { emitLiteral } from './emit-literals.js'
import { emitParallel, emitStepParallel } from './emit-parallel.js'
import { emitQuasiquote } from './emit-quasiquote.js'
import { emitHints, emitLogStep, emitStep, emitStepIf, emitStepLoop, emitWithResource } from './emit-scoped.js'
import { emitMatch, emitTailMatch } from './emit-match.js'
import { emitDefinition, emitReference, emitStruct } from './emit-references.js'
import type { FunctionEmitter, Want } from './function-emitter.js'
import * as k from './kinds.js'

/** Evaluates a node and leaves its value as `want` says: the one place that knows which file compiles what. */
export function emitNode(e: FunctionEmitter, node: Node, want: Want): void {
  switch (node.kind) {
    case 'literal':
    case 'quote':
      return emitLiteral(e, node.value, want)
    case 'ref':
      return emitReference(e, node, want)
    case 'def':
      return emitDefinition(e, node, want)
    case 'lambda':
      return emitClosure(e, node, want)
    case 'apply':
      return emitApply(e, node, want)
    case 'if':
      return emitIf(e, node, want)
    case 'let':
      return emitLet(e, node, want)
    case 'do':
      return emitDo(e, node, want)
    case 'and':
      return emitAnd(e, node.operands, want)
    case 'or':
      return emitOr(e, node.operands, want)
    case 'loop':
      return emitLoop(e, node, want)
    case 'recur':
      return emitRecur(e, node)
    case 'match':
      return emitMatch(e, node, want)
    case 'try':
      return emitTry(e, node, want)
    case 'throw':
      return emitThrow(e, node)
    case 'vector':
      return emitVector(e, node, want)
    case 'map':
      return emitMap(e, node, want)
    case 'cast':
      return emitCast(e, node, want)
    case 'conforms':
      return emitConforms(e, node, want)
    case 'for':
      return emitFor(e, node, want)
    case 'dotimes':
      return emitDotimes(e, node, want)
    case 'charge':
      e.spend(node.units, node.span)
      return e.emit(node.body, want)
    case 'is':
      return emitIs(e, node, want)
    case 'host-call':
      return emitHostCall(e, node, want)
    case 'task-context':
      return emitTask(e, node, want)
    case 'context-get':
      return emitContextGet(e, node, want)
    case 'resource-ref':
      return emitResource(e, node, want)
    case 'discover-agents':
      return emitDiscover(e, node, want)
    case 'quasiquote':
      return emitQuasiquote(e, node, want)
    case 'hints':
      return emitHints(e, node, want)
    case 'log-step':
      return emitLogStep(e, node, want)
    case 'step':
      return emitStep(e, node, want)
    case 'step-if':
      return emitStepIf(e, node, want)
    case 'step-loop':
      return emitStepLoop(e, node, want)
    case 'step-parallel':
      return emitStepParallel(e, node, want)
    case 'parallel':
      return emitParallel(e, node, want)
    case 'with-resource':
      return emitWithResource(e, node, want)
    case 'defmacro':
    case 'deftest':
    case 'deftype':
      return emitLiteral(e, null, want)
    case 'defstruct':
      return emitStruct(e, node, want)
    default:
      throw notCovered(node)
  }
}

/** Evaluates a node in tail position and returns its value. */
export function emitTailNode(e: FunctionEmitter, node: Node): void {
  switch (node.kind) {
    case 'apply':
      return emitTailApply(e, node)
    case 'if':
      return emitTailIf(e, node)
    case 'let':
      return emitTailLet(e, node)
    case 'do':
      return e.emitTailBody(node.body)
    case 'and':
      return emitTailAnd(e, node.operands)
    case 'or':
      return emitTailOr(e, node.operands)
    case 'loop':
      return emitTailLoop(e, node)
    case 'match':
      return emitTailMatch(e, node)
    case 'charge':
      e.spend(node.units, node.span)
      return e.emitTail(node.body)
    case 'context-get':
      return node.local === undefined ? emitAndReturn(e, node) : e.emitTail(node.local)
    default:
      return emitAndReturn(e, node)
  }
}

/** Evaluates a node as it best travels to the caller. */
function emitAndReturn(e: FunctionEmitter, node: Node): void {
  const kinds = e.kinds(node)
  const type = e.returnsUnchecked(kinds) ? k.representation(e.version.result) : e.naturalType(node)
  if (kinds === k.never) {
    e.emit(node, 'none')
    e.body.unreachable()
    return
  }
  e.emit(node, type)
  e.emitReturn(type, kinds)
}

/** Evaluates a node for its truth, as i32. */
export function emitTestNode(e: FunctionEmitter, node: Node): void {
  emitTestOf(e, node)
}
