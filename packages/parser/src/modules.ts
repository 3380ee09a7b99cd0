import type { Analyser } from './analyser.js'
import type { Expr, Import } from './ast.js'
import { ast } from './ast-factories.js'
import { exportsOf } from './exports.js'
import { type Form, keywordOf, type ListForm, stringOf, symbolName, type VectorForm } from './forms.js'
import { analyseObject } from './objects.js'
import { bindName } from './patterns.js'
import type { Place } from './place.js'

/*
 * `module` and `import` (LANGUAGE §12).
 */

/** `(module a.b docstring? (:exports [f])? form*)`; keywords after the name make it an object (§17.1). */
export function analyseModule(a: Analyser, form: ListForm, place: Place): Expr | undefined {
  const items = form.items
  const name = symbolName(items[1])
  if (name === undefined) return analyseObject(a, form, place)
  if (keywordOf(items[2]) !== undefined) {
    const object = analyseObject(a, form, place)
    if (object !== undefined || keywordOf(items[2])!.name !== 'exports') return object
  }
  if (place !== 'top') {
    return a.fail('P001', 'module stands at the top level', form, {
      hint: 'A module is no part of a function, let or other form.',
    })
  }
  let at = 2
  let doc: string | undefined
  if (stringOf(items[at]) !== undefined && items.length > at) doc = stringOf(items[at++])
  const exported = readExports(a, items[at])
  if (exported !== undefined) at += items[at]!.kind === 'list' ? 1 : 2
  const forms = a.isolated(() => a.topLevel(items.slice(at)))
  const made = ast.module({ name, doc, exports: exported?.names, exportsSpan: exported?.span, forms }, form)
  a.modules.set(name, made)
  return made
}

function readExports(
  a: Analyser,
  form: Form | undefined,
): { names: string[]; span: { start: number; end: number } } | undefined {
  if (keywordOf(form)?.name === 'exports') {
    a.diagnostics.report('P001', 'the exports of a module stand in parentheses', form!, {
      hint: 'Write (module name (:exports [f g]) …).',
    })
    return { names: [], span: form! }
  }
  if (form === undefined || form.kind !== 'list' || keywordOf(form.items[0])?.name !== 'exports')
    return undefined
  const vector = form.items[1]
  if (vector === undefined || vector.kind !== 'vector' || form.items.length > 2) {
    a.diagnostics.report('P001', 'the exports of a module are one vector of names', form, {
      hint: 'Write (:exports [f g]).',
    })
    return { names: [], span: form }
  }
  return { names: readNames(a, vector), span: form }
}

function readNames(a: Analyser, vector: VectorForm): string[] {
  const names = new Set<string>()
  for (const item of vector.items) {
    const name = symbolName(item)
    if (name === undefined) a.diagnostics.report('P001', 'a name was expected here', item)
    else if (names.has(name)) a.diagnostics.report('P001', `${name} is named twice`, item)
    else names.add(name)
  }
  return [...names]
}

export function analyseImport(a: Analyser, form: ListForm, place: Place): Expr {
  if (place !== 'top') {
    return a.fail('P001', 'import stands at the top level of a program or module', form)
  }
  a.beforeMacros?.()
  const bracket = form.items.length === 2 && form.items[1]!.kind === 'vector' ? form.items[1]! : undefined
  const items = bracket !== undefined && 'items' in bracket ? bracket.items : form.items.slice(1)
  const module = symbolName(items[0])
  if (module === undefined) {
    return a.fail(
      items.length === 0 ? 'P002' : 'P001',
      'import needs the name of a module',
      items[0] ?? form,
      {
        hint:
          form.items.length > 2 && items[0]?.kind === 'vector'
            ? 'One import form imports one module.'
            : 'Write (import a.b.c :as c).',
      },
    )
  }
  let alias: string | undefined
  let only: string[] | undefined
  let referAll = false
  for (let i = 1; i < items.length; i += 2) {
    const option = items[i]!
    const value = items[i + 1]
    const name = keywordOf(option)?.name
    if (name === 'as' && value?.kind === 'symbol') {
      if (alias !== undefined) a.diagnostics.report('P001', 'an import has one alias', option)
      alias = value.name
    } else if ((name === 'only' || name === 'refer') && value?.kind === 'vector') {
      only = [...new Set([...(only ?? []), ...readNames(a, value)])]
    } else if (name === 'refer' && keywordOf(value)?.name === 'all') referAll = true
    else {
      const missing = value === undefined && (name === 'as' || name === 'only' || name === 'refer')
      a.diagnostics.report(
        missing ? 'P002' : 'P001',
        missing ? `a value must follow :${name}` : 'this is no option of import',
        option,
        { hint: 'Options are :as name, :only [names], :refer [names] and :refer :all.' },
      )
    }
  }
  for (const name of only ?? []) {
    bindName(a, name, form)
    // It may be a type; taken for one in a catch it is right if it is, and does no harm if not.
    if (/^\p{Lu}/u.test(name)) a.types.add(name)
  }
  const made = ast.import(module, alias, only, referAll, form)
  importMacrosOfUnit(a, made)
  a.expander.importMacros(a, made)
  return made
}

/** Macros of a module that stands in the same text. */
function importMacrosOfUnit(a: Analyser, form: Import): void {
  const module = a.modules.get(form.module)
  if (module === undefined) return
  for (const { name, form: macro } of exportsOf(module)) {
    if (macro?.kind !== 'defmacro') continue
    a.macros.set(`${form.module}/${name}`, macro)
    if (form.alias !== undefined) a.macros.set(`${form.alias}/${name}`, macro)
    if (!form.referAll && form.only?.includes(name) !== true) continue
    a.scope.unbind(name)
    a.macros.set(name, macro)
  }
}
