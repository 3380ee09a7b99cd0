import { errorTypes } from '@rtfs/core'
import type { Analyser } from './analyser.js'
import { typeExpr } from './annotations.js'
import type { CatchClause, CatchPattern, Expr } from './ast.js'
import { ast } from './ast-factories.js'
import { type Form, keywordOf, type ListForm, symbolName } from './forms.js'
import { checkBindable } from './patterns.js'

/*
 * `try`, `catch`, `finally`, `throw` (LANGUAGE §9.3, §9.4).
 */

export function analyseThrow(a: Analyser, form: ListForm): Expr {
  const wrong = a.checkCount(form, 1, 1, 'one form', 'Write (throw {:type :my/error :message "…"}).')
  return wrong ?? ast.throw(a.expr(form.items[1]!), form)
}

export function clauseOutsideTry(a: Analyser, form: ListForm): Expr {
  const head = a.headText(form)
  return a.fail('P001', `${head} stands outside of try`, form, {
    hint: `(${head} …) is the last part of a try: (try body (catch e …) (finally …)).`,
  })
}

export function analyseTry(a: Analyser, form: ListForm): Expr {
  const body: Form[] = []
  const catches: CatchClause[] = []
  let cleanup: Expr[] | undefined
  for (let i = 1; i < form.items.length; i++) {
    const item = form.items[i]!
    const head = item.kind === 'list' ? symbolName(item.items[0]) : undefined
    if (head === 'catch') {
      if (cleanup !== undefined) a.diagnostics.report('P001', 'catch stands after finally', item)
      const clause = readCatch(a, item as ListForm)
      if (clause !== undefined) catches.push(clause)
    } else if (head === 'finally') {
      if (cleanup !== undefined) a.diagnostics.report('P001', 'a try has one finally', item)
      cleanup = readFinally(a, item as ListForm)
    } else if (catches.length > 0 || cleanup !== undefined) {
      a.diagnostics.report('P001', 'only catch and finally may stand here, after the body of try', item)
    } else body.push(item)
  }
  const hasClause = form.items.some(item => item.kind === 'list' && isClause(item))
  if (!hasClause) {
    return a.fail('P002', 'try needs at least one catch or finally', form, {
      hint: 'Write (try body (catch e …)), or leave out the try.',
    })
  }
  return ast.try(
    body.map(item => a.expr(item)),
    catches,
    cleanup,
    form,
  )
}

function isClause(form: ListForm): boolean {
  const head = symbolName(form.items[0])
  return head === 'catch' || head === 'finally'
}

function readFinally(a: Analyser, form: ListForm): Expr[] {
  if (form.items.length < 2) a.diagnostics.report('P002', 'finally has no body', form)
  return a.body(form.items, 1, 'value')
}

function readCatch(a: Analyser, form: ListForm): CatchClause | undefined {
  const items = form.items
  const target = items[1]
  if (target === undefined || items.length < 3) {
    a.diagnostics.report(
      'P002',
      `catch needs ${target === undefined ? 'a pattern and a body' : 'a body'}`,
      form,
      {
        hint: 'Write (catch DivisionByZero e …), (catch :my/error e …) or (catch e …).',
      },
    )
    return undefined
  }
  const mark = a.scope.mark()
  const names = new Set<string>()
  const pattern = readCatchPattern(a, target, names)
  // A symbol after the pattern is the name exactly if a body follows it.
  const second = symbolName(items[2])
  let from = 2
  if (second !== undefined && items.length > 3) {
    if (second !== '_' && checkBindable(a, second, items[2]!)) names.add(second)
    from = 3
  }
  for (const name of names) a.scope.bind(name)
  a.declare(items, from)
  const body = a.body(items, from, 'value')
  a.scope.release(mark)
  return ast.catchClause(pattern, [...names], body, form)
}

/** Names from other languages that catch everything. */
const everything = new Set(['Exception', 'Error', 'RuntimeError', 'Throwable'])

function readCatchPattern(a: Analyser, form: Form, names: Set<string>): CatchPattern {
  const type = keywordOf(form)?.name
  if (type !== undefined) {
    return type === 'any' || type === 'error/any' ? { kind: 'catch-any' } : { kind: 'catch-type', type }
  }
  if (form.kind === 'symbol') return symbolPattern(a, form.name, form, names)
  if (form.kind === 'vector') return { kind: 'catch-conforms', type: typeExpr(a, form).type }
  a.diagnostics.report('P001', 'catch needs a name, an error kind, a keyword or a type', form, {
    hint: 'Write (catch DivisionByZero e …), (catch :my/error e …) or (catch e …).',
  })
  return { kind: 'catch-any' }
}

function symbolPattern(a: Analyser, name: string, form: Form, names: Set<string>): CatchPattern {
  if (name === '_' || everything.has(name)) return { kind: 'catch-any' }
  // A qualified name cannot be bound, so it can only be a type.
  const qualified = name.includes('/') && name !== '/'
  if (qualified || a.isType(name)) return { kind: 'catch-conforms', type: { kind: 'ref', name } }
  if (Object.hasOwn(errorTypes, name)) return { kind: 'catch-kind', errorKind: name }
  if (/^\p{Lu}/u.test(name)) {
    a.diagnostics.warn(
      'P001',
      `${name} is no kind of error, so this catches everything and binds ${name}`,
      form,
      'Kinds are TypeError, DivisionByZero, ApplicationError and so on; for your own errors use their :type keyword.',
    )
  }
  if (checkBindable(a, name, form)) names.add(name)
  return { kind: 'catch-any' }
}
