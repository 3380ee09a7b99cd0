import type { Expr, MatchPattern, Pattern, Template } from './ast.js'

/** Says at compile time that every kind was handled. */
export function assertNever(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`)
}

/** Visits the expressions directly inside an expression, in the order of evaluation. The one place that knows them. */
export function forEachChild(node: Expr, visit: (child: Expr) => void): void {
  const all = (children: readonly Expr[] | undefined) => {
    if (children !== undefined) for (const child of children) visit(child)
  }
  const maybe = (child: Expr | undefined) => {
    if (child !== undefined) visit(child)
  }
  const bindings = (list: readonly { readonly pattern: Pattern; readonly init: Expr }[]) => {
    for (const { pattern, init } of list) {
      visit(init)
      forEachDefault(pattern, visit)
    }
  }
  switch (node.kind) {
    case 'literal':
    case 'symbol':
    case 'quote':
    case 'context-get':
    case 'task-context':
    case 'resource-ref':
    case 'deftype':
    case 'defstruct':
    case 'import':
      return
    case 'vector':
      all(node.elements)
      return
    case 'map':
      for (const { key, value } of node.entries) {
        visit(key)
        visit(value)
      }
      return
    case 'quasiquote':
      forEachUnquote(node.template, visit)
      return
    case 'call':
      visit(node.callee)
      all(node.args)
      return
    case 'if':
      visit(node.test)
      visit(node.then)
      maybe(node.else)
      return
    case 'do':
      all(node.body)
      return
    case 'and':
    case 'or':
      all(node.operands)
      return
    case 'let':
    case 'loop':
      bindings(node.bindings)
      all(node.body)
      return
    case 'recur':
      all(node.args)
      return
    case 'fn':
      for (const { pattern } of node.params) forEachDefault(pattern, visit)
      if (node.rest !== undefined) forEachDefault(node.rest.pattern, visit)
      all(node.body)
      return
    case 'def':
      visit(node.init)
      return
    case 'defn':
    case 'defmacro':
      visit(node.fn)
      return
    case 'match':
      visit(node.subject)
      for (const { guard, body } of node.clauses) {
        maybe(guard)
        visit(body)
      }
      return
    case 'try':
      all(node.body)
      for (const clause of node.catches) all(clause.body)
      all(node.finally)
      return
    case 'throw':
      visit(node.value)
      return
    case 'parallel':
      for (const { init } of node.bindings) visit(init)
      return
    case 'with-resource':
      visit(node.init)
      all(node.body)
      return
    case 'log-step':
      all(node.values)
      return
    case 'step':
      maybe(node.exposeContext)
      maybe(node.contextKeys)
      maybe(node.params)
      all(node.body)
      return
    case 'step-if':
      maybe(node.options)
      visit(node.test)
      visit(node.then)
      maybe(node.else)
      return
    case 'step-loop':
      maybe(node.options)
      visit(node.test)
      visit(node.body)
      return
    case 'step-parallel':
      for (const { value } of node.options) visit(value)
      all(node.branches)
      return
    case 'for':
      for (const clause of node.clauses) {
        if (clause.kind === 'for-binding') {
          visit(clause.collection)
          forEachDefault(clause.pattern, visit)
        } else if (clause.kind === 'for-let') bindings(clause.bindings)
        else visit(clause.test)
      }
      all(node.body)
      return
    case 'dotimes':
      visit(node.count)
      all(node.body)
      return
    case 'host-call':
      visit(node.capability)
      all(node.args)
      return
    case 'discover-agents':
      visit(node.criteria)
      maybe(node.options)
      return
    case 'the':
    case 'conforms':
      visit(node.value)
      return
    case 'with-metadata':
      visit(node.expr)
      return
    case 'deftest':
      all(node.body)
      return
    case 'is':
      visit(node.form)
      maybe(node.message)
      return
    case 'module':
      all(node.forms)
      return
    case 'object':
      for (const { value } of node.properties) visit(value)
      return
    default:
      assertNever(node)
  }
}

/** Visits the `:or` defaults inside a binding pattern. */
export function forEachDefault(pattern: Pattern, visit: (child: Expr) => void): void {
  if (pattern.kind === 'vector-pattern') {
    for (const element of pattern.elements) forEachDefault(element, visit)
    if (pattern.rest !== undefined) forEachDefault(pattern.rest, visit)
  } else if (pattern.kind === 'map-pattern') {
    for (const entry of pattern.entries) {
      if (entry.default !== undefined) visit(entry.default)
      forEachDefault(entry.pattern, visit)
    }
  }
}

function forEachUnquote(template: Template, visit: (child: Expr) => void): void {
  switch (template.kind) {
    case 'data':
    case 'gensym':
      return
    case 'unquote':
    case 'splice':
      visit(template.expr)
      return
    case 'template-list':
    case 'template-vector':
      for (const item of template.items) forEachUnquote(item, visit)
      return
    case 'template-map':
      for (const { key, value } of template.entries) {
        forEachUnquote(key, visit)
        forEachUnquote(value, visit)
      }
      return
    default:
      assertNever(template)
  }
}

/** The names that a binding pattern binds, in source order. */
export function patternNames(pattern: Pattern): string[] {
  switch (pattern.kind) {
    case 'bind':
      return [pattern.name]
    case 'wildcard':
      return []
    case 'vector-pattern':
      return [
        ...pattern.elements.flatMap(patternNames),
        ...(pattern.rest === undefined ? [] : patternNames(pattern.rest)),
        ...(pattern.as === undefined ? [] : [pattern.as]),
      ]
    case 'map-pattern':
      return [
        ...pattern.entries.flatMap(entry => patternNames(entry.pattern)),
        ...(pattern.rest === undefined ? [] : [pattern.rest]),
        ...(pattern.as === undefined ? [] : [pattern.as]),
      ]
    default:
      return assertNever(pattern)
  }
}

/** The names that a match pattern binds; one that occurs twice is named once. */
export function matchPatternNames(pattern: MatchPattern): string[] {
  const names = new Set<string>()
  const collect = (part: MatchPattern): void => {
    switch (part.kind) {
      case 'match-bind':
        names.add(part.name)
        return
      case 'match-as':
        names.add(part.name)
        collect(part.pattern)
        return
      case 'match-vector':
        part.elements.forEach(collect)
        if (part.rest !== undefined) collect(part.rest)
        return
      case 'match-map':
        for (const entry of part.entries) collect(entry.pattern)
        if (part.rest !== undefined) collect(part.rest)
        return
      case 'match-literal':
      case 'match-any':
      case 'match-is':
      case 'match-alternatives':
        return
      default:
        assertNever(part)
    }
  }
  collect(pattern)
  return [...names]
}
