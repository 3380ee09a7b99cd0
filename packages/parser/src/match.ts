import type { Span } from '@rtfs/core'
import type { Analyser } from './analyser.js'
import { typeExpr } from './annotations.js'
import type { Expr, MatchPattern } from './ast.js'
import { ast } from './ast-factories.js'
import { withoutMetadata } from './declarations.js'
import { type Form, keywordOf, type ListForm, type MapForm, symbolName, type VectorForm } from './forms.js'
import { checkBindable } from './patterns.js'
import { inner, type Place } from './place.js'

/*
 * `match` (LANGUAGE §7): flat clauses `pattern [when guard] body`.
 */

export function analyseMatch(a: Analyser, form: ListForm, place: Place): Expr {
  const items = form.items
  if (items.length < 4) {
    return a.fail('P002', 'match needs a value, and pattern and body for each clause', form, {
      hint: 'Write (match x 0 "zero" n when (> n 0) "positive" _ "other").',
    })
  }
  const subject = a.expr(items[1]!)
  const { gathering } = a
  const clauses = gathering.mark()
  for (let i = 2; i < items.length; ) {
    const patternForm = items[i]!
    const mark = a.scope.mark()
    const pattern = readMatchPattern(a, patternForm)
    let at = i + 1
    let guard: Expr | undefined
    if (symbolName(items[at]) === 'when') {
      const test = items[at + 1]
      if (test === undefined) a.diagnostics.report('P002', 'a condition must follow when', items[at]!)
      else guard = a.expr(test)
      at += 2
    }
    const body = items[at]
    if (body === undefined) {
      a.diagnostics.report('P002', 'this clause of match has no body', patternForm, {
        hint: 'Each clause is a pattern, optionally when and a condition, and one form; use (do …) for several.',
      })
      a.scope.release(mark)
      break
    }
    a.declare(items.slice(at, at + 1), 0)
    const span: Span = { start: patternForm.start, end: body.end }
    gathering.add(ast.matchClause(pattern, guard, a.expr(body, inner(place)), span))
    a.scope.release(mark)
    i = at + 1
  }
  return ast.match(subject, gathering.take(clauses), form)
}

/** Reads a match pattern; a name may occur more than once and then stands for equal values. */
function readMatchPattern(a: Analyser, form: Form): MatchPattern {
  const target = withoutMetadata(form)
  switch (target.kind) {
    case 'atom':
      return ast.matchLiteral(target.value)
    case 'symbol':
      return bindSymbol(a, target.name, target)
    case 'vector':
      return readVector(a, target)
    case 'map':
      return readMap(a, target)
    case 'list':
      return readSpecial(a, target)
    case 'quote':
      return ast.matchLiteral(a.data(target.items[0]!))
    default:
      a.diagnostics.report('P001', 'a match pattern was expected here', target, { hint: patternHint })
      return ast.matchAny()
  }
}

const patternHint =
  'Patterns are literals, names, _, [a b & rest], {:key p & rest}, (:as name p) and (:is type).'

function bindSymbol(a: Analyser, name: string, span: Span): MatchPattern {
  if (name === '_') return ast.matchAny()
  const colon = name.indexOf(':')
  if (colon > 0) {
    a.diagnostics.report('P001', `a match pattern takes no annotation: ${name}`, span, {
      hint: `Write (:as ${name.slice(0, colon)} (:is :${name.slice(colon + 1)})).`,
    })
    return ast.matchAny()
  }
  if (!checkBindable(a, name, span)) return ast.matchAny()
  a.scope.bind(name)
  return ast.matchBind(name)
}

function readVector(a: Analyser, form: VectorForm): MatchPattern {
  const { gathering } = a
  const elements = gathering.mark()
  const items = form.items
  for (let i = 0; i < items.length; i++) {
    const item = items[i]!
    if (symbolName(item) !== '&') {
      gathering.add(readMatchPattern(a, item))
      continue
    }
    const rest = items[i + 1]
    if (rest === undefined) {
      a.diagnostics.report('P002', 'a pattern must follow &', item)
      break
    }
    if (items.length > i + 2)
      a.diagnostics.report('P001', 'nothing may follow the rest pattern', items[i + 2]!)
    const last = readMatchPattern(a, rest)
    return ast.matchVector(gathering.take(elements), last)
  }
  return ast.matchVector(gathering.take(elements), undefined)
}

type MatchKey = Extract<MatchPattern, { kind: 'match-map' }>['entries'][number]['key']

function readMap(a: Analyser, form: MapForm): MatchPattern {
  const { gathering } = a
  const entries = gathering.mark()
  let rest: MatchPattern | undefined
  for (let i = 0; i + 1 < form.items.length; i += 2) {
    const left = form.items[i]!
    const right = form.items[i + 1]!
    if (symbolName(left) === '&') {
      if (rest !== undefined) a.diagnostics.report('P001', 'only one & may stand in a pattern', left)
      rest = readMatchPattern(a, right)
      continue
    }
    const key = matchKey(left)
    if (key === undefined) {
      a.diagnostics.report(
        'P001',
        'keys of a match pattern are keywords, strings, integers or booleans',
        left,
        {
          hint: 'Write {:key pattern}; & rest opens the pattern for further keys.',
        },
      )
    } else gathering.add({ key, pattern: readMatchPattern(a, right) })
  }
  return ast.matchMap(gathering.take(entries), rest)
}

function matchKey(form: Form): MatchKey | undefined {
  if (form.kind !== 'atom') return undefined
  const value = form.value
  if (value === null || (typeof value === 'object' && keywordOf(form) === undefined)) return undefined
  return value as MatchKey
}

/** `(:as name pattern)` and `(:is type)`. */
function readSpecial(a: Analyser, form: ListForm): MatchPattern {
  const head = keywordOf(form.items[0])?.name
  if (head === 'is' && form.items.length === 2) return ast.matchIs(typeExpr(a, form.items[1]!).type)
  if (head === 'as' && form.items.length === 3) {
    const name = form.items[1]!
    if (name.kind === 'symbol' && checkBindable(a, name.name, name)) {
      a.scope.bind(name.name)
      const pattern = readMatchPattern(a, form.items[2]!)
      return name.name === '_' ? pattern : ast.matchAs(name.name, pattern)
    }
  }
  const fits = head === 'is' || head === 'as'
  a.diagnostics.report(
    'P001',
    fits ? `this :${head} pattern has the wrong shape` : 'a list is no match pattern',
    form,
    {
      hint: fits
        ? 'Write (:as name pattern) or (:is type).'
        : 'Clauses of match are not in parentheses: (match x 1 "one" _ "other").',
    },
  )
  return ast.matchAny()
}
