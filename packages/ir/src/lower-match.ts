import type { CatchClause, Match, MatchClause, MatchPattern, Try } from '@rtfs/parser'
import { definitionsOf } from './definitions.js'
import type { Lowering } from './lower.js'
import { declareFrame, enterFrame, openBody } from './lower-body.js'
import { bindName } from './lower-patterns.js'
import { ir } from './node-factories.js'
import type { CatchNode, IrMatchPattern, MatchClauseNode, Node, TryNode } from './nodes.js'
import { notTail, type Place, Scope } from './scope.js'

export function lowerMatch(lowering: Lowering, expr: Match, place: Place): Node {
  const at = lowering.at(expr)
  const subject = lowering.expr(expr.subject, notTail(place))
  return ir.match(
    at,
    subject,
    expr.clauses.map(clause => lowerClause(lowering, clause, place)),
  )
}

/** A clause has a frame of its own; copies of redefined bindings go before the guard, which runs first. */
function lowerClause(lowering: Lowering, clause: MatchClause, place: Place): MatchClauseNode {
  const scope = new Scope(place.scope, place.scope.fn)
  const pattern = lowerMatchPattern(lowering, clause.pattern, scope)
  const guarded = clause.guard === undefined ? [] : [clause.guard]
  const frame = declareFrame(lowering, definitionsOf([...guarded, clause.body]))
  const copies = enterFrame(lowering, frame, scope, clause)
  const inner: Place = { ...place, scope, frame }
  const withCopies = (node: Node): Node =>
    copies.length === 0 ? node : ir.do(lowering.at(node.span), [...copies, node])
  if (clause.guard === undefined) {
    return ir.matchClause(pattern, undefined, withCopies(lowering.expr(clause.body, inner)), frame.declares)
  }
  const guard = withCopies(lowering.expr(clause.guard, notTail(inner)))
  return ir.matchClause(pattern, guard, lowering.expr(clause.body, inner), frame.declares)
}

/** Names join `scope` as they come; a name that is there already must match an equal value. */
function lowerMatchPattern(lowering: Lowering, pattern: MatchPattern, scope: Scope): IrMatchPattern {
  switch (pattern.kind) {
    case 'match-literal':
    case 'match-alternatives':
    case 'match-any':
      return pattern
    case 'match-bind': {
      const known = scope.names.get(pattern.name)
      if (known !== undefined) return { kind: 'match-same', variable: known }
      return { kind: 'match-bind', variable: bindName(lowering, pattern.name, scope) }
    }
    case 'match-as': {
      const known = scope.names.get(pattern.name)
      const variable = known ?? bindName(lowering, pattern.name, scope)
      const inner = lowerMatchPattern(lowering, pattern.pattern, scope)
      return { kind: 'match-as', variable, pattern: inner, same: known !== undefined }
    }
    case 'match-is':
      return { kind: 'match-is', target: pattern.type }
    case 'match-vector': {
      const elements = pattern.elements.map(element => lowerMatchPattern(lowering, element, scope))
      const rest = pattern.rest === undefined ? undefined : lowerMatchPattern(lowering, pattern.rest, scope)
      return { kind: 'match-vector', elements, rest }
    }
    case 'match-map': {
      const entries = pattern.entries.map(({ key, pattern: value }) => {
        return { key, pattern: lowerMatchPattern(lowering, value, scope) }
      })
      const rest = pattern.rest === undefined ? undefined : lowerMatchPattern(lowering, pattern.rest, scope)
      return { kind: 'match-map', entries, rest }
    }
  }
}

/** Nothing inside `try` is in tail position: the handlers have to stay. */
export function lowerTry(lowering: Lowering, expr: Try, place: Place): TryNode {
  const at = lowering.at(expr)
  const inner = notTail(place)
  const body = lowering.all(expr.body, inner)
  const catches = expr.catches.map(clause => lowerCatch(lowering, clause, inner))
  return ir.try(at, body, catches, expr.finally === undefined ? undefined : lowering.all(expr.finally, inner))
}

function lowerCatch(lowering: Lowering, clause: CatchClause, place: Place): CatchNode {
  const scope = new Scope(place.scope, place.scope.fn)
  const variables = [...new Set(clause.names)].map(name => bindName(lowering, name, scope))
  const { body, declares } = openBody(lowering, clause.body, scope, place, clause)
  return ir.catch(clause.pattern, variables, body, declares)
}
