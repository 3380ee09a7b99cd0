import type { Analyser } from './analyser.js'
import { typeExpr } from './annotations.js'
import type { Expr } from './ast.js'
import { ast } from './ast-factories.js'
import type { ListForm } from './forms.js'

/*
 * `(the type x)` and `(conforms? type x)` (LANGUAGE §10.5).
 */

const hint = 'The type stands first: (the :int x).'

export function analyseThe(a: Analyser, form: ListForm): Expr {
  const wrong = a.checkCount(form, 2, 2, 'a type and a form', hint)
  return wrong ?? ast.the(typeExpr(a, form.items[1]!), a.expr(form.items[2]!), form)
}

export function analyseConforms(a: Analyser, form: ListForm): Expr {
  const wrong = a.checkCount(form, 2, 2, 'a type and a form', hint)
  return wrong ?? ast.conforms(typeExpr(a, form.items[1]!), a.expr(form.items[2]!), form)
}
