import type { Binding, Expr, Fn } from './ast.js'
import { forEachChild, forEachDefault, matchPatternNames, patternNames } from './walk.js'

/** The unqualified names that an expression uses but does not bind itself, library functions included. */
export function freeSymbols(expr: Expr): Set<string> {
  const free = new Set<string>()
  visit(expr, new Set(), free)
  return free
}

type Bound = ReadonlySet<string>

function visit(node: Expr, bound: Bound, free: Set<string>): void {
  const inside = (names: Iterable<string>) => new Set([...bound, ...names])
  const all = (nodes: readonly Expr[], scope: Bound) => {
    const defined = definedNames(nodes)
    const own = defined.length === 0 ? scope : new Set([...scope, ...defined])
    for (const child of nodes) visit(child, own, free)
  }
  switch (node.kind) {
    case 'symbol':
      if (node.namespace === undefined && !bound.has(node.name)) free.add(node.name)
      return
    case 'fn':
      visitFn(node, bound, free)
      return
    case 'let':
    case 'loop':
      all(node.body, visitBindings(node.bindings, node.kind === 'let', bound, free))
      return
    case 'for': {
      let scope: Bound = bound
      for (const clause of node.clauses) {
        if (clause.kind === 'for-binding') {
          visit(clause.collection, scope, free)
          scope = new Set([...scope, ...patternNames(clause.pattern)])
          forEachDefault(clause.pattern, child => visit(child, scope, free))
        } else if (clause.kind === 'for-let') scope = visitBindings(clause.bindings, true, scope, free)
        else visit(clause.test, scope, free)
      }
      all(node.body, scope)
      return
    }
    case 'dotimes':
      visit(node.count, bound, free)
      all(node.body, inside([node.name]))
      return
    case 'with-resource':
      visit(node.init, bound, free)
      all(node.body, inside([node.name]))
      return
    case 'match':
      visit(node.subject, bound, free)
      for (const { pattern, guard, body } of node.clauses) {
        const scope = inside(matchPatternNames(pattern))
        if (guard !== undefined) visit(guard, scope, free)
        all([body], scope)
      }
      return
    case 'try':
      for (const child of node.body) visit(child, bound, free)
      for (const clause of node.catches) all(clause.body, inside(clause.names))
      for (const child of node.finally ?? []) visit(child, bound, free)
      return
    case 'step': {
      for (const option of [node.exposeContext, node.contextKeys, node.params]) {
        if (option !== undefined) visit(option, bound, free)
      }
      const scope = node.params === undefined ? bound : inside(['%params'])
      for (const child of node.body) visit(child, scope, free)
      return
    }
    case 'deftest':
      all(node.body, bound)
      return
    case 'module':
      all(node.forms, bound)
      return
    default:
      forEachChild(node, child => visit(child, bound, free))
  }
}

function visitFn(node: Fn, bound: Bound, free: Set<string>): void {
  const params = node.rest === undefined ? node.params : [...node.params, node.rest]
  const scope = new Set([
    ...bound,
    ...(node.name === undefined ? [] : [node.name]),
    ...params.flatMap(param => patternNames(param.pattern)),
    ...definedNames(node.body),
  ])
  for (const param of params) forEachDefault(param.pattern, child => visit(child, scope, free))
  for (const child of node.body) visit(child, scope, free)
}

/** Visits the inits and gives the scope of the body. Functions of a `let` see one another (LANGUAGE §5.2). */
function visitBindings(
  bindings: readonly Binding[],
  recursive: boolean,
  bound: Bound,
  free: Set<string>,
): Bound {
  const functions = recursive
    ? bindings.filter(binding => binding.init.kind === 'fn').flatMap(binding => patternNames(binding.pattern))
    : []
  let scope: Bound = bound
  for (const { pattern, init } of bindings) {
    visit(init, init.kind === 'fn' ? new Set([...scope, ...functions]) : scope, free)
    scope = new Set([...scope, ...patternNames(pattern)])
    const own = scope
    forEachDefault(pattern, child => visit(child, own, free))
  }
  return scope
}

/** Names that the forms of a frame define for all of it, also inside forms that make no frame (LANGUAGE §4.2). */
function definedNames(nodes: readonly Expr[]): string[] {
  const names: string[] = []
  const collect = (node: Expr): void => {
    switch (node.kind) {
      case 'def':
      case 'defn':
      case 'defstruct':
      case 'defmacro':
        names.push(node.name)
        if (node.kind === 'def') collect(node.init)
        return
      case 'import':
        names.push(...(node.only ?? []))
        return
      case 'fn':
      case 'let':
      case 'loop':
      case 'for':
      case 'dotimes':
      case 'with-resource':
      case 'match':
      case 'deftest':
      case 'module':
        return
      case 'try':
        node.body.forEach(collect)
        node.finally?.forEach(collect)
        return
      default:
        forEachChild(node, collect)
    }
  }
  nodes.forEach(collect)
  return names
}
