import { isKeywordName } from '@rtfs/core'
import type { Analyser } from './analyser.js'
import type { TypeExpr } from './ast.js'
import { ast } from './ast-factories.js'
import { type Form, keywordOf, type SymbolForm } from './forms.js'
import { readType, typeFromName } from './types.js'

/** Reads a form as a type, reporting what is wrong with it. */
export function typeExpr(a: Analyser, form: Form): TypeExpr {
  return ast.typeExpr(
    readType(form, (code, message, span, extra) => a.diagnostics.report(code, message, span, extra)),
    form,
  )
}

/** An annotation, and the index of the form after it. */
export interface Annotation {
  readonly type: TypeExpr | undefined
  readonly next: number
}

/** The annotation at `items[at]` after a parameter or parameter vector: a keyword, or a lone colon and a type. */
export function annotationAt(a: Analyser, items: readonly Form[], at: number): Annotation {
  const form = items[at]
  if (form === undefined) return { type: undefined, next: at }
  if (form.kind === 'colon') return colonAnnotation(a, items, at)
  if (keywordOf(form) !== undefined) return { type: typeExpr(a, form), next: at + 1 }
  return { type: undefined, next: at }
}

/** The annotation that starts with the lone colon at `items[at]`. */
export function colonAnnotation(a: Analyser, items: readonly Form[], at: number): Annotation {
  const type = items[at + 1]
  if (type === undefined) {
    a.diagnostics.report('P002', 'a type must follow the colon', items[at]!)
    return { type: undefined, next: at + 1 }
  }
  return { type: typeExpr(a, type), next: at + 2 }
}

/** A symbol in a binding position, split at its first colon: `x:int` is the name `x` and the type `int` (D-06). */
export interface SplitName {
  readonly name: string
  readonly nameEnd: number
  readonly type: TypeExpr | undefined
}

export function splitName(a: Analyser, form: SymbolForm): SplitName {
  const colon = form.name.indexOf(':')
  if (colon <= 0) return { name: form.name, nameEnd: form.end, type: undefined }
  const typeText = form.name.slice(colon + 1)
  // Forms made by macros take the span of the call, where the parts have no place of their own.
  const split = form.end - form.start === form.name.length
  if (!isKeywordName(typeText)) {
    a.diagnostics.report('P001', `no type follows the colon of ${form.name}`, form, {
      hint: 'Write x:int or x :int.',
    })
  }
  const start = split ? form.start + colon + 1 : form.start
  return {
    name: form.name.slice(0, colon),
    nameEnd: split ? form.start + colon : form.end,
    type: ast.typeExpr(typeFromName(typeText), { start, end: form.end }),
  }
}
