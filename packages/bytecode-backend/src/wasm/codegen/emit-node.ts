import { assertNever, type Node } from '@rtfs/ir'
import { emitLet, emitLoop, emitRecur, emitTailLet, emitTailLoop } from './emit-bindings.js'
import { emitApply, emitTailApply } from './emit-calls.js'
import { emitCast, emitConforms } from './emit-checks.js'
import { emitClosure } from './emit-closures.js'
import {
  emitAnd,
  emitDo,
  emitIf,
  emitOr,
  emitTailAnd,
  emitTailIf,
  emitTailOr,
  emitTestOf,
} from './emit-control.js'
import { emitMap, emitVector } from './emit-data.js'
import { emitContextGet, emitDiscover, emitHostCall, emitIs, emitResource, emitTask } from './emit-effects.js'
import { emitThrow, emitTry } from './emit-errors.js'
import { emitDotimes, emitFor } from './emit-iteration.js'
import {
  emitDefineMacro,
  emitDefineType,
  emitImport,
  emitModuleStep,
  emitObject,
  emitQualified,
  emitTest,
} from './emit-linked.js'
import { emitLiteral } from './emit-literals.js'
import { emitMatch, emitTailMatch } from './emit-match.js'
import { emitParallel, emitStepParallel } from './emit-parallel.js'
import { emitQuasiquote } from './emit-quasiquote.js'
import { emitDefinition, emitReference, emitStruct } from './emit-references.js'
import {
  emitHints,
  emitLogStep,
  emitStep,
  emitStepIf,
  emitStepLoop,
  emitWithResource,
} from './emit-scoped.js'
import type { FunctionEmitter, Want } from './function-emitter.js'
import type { Kinds } from './kinds.js'
import * as k from './kinds.js'

/** Evaluates a node and leaves its value as `want` says: the one place that knows which file compiles what. */
export function emitNode(e: FunctionEmitter, node: Node, want: Want): void {
  switch (node.kind) {
    case 'literal':
    case 'quote':
      emitLiteral(e, node.value, want)
      return
    case 'ref':
      emitReference(e, node, want)
      return
    case 'def':
      emitDefinition(e, node, want)
      return
    case 'lambda':
      emitClosure(e, node, want)
      return
    case 'apply':
      emitApply(e, node, want)
      return
    case 'if':
      emitIf(e, node, want)
      return
    case 'let':
      emitLet(e, node, want)
      return
    case 'do':
      emitDo(e, node, want)
      return
    case 'and':
      emitAnd(e, node.operands, want)
      return
    case 'or':
      emitOr(e, node.operands, want)
      return
    case 'loop':
      emitLoop(e, node, want)
      return
    case 'recur':
      emitRecur(e, node)
      return
    case 'match':
      emitMatch(e, node, want)
      return
    case 'try':
      emitTry(e, node, want)
      return
    case 'throw':
      emitThrow(e, node)
      return
    case 'vector':
      emitVector(e, node, want)
      return
    case 'map':
      emitMap(e, node, want)
      return
    case 'cast':
      emitCast(e, node, want)
      return
    case 'conforms':
      emitConforms(e, node, want)
      return
    case 'for':
      emitFor(e, node, want)
      return
    case 'dotimes':
      emitDotimes(e, node, want)
      return
    case 'charge':
      e.spend(node.units, node.span)
      e.emit(node.body, want)
      return
    case 'is':
      emitIs(e, node, want)
      return
    case 'host-call':
      emitHostCall(e, node, want)
      return
    case 'task-context':
      emitTask(e, node, want)
      return
    case 'context-get':
      emitContextGet(e, node, want)
      return
    case 'resource-ref':
      emitResource(e, node, want)
      return
    case 'discover-agents':
      emitDiscover(e, node, want)
      return
    case 'quasiquote':
      emitQuasiquote(e, node, want)
      return
    case 'hints':
      emitHints(e, node, want)
      return
    case 'log-step':
      emitLogStep(e, node, want)
      return
    case 'step':
      emitStep(e, node, want)
      return
    case 'step-if':
      emitStepIf(e, node, want)
      return
    case 'step-loop':
      emitStepLoop(e, node, want)
      return
    case 'step-parallel':
      emitStepParallel(e, node, want)
      return
    case 'parallel':
      emitParallel(e, node, want)
      return
    case 'with-resource':
      emitWithResource(e, node, want)
      return
    case 'defmacro':
      if (e.isLinked) emitDefineMacro(e, node.name)
      emitLiteral(e, null, want)
      return
    case 'deftest':
      if (e.isLinked) emitTest(e, node)
      emitLiteral(e, null, want)
      return
    case 'deftype':
      if (e.isLinked) emitDefineType(e, node)
      emitLiteral(e, null, want)
      return
    case 'qualified-ref':
      emitQualified(e, node, want)
      return
    case 'import':
      emitImport(e, node, want)
      return
    case 'module':
      emitModuleStep(e, node, want)
      return
    case 'object':
      emitObject(e, node, want)
      return
    case 'defstruct':
      emitStruct(e, node, want)
      return
    default:
      assertNever(node)
  }
}

/** Evaluates a node in tail position and returns its value. */
export function emitTailNode(e: FunctionEmitter, node: Node): void {
  switch (node.kind) {
    case 'apply':
      emitTailApply(e, node)
      return
    case 'if':
      emitTailIf(e, node)
      return
    case 'let':
      emitTailLet(e, node)
      return
    case 'do':
      e.emitTailBody(node.body)
      return
    case 'and':
      emitTailAnd(e, node.operands)
      return
    case 'or':
      emitTailOr(e, node.operands)
      return
    case 'loop':
      emitTailLoop(e, node)
      return
    case 'match':
      emitTailMatch(e, node)
      return
    case 'charge':
      e.spend(node.units, node.span)
      e.emitTail(node.body)
      return
    case 'context-get':
      node.local === undefined ? emitAndReturn(e, node) : e.emitTail(node.local)
      return
    default:
      emitAndReturn(e, node)
  }
}

/** Evaluates a node as it best travels to the caller. */
function emitAndReturn(e: FunctionEmitter, node: Node): void {
  const kinds = e.kinds(node)
  if (kinds === k.never) {
    e.emit(node, 'none')
    e.body.unreachable()
    return
  }
  emitToReturn(e, kinds, type => e.emit(node, type))
}

/** Returns a value of these kinds, which `write` leaves as it best travels to the caller. */
export function emitToReturn(e: FunctionEmitter, kinds: Kinds, write: (want: Want) => void): void {
  const want = e.returnsUnchecked(kinds) ? e.returnType : k.representation(kinds)
  write(want)
  // What nobody wants goes back as nothing at all.
  if (want === 'none') e.emitEmptyReturn()
  else e.emitReturn(want, kinds)
}

/** Evaluates a node for its truth, as i32. */
export function emitTestNode(e: FunctionEmitter, node: Node): void {
  emitTestOf(e, node)
}
