import type { Keyword, RecordEntry, Type } from '@rtfs/core'
import type { Analyser } from './analyser.js'
import { annotationAt, splitName, typeExpr } from './annotations.js'
import type { Expr, TypeExpr } from './ast.js'
import { ast, noMetadata } from './ast-factories.js'
import { plural } from './diagnostics.js'
import { type Form, keywordOf, type ListForm, type SymbolForm, symbolName } from './forms.js'
import { readFunction } from './functions.js'
import { readMetadata } from './metadata.js'
import { bindName } from './patterns.js'
import type { Place } from './place.js'
import { isBuiltinTypeName } from './types.js'

/*
 * `def`, `defmacro`, `defstruct`, `deftype` (LANGUAGE §5.1, §5.17, §8). `defn` is with the functions.
 */

export function analyseDef(a: Analyser, form: ListForm): Expr {
  const info = a.takeMetadata()
  const first = form.items[1]
  if (first === undefined) {
    return a.fail('P002', 'def needs a name and a value', form, { hint: 'Write (def name value).' })
  }
  const { inner: target } = readMetadata(a, first, info)
  if (target.kind !== 'symbol') {
    return a.fail('P001', 'def needs a name', target, { hint: 'Write (def name value).' })
  }
  const split = splitName(a, target)
  const nameSpan = { start: target.start, end: split.nameEnd }
  const found = defParts(a, form, split.type)
  if (found === undefined) return ast.literal(null, form)
  bindName(a, split.name, nameSpan)
  a.macros.delete(split.name)
  let init = a.expr(found.init)
  if (info.hint !== undefined && init.kind === 'fn' && init.hint === undefined)
    init = { ...init, hint: info.hint }
  return ast.def(split.name, nameSpan, found.type, init, info.meta ?? noMetadata, form)
}

function defParts(
  a: Analyser,
  form: ListForm,
  glued: TypeExpr | undefined,
): { type: TypeExpr | undefined; init: Form } | undefined {
  const items = form.items
  const second = items[2]
  if (second === undefined) {
    a.fail('P002', 'def has no value', form, { hint: 'Write (def name value).' })
    return undefined
  }
  let at = 2
  let type = glued
  const annotated = second.kind === 'colon' || (keywordOf(second) !== undefined && items.length > 3)
  if (annotated && glued === undefined) ({ type, next: at } = annotationAt(a, items, 2))
  const init = items[at]
  if (init === undefined) {
    a.fail('P002', 'def has no value', form, { hint: 'Write (def name :type value).' })
    return undefined
  }
  if (items.length > at + 1) {
    a.fail(
      'P001',
      `def takes one value, but has ${plural(items.length - at, 'form')} after the name`,
      items[at + 1]!,
      {
        hint:
          typeof (init.kind === 'atom' ? init.value : undefined) === 'string'
            ? 'Documentation stands in metadata: (def ^{:doc "…"} name value).'
            : 'For a function use defn.',
      },
    )
    return undefined
  }
  return { type, init }
}

export function analyseDefmacro(a: Analyser, form: ListForm, place: Place): Expr {
  const info = a.takeMetadata()
  if (place !== 'top') {
    return a.fail('P001', 'defmacro stands at the top level', form, {
      hint: 'Macros belong to a program or module, not to a function or let.',
    })
  }
  a.beforeMacros?.()
  const name = nameOf(a, form)
  if (name === undefined) return ast.literal(null, form)
  let at = 2
  let doc: string | undefined
  for (; at < form.items.length; at++) {
    const { inner } = readMetadata(a, form.items[at]!, info)
    if (inner.kind === 'atom' && typeof inner.value === 'string' && doc === undefined) doc = inner.value
    else if (inner.kind === 'vector') break
    else {
      return a.fail('P001', 'defmacro needs a parameter vector here', inner, {
        hint: `Write (defmacro ${name.name} [x & body] …).`,
      })
    }
  }
  const vector = form.items[at] === undefined ? undefined : readMetadata(a, form.items[at]!).inner
  if (vector === undefined || vector.kind !== 'vector') {
    return a.fail('P002', 'defmacro needs a parameter vector', form)
  }
  if (!bindName(a, name.name, name)) return ast.literal(null, form)
  const fn = readFunction(a, form, { doc, info, next: at + 1 }, vector, name.name)
  const made = ast.defmacro(name.name, fn, form)
  // From here on the name is the macro, whatever it was before.
  a.scope.unbind(name.name)
  a.macros.set(name.name, made)
  a.expander.defineMacro(made)
  return made
}

function nameOf(a: Analyser, form: ListForm): SymbolForm | undefined {
  const head = a.headText(form)
  const first = form.items[1]
  const target = first === undefined ? undefined : readMetadata(a, first).inner
  if (target !== undefined && target.kind === 'symbol') return target
  a.diagnostics.report(target === undefined ? 'P002' : 'P001', `${head} needs a name`, target ?? form)
  return undefined
}

export function analyseDeftype(a: Analyser, form: ListForm): Expr {
  const name = nameOf(a, form)
  const wrong = a.checkCount(form, 2, 2, 'a name and a type', 'Write (deftype Name [:vector :int]).')
  if (name === undefined) return ast.literal(null, form)
  if (wrong !== undefined) return wrong
  declareType(a, name)
  return ast.deftype(name.name, typeExpr(a, form.items[2]!), form)
}

export function analyseDefstruct(a: Analyser, form: ListForm): Expr {
  const name = nameOf(a, form)
  if (name === undefined) return ast.literal(null, form)
  if (!bindName(a, name.name, name)) return ast.literal(null, form)
  declareType(a, name)
  a.macros.delete(name.name)
  const entries: RecordEntry[] = []
  const keys = new Set<Keyword>()
  for (let i = 2; i < form.items.length; ) {
    const field = form.items[i]!
    const key = keywordOf(field)
    const colon = form.items[i + 1]?.kind === 'colon'
    const typeForm = form.items[colon ? i + 2 : i + 1]
    i += colon ? 3 : 2
    if (key === undefined) {
      a.diagnostics.report('P001', 'a field of defstruct is a keyword', field, {
        hint: 'Write (defstruct Point :x :float :y :float).',
      })
      continue
    }
    if (typeForm === undefined) {
      a.diagnostics.report('P002', `the field :${key.name} has no type`, field)
      break
    }
    if (keys.has(key)) {
      a.diagnostics.report('V001', `the field :${key.name} occurs twice`, field)
      continue
    }
    keys.add(key)
    entries.push({ key, type: typeExpr(a, typeForm).type, optional: isOptional(typeForm) })
  }
  const type: Type = { kind: 'record', entries, rest: undefined }
  return ast.defstruct(name.name, type, form)
}

/** A field whose type is written `T?` may be absent. */
function isOptional(form: Form): boolean {
  const name = keywordOf(form)?.name ?? symbolName(form)
  return name !== undefined && name.length > 1 && name.endsWith('?')
}

function declareType(a: Analyser, name: SymbolForm): void {
  if (isBuiltinTypeName(name.name)) {
    a.diagnostics.warn('P001', `the type ${name.name} cannot be used: the name means a built-in type`, name)
  }
  a.types.add(name.name)
}
