import type { Defmacro, Expr } from '@rtfs/parser'
import type { ModuleFile } from '../modules/module-files.js'
import { privatesOf } from '../shared/privates.js'
import { defineHelpers } from './macro-evaluator.js'

const known = new WeakMap<ModuleFile, ReadonlyMap<string, Defmacro>>()

/** The macros that a module file shows to others, ready to be expanded with the helpers of their module. */
export function exportedMacros(file: ModuleFile): ReadonlyMap<string, Defmacro> {
  let macros = known.get(file)
  if (macros === undefined) {
    macros = new Map(visibleMacros(file).map(macro => [macro.name, macro]))
    if (macros.size > 0) defineHelpers(file.evaluator, topLevel(file.module.forms))
    known.set(file, macros)
  }
  return macros
}

function visibleMacros({ module }: ModuleFile): readonly Defmacro[] {
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
