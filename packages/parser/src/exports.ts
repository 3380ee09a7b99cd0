import type { Expr, Module } from './ast.js'

/** A name that a module shows to others. */
export interface ModuleExport {
  readonly name: string
  /** The form that defines it; `undefined` when the module lists a name that it does not define. */
  readonly form: Expr | undefined
  readonly exportType: 'Function' | 'Variable' | 'Type' | 'Macro' | undefined
}

/** What a module exports (LANGUAGE §12.1): the listed names, or without `:exports` all that are not private. */
export function exportsOf(module: Module): ModuleExport[] {
  const defined = new Map<string, { readonly form: Expr; readonly isPrivate: boolean }>()
  for (const form of module.forms) collect(form, false, defined)
  const names = module.exports ?? [...defined].filter(([, { isPrivate }]) => !isPrivate).map(([name]) => name)
  return names.map(name => {
    const form = defined.get(name)?.form
    return { name, form, exportType: form === undefined ? undefined : exportType(form) }
  })
}

function collect(
  form: Expr,
  isPrivate: boolean,
  defined: Map<string, { readonly form: Expr; readonly isPrivate: boolean }>,
): void {
  switch (form.kind) {
    case 'def':
      defined.set(form.name, { form, isPrivate: isPrivate || form.meta.get('private') === true })
      return
    case 'defn':
    case 'defmacro':
      defined.set(form.name, { form, isPrivate: isPrivate || form.fn.meta.get('private') === true })
      return
    case 'deftype':
    case 'defstruct':
      defined.set(form.name, { form, isPrivate })
      return
    case 'do':
      for (const part of form.body) collect(part, isPrivate, defined)
      return
    case 'with-metadata':
      collect(form.expr, isPrivate || form.meta.get('private') === true, defined)
      return
    default:
  }
}

function exportType(form: Expr): ModuleExport['exportType'] {
  switch (form.kind) {
    case 'defn':
      return 'Function'
    case 'def':
      return form.init.kind === 'fn' ? 'Function' : 'Variable'
    case 'defmacro':
      return 'Macro'
    case 'deftype':
    case 'defstruct':
      return 'Type'
    default:
      return undefined
  }
}
