import { RtfsList, RtfsSequence, type Span, typeError, typeName, type Value } from '@rtfs/core'
import type { Param } from '@rtfs/parser'
import { chargeElements } from '../shared/charges.js'
import { checkType, patternLabel } from '../shared/checks.js'
import type { UnitFrame } from '../shared/environment.js'
import { bind } from './bind.js'
import type { Closure } from './closure.js'
import type { Done } from './continuation.js'
import { NewFrame } from './frame.js'
import type { Machine } from './machine.js'
import type { Scope } from './scope.js'

/**
 * Makes the frame of a call and goes on with the body. Parameters are checked and bound one after the other; a type
 * error is reported at `span`, the call.
 */
export function enterFunction(
  machine: Machine,
  closure: Closure,
  args: readonly Value[],
  span: Span,
  unit: UnitFrame,
): Done {
  const { fn, shape } = closure
  const outer = closure.scope.withFunction(closure)
  if (shape.simple) {
    let scope = outer
    for (let i = 0; i < args.length; i++) scope = bindSimple(scope, fn.params[i]!, args[i]!)
    return machine.body(fn.body, scope)
  }
  const frame = NewFrame.ofCall(outer, shape.defines)
  bindParameters(machine, closure, args, frame, span, unit, 0)
}

function bindSimple(scope: Scope, param: Param, value: Value): Scope {
  return param.pattern.kind === 'bind' ? scope.with(param.pattern.name, value) : scope
}

/** `recur` to the running function binds the parameters again; of a variadic one the last value is the rest. */
export function reenterFunction(
  machine: Machine,
  closure: Closure,
  values: readonly Value[],
  span: Span,
  unit: UnitFrame,
): Done {
  const { params, rest } = closure.fn
  if (rest === undefined) return enterFunction(machine, closure, values, span, unit)
  const more = restOfRecur(values[params.length]!)
  enterFunction(machine, closure, [...values.slice(0, params.length), ...more], span, unit)
}

function restOfRecur(value: Value): Iterable<Value> {
  if (value === null) return []
  if (value instanceof RtfsSequence) return value
  throw typeError('recur', 'vector or list', typeName(value))
}

function bindParameters(
  machine: Machine,
  closure: Closure,
  args: readonly Value[],
  frame: NewFrame,
  span: Span,
  unit: UnitFrame,
  from: number,
): Done {
  const { fn } = closure
  for (let i = from; i < fn.params.length; i++) {
    const param = fn.params[i]!
    const value = checked(machine, closure, param, args[i]!, span, unit)
    const next = i + 1
    const done = () => bindParameters(machine, closure, args, frame, span, unit, next)
    if (!bind(machine, param.pattern, value, frame, done)) return
  }
  const enter = () => machine.body(fn.body, frame.full)
  if (fn.rest === undefined) return enter()
  const { rest } = fn
  const values = args.slice(fn.params.length).map(value => checked(machine, closure, rest, value, span, unit))
  chargeElements(machine.meter, values.length)
  if (bind(machine, rest.pattern, RtfsList.from(values), frame, enter)) enter()
}

function checked(
  machine: Machine,
  closure: Closure,
  param: Param,
  value: Value,
  span: Span,
  unit: UnitFrame,
): Value {
  if (param.type === undefined) return value
  machine.at(span, unit)
  const path = `${closure.name ?? 'fn'}/param ${patternLabel(param.pattern)}`
  return checkType(value, param.type.type, path, closure.scope.unit.resolveType, undefined, machine.meter)
}
