import type { Analyser } from './analyser.js'
import { annotationAt, splitName } from './annotations.js'
import type { Defn, Expr, Fn, Param, TypeExpr } from './ast.js'
import { ast } from './ast-factories.js'
import {
  type Form,
  keywordOf,
  type ListForm,
  type SymbolForm,
  stringOf,
  symbolForm,
  symbolName,
  type VectorForm,
} from './forms.js'
import { type MetadataInfo, readMetadata } from './metadata.js'
import { bindName, Names, readPattern } from './patterns.js'

/*
 * `fn`, `defn`, parameters, bodies (LANGUAGE §5.1, §2.2).
 */

/** What stands before the body: name, docstring, parameter vector, and metadata in any of these places. */
interface Header {
  readonly name: SymbolForm | undefined
  readonly doc: string | undefined
  readonly params: VectorForm | undefined
  readonly info: MetadataInfo
  /** Index of the first form after the parameter vector. */
  readonly next: number
}

export function analyseFn(a: Analyser, form: ListForm): Expr {
  const header = readHeader(a, form, false)
  if (header.params === undefined) return ast.literal(null, form)
  const name = header.name
  const mark = a.scope.mark()
  if (name !== undefined) bindName(a, name.name, name)
  const fn = readFunction(a, form, header, header.params, name?.name)
  a.scope.release(mark)
  return fn
}

export function analyseDefn(a: Analyser, form: ListForm): Expr {
  const header = readHeader(a, form, true)
  if (header.name === undefined || header.params === undefined) return ast.literal(null, form)
  const { name } = header
  bindName(a, name.name, name)
  const fn = readFunction(a, form, header, header.params, name.name)
  const made: Defn = ast.defn(name.name, name, fn, form)
  a.macros.delete(name.name)
  return made
}

function readHeader(a: Analyser, form: ListForm, needsName: boolean): Header {
  const info = a.takeMetadata()
  const head = a.headText(form)
  let name: SymbolForm | undefined
  let doc: string | undefined
  for (let i = 1; i < form.items.length; i++) {
    const { inner: item } = readMetadata(a, form.items[i]!, info)
    if (item.kind === 'vector') {
      if (needsName && name === undefined) a.diagnostics.report('P002', `${head} needs a name`, item)
      return { name, doc, params: item, info, next: i + 1 }
    }
    const text = stringOf(item)
    if (item.kind === 'symbol' && name === undefined) name = item
    else if (text !== undefined && needsName && name !== undefined && doc === undefined) doc = text
    else {
      reportHeader(a, form, item, name)
      return { name, doc, params: undefined, info, next: i }
    }
  }
  const missing = needsName && name === undefined ? 'a name and a parameter vector' : 'a parameter vector'
  a.diagnostics.report('P002', `${head} needs ${missing}`, form, {
    hint: needsName ? 'Write (defn name [x y] …).' : 'Write (fn [x y] …).',
  })
  return { name, doc, params: undefined, info, next: form.items.length }
}

function reportHeader(a: Analyser, form: ListForm, item: Form, name: SymbolForm | undefined): void {
  const head = a.headText(form)
  if (item.kind === 'list') {
    if (item.items[0]?.kind === 'vector') {
      a.diagnostics.report('P004', 'a function has one arity; overloads do not exist', item, {
        hint: 'Define functions with different names, or take the rest with &.',
      })
      return
    }
    a.diagnostics.report('P001', `the parameters of ${head} stand in a vector`, item, {
      hint: `Write (${head}${name === undefined ? '' : ` ${name.name}`} [x y] …).`,
      fixes: [
        {
          title: 'Use brackets',
          edits: [
            { start: item.start, end: item.start + 1, text: '[' },
            { start: item.end - 1, end: item.end, text: ']' },
          ],
          safe: false,
        },
      ],
    })
    return
  }
  a.diagnostics.report('P001', `${head} needs a parameter vector here`, item, {
    hint: `Write (${head}${name === undefined ? '' : ` ${name.name}`} [x y] …).`,
  })
}

/** Parameters, return type and body, in a scope of their own. */
export function readFunction(
  a: Analyser,
  form: ListForm,
  header: Pick<Header, 'doc' | 'info' | 'next'>,
  vector: VectorForm,
  name: string | undefined,
): Fn {
  const mark = a.scope.mark()
  const { params, rest } = readParams(a, vector)
  const items = form.items
  const hint = header.info.hint
  const delegated = hint !== undefined && hint.kind !== 'local'
  const { returnType, next } = readReturnType(a, items, header.next, delegated)
  if (next >= items.length && !delegated) {
    a.diagnostics.report('P002', `${name ?? 'this function'} has no body`, form, {
      hint: 'Only a function with the hint ^:delegation :l4, :local-model or :remote may leave its body out.',
    })
  }
  a.declare(items, next)
  const outer = a.target
  a.target = { kind: 'fn', arity: params.length + (rest === undefined ? 0 : 1) }
  const body = a.body(items, next, 'tail')
  a.target = outer
  a.scope.release(mark)
  return ast.fn(
    {
      name,
      params,
      rest,
      returnType,
      body,
      hint,
      doc: docOf(header, items, next, name),
      meta: header.info.meta,
    },
    form,
  )
}

/** The docstring, the `:doc` of the metadata, or of a `defn` a string that starts a longer body (LANGUAGE §5.1). */
function docOf(
  header: Pick<Header, 'doc' | 'info'>,
  items: readonly Form[],
  next: number,
  name: string | undefined,
): string | undefined {
  if (header.doc !== undefined) return header.doc
  const meta = header.info.meta?.get('doc')
  if (typeof meta === 'string') return meta
  return name !== undefined && items.length > next + 1 && symbolName(items[0]) === 'defn'
    ? stringOf(items[next])
    : undefined
}

/**
 * After the parameters an annotation is the return type if at least one more form follows, or if it is the only
 * form left of a function that others answer for (LANGUAGE §2.2). So `(fn [] :ok)` returns a keyword.
 */
function readReturnType(
  a: Analyser,
  items: readonly Form[],
  at: number,
  delegated: boolean,
): { returnType: TypeExpr | undefined; next: number } {
  const form = items[at]
  if (form === undefined) return { returnType: undefined, next: at }
  const isType =
    form.kind === 'colon' || (keywordOf(form) !== undefined && (items.length > at + 1 || delegated))
  if (!isType) return { returnType: undefined, next: at }
  const { type, next } = annotationAt(a, items, at)
  return { returnType: type, next }
}

/** The parameters of a function; binds their names. */
export function readParams(a: Analyser, vector: VectorForm): { params: Param[]; rest: Param | undefined } {
  const names = new Names()
  const { gathering } = a
  const params = gathering.mark()
  let rest: Param | undefined
  const items = vector.items
  for (let i = 0; i < items.length; ) {
    const item = items[i]!
    if (symbolName(item) !== '&') {
      const { param, next } = readParam(a, items, i, names)
      gathering.add(param)
      i = next
      continue
    }
    if (items[i + 1] === undefined) {
      a.diagnostics.report('P002', 'a name must follow &', item)
      break
    }
    const { param, next } = readParam(a, items, i + 1, names)
    if (next < items.length) {
      a.diagnostics.report('P001', 'nothing may follow the rest parameter', items[next]!)
    }
    rest = param
    break
  }
  return { params: gathering.take(params), rest }
}

function readParam(
  a: Analyser,
  items: readonly Form[],
  at: number,
  names: Names,
): { param: Param; next: number } {
  const { inner: target } = readMetadata(a, items[at]!)
  if (target.kind === 'symbol' && target.name.indexOf(':') > 0) {
    const split = splitName(a, target)
    const name = symbolForm(split.name, { start: target.start, end: split.nameEnd })
    return { param: ast.param(readPattern(a, name, names), split.type, target), next: at + 1 }
  }
  if (target.kind === 'colon' || keywordOf(target) !== undefined) {
    a.diagnostics.report('P001', 'a parameter is a name or a pattern', target, {
      hint: 'One type may stand after each: [x :int y :string].',
    })
    return { param: ast.param(ast.wildcard(target), undefined, target), next: at + 1 }
  }
  const pattern = readPattern(a, target, names)
  const after = items[at + 1]
  if (after === undefined || (after.kind !== 'colon' && keywordOf(after) === undefined)) {
    return { param: ast.param(pattern, undefined, target), next: at + 1 }
  }
  const { type, next } = annotationAt(a, items, at + 1)
  const end = next > at + 1 ? items[next - 1]!.end : target.end
  return { param: ast.param(pattern, type, { start: target.start, end }), next }
}
