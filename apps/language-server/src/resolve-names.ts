import type { Span } from '@rtfs/core'
import {
  type Expr,
  type Fn,
  type Form,
  forEachChild,
  forEachDefault,
  type MatchPattern,
  matchPatternNames,
  type Pattern,
  type Program,
  type SymbolForm,
  type SymbolRef,
} from '@rtfs/parser'
import type { Binding, Names, QualifiedReference } from './binding.js'
import { findSymbol, symbolTokens } from './symbol-tokens.js'

/**
 * Who binds what in a program, by the rules of scope of the language. Works on programs with errors as far as they
 * were understood. Names that a macro made are left out: they do not stand in the text.
 */
export function resolveNames(program: Program, forms: readonly Form[], text: string): Names {
  const resolver = new Resolver(symbolTokens(forms), text)
  resolver.topLevel(program.forms, program)
  return resolver
}

/** Names seen at one place; the inner ones first. */
interface Scope {
  readonly names: Map<string, Binding>
  readonly parent: Scope | undefined
  readonly module: string | undefined
  readonly aliases: Map<string, string>
}

class Resolver implements Names {
  readonly bindings: Binding[] = []
  readonly qualified: QualifiedReference[] = []
  readonly imports: Names['imports'][number][] = []
  readonly free: Names['free'][number][] = []
  readonly #tokens: readonly SymbolForm[]
  readonly #text: string

  constructor(tokens: readonly SymbolForm[], text: string) {
    this.#tokens = tokens
    this.#text = text
  }

  topLevel(forms: readonly Expr[], span: Span): void {
    const scope: Scope = { names: new Map(), parent: undefined, module: undefined, aliases: new Map() }
    this.#frame(forms, span, scope)
  }

  /** The definitions of a frame are seen by all its forms, also by those before them. */
  #frame(forms: readonly Expr[], span: Span, scope: Scope): void {
    for (const form of forms) this.#declare(form, span, scope)
    for (const form of forms) this.#visit(form, scope)
  }

  #declare(form: Expr, frame: Span, scope: Scope): void {
    switch (form.kind) {
      case 'do':
        for (const each of form.body) this.#declare(each, frame, scope)
        return
      case 'defn':
        this.#bind(form.name, form.nameSpan, 'function', frame, scope, form)
        return
      case 'def':
        this.#bind(
          form.name,
          form.nameSpan,
          form.init.kind === 'fn' ? 'function' : 'global',
          frame,
          scope,
          form,
        )
        return
      case 'defmacro':
        this.#bindNamed(form.name, form, 'macro', frame, scope, form)
        return
      case 'deftype':
      case 'defstruct':
        this.#bindNamed(form.name, form, 'type', frame, scope, form)
        return
      case 'import': {
        const { module, alias, only, referAll, start, end } = form
        this.imports.push({ module, alias, only, referAll, span: { start, end } })
        scope.aliases.set(alias ?? module, module)
        for (const name of only ?? []) this.#bindNamed(name, form, 'import', frame, scope, form)
        return
      }
      default:
    }
  }

  #visit(node: Expr, scope: Scope): void {
    switch (node.kind) {
      case 'symbol':
        this.#reference(node, scope)
        return
      case 'module': {
        const inner: Scope = {
          names: new Map(),
          parent: scope,
          module: node.name,
          aliases: new Map(scope.aliases),
        }
        this.#frame(node.forms, node, inner)
        const { exportsSpan } = node
        if (exportsSpan === undefined) return
        for (const name of node.exports ?? []) {
          const token = findSymbol(this.#tokens, name, exportsSpan.start, exportsSpan.end)
          if (token !== undefined) inner.names.get(name)?.references.push(spanOf(token))
        }
        return
      }
      case 'let': {
        const inner = below(scope)
        // Functions of one let see each other.
        for (const { pattern, init } of node.bindings) {
          if (init.kind === 'fn') this.#pattern(pattern, 'local', node, inner)
        }
        for (const { pattern, init } of node.bindings) {
          this.#visit(init, inner)
          if (init.kind !== 'fn') this.#pattern(pattern, 'local', { start: init.end, end: node.end }, inner)
        }
        this.#all(node.body, inner)
        return
      }
      case 'loop': {
        const inner = below(scope)
        for (const { pattern, init } of node.bindings) {
          this.#visit(init, inner)
          this.#pattern(pattern, 'local', { start: init.end, end: node.end }, inner)
        }
        this.#all(node.body, inner)
        return
      }
      case 'defn':
        this.#fn(node.fn, scope)
        return
      case 'defmacro':
        this.#fn(node.fn, scope)
        return
      case 'fn': {
        const inner = below(scope)
        if (node.name !== undefined) this.#bindNamed(node.name, node, 'local', node, inner, undefined)
        this.#fn(node, inner)
        return
      }
      case 'match':
        this.#visit(node.subject, scope)
        for (const clause of node.clauses) {
          const inner = below(scope)
          this.#matchPattern(clause.pattern, clause, inner)
          if (clause.guard !== undefined) this.#visit(clause.guard, inner)
          this.#visit(clause.body, inner)
        }
        return
      case 'try':
        this.#all(node.body, scope)
        for (const clause of node.catches) {
          const inner = below(scope)
          for (const name of clause.names) this.#bindNamed(name, clause, 'local', clause, inner, undefined)
          this.#all(clause.body, inner)
        }
        this.#all(node.finally ?? [], scope)
        return
      case 'with-resource': {
        this.#visit(node.init, scope)
        const inner = below(scope)
        this.#bindNamed(node.name, node, 'local', node, inner, undefined)
        this.#all(node.body, inner)
        return
      }
      case 'dotimes': {
        this.#visit(node.count, scope)
        const inner = below(scope)
        this.#bindNamed(node.name, node, 'local', node, inner, undefined)
        this.#all(node.body, inner)
        return
      }
      case 'for': {
        const inner = below(scope)
        for (const clause of node.clauses) {
          if (clause.kind === 'for-binding') {
            this.#visit(clause.collection, inner)
            this.#pattern(clause.pattern, 'local', { start: clause.start, end: node.end }, inner)
          } else if (clause.kind === 'for-let') {
            for (const { pattern, init } of clause.bindings) {
              this.#visit(init, inner)
              this.#pattern(pattern, 'local', { start: init.end, end: node.end }, inner)
            }
          } else this.#visit(clause.test, inner)
        }
        this.#all(node.body, inner)
        return
      }
      case 'deftest':
        this.#all(node.body, below(scope))
        return
      default:
        forEachChild(node, child => this.#visit(child, scope))
    }
  }

  #fn(fn: Fn, scope: Scope): void {
    const inner = below(scope)
    for (const { pattern } of fn.params) this.#pattern(pattern, 'parameter', fn, inner)
    if (fn.rest !== undefined) this.#pattern(fn.rest.pattern, 'parameter', fn, inner)
    this.#all(fn.body, inner)
  }

  #all(nodes: readonly Expr[], scope: Scope): void {
    for (const node of nodes) this.#visit(node, scope)
  }

  #pattern(pattern: Pattern, kind: Binding['kind'], visible: Span, scope: Scope): void {
    forEachDefault(pattern, each => this.#visit(each, scope))
    switch (pattern.kind) {
      case 'bind':
        this.#bind(pattern.name, pattern, kind, visible, scope, undefined)
        return
      case 'wildcard':
        return
      case 'vector-pattern':
        for (const element of pattern.elements) this.#pattern(element, kind, visible, scope)
        if (pattern.rest !== undefined) this.#pattern(pattern.rest, kind, visible, scope)
        if (pattern.as !== undefined) this.#bindNamed(pattern.as, pattern, kind, visible, scope, undefined)
        return
      case 'map-pattern':
        for (const entry of pattern.entries) this.#pattern(entry.pattern, kind, visible, scope)
        for (const name of [pattern.rest, pattern.as]) {
          if (name !== undefined) this.#bindNamed(name, pattern, kind, visible, scope, undefined)
        }
    }
  }

  #matchPattern(pattern: MatchPattern, clause: Span, scope: Scope): void {
    for (const name of new Set(matchPatternNames(pattern))) {
      this.#bindNamed(name, clause, 'local', clause, scope, undefined)
    }
  }

  /** Binds a name whose place is only known to be the first of that name in a part of the text. */
  #bindNamed(
    name: string,
    within: Span,
    kind: Binding['kind'],
    visible: Span,
    scope: Scope,
    form: Expr | undefined,
  ): void {
    const token = findSymbol(this.#tokens, name, within.start, within.end)
    if (token !== undefined) this.#bind(name, token, kind, visible, scope, form)
  }

  #bind(
    name: string,
    span: Span,
    kind: Binding['kind'],
    visible: Span,
    scope: Scope,
    form: Expr | undefined,
  ): void {
    const known = scope.names.get(name)
    // A second definition of a name in the same frame fills the same cell.
    if (known !== undefined && form !== undefined) {
      known.references.push(spanOf(span))
      return
    }
    const binding: Binding = {
      name,
      span: spanOf(span),
      kind,
      scope: spanOf(visible),
      form,
      module: scope.module,
      references: [],
    }
    scope.names.set(name, binding)
    if (this.#text.slice(span.start, span.end) === name) this.bindings.push(binding)
  }

  #reference(node: SymbolRef, scope: Scope): void {
    const span = spanOf(node)
    if (this.#text.slice(span.start, span.end) !== node.name) return
    for (let each: Scope | undefined = scope; each !== undefined; each = each.parent) {
      const binding = each.names.get(node.name)
      if (binding !== undefined) {
        binding.references.push(span)
        return
      }
    }
    const slash = node.name.lastIndexOf('/')
    if (slash > 0 && slash < node.name.length - 1) {
      const qualifier = node.name.slice(0, slash)
      const module = scope.aliases.get(qualifier) ?? qualifier
      this.qualified.push({ qualifier, module, name: node.name.slice(slash + 1), span })
    } else this.free.push({ name: node.name, span })
  }
}

function below(scope: Scope): Scope {
  return { names: new Map(), parent: scope, module: scope.module, aliases: scope.aliases }
}

function spanOf({ start, end }: Span): Span {
  return { start, end }
}
