import type { Def, Defn, Defstruct, Fn, Param } from '@rtfs/parser'
import { definitionsOfFunction } from './definitions.js'
import { isAny, type Lowering } from './lower.js'
import { declareFrame, enterFrame } from './lower-body.js'
import { lowerPattern, patternLabel } from './lower-patterns.js'
import { ir } from './node-factories.js'
import type { DefNode, DefstructNode, LambdaNode, NodeBase, ParamNode, Variable } from './nodes.js'
import { FunctionContext, notTail, type Place, Scope } from './scope.js'

/**
 * A function. `definedAs` is the name of the `def` it is the value of: functions are known by it (LANGUAGE §15.5),
 * but only a name of its own binds the function inside its body.
 */
export function lowerFn(lowering: Lowering, fn: Fn, place: Place, definedAs: string | undefined): LambdaNode {
  const at = lowering.at(fn)
  const name = fn.name ?? definedAs
  const context = new FunctionContext(place.scope.fn)
  const outer = new Scope(place.scope, context)
  const self = fn.name === undefined ? undefined : lowering.variable(fn.name, false)
  if (self !== undefined) outer.names.set(self.name, self)
  const scope = new Scope(outer, context)
  const frame = declareFrame(lowering, definitionsOfFunction(fn))
  // Default values see the definitions of the body, until a parameter takes the name.
  for (const [cellName, cell] of frame.variables) scope.names.set(cellName, cell)
  const returnType = annotation(fn.returnType?.type)
  const inner: Place = {
    root: place.root,
    scope,
    frame,
    tail: returnType === undefined ? 'yes' : 'self',
    recur: { id: at.id, casts: [] },
  }
  const owner = name ?? 'fn'
  const params = fn.params.map(param => lowerParam(lowering, param, owner, scope, inner))
  const rest = fn.rest === undefined ? undefined : lowerParam(lowering, fn.rest, owner, scope, inner)
  const copies = enterFrame(lowering, frame, scope, fn)
  const body = lowering.body(fn.body, inner)
  return ir.lambda(at, {
    name,
    self: self !== undefined && lowering.used.has(self.id) ? self : undefined,
    params,
    rest,
    returnType,
    returnSpan:
      fn.returnType === undefined ? undefined : { start: fn.returnType.start, end: fn.returnType.end },
    body: [...copies, ...body],
    declares: frame.declares,
    captures: [...context.captures.values()],
    hint: fn.hint,
    doc: fn.doc,
    meta: fn.meta,
  })
}

function lowerParam(lowering: Lowering, param: Param, owner: string, scope: Scope, place: Place): ParamNode {
  const pattern = lowerPattern(lowering, param.pattern, scope, place)
  const path = `${owner}/param ${patternLabel(param.pattern)}`
  return ir.param(pattern, annotation(param.type?.type), path, { start: param.start, end: param.end })
}

function annotation(type: NodeBase['type'] | undefined): NodeBase['type'] | undefined {
  return type === undefined || isAny(type) ? undefined : type
}

/** The cell a `def` in this place fills; `undefined` at the top level of a program or module. */
function definedVariable(name: string, place: Place): Variable | undefined {
  return place.frame?.variables.get(name)
}

export function lowerDef(lowering: Lowering, expr: Def, place: Place): DefNode {
  const at = lowering.at(expr)
  const variable = definedVariable(expr.name, place)
  const inner = notTail(place)
  if (expr.init.kind !== 'fn') {
    const init = lowering.annotated(expr.init, expr.type?.type, `def ${expr.name}`, inner)
    return ir.def(at, expr.name, variable, init)
  }
  const type = annotation(expr.type?.type)
  const castAt = type === undefined ? undefined : lowering.at(expr.init)
  const lambda = lowerFn(lowering, expr.init, inner, expr.name)
  const init =
    type === undefined || castAt === undefined ? lambda : ir.cast(castAt, lambda, type, `def ${expr.name}`)
  return ir.def(at, expr.name, variable, init)
}

export function lowerDefn(lowering: Lowering, expr: Defn, place: Place): DefNode {
  const at = lowering.at(expr)
  const variable = definedVariable(expr.name, place)
  return ir.def(at, expr.name, variable, lowerFn(lowering, expr.fn, notTail(place), expr.name))
}

export function lowerDefstruct(lowering: Lowering, expr: Defstruct, place: Place): DefstructNode {
  const at = lowering.at(expr)
  return ir.defstruct(at, expr.name, definedVariable(expr.name, place), expr.type)
}
