import type { Span } from '@rtfs/core'
import type { Binding, Dotimes, For, ForClause, Let, Loop, Recur, WithResource } from '@rtfs/parser'
import { definitionsOf, patternNames } from './definitions.js'
import { isAny, type Lowering } from './lower.js'
import { copyToCell, declareFrame, enterFrame, openBody } from './lower-body.js'
import { bindName, lowerPattern, patternLabel } from './lower-patterns.js'
import { ir } from './node-factories.js'
import type {
  DotimesNode,
  ForNode,
  IrForClause,
  LetBinding,
  LetNode,
  LoopNode,
  Node,
  Variable,
  WithResourceNode,
} from './nodes.js'
import { Frame, notTail, type Place, type RecurTarget, Scope } from './scope.js'

export function lowerLet(lowering: Lowering, expr: Let, place: Place): LetNode {
  const at = lowering.at(expr)
  const frame = declareFrame(lowering, definitionsOf(expr.body))
  const scope = new Scope(place.scope, place.scope.fn)
  const bindings = lowerBindings(lowering, expr.bindings, 'let', scope, place, frame)
  for (const [name, cell] of frame.variables) scope.names.set(name, cell)
  const body = lowering.body(expr.body, { ...place, scope, frame })
  return ir.let(at, bindings, body, frame.declares)
}

export function lowerLoop(lowering: Lowering, expr: Loop, place: Place): LoopNode {
  const at = lowering.at(expr)
  const frame = declareFrame(lowering, definitionsOf(expr.body))
  const scope = new Scope(place.scope, place.scope.fn)
  const bindings = lowerBindings(lowering, expr.bindings, 'loop', scope, place, frame)
  const copies = enterFrame(lowering, frame, scope, expr)
  const recur: RecurTarget = {
    id: at.id,
    casts: expr.bindings.map(({ pattern, type }) => {
      return type === undefined || isAny(type.type)
        ? undefined
        : { type: type.type, path: `loop ${patternLabel(pattern)}` }
    }),
  }
  const body = lowering.body(expr.body, { ...place, scope, frame, recur })
  return ir.loop(at, bindings, [...copies, ...body], frame.declares)
}

/**
 * `recur`. Annotations of a loop's bindings hold for the new values and are checked after all of them are there; a
 * `let` keeps that order where something could still happen after the first check.
 */
export function lowerRecur(lowering: Lowering, expr: Recur, place: Place): Node {
  const at = lowering.at(expr)
  const target = place.recur
  if (target === undefined) {
    lowering.report('InvalidSpecialForm', 'recur stands outside of loop and fn', expr)
    return ir.literal(at, null)
  }
  const args = lowering.all(expr.args, place)
  const checked = (arg: Node, index: number): Node => {
    const cast = target.casts[index]
    return cast === undefined ? arg : ir.cast(lowering.at(arg.span), arg, cast.type, cast.path)
  }
  const firstCheck = args.findIndex((_, index) => target.casts[index] !== undefined)
  if (firstCheck < 0 || args.slice(firstCheck + 1).every(arg => isQuiet(lowering, arg)))
    return ir.recur(at, target.id, args.map(checked))
  const values = args.map((_, index) => lowering.variable(`recur-${index}`, false))
  const bindings = args.map(
    (init, index): LetBinding => ({ pattern: { kind: 'bind', variable: values[index]! }, init }),
  )
  const refs = values.map(({ id, name }, index) => ir.ref(lowering.at(args[index]!.span), 'local', name, id))
  return ir.let(lowering.at(expr), bindings, [ir.recur(at, target.id, refs.map(checked))], [])
}

/** True for nodes whose evaluation nobody can notice. */
function isQuiet(lowering: Lowering, node: Node): boolean {
  if (node.kind === 'ref') {
    return node.scope === 'builtin' || (node.scope === 'local' && !lowering.cells.has(node.variable))
  }
  return node.kind === 'literal' || node.kind === 'quote' || node.kind === 'lambda'
}

/**
 * Bindings in order. The names of function bindings are cells from the start, seen by the functions before them;
 * every other name is in scope from its binding on. A name that the body redefines has a cell in `frame` as well: in
 * a `let` each binding of the name copies its value there, and functions in later inits see the cell.
 */
function lowerBindings(
  lowering: Lowering,
  bindings: readonly Binding[],
  form: 'let' | 'loop' | 'for',
  scope: Scope,
  place: Place,
  frame: Frame,
): readonly LetBinding[] {
  const inner: Place = { ...notTail(place), scope }
  const functions = functionCells(lowering, bindings, frame)
  /** Names bound so far whose cell in the frame holds their value. */
  const copied = new Set<string>()
  const copies = (names: readonly string[], binding: Binding): readonly LetBinding[] => {
    if (form !== 'let') return []
    return names.flatMap((name): readonly LetBinding[] => {
      const cell = frame.variables.get(name)
      if (cell === undefined) return []
      copied.add(name)
      return [{ pattern: { kind: 'wildcard' }, init: copyToCell(lowering, name, cell, scope, binding) }]
    })
  }
  return bindings.flatMap((binding, index): readonly LetBinding[] => {
    const { pattern, type, init } = binding
    const path = `${form} ${patternLabel(pattern)}`
    const cell = functions[index]
    if (cell !== undefined) {
      const from = { ...inner, scope: functionScope(scope, frame, copied, functions, index) }
      const node = lowering.annotated(init, type?.type, path, from)
      scope.names.set(cell.name, cell)
      if (functions.lastIndexOf(cell) === index)
        return [{ pattern: { kind: 'bind', variable: cell }, init: node }]
      // The body defines the name and a later binding makes the cell: this one only fills it.
      return [{ pattern: { kind: 'wildcard' }, init: ir.def(lowering.at(init), cell.name, cell, node) }]
    }
    const node = withFunctionsSeen(lowering, scope, frame, init, seen =>
      lowering.annotated(init, type?.type, path, { ...inner, scope: seen }),
    )
    const lowered: LetBinding = { pattern: lowerPattern(lowering, pattern, scope, inner), init: node }
    return [lowered, ...copies(patternNames(pattern), binding)]
  })
}

/**
 * Lowers an init that is no function. It, and functions inside of it, see the functions bound before, not the cells
 * that definitions of the body will replace them in: a name that the body defines again is read from a copy.
 */
function withFunctionsSeen(
  lowering: Lowering,
  scope: Scope,
  frame: Frame,
  span: Span,
  lowerInit: (seen: Scope) => Node,
): Node {
  const shared = [...frame.variables].filter(([name, cell]) => scope.names.get(name) === cell)
  if (shared.length === 0) return lowerInit(scope)
  const seen = new Scope(scope, scope.fn)
  const copies = shared.map(([name, cell]) => {
    const copy = lowering.variable(name, false)
    seen.names.set(name, copy)
    return { name, cell, copy }
  })
  const init = lowerInit(seen)
  const bindings = copies
    .filter(({ copy }) => lowering.used.has(copy.id))
    .map(({ name, cell, copy }): LetBinding => {
      lowering.used.add(cell.id)
      return {
        pattern: { kind: 'bind', variable: copy },
        init: ir.ref(lowering.at(span), 'local', name, cell.id),
      }
    })
  return bindings.length === 0 ? init : ir.let(lowering.at(span), bindings, [init], [])
}

/** Cells of the bindings whose init is a function; a name that the body defines too has its cell from the frame. */
function functionCells(
  lowering: Lowering,
  bindings: readonly Binding[],
  frame: Frame,
): readonly (Variable | undefined)[] {
  return bindings.map(({ pattern, init }) => {
    if (init.kind !== 'fn' || pattern.kind !== 'bind') return undefined
    const shared = frame.variables.get(pattern.name)
    if (shared !== undefined) frame.take(shared)
    return shared ?? lowering.variable(pattern.name, true)
  })
}

/** What a function init sees: itself, what is bound before it, functions after it, definitions of the body. */
function functionScope(
  scope: Scope,
  frame: Frame,
  copied: ReadonlySet<string>,
  functions: readonly (Variable | undefined)[],
  index: number,
): Scope {
  const inside = new Scope(scope, scope.fn)
  for (const [name, cell] of frame.variables) {
    if (copied.has(name) || !scope.names.has(name)) inside.names.set(name, cell)
  }
  for (const variable of functions.slice(index + 1)) {
    if (variable !== undefined && !scope.names.has(variable.name)) inside.names.set(variable.name, variable)
  }
  const own = functions[index]!
  inside.names.set(own.name, own)
  return inside
}

const noFrame = new Frame(new Map())

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
      return {
        kind: 'for-let',
        bindings: lowerBindings(lowering, clause.bindings, 'for', scope, place, noFrame),
      }
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
