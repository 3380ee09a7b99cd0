import type { Value } from '@rtfs/core'
import type { Analyser } from './analyser.js'
import type { Expr } from './ast.js'
import { ast } from './ast-factories.js'
import { type Form, keywordOf, type ListForm } from './forms.js'
import type { Place } from './place.js'

/*
 * `(intent name? property*)` and the other objects of RTFS 2.0 (LANGUAGE §17.1).
 */

/** Properties that hold code, which is kept and not evaluated. */
const codeProperties: Readonly<Record<string, readonly string[]>> = {
  plan: ['program', 'body'],
  capability: ['implementation'],
  task: ['plan'],
}

/** True for properties whose form is kept as data. */
export function isCodeProperty(kind: string, key: string): boolean {
  return codeProperties[kind]?.includes(key) === true
}

/** An object at the top level whose parts alternate keyword and form; `undefined` makes it an ordinary call. */
export function analyseObject(a: Analyser, form: ListForm, place: Place): Expr | undefined {
  if (place !== 'top') return undefined
  const items = form.items
  const kind = a.headText(form)
  const named = items.length % 2 === 0
  const name = named ? nameValue(a, items[1]!) : undefined
  if (named && name === undefined) return undefined
  const from = named ? 2 : 1
  for (let i = from; i < items.length; i += 2) if (keywordOf(items[i]) === undefined) return undefined
  const properties: { key: string; value: Expr }[] = []
  const keys = new Set<string>()
  for (let i = from; i < items.length; i += 2) {
    const key = keywordOf(items[i])!.name
    if (keys.has(key)) a.diagnostics.report('V001', `the property :${key} occurs twice`, items[i]!)
    keys.add(key)
    properties.push({ key, value: propertyValue(a, kind, key, items[i + 1]!) })
  }
  return ast.object(kind, name, properties, form)
}

function nameValue(a: Analyser, form: Form): Value | undefined {
  if (form.kind === 'symbol') return a.data(form)
  if (form.kind === 'atom' && (typeof form.value === 'string' || keywordOf(form) !== undefined))
    return form.value
  return undefined
}

function propertyValue(a: Analyser, kind: string, key: string, form: Form): Expr {
  const bareLanguage = kind === 'plan' && key === 'language' && form.kind === 'symbol'
  if (bareLanguage || isCodeProperty(kind, key)) return a.quote(form, form)
  return a.expr(form)
}
