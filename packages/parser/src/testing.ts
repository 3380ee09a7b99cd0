import type { Analyser } from './analyser.js'
import type { Expr } from './ast.js'
import { ast } from './ast-factories.js'
import { type ListForm, stringOf, symbolName } from './forms.js'
import { missingBody } from './let.js'
import type { Place } from './place.js'

/*
 * `deftest` and `is` (LANGUAGE §5.15a).
 */

export function analyseDeftest(a: Analyser, form: ListForm, place: Place): Expr {
  if (place !== 'top') {
    return a.fail('P001', 'deftest stands at the top level of a module', form)
  }
  const name = symbolName(form.items[1]) ?? stringOf(form.items[1])
  if (name === undefined) {
    return a.fail(form.items.length < 2 ? 'P002' : 'P001', 'deftest needs a name', form.items[1] ?? form, {
      hint: 'Write (deftest name (is (= expected actual))).',
    })
  }
  if (form.items.length < 3) return missingBody(a, form)
  const mark = a.scope.mark()
  a.declare(form.items, 2)
  const body = a.body(form.items, 2, 'value')
  a.scope.release(mark)
  return ast.deftest(name, body, form)
}

export function analyseIs(a: Analyser, form: ListForm): Expr {
  const wrong = a.checkCount(form, 1, 2, 'a form and at most a message')
  if (wrong !== undefined) return wrong
  const [, tested, message] = form.items
  return ast.is(
    a.expr(tested!),
    message === undefined ? undefined : a.expr(message),
    a.sourceText(tested!),
    form,
  )
}
