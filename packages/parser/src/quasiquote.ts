import { type MapKey, RtfsList, RtfsMap, RtfsSymbol, RtfsVector, type Span, type Value } from '@rtfs/core'
import type { Analyser } from './analyser.js'
import type { Expr, Template } from './ast.js'
import { ast } from './ast-factories.js'
import { expandAnonymousFn, isMapKey } from './form-data.js'
import { type Form, formWithItems, type ListForm, symbolForm, symbolName } from './forms.js'

/*
 * `quote` and quasiquote (LANGUAGE §5.7, §8). A template is data with holes; parts without a hole collapse to data.
 */

export function analyseQuoteForm(a: Analyser, form: ListForm): Expr {
  return a.checkCount(form, 1, 1, 'one form') ?? a.quote(form.items[1]!, form)
}

export function analyseQuasiquoteForm(a: Analyser, form: ListForm): Expr {
  return a.checkCount(form, 1, 1, 'one form') ?? analyseQuasiquote(a, form.items[1]!, form)
}

export function analyseQuasiquote(a: Analyser, form: Form, span: Span): Expr {
  const made = template(a, form, 1)
  if (made.kind === 'splice') {
    return a.fail('InvalidProgram', '~@ has nothing to splice into here', span, {
      hint: 'It stands inside a list or vector of the template: `(f ~@args).',
    })
  }
  return ast.quasiquote(made, span)
}

const prefixes = new Set(['quote', 'quasiquote', 'unquote', 'unquote-splicing'])

/** `level` counts the quasiquotes around the form that have no unquote yet. */
function template(a: Analyser, form: Form, level: number): Template {
  switch (form.kind) {
    case 'symbol':
      if (form.name.length > 1 && form.name.endsWith('#') && level === 1) {
        return { kind: 'gensym', base: form.name.slice(0, -1) }
      }
      return { kind: 'data', value: new RtfsSymbol(form.name) }
    case 'list': {
      const head = symbolName(form.items[0])
      if (head !== undefined && prefixes.has(head) && form.items.length === 2) {
        return prefixed(a, head, form.items[1]!, form, level)
      }
      return sequence(a, 'template-list', form.items, level)
    }
    case 'vector':
      return sequence(a, 'template-vector', form.items, level)
    case 'map':
      return map(a, form.items, level)
    case 'quote':
    case 'quasiquote':
    case 'unquote':
    case 'unquote-splicing':
      return prefixed(a, form.kind, form.items[0]!, form, level)
    case 'anonymous-fn':
      return template(a, expandAnonymousFn(form.items, form), level)
    case 'metadata':
      a.diagnostics.warn(
        'P004',
        'metadata inside a quasiquote is left out: data carries none',
        form,
        'Write it where the macro is called.',
      )
      return template(a, form.items[form.items.length - 1]!, level)
    default:
      return { kind: 'data', value: a.data(form) }
  }
}

function prefixed(a: Analyser, prefix: string, form: Form, span: Form, level: number): Template {
  const unquotes = prefix === 'unquote' || prefix === 'unquote-splicing'
  if (unquotes && level === 1) {
    const expr = a.expr(form)
    return prefix === 'unquote' ? { kind: 'unquote', expr } : { kind: 'splice', expr }
  }
  const inside = unquotes ? level - 1 : prefix === 'quasiquote' ? level + 1 : level
  const list = formWithItems('list', [symbolForm(prefix, span), form], span)
  return sequence(a, 'template-list', list.items, inside)
}

function sequence(
  a: Analyser,
  kind: 'template-list' | 'template-vector',
  forms: readonly Form[],
  level: number,
): Template {
  const items = forms.map(form => template(a, form, level))
  const values: Value[] = []
  for (const item of items) {
    if (item.kind !== 'data') return { kind, items }
    values.push(item.value)
  }
  return { kind: 'data', value: kind === 'template-list' ? RtfsList.from(values) : RtfsVector.from(values) }
}

function map(a: Analyser, forms: readonly Form[], level: number): Template {
  const entries: { key: Template; value: Template }[] = []
  for (let i = 0; i + 1 < forms.length; i += 2) {
    const key = template(a, forms[i]!, level)
    const value = template(a, forms[i + 1]!, level)
    for (const [part, form] of [
      [key, forms[i]!],
      [value, forms[i + 1]!],
    ] as const) {
      if (part.kind === 'splice') {
        a.diagnostics.report('InvalidProgram', '~@ cannot splice into a map', form, {
          hint: 'Use ~(into {} …) for the whole map.',
        })
      }
    }
    entries.push({ key, value })
  }
  const data: [MapKey, Value][] = []
  for (const { key, value } of entries) {
    if (key.kind !== 'data' || value.kind !== 'data' || !isMapKey(key.value))
      return { kind: 'template-map', entries }
    data.push([key.value, value.value])
  }
  return { kind: 'data', value: RtfsMap.from(data) }
}
