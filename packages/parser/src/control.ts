import type { Span, Value } from '@rtfs/core'
import type { Analyser } from './analyser.js'
import type { Expr, MatchClause } from './ast.js'
import { ast } from './ast-factories.js'
import { plural } from './diagnostics.js'
import type { Form, ListForm } from './forms.js'
import { inner, type Place } from './place.js'

/*
 * `if`, `when`, `unless`, `cond`, `case`, `do`, `and`, `or`, `recur` (LANGUAGE §5.3–5.6). Rewritten forms keep the
 * span of what was written.
 */

export function analyseIf(a: Analyser, form: ListForm, place: Place): Expr {
  const wrong = a.checkCount(
    form,
    2,
    3,
    'a condition and one or two branches',
    'For more branches use cond; to do several things in a branch wrap them in (do …).',
  )
  if (wrong !== undefined) return wrong
  const [, test, then, otherwise] = form.items
  const at = inner(place)
  return ast.if(
    a.expr(test!),
    a.expr(then!, at),
    otherwise === undefined ? undefined : a.expr(otherwise, at),
    form,
  )
}

export function analyseWhen(a: Analyser, form: ListForm, place: Place): Expr {
  const wrong = a.checkCount(form, 2, Infinity, 'a condition and a body')
  if (wrong !== undefined) return wrong
  return ast.if(a.expr(form.items[1]!), bodyOf(a, form, 2, place), undefined, form)
}

export function analyseUnless(a: Analyser, form: ListForm, place: Place): Expr {
  const wrong = a.checkCount(form, 2, Infinity, 'a condition and a body')
  if (wrong !== undefined) return wrong
  const test = a.expr(form.items[1]!)
  return ast.if(test, ast.literal(null, form), bodyOf(a, form, 2, place), form)
}

/** Several forms as one expression. */
function bodyOf(a: Analyser, form: ListForm, from: number, place: Place): Expr {
  const body = a.body(form.items, from, inner(place))
  if (body.length === 1) return body[0]!
  return ast.do(body, { start: form.items[from]!.start, end: form.items[form.items.length - 1]!.end })
}

export function analyseCond(a: Analyser, form: ListForm, place: Place): Expr {
  const items = form.items
  if (items.length % 2 === 0) {
    return a.fail(
      'P001',
      `cond needs pairs of test and value, but has ${plural(items.length - 1, 'form')}`,
      form,
      {
        hint: 'The last pair may be :else and the value for all other cases.',
      },
    )
  }
  if (items.length === 1) return ast.literal(null, form)
  return nestedIfs(a, form, place)
}

/** The clauses as nested conditionals: each one level deeper than the one before. */
function nestedIfs(a: Analyser, form: ListForm, place: Place): Expr {
  const parts: { test: Expr; value: Expr; span: Span }[] = []
  for (let i = 1; i < form.items.length; i += 2) {
    const span = { start: form.items[i]!.start, end: form.end }
    const test = a.expr(form.items[i]!)
    parts.push({ test, value: a.expr(form.items[i + 1]!, inner(place)), span })
  }
  let made: Expr | undefined
  for (let i = parts.length - 1; i >= 0; i--) {
    const { test, value, span } = parts[i]!
    made = ast.if(test, value, made, i === 0 ? form : span)
  }
  return a.checkChain(parts.length, form) ?? made!
}

export function analyseCase(a: Analyser, form: ListForm, place: Place): Expr {
  const items = form.items
  if (items.length < 2) return a.fail('P002', 'case needs a value to compare', form)
  const subject = a.expr(items[1]!)
  const { gathering } = a
  const clauses = gathering.mark()
  for (let i = 2; i < items.length; i += 2) {
    const constant = items[i]!
    const body = items[i + 1]
    if (body === undefined) {
      gathering.add(ast.matchClause(ast.matchAny(), undefined, a.expr(constant, inner(place)), constant))
    } else {
      const span = { start: constant.start, end: body.end }
      gathering.add(ast.matchClause(casePattern(a, constant), undefined, a.expr(body, inner(place)), span))
    }
  }
  return ast.match(subject, gathering.take(clauses), form)
}

function casePattern(a: Analyser, form: Form): MatchClause['pattern'] {
  if (form.kind === 'list') return ast.matchAlternatives(form.items.map(item => constantOf(a, item)))
  return ast.matchLiteral(constantOf(a, form))
}

/** Constants of `case` are not evaluated; a quote before one changes nothing. */
function constantOf(a: Analyser, form: Form): Value {
  return a.data(form.kind === 'quote' ? form.items[0]! : form)
}

export function analyseDo(a: Analyser, form: ListForm, place: Place): Expr {
  if (place !== 'top') return ast.do(a.body(form.items, 1, place), form)
  // At the top level each form sees what the ones before it define (LANGUAGE §8).
  return ast.do(a.inOrder(form.items.slice(1)), form)
}

export function analyseAnd(a: Analyser, form: ListForm, place: Place): Expr {
  return ast.and(a.body(form.items, 1, inner(place)), form)
}

export function analyseOr(a: Analyser, form: ListForm, place: Place): Expr {
  return ast.or(a.body(form.items, 1, inner(place)), form)
}

export function analyseRecur(a: Analyser, form: ListForm, place: Place): Expr {
  const args = a.exprs(form.items, 1)
  const target = a.target
  if (target === undefined) {
    return a.fail('P001', 'recur stands outside of loop and fn', form, {
      hint: 'recur jumps back to the innermost loop or function.',
    })
  }
  if (place !== 'tail') {
    return a.fail('P001', 'recur does not stand in tail position', form, {
      hint: `It must be the last thing its ${target.kind} does; nothing may be done with its result, and it cannot leave try, with-resource, step or parallel.`,
    })
  }
  if (args.length !== target.arity) {
    return a.fail(
      'P001',
      `recur gives ${plural(args.length, 'value')} to a ${target.kind} that takes ${target.arity}`,
      form,
      target.kind === 'fn' ? { hint: 'The rest parameter takes one sequence.' } : {},
    )
  }
  return ast.recur(args, target.kind, form)
}
