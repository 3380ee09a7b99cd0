import type { Defmacro, Expr, MacroEvaluator, Module } from '@rtfs/parser'
import { privatesOf } from '../shared/privates.js'
import { createMacroEvaluator, defineHelpers } from './macro-evaluator.js'

/** A module form with the evaluator that runs its macros. */
export interface MacroModule {
  readonly module: Module
  readonly evaluator: MacroEvaluator
}

const known = new WeakMap<Module, ReadonlyMap<string, Defmacro>>()

/** The macros that a module shows to others, ready to be expanded with the helpers of their module. */
export function exportedMacros({ module, evaluator }: MacroModule): ReadonlyMap<string, Defmacro> {
  let macros = known.get(module)
  if (macros === undefined) {
    macros = new Map(visibleMacros(module).map(macro => [macro.name, macro]))
    if (macros.size > 0) defineHelpers(evaluator, topLevel(module.forms))
    known.set(module, macros)
  }
  return macros
}

function visibleMacros(module: Module): readonly Defmacro[] {
  const privates = privatesOf(module.forms)
  return topLevel(module.forms).flatMap(form => {
    const inner = form.kind === 'with-metadata' ? form.expr : form
    if (inner.kind !== 'defmacro') return []
    const visible =
      module.exports === undefined ? !privates.includes(inner.name) : module.exports.includes(inner.name)
    return visible ? [inner] : []
  })
}

/** Top-level forms; a `do` there is transparent. */
function topLevel(forms: readonly Expr[]): readonly Expr[] {
  return forms.flatMap(form => (form.kind === 'do' ? topLevel(form.body) : [form]))
}

/** Modules of a program itself that show macros to others, by name; each gets an evaluator of its own. */
export function macroModules(forms: readonly Expr[]): ReadonlyMap<string, MacroModule> {
  const found = new Map<string, MacroModule>()
  for (const module of topLevel(forms)) {
    if (module.kind !== 'module') continue
    const macros = visibleMacros(module)
    if (macros.length === 0) continue
    const evaluator = createMacroEvaluator()
    for (const macro of macros) evaluator.defineMacro?.(macro)
    found.set(module.name, { module, evaluator })
  }
  return found
}
