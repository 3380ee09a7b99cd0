import {
  arityMismatch,
  HostFunction,
  isRtfsError,
  Keyword,
  notCallable,
  type Span,
  typeName,
  type Value,
} from '@rtfs/core'
import type { Call } from '@rtfs/parser'
import {
  BuiltinFunction,
  callKeyword,
  checkArity,
  DerivedFunction,
  type Implementation,
  type Steps,
} from '@rtfs/stdlib'
import { checkType } from '../shared/checks.js'
import { declarationOf, withoutImplementation } from '../shared/declarations.js'
import type { UnitFrame } from '../shared/environment.js'
import { TierFunction } from '../shared/functions.js'
import { callHostFunction } from '../shared/host-function.js'
import { noteFrame } from '../shared/stack-frames.js'
import { shortText } from '../shared/throwing.js'
import { Closure } from './closure.js'
import type { Done, PendingCall, Return } from './continuation.js'
import { isAtom, readAtom } from './evaluate.js'
import type { Machine } from './machine.js'
import { enterFunction } from './parameters.js'
import type { Scope } from './scope.js'

/** `(f a…)`: the operator, then the arguments, then the call (LANGUAGE §4.3). */
export function evaluateCall(machine: Machine, node: Call, scope: Scope): Done {
  const { callee } = node
  const call: PendingCall = { kind: 'call', node, scope, callee: undefined, args: [] }
  if (isAtom(callee)) {
    call.callee = readAtom(machine, callee, scope)
    return continueCall(machine, call)
  }
  machine.stack.push(call)
  machine.evaluate(callee, scope)
}

/** Evaluates the arguments that are left, then makes the call. */
export function continueCall(machine: Machine, call: PendingCall): Done {
  const { args, node, scope } = call
  while (args.length < node.args.length) {
    const arg = node.args[args.length]!
    if (!isAtom(arg)) {
      machine.stack.push(call)
      machine.evaluate(arg, scope)
      return
    }
    args.push(readAtom(machine, arg, scope))
  }
  apply(machine, call.callee!, args, node, scope.unit)
}

/** Calls a value with evaluated arguments. `span` is the form that makes the call, in the text of `unit`. */
export function apply(
  machine: Machine,
  fn: Value,
  args: readonly Value[],
  span: Span,
  unit: UnitFrame,
): Done {
  machine.at(span, unit)
  machine.meter.charge(1)
  if (fn instanceof Closure) return applyClosure(machine, fn, args, span, unit)
  if (fn instanceof BuiltinFunction) {
    checkArity(fn.name, fn.definition.arity, args.length)
    return applyLibrary(machine, fn.definition.implementation, args, span, unit)
  }
  if (fn instanceof Keyword) return machine.give(callKeyword(fn, args))
  if (fn instanceof DerivedFunction) {
    checkArity(fn.name ?? 'function', fn.arity, args.length)
    return applyLibrary(machine, fn.implementation, args, span, unit)
  }
  if (fn instanceof TierFunction) return machine.give(fn.call(args, machine.services, span))
  if (fn instanceof HostFunction) return machine.give(callHostFunction(fn, args))
  throw notCallable(shortText(fn), typeName(fn))
}

/** A closure, the call charged: arity, then whoever else may answer, then its frame and body. */
export function applyClosure(
  machine: Machine,
  closure: Closure,
  args: readonly Value[],
  span: Span,
  unit: UnitFrame,
): Done {
  const { fn, shape } = closure
  const count = fn.params.length
  if (args.length !== count && (fn.rest === undefined || args.length < count)) {
    throw arityMismatch(closure.name ?? 'fn', shape.arityText, args.length)
  }
  if (closure.delegated !== undefined && machine.services.delegate !== undefined) {
    const answer = machine.services.delegate.call(closure.delegated, args)
    if (answer !== undefined) return machine.give(answer)
  }
  if (fn.body.length === 0 && fn.hint !== undefined) throw withoutBody(closure)
  openCall(machine, closure, span, unit)
  enterFunction(machine, closure, args, span, unit)
}

/**
 * Puts the `return` entry of the call on the stack. A call in tail position finds its caller's entry on top: the
 * caller has nothing left to do, except to check its result, which is the same check when it calls itself
 * (LANGUAGE §4.4). Then the entry is taken over, and the depth stays.
 */
function openCall(machine: Machine, closure: Closure, span: Span, unit: UnitFrame): Done {
  const top = machine.stack[machine.stack.length - 1]
  if (top?.kind === 'return' && (top.closure.shape.result === undefined || top.closure.fn === closure.fn)) {
    top.closure = closure
    return
  }
  machine.meter.enter()
  machine.stack.push({ kind: 'return', closure, called: closure, span, unit })
}

/** The body of a closure has a value: leaves the call and checks the result. */
export function leaveCall(
  machine: Machine,
  { closure, called, span, unit: caller }: Return,
  value: Value,
): Done {
  machine.meter.leave()
  const { result } = closure.shape
  if (result === undefined) return machine.give(value)
  const { unit } = closure.scope
  machine.at(closure.fn.returnType!, unit)
  const path = `${closure.name ?? 'fn'}/return`
  try {
    machine.give(checkType(value, result, path, unit.resolveType, undefined, machine.meter))
  } catch (error) {
    // The call is over only when its result is checked.
    if (isRtfsError(error)) noteFrame(error, called.name, span, caller)
    throw error
  }
}

function withoutBody(closure: Closure): unknown {
  const symbol = closure.delegated?.symbol ?? closure.name ?? 'fn'
  return withoutImplementation(symbol, declarationOf(closure.fn))
}

function applyLibrary(
  machine: Machine,
  implementation: Implementation,
  args: readonly Value[],
  span: Span,
  unit: UnitFrame,
): Done {
  if (implementation.kind === 'plain') return machine.give(implementation.call(args, machine.services))
  continueSteps(machine, implementation.steps(args, machine.services), undefined, span, unit)
}

/** Runs a library function up to its next callback, which the machine makes: nothing nests on the native stack. */
function continueSteps(
  machine: Machine,
  steps: Steps,
  result: Value | undefined,
  span: Span,
  unit: UnitFrame,
): Done {
  machine.at(span, unit)
  const state = result === undefined ? steps.next() : steps.next(result)
  if (state.done === true) return machine.give(state.value)
  machine.stack.push({ kind: 'then', next: value => continueSteps(machine, steps, value, span, unit) })
  apply(machine, state.value.fn, state.value.args, span, unit)
}
