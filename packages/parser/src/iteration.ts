import type { Analyser } from './analyser.js'
import type { Expr, ForClause } from './ast.js'
import { ast } from './ast-factories.js'
import { type Form, keywordOf, type ListForm } from './forms.js'
import { bindingVector, missingBody, readBindings } from './let.js'
import { bindName, readPattern } from './patterns.js'

/*
 * `for` and `dotimes` (LANGUAGE §5.12).
 */

export function analyseFor(a: Analyser, form: ListForm): Expr {
  const vector = bindingVector(a, form)
  if (vector === undefined) return ast.literal(null, form)
  if (form.items.length < 3) return missingBody(a, form)
  const mark = a.scope.mark()
  const clauses: ForClause[] = []
  const items = vector.items
  if (items.length === 0) {
    a.diagnostics.report('P002', 'for needs at least one binding', vector, { hint: 'Write (for [x xs] …).' })
  }
  for (let i = 0; i < items.length; i += 2) {
    const left = items[i]!
    const right = items[i + 1]
    if (right === undefined) {
      a.diagnostics.report('P002', 'this part of for has no value', left, {
        hint: 'The vector of for has pairs: pattern and collection, :when test, :while test, :let [bindings].',
      })
      break
    }
    const clause = readClause(a, left, right, clauses.length === 0)
    if (clause !== undefined) clauses.push(clause)
  }
  a.declare(form.items, 2)
  const body = a.body(form.items, 2, 'value')
  a.scope.release(mark)
  return ast.for(clauses, body, form)
}

function readClause(a: Analyser, left: Form, right: Form, first: boolean): ForClause | undefined {
  const modifier = keywordOf(left)?.name
  if (modifier === undefined) {
    const collection = a.expr(right)
    const pattern = readPattern(a, left)
    return ast.forBinding(pattern, collection, { start: left.start, end: right.end })
  }
  if (first) {
    a.diagnostics.report('P001', `:${modifier} must follow a binding of for`, left)
    return undefined
  }
  if (modifier === 'when' || modifier === 'while') return ast.forTest(`for-${modifier}`, a.expr(right))
  if (modifier === 'let' && right.kind === 'vector') return ast.forLet(readBindings(a, right, 'let'))
  a.diagnostics.report(
    'P001',
    modifier === 'let' ? 'the bindings of :let stand in a vector' : `:${modifier} is no modifier of for`,
    modifier === 'let' ? right : left,
    { hint: 'Modifiers are :when test, :while test and :let [name value].' },
  )
  return undefined
}

export function analyseDotimes(a: Analyser, form: ListForm): Expr {
  const vector = bindingVector(a, form)
  if (vector === undefined) return ast.literal(null, form)
  const [name, count] = vector.items
  if (name === undefined || name.kind !== 'symbol' || count === undefined || vector.items.length !== 2) {
    return a.fail('P001', 'dotimes takes one name and one number', vector, {
      hint: 'Write (dotimes [i 10] …).',
    })
  }
  const times = a.expr(count)
  const mark = a.scope.mark()
  bindName(a, name.name, name)
  a.declare(form.items, 2)
  const body = a.body(form.items, 2, 'value')
  a.scope.release(mark)
  return ast.dotimes(name.name, times, body, form)
}
