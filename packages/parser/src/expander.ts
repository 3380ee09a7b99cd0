import { arityMismatch, isRtfsError, type Span, type Value } from '@rtfs/core'
import type { Analyser } from './analyser.js'
import type { Def, Defmacro, Defn, Expr, Import } from './ast.js'
import { formToValue, valueToForm } from './form-data.js'
import type { Form, ListForm } from './forms.js'

/** Runs macros for the parser; `@rtfs/runtime` supplies one. */
export interface MacroEvaluator {
  /** A helper that macros may use: an earlier top-level definition. */
  define(form: Defn | Def): void
  /** The form that a macro makes of its arguments, which are unevaluated forms as data. */
  expand(macro: Defmacro, args: readonly Value[], callSpan: Span): Value
  /** Told of every macro as it is defined, so that `macroexpand` knows it. */
  defineMacro?(macro: Defmacro): void
}

/** Gives the macros that an import makes visible, by the name they are called by (`m/unless2`, `unless2`). */
export type ImportMacros = (form: Import) => ReadonlyMap<string, Defmacro>

/** Nested expansions, and forms that all expansions of a unit may produce (LANGUAGE §8). */
const maxNesting = 256
const maxProduced = 100_000

/** Expands macro calls while the analyser meets them. */
export class Expander {
  readonly #evaluator: MacroEvaluator | undefined
  readonly #importMacros: ImportMacros | undefined
  /** Which form an argument came from, so that it keeps its span inside the expansion. */
  readonly #origins = new WeakMap<object, Form>()
  /** Definitions that the evaluator has not been told yet: nothing is evaluated before a macro is called. */
  readonly #pending: (Defn | Def)[] = []
  readonly #maxDepth: number
  #nesting = 0
  #produced = 0
  #exhausted = false

  constructor(
    evaluator: MacroEvaluator | undefined,
    importMacros: ImportMacros | undefined,
    maxDepth: number,
  ) {
    this.#evaluator = evaluator
    this.#importMacros = importMacros
    this.#maxDepth = maxDepth
  }

  /** Remembers a top-level definition for later macros. */
  define(form: Expr): void {
    if (this.#evaluator === undefined) return
    if (form.kind === 'defn' || form.kind === 'def') this.#pending.push(form)
  }

  defineMacro(macro: Defmacro): void {
    this.#evaluator?.defineMacro?.(macro)
  }

  importMacros(a: Analyser, form: Import): void {
    if (this.#importMacros === undefined) return
    try {
      for (const [name, macro] of this.#importMacros(form)) {
        // A name that was bound when the import named it is the macro from here on.
        a.scope.unbind(name)
        a.macros.set(name, macro)
      }
    } catch (error) {
      if (!isRtfsError(error)) throw error
      a.diagnostics.report(error.code, error.message, form)
    }
  }

  /** The expansion of a call, or `undefined` after reporting why there is none. Pair with `leave()`. */
  expand(a: Analyser, macro: Defmacro, form: ListForm): Form | undefined {
    const evaluator = this.#evaluator
    const span = { start: form.start, end: form.end }
    if (evaluator === undefined) {
      a.diagnostics.report(
        'P004',
        `the macro ${macro.name} cannot be expanded: no evaluator was given`,
        span,
        {
          hint: 'Pass an evaluator to parse, or run the program with the runtime, which has one.',
        },
      )
      return undefined
    }
    if (this.#exhausted) return undefined
    if (this.#nesting >= maxNesting) {
      a.diagnostics.report('InvalidProgram', `expansions are nested more than ${maxNesting} deep`, span, {
        hint: `The expansion of ${macro.name} probably contains a call of ${macro.name} again.`,
      })
      this.#exhausted = true
      return undefined
    }
    try {
      checkArity(macro, form.items.length - 1)
      for (const definition of this.#pending.splice(0)) this.#tell(evaluator, definition)
      const args = form.items
        .slice(1)
        .map(item => formToValue(item, undefined, (value, origin) => this.#origins.set(value, origin)))
      const result = evaluator.expand(macro, args, span)
      const expanded = valueToForm(result, span, {
        maxDepth: this.#maxDepth,
        count: () => this.#count(a, macro, span),
        origin: value => this.#origins.get(value),
      })
      if (this.#exhausted) return undefined
      this.#nesting++
      return expanded
    } catch (error) {
      if (!isRtfsError(error)) throw error
      a.diagnostics.report(error.code, `in the macro ${macro.name}: ${error.message}`, span)
      return undefined
    }
  }

  /** True while what a macro made is analysed: there one form may stand in several places. */
  get isExpanding(): boolean {
    return this.#nesting > 0
  }

  /** Ends the expansion whose result has been analysed. */
  leave(): void {
    this.#nesting--
  }

  /** A helper that cannot be defined is missed where a macro uses it, and reported there. */
  #tell(evaluator: MacroEvaluator, definition: Defn | Def): void {
    try {
      evaluator.define(definition)
    } catch (error) {
      if (!isRtfsError(error)) throw error
    }
  }

  #count(a: Analyser, macro: Defmacro, span: Span): void {
    if (++this.#produced !== maxProduced + 1) return
    this.#exhausted = true
    a.diagnostics.report('InvalidProgram', `macros have produced more than ${maxProduced} forms`, span, {
      hint: `The last one was ${macro.name}.`,
    })
  }
}

function checkArity(macro: Defmacro, given: number): void {
  const { params, rest } = macro.fn
  if (given === params.length || (rest !== undefined && given >= params.length)) return
  throw arityMismatch(
    macro.name,
    rest === undefined ? String(params.length) : `at least ${params.length}`,
    given,
  )
}
