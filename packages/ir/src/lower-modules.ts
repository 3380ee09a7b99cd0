import type { Expr, Import, Module } from '@rtfs/parser'
import { definitionsOf, exportsOf, privatesOf, topLevel } from './definitions.js'
import type { Lowering } from './lower.js'
import { moduleExports } from './lower-names.js'
import { ir } from './node-factories.js'
import type { ModuleNode } from './nodes.js'
import { type Root, Scope } from './scope.js'

/** The frame of a program (`shared`: the caller may know more of it) or of a module. */
export function rootOf(forms: readonly Expr[], lowering: Lowering, shared: boolean): Root {
  const { knownGlobals, knownAliases } = lowering.options
  const globals = definitionsOf(forms)
  const imported = new Set<string>(shared ? knownGlobals : undefined)
  const aliases = new Map<string, string>(shared ? knownAliases : undefined)
  let open = false
  for (const form of topLevel(forms)) {
    if (form.kind === 'module') lowering.modules.set(form.name, exportsOf(form))
    if (form.kind !== 'import') continue
    aliases.set(form.module, form.module)
    if (form.alias !== undefined) aliases.set(form.alias, form.module)
    const exports = moduleExports(lowering, form.module)
    for (const name of importedNames(form, exports)) imported.add(name)
    if (form.referAll && exports === undefined) open = true
    checkImport(lowering, form, exports)
  }
  return { globals, imported, open, aliases }
}

function importedNames(form: Import, exports: readonly string[] | undefined): readonly string[] {
  return [...(form.only ?? []), ...(form.referAll ? (exports ?? []) : [])]
}

function checkImport(lowering: Lowering, form: Import, exports: readonly string[] | undefined): void {
  if (exports === undefined) return
  for (const name of form.only ?? []) {
    if (!exports.includes(name))
      lowering.report('ModuleError', `'${name}' is not exported by ${form.module}`, form)
  }
}

/** A module sees nothing of the program around it: the library is its parent (LANGUAGE §12.1). */
export function lowerModule(lowering: Lowering, expr: Module): ModuleNode {
  const at = lowering.at(expr)
  const root = rootOf(expr.forms, lowering, false)
  const scope = new Scope(undefined, undefined)
  const body = expr.forms.map(form => {
    return lowering.expr(form, { root, scope, frame: undefined, tail: 'no', recur: undefined })
  })
  checkExports(lowering, expr, root)
  return ir.module(at, {
    name: expr.name,
    doc: expr.doc,
    exports: expr.exports,
    body,
    globals: [...root.globals],
    privates: privatesOf(expr.forms),
  })
}

function checkExports(lowering: Lowering, expr: Module, root: Root): void {
  const known = new Set([...root.globals, ...root.imported])
  for (const form of topLevel(expr.forms)) {
    const inner = form.kind === 'with-metadata' ? form.expr : form
    if (inner.kind === 'defmacro' || inner.kind === 'deftype') known.add(inner.name)
  }
  for (const name of expr.exports ?? []) {
    if (known.has(name) || root.open) continue
    lowering.report(
      'ModuleError',
      `${expr.name} exports '${name}', which it does not define`,
      expr.exportsSpan ?? expr,
    )
  }
}
