import { Keyword, type Span, type Value } from '@rtfs/core'
import { type Diagnostics, shorten } from './diagnostics.js'
import type { Form } from './forms.js'

/** Reports a map literal whose last key has no value, and literal keys that occur twice (LANGUAGE §2). */
export function checkMapKeys(
  map: Span & { readonly items: readonly Form[] },
  diagnostics: Diagnostics,
): void {
  const items = map.items
  if (items.some(form => form.kind === 'colon')) {
    reportColons(items, diagnostics)
    return
  }
  const forms = items.some(isTrivia) ? items.filter(form => !isTrivia(form)) : items
  if (forms.length % 2 !== 0) {
    const last = forms[forms.length - 1]!
    diagnostics.report('P002', 'the last key of this map has no value', last, {
      hint: `A map has an even number of forms, key and value in turn; this one has ${forms.length}.`,
      related: [{ start: map.start, end: map.start + 1, message: 'the map starts here' }],
    })
  }
  if (forms.length <= 16) {
    for (let i = 2; i < forms.length; i += 2) {
      const key = literalKey(forms[i]!)
      if (key === undefined) continue
      for (let j = 0; j < i; j += 2) {
        if (literalKey(forms[j]!) === key) reportDuplicate(forms[i]!, forms[j]!, key, diagnostics)
      }
    }
    return
  }
  const seen = new Map<Value, Form>()
  for (let i = 0; i < forms.length; i += 2) {
    const form = forms[i]!
    const key = literalKey(form)
    if (key === undefined) continue
    const first = seen.get(key)
    if (first === undefined) seen.set(key, form)
    else reportDuplicate(form, first, key, diagnostics)
  }
}

/** `{"a": 1}` of JSON: the analyser reports each colon again, so here stands only what to do about all of them. */
function reportColons(items: readonly Form[], diagnostics: Diagnostics): void {
  const colons = items.filter(form => form.kind === 'colon')
  diagnostics.report('P003', 'a map has no colons between keys and values', colons[0]!, {
    hint: 'Write {"a" 1} or {:a 1}.',
    fixes: [
      {
        title: 'Take the colons out',
        safe: true,
        edits: colons.map(({ start, end }) => ({ start, end, text: '' })),
      },
    ],
  })
}

/** Keys that can be compared while reading; `===` is their equality. */
function literalKey(form: Form): Value | undefined {
  if (form.kind !== 'atom') return undefined
  const value = form.value
  return typeof value !== 'object' || value instanceof Keyword ? value : undefined
}

function isTrivia(form: Form): boolean {
  return form.kind === 'comment' || form.kind === 'discard'
}

function reportDuplicate(form: Form, first: Form, key: Value, diagnostics: Diagnostics): void {
  const text = key instanceof Keyword ? `:${key.name}` : typeof key === 'string' ? `"${key}"` : String(key)
  diagnostics.report('V001', `the key ${shorten(text)} occurs twice in this map`, form, {
    related: [{ start: first.start, end: first.end, message: 'first here' }],
  })
}
