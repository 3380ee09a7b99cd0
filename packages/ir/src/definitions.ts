import type { Binding, Expr, Fn, ForClause, Module, Pattern, Template } from '@rtfs/parser'
import { assertNever } from './children.js'

/**
 * Names that `def`, `defn` and `defstruct` forms declare in the frame that `body` runs in, in order: everything
 * below `body` except what is inside a construct with a frame of its own (LANGUAGE §4.2). Initialisers run in the
 * frame around their construct.
 */
export function definitionsOf(body: readonly Expr[]): ReadonlySet<string> {
  const names = new Set<string>()
  body.forEach(expr => collect(expr, names))
  return names
}

/** As `definitionsOf`, for the frame of a call of `fn`, which default values of parameters share. */
export function definitionsOfFunction(fn: Fn): ReadonlySet<string> {
  const names = new Set<string>()
  for (const param of fn.params) collectFromPattern(param.pattern, names)
  if (fn.rest !== undefined) collectFromPattern(fn.rest.pattern, names)
  fn.body.forEach(expr => collect(expr, names))
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
        return isPrivate(form.meta) && 'name' in form.expr && typeof form.expr.name === 'string' ? [form.expr.name] : []
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
  const all = (exprs: readonly Expr[]): void => exprs.forEach(each => collect(each, names))
  const maybe = (each: Expr | undefined): void => {
    if (each !== undefined) collect(each, names)
  }
  switch (expr.kind) {
    case 'def':
      names.add(expr.name)
      return collect(expr.init, names)
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
      return all(expr.elements)
    case 'map':
      return expr.entries.forEach(entry => all([entry.key, entry.value]))
    case 'quasiquote':
      return collectFromTemplate(expr.template, names)
    case 'call':
      return all([expr.callee, ...expr.args])
    case 'if':
    case 'step-if':
      if (expr.kind === 'step-if') maybe(expr.options)
      all([expr.test, expr.then])
      return maybe(expr.else)
    case 'do':
      return all(expr.body)
    case 'and':
    case 'or':
      return all(expr.operands)
    case 'let':
    case 'loop':
      return collectFromBindings(expr.bindings, names)
    case 'recur':
      return all(expr.args)
    case 'match':
      return collect(expr.subject, names)
    case 'try':
      all(expr.body)
      return all(expr.finally ?? [])
    case 'throw':
    case 'the':
    case 'conforms':
      return collect(expr.value, names)
    case 'parallel':
      return expr.bindings.forEach(binding => collect(binding.init, names))
    case 'with-resource':
      return collect(expr.init, names)
    case 'log-step':
      return all(expr.values)
    case 'step':
      maybe(expr.exposeContext)
      maybe(expr.contextKeys)
      maybe(expr.params)
      return all(expr.body)
    case 'step-loop':
      maybe(expr.options)
      return all([expr.test, expr.body])
    case 'step-parallel':
      expr.options.forEach(option => collect(option.value, names))
      return all(expr.branches)
    case 'for':
      return expr.clauses.forEach(clause => collectFromForClause(clause, names))
    case 'dotimes':
      return collect(expr.count, names)
    case 'host-call':
      return all([expr.capability, ...expr.args])
    case 'discover-agents':
      collect(expr.criteria, names)
      return maybe(expr.options)
    case 'with-metadata':
      return collect(expr.expr, names)
    case 'is':
      collect(expr.form, names)
      return maybe(expr.message)
    case 'object':
      return expr.properties.forEach(property => collect(property.value, names))
    default:
      return assertNever(expr)
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
      return collectFromPattern(clause.pattern, names)
    case 'for-when':
    case 'for-while':
      return collect(clause.test, names)
    case 'for-let':
      return collectFromBindings(clause.bindings, names)
  }
}

/** Default values in patterns are expressions too. */
function collectFromPattern(pattern: Pattern, names: Set<string>): void {
  if (pattern.kind === 'vector-pattern') {
    pattern.elements.forEach(element => collectFromPattern(element, names))
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
      return collect(template.expr, names)
    case 'template-list':
    case 'template-vector':
      return template.items.forEach(item => collectFromTemplate(item, names))
    case 'template-map':
      for (const entry of template.entries) {
        collectFromTemplate(entry.key, names)
        collectFromTemplate(entry.value, names)
      }
  }
}
