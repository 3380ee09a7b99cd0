import type { Analyser } from './analyser.js'
import type { Expr } from './ast.js'
import { type Form, formWithItems, type ListForm, symbolName } from './forms.js'
import type { Place } from './place.js'

/*
 * `->` and `->>` (LANGUAGE §5.16): rewritten as forms, so that macros and special forms may be steps. A step keeps
 * its own span.
 */

export function analyseThreadFirst(a: Analyser, form: ListForm, place: Place): Expr {
  return thread(a, form, place, (step, value) => [step[0]!, value, ...step.slice(1)])
}

export function analyseThreadLast(a: Analyser, form: ListForm, place: Place): Expr {
  return thread(a, form, place, (step, value) => [...step, value])
}

function thread(
  a: Analyser,
  form: ListForm,
  place: Place,
  insert: (step: readonly Form[], value: Form) => Form[],
): Expr {
  const items = form.items
  const head = a.headText(form)
  if (items.length < 2) return a.fail('P002', `${head} needs a value and steps`, form)
  let threaded = items[1]!
  for (let i = 2; i < items.length; i++) {
    const step = items[i]!
    if (isFunctionLiteral(step)) {
      return a.fail('P001', `a function literal cannot be a step of ${head}`, step, {
        hint: `The value would become a part of it; call it: (${head} x (${shorten(a.sourceText(step))})).`,
      })
    }
    const parts =
      step.kind === 'list' && step.items.length > 0 ? insert(step.items, threaded) : [step, threaded]
    threaded = formWithItems('list', parts, step)
  }
  return a.expr(threaded, place === 'top' ? 'value' : place)
}

function isFunctionLiteral(form: Form): boolean {
  if (form.kind === 'anonymous-fn') return true
  const head = form.kind === 'list' ? symbolName(form.items[0]) : undefined
  return head === 'fn' || head === 'λ'
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text
}
