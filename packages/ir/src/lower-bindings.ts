import type { Binding, Dotimes, For, ForClause, Let, Loop, Recur, WithResource } from '@rtfs/parser'
import { definitionsOf, patternNames } from './definitions.js'
import { declareFrame, enterFrame, moveToCell, openBody } from './lower-body.js'
import { isAny, type Lowering } from './lower.js'
import { bindName, lowerPattern, patternLabel } from './lower-patterns.js'
import { ir } from './node-factories.js'
import type { DotimesNode, ForNode, IrForClause, LetBinding, LetNode, LoopNode, Node, Variable, WithResourceNode } from './nodes.js'
import { type Frame, notTail, type Place, type RecurTarget, Scope } from './scope.js'

export function lowerLet(lowering: Lowering, expr: Let, place: Place): LetNode {
  const at = lowering.at(expr)
  const frame = declareFrame(lowering, definitionsOf(expr.body))
  const scope = new Scope(place.scope, place.scope.fn)
  for (const [name, cell] of frame.variables) scope.deferred.set(name, cell)
  const bindings = lowerBindings(lowering, expr.bindings, 'let', scope, place, frame)
  enterFrame(lowering, frame, scope, expr)
  const body = lowering.body(expr.body, { ...place, scope, frame })
  return ir.let(at, bindings, body, frame.declares)
}

export function lowerLoop(lowering: Lowering, expr: Loop, place: Place): LoopNode {
  const at = lowering.at(expr)
  const frame = declareFrame(lowering, definitionsOf(expr.body))
  const scope = new Scope(place.scope, place.scope.fn)
  for (const [name, cell] of frame.variables) scope.deferred.set(name, cell)
  const bindings = lowerBindings(lowering, expr.bindings, 'loop', scope, place, undefined)
  const copies = enterFrame(lowering, frame, scope, expr)
  const recur: RecurTarget = {
    id: at.id,
    casts: expr.bindings.map(({ pattern, type }) => {
      return type === undefined || isAny(type.type) ? undefined : { type: type.type, path: `loop ${patternLabel(pattern)}` }
    }),
  }
  const body = lowering.body(expr.body, { ...place, scope, frame, recur })
  return ir.loop(at, bindings, [...copies, ...body], frame.declares)
}

/** `recur`; annotations of a loop's bindings hold for the new values. */
export function lowerRecur(lowering: Lowering, expr: Recur, place: Place): Node {
  const at = lowering.at(expr)
  const target = place.recur
  if (target === undefined) {
    lowering.report('InvalidSpecialForm', 'recur stands outside of loop and fn', expr)
    return ir.literal(at, null)
  }
  const args = expr.args.map((arg, index) => {
    const cast = target.casts[index]
    return lowering.annotated(arg, cast?.type, cast?.path ?? '', notTail(place))
  })
  return ir.recur(at, target.id, args)
}

/**
 * Bindings in order. The names of function bindings are cells from the start, seen by functions before them; every
 * other name is in scope from its binding on. With a `frame`, a name that the body redefines moves to its cell right
 * after its last binding, so that functions in later inits share it.
 */
function lowerBindings(
  lowering: Lowering,
  bindings: readonly Binding[],
  form: 'let' | 'loop' | 'for',
  scope: Scope,
  place: Place,
  frame: Frame | undefined,
): readonly LetBinding[] {
  const inner: Place = { ...notTail(place), scope }
  const lastBinding = new Map<string, number>()
  bindings.forEach(({ pattern }, index) => patternNames(pattern).forEach(name => lastBinding.set(name, index)))
  const functions = bindings.map(({ pattern, init }, index) => {
    if (init.kind !== 'fn' || pattern.kind !== 'bind') return undefined
    const { name } = pattern
    return (lastBinding.get(name) === index ? frame?.take(name) : undefined) ?? lowering.variable(name, true)
  })
  return bindings.flatMap((binding, index): readonly LetBinding[] => {
    const { pattern, type, init } = binding
    const path = `${form} ${patternLabel(pattern)}`
    const own = functions[index]
    if (own !== undefined) {
      const from = { ...inner, scope: functionScope(scope, functions, index) }
      const node = lowering.annotated(init, type?.type, path, from)
      scope.names.set(own.name, own)
      return [{ pattern: { kind: 'bind', variable: own }, init: node }]
    }
    const node = lowering.annotated(init, type?.type, path, inner)
    const lowered: LetBinding = { pattern: lowerPattern(lowering, pattern, scope, inner), init: node }
    if (frame === undefined) return [lowered]
    const names = patternNames(pattern).filter(name => lastBinding.get(name) === index && frame.variables.has(name))
    const moves = names.map((name): LetBinding => {
      return { pattern: { kind: 'wildcard' }, init: moveToCell(lowering, name, frame.variables.get(name)!, scope, binding) }
    })
    return [lowered, ...moves]
  })
}

/** What a function init sees: itself, then the bindings before it, then the function bindings after it. */
function functionScope(scope: Scope, functions: readonly (Variable | undefined)[], index: number): Scope {
  const later = new Scope(scope, scope.fn)
  for (const variable of functions.slice(index + 1)) {
    if (variable !== undefined && !scope.names.has(variable.name)) later.names.set(variable.name, variable)
  }
  const own = functions[index]!
  later.names.set(own.name, own)
  return later
}

/** `for`: the bindings of one clause are in scope of the next ones and of the body. */
export function lowerFor(lowering: Lowering, expr: For, place: Place): ForNode {
  const at = lowering.at(expr)
  const scope = new Scope(place.scope, place.scope.fn)
  const inner: Place = { ...place, scope }
  const clauses = expr.clauses.map(clause => lowerForClause(lowering, clause, scope, inner))
  const { body, declares } = openBody(lowering, expr.body, scope, place, expr)
  return ir.for(at, clauses, body, declares)
}

function lowerForClause(lowering: Lowering, clause: ForClause, scope: Scope, place: Place): IrForClause {
  switch (clause.kind) {
    case 'for-binding': {
      const collection = lowering.expr(clause.collection, place)
      const pattern = lowerPattern(lowering, clause.pattern, scope, place)
      return { kind: 'for-binding', pattern, collection, span: { start: clause.start, end: clause.end } }
    }
    case 'for-when':
    case 'for-while':
      return { kind: clause.kind, test: lowering.expr(clause.test, place) }
    case 'for-let':
      return { kind: 'for-let', bindings: lowerBindings(lowering, clause.bindings, 'for', scope, place, undefined) }
  }
}

export function lowerDotimes(lowering: Lowering, expr: Dotimes, place: Place): DotimesNode {
  const at = lowering.at(expr)
  const count = lowering.expr(expr.count, place)
  const scope = new Scope(place.scope, place.scope.fn)
  const variable = bindName(lowering, expr.name, scope)
  const { body, declares } = openBody(lowering, expr.body, scope, place, expr)
  return ir.dotimes(at, variable, count, body, declares)
}

export function lowerWithResource(lowering: Lowering, expr: WithResource, place: Place): WithResourceNode {
  const at = lowering.at(expr)
  const inner = notTail(place)
  const init = lowering.expr(expr.init, inner)
  const scope = new Scope(place.scope, place.scope.fn)
  const variable = bindName(lowering, expr.name, scope)
  const { body, declares } = openBody(lowering, expr.body, scope, inner, expr)
  return ir.withResource(at, variable, expr.type.type, init, body, declares)
}
