import { RtfsList, RtfsMap, RtfsSymbol, RtfsVector, type Span, type Value } from '@rtfs/core'
import type { Defmacro, Expr, Module, SymbolRef } from './ast.js'
import { ast } from './ast-factories.js'
import { type Declare, forEachDeclared } from './declarations.js'
import { type DiagnosticExtra, type Diagnostics, plural } from './diagnostics.js'
import type { Expander } from './expander.js'
import { expandAnonymousFn, formToValue } from './form-data.js'
import type { Form, ListForm, SymbolForm } from './forms.js'
import { Gathering } from './gathering.js'
import { analyseMetadata, type MetadataInfo } from './metadata.js'
import type { Place } from './place.js'
import { analyseQuasiquote } from './quasiquote.js'
import { Scope } from './scope.js'
import { specialForms } from './special-forms.js'
import { isReserved } from './special-names.js'
import { isForeignForm, warnAboutTypo } from './suggestions.js'
import { isMethodName, splitSymbol } from './symbols.js'

/** What `recur` jumps to. `arity` counts the rest parameter as one. */
export interface RecurTarget {
  readonly kind: 'loop' | 'fn'
  readonly arity: number
}

export interface AnalyserOptions {
  readonly text: string
  readonly diagnostics: Diagnostics
  readonly maxDepth: number
  readonly knownGlobals: ReadonlySet<string>
  readonly knownTypes: ReadonlySet<string>
  readonly macros: ReadonlyMap<string, Defmacro>
  readonly expander: Expander
  /** Called before a macro can come into being: from then on it matters what was read, and what an evaluator was told. */
  readonly beforeMacros?: () => void
}

/**
 * Forms to AST. What a list means is decided here (special form, macro, call, in this order); each special form is
 * analysed by the function that `special-forms.ts` names.
 */
export class Analyser {
  readonly text: string
  readonly diagnostics: Diagnostics
  readonly expander: Expander
  readonly beforeMacros: (() => void) | undefined
  scope: Scope
  /** Type aliases known so far; `catch` needs them. */
  types: Set<string>
  readonly unknownTypes = new Set<string>()
  /** Modules of this text, whose macros later forms may import. */
  readonly modules = new Map<string, Module>()
  /** Macros by the name they are called by. */
  macros: Map<string, Defmacro>
  /** The innermost `loop` or `fn`, while its body is analysed. */
  target: RecurTarget | undefined = undefined
  readonly gathering = new Gathering()
  /** Metadata written before a definition or function, which that form takes. */
  pendingMetadata: MetadataInfo | undefined = undefined
  #knownGlobals: ReadonlySet<string>
  readonly #maxDepth: number
  #depth = 0
  #reportedDepth = false

  constructor(options: AnalyserOptions) {
    this.text = options.text
    this.diagnostics = options.diagnostics
    this.expander = options.expander
    this.beforeMacros = options.beforeMacros
    this.macros = new Map(options.macros)
    this.types = new Set(options.knownTypes)
    this.#knownGlobals = options.knownGlobals
    // An atom inside the deepest form that the reader lets through is one level more.
    this.#maxDepth = options.maxDepth + 1
    this.scope = this.#newScope()
  }

  #newScope(): Scope {
    return new Scope(
      name => specialForms.get(name)?.shadowable === true || this.macros.has(name) || isForeignForm(name),
    )
  }

  /** Runs with nothing bound, defined or known: a module sees only what it defines and imports (LANGUAGE §12.1). */
  isolated<T>(run: () => T): T {
    const outer = { scope: this.scope, macros: this.macros, types: this.types, globals: this.#knownGlobals }
    this.scope = this.#newScope()
    this.macros = new Map()
    this.types = new Set()
    this.#knownGlobals = new Set()
    const result = run()
    this.scope = outer.scope
    this.macros = outer.macros
    this.types = outer.types
    this.#knownGlobals = outer.globals
    return result
  }

  /** Analyses the top-level forms of a program or module, one after the other. */
  topLevel(forms: readonly Form[]): Expr[] {
    this.declare(forms, 0)
    return this.inOrder(forms)
  }

  /** Forms of the top level, each seeing the macros and helpers that the ones before it define. */
  inOrder(forms: readonly Form[]): Expr[] {
    return forms.map(form => this.topForm(form))
  }

  topForm(form: Form): Expr {
    const made = this.expr(form, 'top')
    this.expander.define(made)
    return made
  }

  expr(form: Form, place: Place = 'value'): Expr {
    if (this.#depth >= this.#maxDepth) return this.#tooDeep(form)
    this.#depth++
    const made = this.#expr(form, place)
    this.#depth--
    return made
  }

  #expr(form: Form, place: Place): Expr {
    switch (form.kind) {
      case 'atom':
        return ast.literal(form.value, form)
      case 'symbol':
        return this.symbol(form)
      case 'list':
        return this.#list(form, place)
      case 'vector':
        return ast.vector(this.exprs(form.items, 0), form)
      case 'map':
        // The reader has reported colons between keys and values.
        return ast.map(this.entries(form.items.filter(item => item.kind !== 'colon')), form)
      case 'quote':
        return this.quote(form.items[0]!, form)
      case 'quasiquote':
        return analyseQuasiquote(this, form.items[0]!, form)
      case 'unquote':
      case 'unquote-splicing':
        return this.unquoteOutside(form.kind, form)
      case 'anonymous-fn':
        return this.#expr(expandAnonymousFn(form.items, form), place)
      case 'metadata':
        return analyseMetadata(this, form, place)
      case 'colon':
        return this.fail('P003', 'a lone colon stands where a form was expected', form, {
          hint: 'A colon alone marks a type annotation, as in [x : int]; keywords have no space after the colon.',
        })
      case 'comment':
      case 'discard':
        return ast.literal(null, form)
    }
  }

  #list(form: ListForm, place: Place): Expr {
    const head = form.items[0]
    if (head === undefined) return ast.quote(RtfsList.empty, form)
    if (head.kind !== 'symbol') return this.call(form)
    const name = head.name
    const special = specialForms.get(name)
    if (special !== undefined && !(special.shadowable && this.isShadowed(name))) {
      return special.analyse(this, form, place) ?? this.call(form)
    }
    const macro = this.macros.size > 0 && !this.scope.isBound(name) ? this.macros.get(name) : undefined
    if (macro !== undefined) {
      const expanded = this.expander.expand(this, macro, form)
      if (expanded === undefined) return ast.literal(null, form)
      const made = this.expr(expanded, place)
      this.expander.leave()
      return made
    }
    if (special === undefined) warnAboutTypo(this, head)
    return this.call(form)
  }

  /** `(f a …)` and `(.m obj a …)`. */
  call(form: ListForm): Expr {
    const head = form.items[0]!
    const method = head.kind === 'symbol' && isMethodName(head.name)
    const callee = method
      ? this.#symbolRef(head.name.slice(1), { start: head.start + 1, end: head.end })
      : this.expr(head)
    return ast.call(callee, this.exprs(form.items, 1), form)
  }

  /** A symbol in value position. */
  symbol(form: SymbolForm): Expr {
    const name = form.name
    if (name.charCodeAt(0) === 64) return ast.taskContext(name.slice(name.charCodeAt(1) === 58 ? 2 : 1), form)
    if (this.macros.size > 0 && this.macros.has(name) && !this.scope.isBound(name)) {
      return this.fail('InvalidProgram', `the macro ${name} is no value`, form, {
        hint: `Call it, or wrap it in a function: (fn [x] (${name} x)).`,
      })
    }
    if (isReserved(name)) {
      this.diagnostics.warn(
        'UndefinedSymbol',
        `${name} is a special form and no value`,
        form,
        'Wrap it in a function.',
      )
    }
    // The form is the node, unless a macro may have put it into more than one place of the tree.
    return this.expander.isExpanding ? ast.symbol(name, form, form.namespace, form.version) : form
  }

  #symbolRef(name: string, span: Span): SymbolRef {
    const { namespace, version } = splitSymbol(name)
    return ast.symbol(name, span, namespace, version)
  }

  exprs(items: readonly Form[], from: number): Expr[] {
    switch (items.length - from) {
      case 0:
        return []
      case 1:
        return [this.expr(items[from]!)]
      case 2:
        return [this.expr(items[from]!), this.expr(items[from + 1]!)]
      case 3:
        return [this.expr(items[from]!), this.expr(items[from + 1]!), this.expr(items[from + 2]!)]
      default: {
        // The copy has its final size, and each form gives its place to what it means.
        const made: (Form | Expr)[] = items.slice(from)
        for (let i = 0; i < made.length; i++) made[i] = this.expr(made[i] as Form)
        return made as Expr[]
      }
    }
  }

  /** A body: only its last form may be a tail. */
  body(items: readonly Form[], from: number, place: Place): Expr[] {
    const last = place === 'tail' ? 'tail' : 'value'
    const count = items.length - from
    if (count === 1) return [this.expr(items[from]!, last)]
    if (count === 2) return [this.expr(items[from]!), this.expr(items[from + 1]!, last)]
    const made: (Form | Expr)[] = items.slice(from)
    for (let i = 0; i < made.length; i++) {
      made[i] = this.expr(made[i] as Form, i === made.length - 1 ? last : 'value')
    }
    return made as Expr[]
  }

  entries(items: readonly Form[]): { key: Expr; value: Expr }[] {
    const mark = this.gathering.mark()
    for (let i = 0; i + 1 < items.length; i += 2) {
      this.gathering.add({ key: this.expr(items[i]!), value: this.expr(items[i + 1]!) })
    }
    return this.gathering.take(mark)
  }

  /** Quoted data; what evaluates to itself is a plain literal. */
  quote(form: Form, span: Span): Expr {
    const value = this.data(form)
    return isCompound(value) ? ast.quote(value, span) : ast.literal(value, span)
  }

  /** A form as data, reporting what data cannot carry. */
  data(form: Form): Value {
    return formToValue(form, (message, span) => {
      if (message.startsWith('metadata')) this.diagnostics.warn('P004', message, span)
      else this.diagnostics.report('P003', message, span)
    })
  }

  unquoteOutside(kind: string, span: Span): Expr {
    return this.fail('P001', `${kind} stands outside of a quasiquote`, span, {
      hint: '~x and ~@x only have a meaning inside `(…).',
    })
  }

  /** True when a definition or binding has taken over the name of a special form or object kind. */
  isShadowed(name: string): boolean {
    return this.scope.isBound(name) || this.macros.has(name) || this.#knownGlobals.has(name)
  }

  isKnownGlobal(name: string): boolean {
    return this.#knownGlobals.has(name)
  }

  /** Names that the forms of a new frame define are visible in all of it (LANGUAGE §4.2). */
  declare(items: readonly Form[], from: number): void {
    forEachDeclared(items, from, this.#declareName)
  }

  readonly #declareName: Declare = (name, kind) => {
    if (kind === 'type') this.types.add(name)
    else this.scope.bind(name)
  }

  /** Whether a name is that of a type alias; `unknownTypes` remembers those that were none. */
  isType(name: string): boolean {
    if (this.types.has(name)) return true
    this.unknownTypes.add(name)
    return false
  }

  takeMetadata(): MetadataInfo {
    const info = this.pendingMetadata ?? { hint: undefined, meta: undefined }
    this.pendingMetadata = undefined
    return info
  }

  /** Reports an error and gives a node that stands for the form which could not be understood. */
  fail(code: string, message: string, span: Span, extra: DiagnosticExtra = {}): Expr {
    this.diagnostics.report(code, message, span, extra)
    return ast.literal(null, span)
  }

  /** Reports a chain of rewritten conditionals that would nest too deep. */
  checkChain(length: number, span: Span): Expr | undefined {
    return this.#depth + length > this.#maxDepth ? this.#tooDeep(span) : undefined
  }

  /** P002 when a list has too few forms after its head, P001 when it has too many; undefined when it fits. */
  checkCount(form: ListForm, least: number, most: number, shape: string, hint?: string): Expr | undefined {
    const count = form.items.length - 1
    if (count >= least && count <= most) return undefined
    const head = this.headText(form)
    if (count < least) {
      return this.fail('P002', `${head} needs ${shape}, but has ${plural(count, 'form')}`, form, { hint })
    }
    return this.fail('P001', `${head} takes ${shape}, but has ${plural(count, 'form')}`, form, { hint })
  }

  headText(form: ListForm): string {
    const head = form.items[0]
    return head !== undefined && head.kind === 'symbol' ? head.name : 'this form'
  }

  sourceText(span: Span): string {
    return this.text.slice(span.start, span.end)
  }

  #tooDeep(form: Span): Expr {
    if (!this.#reportedDepth) {
      this.#reportedDepth = true
      this.diagnostics.report('P003', `expressions are nested more than ${this.#maxDepth - 1} deep`, form, {
        hint: 'Give inner parts a name with let or defn.',
      })
    }
    return ast.literal(null, form)
  }
}

/** True for data that does not evaluate to itself as it stands. */
function isCompound(value: Value): boolean {
  return (
    value instanceof RtfsSymbol ||
    value instanceof RtfsList ||
    value instanceof RtfsVector ||
    value instanceof RtfsMap
  )
}
