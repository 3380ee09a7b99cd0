import {
  defaultLimits,
  invalidProgram,
  isRtfsError,
  type Limits,
  RtfsList,
  RtfsSymbol,
  type Span,
  type Value,
} from '@rtfs/core'
import type { Def, Defmacro, Defn, MacroEvaluator } from '@rtfs/parser'
import type { ExpansionContext } from '@rtfs/stdlib'
import { apply } from '../ast/calls.js'
import { Closure } from '../ast/closure.js'
import { Machine } from '../ast/machine.js'
import { runForms } from '../ast/run-forms.js'
import { Scope } from '../ast/scope.js'
import { pureServices } from '../host/pure-services.js'
import { UnitFrame } from '../shared/environment.js'

/** Options of `createMacroEvaluator`. */
export interface MacroEvaluatorOptions {
  /** Limits of each expansion; default: those of a run, with 1e7 fuel and 2 seconds. */
  readonly limits?: Partial<Limits>
}

/** Expansions that `macroexpand` may make one after the other, before it counts as endless. */
const maxExpansions = 256

/** Which evaluator a macro belongs to: an imported one runs with the helpers of its own module. */
const homes = new WeakMap<Defmacro, MacroRunner>()

/** Makes the evaluator that runs macros for the parser, in a pure environment (LANGUAGE §8). One for each unit. */
export function createMacroEvaluator(options: MacroEvaluatorOptions = {}): MacroEvaluator {
  return new MacroRunner(options)
}

class MacroRunner implements MacroEvaluator, ExpansionContext {
  readonly #limits: Limits
  readonly #frame = new UnitFrame()
  readonly #macros = new Map<string, Defmacro>()
  #symbols = 0

  constructor(options: MacroEvaluatorOptions) {
    this.#limits = { ...defaultLimits, fuel: 1e7, deadlineMs: 2000, ...options.limits }
  }

  /** A helper; one that needs effects cannot be made, and is missing where a macro uses it. */
  define(form: Defn | Def): void {
    runForms(this.#services(), [form], this.#frame)
  }

  defineMacro(macro: Defmacro): void {
    this.#macros.set(macro.name, macro)
    homes.set(macro, this)
  }

  expand(macro: Defmacro, args: readonly Value[], callSpan: Span): Value {
    const home = homes.get(macro)
    if (home !== undefined && home !== this) return home.expand(macro, args, callSpan)
    const services = this.#services()
    const machine = new Machine(services, this.#frame)
    const closure = new Closure(macro.fn, Scope.of(this.#frame), macro.name)
    return machine.runFrom(() => apply(machine, closure, args, callSpan, this.#frame))
  }

  #services() {
    return pureServices({
      limits: this.#limits,
      expansion: this,
      gensym: base => this.#symbol(`${base}__`, '__auto'),
    })
  }

  #symbol(before: string, after: string): Value {
    return new RtfsSymbol(`${before}${++this.#symbols}${after}`)
  }

  gensym(prefix: string): Value {
    return this.#symbol(prefix, '')
  }

  macroexpand(form: Value, once: boolean): Value {
    let expanded = form
    for (let rounds = 0; rounds < maxExpansions; rounds++) {
      const next = this.#expandOnce(expanded)
      if (next === undefined) return expanded
      if (once) return next
      expanded = next
    }
    throw invalidProgram(`expansions are nested more than ${maxExpansions} deep`)
  }

  /** The form with its outermost macro call expanded, `undefined` when it is no macro call. */
  #expandOnce(form: Value): Value | undefined {
    if (!(form instanceof RtfsList) || form.size === 0) return undefined
    const [head, ...args] = form.toArray()
    const macro = head instanceof RtfsSymbol ? this.#macros.get(head.name) : undefined
    return macro === undefined ? undefined : this.expand(macro, args, macro)
  }
}

/** Tells an evaluator the definitions of a unit, for macros of later units; those that need effects are left out. */
export function defineHelpers(evaluator: MacroEvaluator, forms: readonly { readonly kind: string }[]): void {
  for (const form of forms) {
    if (form.kind !== 'def' && form.kind !== 'defn') continue
    try {
      evaluator.define(form as Defn | Def)
    } catch (error) {
      if (!isRtfsError(error)) throw error
    }
  }
}
