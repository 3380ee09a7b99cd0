import type { Span, Value } from '@rtfs/core'
import type { Analyser } from './analyser.js'
import type { DelegationHint, Expr, Metadata } from './ast.js'
import { ast } from './ast-factories.js'
import { type Form, keywordOf, type MetadataForm, stringOf } from './forms.js'
import type { Place } from './place.js'

/** What `^…` before a form says: a delegation hint, and everything else as data. */
export interface MetadataInfo {
  hint: DelegationHint | undefined
  /** Made when there is something to hold: most functions have none. */
  meta: Map<string, Value> | undefined
}

/** True for metadata around a form that the host is told of: only `runtime.…` keys do anything (LANGUAGE §3.5). */
export function hasExecutionHints(meta: Metadata): boolean {
  for (const key of meta.keys()) if (key.startsWith('runtime.')) return true
  return false
}

/** Forms that take the metadata written before them; on all others it stays around the form. */
const takers = new Set(['fn', 'λ', 'defn', 'def', 'defmacro'])

export function analyseMetadata(a: Analyser, form: MetadataForm, place: Place): Expr {
  const { info, inner } = readMetadata(a, form)
  const head = inner.kind === 'list' ? inner.items[0] : undefined
  if (
    inner.kind === 'anonymous-fn' ||
    (head !== undefined && head.kind === 'symbol' && takers.has(head.name))
  ) {
    a.pendingMetadata = info
    const made = a.expr(inner, place)
    return { ...made, start: form.start }
  }
  if (info.hint !== undefined) {
    a.diagnostics.report('P001', '^:delegation belongs to a function', form, {
      hint: 'Put it before fn or defn, before the name, or before the parameter vector.',
    })
  }
  // Hints are cleared after the form, so nothing inside is a tail; the top level stays the top level.
  const expr = a.expr(inner, place === 'top' ? 'top' : 'value')
  // At the top it may say that a definition is private; elsewhere only hints do anything, and what does nothing is no
  // part of the tree, so that no tier has to agree on its place.
  const { meta } = info
  if (meta === undefined) return expr
  const counts = place === 'top' ? meta.size > 0 : hasExecutionHints(meta)
  return counts ? ast.withMetadata(meta, expr, form) : expr
}

/** All metadata before a form, outermost first, and the form itself. */
export function readMetadata(
  a: Analyser,
  form: Form,
  info: MetadataInfo = { hint: undefined, meta: undefined },
): { info: MetadataInfo; inner: Form } {
  let inner = form
  while (inner.kind === 'metadata') {
    readOne(a, inner.items, info)
    inner = inner.items[inner.items.length - 1]!
  }
  return { info, inner }
}

function metaOf(info: MetadataInfo): Map<string, Value> {
  info.meta ??= new Map()
  return info.meta
}

function readOne(a: Analyser, items: readonly Form[], info: MetadataInfo): void {
  const first = items[0]!
  const flag = keywordOf(first)
  if (flag?.name === 'delegation') {
    const target = items.length > 2 ? items[1] : undefined
    info.hint = hintOf(
      a,
      keywordOf(target)?.name,
      items.length > 3 ? stringOf(items[2]) : undefined,
      target ?? first,
    )
  } else if (flag !== undefined) metaOf(info).set(flag.name, true)
  else if (first.kind === 'map') readMap(a, first.items, info)
  else {
    a.diagnostics.report('P001', 'metadata is a map or a flag', first, {
      hint: 'Write ^{:key value} or ^:flag; types stand after the name: x :int.',
    })
  }
}

function readMap(a: Analyser, items: readonly Form[], info: MetadataInfo): void {
  for (let i = 0; i + 1 < items.length; i += 2) {
    const key = keywordOf(items[i])?.name ?? stringOf(items[i])
    const value = items[i + 1]!
    if (key === undefined) {
      a.diagnostics.report('P001', 'keys of metadata are keywords', items[i]!)
    } else if (key === 'delegation') {
      const parts = value.kind === 'vector' || value.kind === 'list' ? value.items : [value]
      info.hint = hintOf(a, keywordOf(parts[0])?.name, stringOf(parts[1]), value)
    } else metaOf(info).set(key, a.data(value))
  }
}

function hintOf(
  a: Analyser,
  target: string | undefined,
  id: string | undefined,
  span: Span,
): DelegationHint | undefined {
  switch (target) {
    case 'local':
      return { kind: 'local' }
    case 'l4':
      return { kind: 'l4' }
    case 'local-model':
    case 'remote':
      if (id !== undefined) return { kind: target, id }
      a.diagnostics.report('P001', `:delegation :${target} needs the id of a model`, span, {
        hint: `Write ^:delegation :${target} "id".`,
      })
      return undefined
    default:
      a.diagnostics.report('P001', 'unknown delegation target', span, {
        hint: 'Targets are :local, :local-model "id", :remote "id" and :l4.',
      })
      return undefined
  }
}
