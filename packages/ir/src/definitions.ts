import type { Binding, Expr, Fn, ForClause, Module, Pattern, Template } from '@rtfs/parser'
import { assertNever } from './children.js'

/**
 * Names that `def`, `defn` and `defstruct` forms declare in the frame that `body` runs in, in order: everything
 * below `body` except what is inside a construct with a frame of its own (LANGUAGE §4.2). Initialisers run in the
 * frame around their construct.
 */
export function definitionsOf(body: readonly Expr[]): ReadonlySet<string> {
  const names = new Set<string>()
  for (const expr of body) collect(expr, names)
  return names
}

/** As `definitionsOf`, for the frame of a call of `fn`, which default values of parameters share. */
export function definitionsOfFunction(fn: Fn): ReadonlySet<string> {
  const names = new Set<string>()
  for (const param of fn.params) collectFromPattern(param.pattern, names)
  if (fn.rest !== undefined) collectFromPattern(fn.rest.pattern, names)
  for (const expr of fn.body) collect(expr, names)
  return names
}

/** Names a pattern binds, in order. */
export function patternNames(pattern: Pattern): readonly string[] {
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
  }
}

/** Names a module shows to others (LANGUAGE §12.1): what `:exports` lists, or everything that is not private. */
export function exportsOf(module: Module): readonly string[] {
  if (module.exports !== undefined) return module.exports
  const names = new Set(definitionsOf(module.forms))
  for (const name of otherExports(module.forms)) names.add(name)
  for (const name of privatesOf(module.forms)) names.delete(name)
  return [...names]
}

/** Macros and type aliases at the top level of a module. */
function otherExports(forms: readonly Expr[]): readonly string[] {
  return topLevel(forms).flatMap(form => {
    const inner = form.kind === 'with-metadata' ? form.expr : form
    return inner.kind === 'defmacro' || inner.kind === 'deftype' ? [inner.name] : []
  })
}

/** Names marked `^{:private true}` at the top level. */
export function privatesOf(forms: readonly Expr[]): readonly string[] {
  return topLevel(forms).flatMap(form => {
    switch (form.kind) {
      case 'def':
        return isPrivate(form.meta) ? [form.name] : []
      case 'defn':
      case 'defmacro':
        return isPrivate(form.fn.meta) ? [form.name] : []
      case 'with-metadata':
        return isPrivate(form.meta) && 'name' in form.expr && typeof form.expr.name === 'string'
          ? [form.expr.name]
          : []
      default:
        return []
    }
  })
}

function isPrivate(meta: ReadonlyMap<string, unknown>): boolean {
  return meta.get('private') === true
}

/** Top-level forms; a `do` there is transparent. */
export function topLevel(forms: readonly Expr[]): readonly Expr[] {
  return forms.flatMap(form => (form.kind === 'do' ? topLevel(form.body) : [form]))
}

function collect(expr: Expr, names: Set<string>): void {
  const all = (exprs: readonly Expr[]): void => {
    for (const each of exprs) collect(each, names)
  }
  const maybe = (each: Expr | undefined): void => {
    if (each !== undefined) collect(each, names)
  }
  switch (expr.kind) {
    case 'def':
      names.add(expr.name)
      collect(expr.init, names)
      return
    case 'defn':
    case 'defstruct':
      names.add(expr.name)
      return
    case 'literal':
    case 'symbol':
    case 'quote':
    case 'fn':
    case 'context-get':
    case 'task-context':
    case 'resource-ref':
    case 'deftype':
    case 'defmacro':
    case 'deftest':
    case 'import':
    case 'module':
      return
    case 'vector':
      all(expr.elements)
      return
    case 'map':
      for (const entry of expr.entries) all([entry.key, entry.value])
      return
    case 'quasiquote':
      collectFromTemplate(expr.template, names)
      return
    case 'call':
      all([expr.callee, ...expr.args])
      return
    case 'if':
    case 'step-if':
      if (expr.kind === 'step-if') maybe(expr.options)
      all([expr.test, expr.then])
      maybe(expr.else)
      return
    case 'do':
      all(expr.body)
      return
    case 'and':
    case 'or':
      all(expr.operands)
      return
    case 'let':
    case 'loop':
      collectFromBindings(expr.bindings, names)
      return
    case 'recur':
      all(expr.args)
      return
    case 'match':
      collect(expr.subject, names)
      return
    case 'try':
      all(expr.body)
      all(expr.finally ?? [])
      return
    case 'throw':
    case 'the':
    case 'conforms':
      collect(expr.value, names)
      return
    case 'parallel':
      for (const binding of expr.bindings) collect(binding.init, names)
      return
    case 'with-resource':
      collect(expr.init, names)
      return
    case 'log-step':
      all(expr.values)
      return
    case 'step':
      maybe(expr.exposeContext)
      maybe(expr.contextKeys)
      maybe(expr.params)
      all(expr.body)
      return
    case 'step-loop':
      maybe(expr.options)
      all([expr.test, expr.body])
      return
    case 'step-parallel':
      for (const option of expr.options) collect(option.value, names)
      all(expr.branches)
      return
    case 'for':
      for (const clause of expr.clauses) collectFromForClause(clause, names)
      return
    case 'dotimes':
      collect(expr.count, names)
      return
    case 'host-call':
      all([expr.capability, ...expr.args])
      return
    case 'discover-agents':
      collect(expr.criteria, names)
      maybe(expr.options)
      return
    case 'with-metadata':
      collect(expr.expr, names)
      return
    case 'is':
      collect(expr.form, names)
      maybe(expr.message)
      return
    case 'object':
      for (const property of expr.properties) collect(property.value, names)
      return
    default:
      assertNever(expr)
      return
  }
}

function collectFromBindings(bindings: readonly Binding[], names: Set<string>): void {
  for (const binding of bindings) {
    collect(binding.init, names)
    collectFromPattern(binding.pattern, names)
  }
}

function collectFromForClause(clause: ForClause, names: Set<string>): void {
  switch (clause.kind) {
    case 'for-binding':
      collect(clause.collection, names)
      collectFromPattern(clause.pattern, names)
      return
    case 'for-when':
    case 'for-while':
      collect(clause.test, names)
      return
    case 'for-let':
      collectFromBindings(clause.bindings, names)
      return
  }
}

/** Default values in patterns are expressions too. */
function collectFromPattern(pattern: Pattern, names: Set<string>): void {
  if (pattern.kind === 'vector-pattern') {
    for (const element of pattern.elements) collectFromPattern(element, names)
    if (pattern.rest !== undefined) collectFromPattern(pattern.rest, names)
  } else if (pattern.kind === 'map-pattern') {
    for (const entry of pattern.entries) {
      if (entry.default !== undefined) collect(entry.default, names)
      collectFromPattern(entry.pattern, names)
    }
  }
}

function collectFromTemplate(template: Template, names: Set<string>): void {
  switch (template.kind) {
    case 'data':
    case 'gensym':
      return
    case 'unquote':
    case 'splice':
      collect(template.expr, names)
      return
    case 'template-list':
    case 'template-vector':
      for (const item of template.items) collectFromTemplate(item, names)
      return
    case 'template-map':
      for (const entry of template.entries) {
        collectFromTemplate(entry.key, names)
        collectFromTemplate(entry.value, names)
      }
  }
}
