import { forEachChild } from './children.js'
import type * as n from './nodes.js'

/** Calls `visit` with every variable that the node itself makes: parameters, bindings, declared cells. */
export function forEachVariable(node: n.Node, visit: (variable: n.Variable) => void): void {
  switch (node.kind) {
    case 'lambda':
      if (node.self !== undefined) visit(node.self)
      node.declares.forEach(visit)
      for (const param of node.params) forEachPatternVariable(param.pattern, visit)
      if (node.rest !== undefined) forEachPatternVariable(node.rest.pattern, visit)
      return
    case 'let':
    case 'loop':
      for (const { pattern } of node.bindings) forEachPatternVariable(pattern, visit)
      node.declares.forEach(visit)
      return
    case 'match':
      for (const clause of node.clauses) {
        forEachMatchedVariable(clause.pattern, visit)
        clause.declares.forEach(visit)
      }
      return
    case 'try':
      for (const clause of node.catches) {
        clause.variables.forEach(visit)
        clause.declares.forEach(visit)
      }
      return
    case 'with-resource':
    case 'dotimes':
      visit(node.variable)
      node.declares.forEach(visit)
      return
    case 'step':
      if (node.paramsVariable !== undefined) visit(node.paramsVariable)
      return
    case 'for':
      for (const clause of node.clauses) {
        if (clause.kind === 'for-binding') forEachPatternVariable(clause.pattern, visit)
        if (clause.kind === 'for-let')
          for (const { pattern } of clause.bindings) forEachPatternVariable(pattern, visit)
      }
      node.declares.forEach(visit)
      return
    case 'deftest':
      node.declares.forEach(visit)
      return
  }
}

/** Calls `visit` with every variable that a binding pattern binds, in order. */
export function forEachPatternVariable(pattern: n.IrPattern, visit: (variable: n.Variable) => void): void {
  switch (pattern.kind) {
    case 'bind':
      visit(pattern.variable)
      return
    case 'wildcard':
      return
    case 'vector-pattern':
      for (const element of pattern.elements) forEachPatternVariable(element, visit)
      if (pattern.rest !== undefined) forEachPatternVariable(pattern.rest, visit)
      if (pattern.as !== undefined) visit(pattern.as)
      return
    case 'map-pattern':
      for (const entry of pattern.entries) forEachPatternVariable(entry.pattern, visit)
      if (pattern.rest !== undefined) visit(pattern.rest)
      if (pattern.as !== undefined) visit(pattern.as)
  }
}

/** Calls `visit` with every variable that a pattern of `match` binds, in order. */
export function forEachMatchedVariable(
  pattern: n.IrMatchPattern,
  visit: (variable: n.Variable) => void,
): void {
  switch (pattern.kind) {
    case 'match-bind':
      visit(pattern.variable)
      return
    case 'match-as':
      if (!pattern.same) visit(pattern.variable)
      forEachMatchedVariable(pattern.pattern, visit)
      return
    case 'match-vector':
      for (const element of pattern.elements) forEachMatchedVariable(element, visit)
      if (pattern.rest !== undefined) forEachMatchedVariable(pattern.rest, visit)
      return
    case 'match-map':
      for (const entry of pattern.entries) forEachMatchedVariable(entry.pattern, visit)
      if (pattern.rest !== undefined) forEachMatchedVariable(pattern.rest, visit)
  }
}

/** All variables made below the nodes, by id. */
export function variablesOf(nodes: readonly n.Node[]): ReadonlyMap<number, n.Variable> {
  const variables = new Map<number, n.Variable>()
  const visit = (node: n.Node): void => {
    forEachVariable(node, variable => variables.set(variable.id, variable))
    forEachChild(node, visit)
  }
  nodes.forEach(visit)
  return variables
}

/** How often each variable is read or filled below the nodes. */
export function usesOf(nodes: readonly n.Node[]): ReadonlyMap<number, number> {
  const uses = new Map<number, number>()
  const count = (id: number): void => void uses.set(id, (uses.get(id) ?? 0) + 1)
  const visit = (node: n.Node): void => {
    if (node.kind === 'ref' && node.scope === 'local') count(node.variable)
    if ((node.kind === 'def' || node.kind === 'defstruct') && node.variable !== undefined)
      count(node.variable.id)
    forEachChild(node, visit)
  }
  nodes.forEach(visit)
  return uses
}
