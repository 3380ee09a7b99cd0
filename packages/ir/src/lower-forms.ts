import type { Is, Step, Template } from '@rtfs/parser'
import { equalityOperands } from './children.js'
import type { Lowering } from './lower.js'
import { bindName } from './lower-patterns.js'
import { ir } from './node-factories.js'
import type { IrTemplate, IsNode, StepNode } from './nodes.js'
import { type Place, Scope } from './scope.js'

/** `step`: options first, then the body, which sees `%params` but has no frame of its own. */
export function lowerStep(lowering: Lowering, expr: Step, place: Place): StepNode {
  const at = lowering.at(expr)
  const exposeContext = lowering.maybe(expr.exposeContext, place)
  const contextKeys = lowering.maybe(expr.contextKeys, place)
  const params = lowering.maybe(expr.params, place)
  const scope = new Scope(place.scope, place.scope.fn)
  const paramsVariable = params === undefined ? undefined : bindName(lowering, '%params', scope)
  const body = lowering.all(expr.body, { ...place, scope })
  return ir.step(at, { name: expr.name, exposeContext, contextKeys, params, paramsVariable, body })
}

export function lowerIs(lowering: Lowering, expr: Is, place: Place): IsNode {
  const at = lowering.at(expr)
  const form = lowering.expr(expr.form, place)
  const message = lowering.maybe(expr.message, place)
  const { callee } = form.kind === 'apply' ? form : { callee: undefined }
  const isEquality = callee?.kind === 'ref' && callee.scope === 'builtin' && callee.name === '='
  return ir.is(at, form, equalityOperands(form, isEquality), message, expr.text)
}

export function lowerTemplate(lowering: Lowering, template: Template, place: Place): IrTemplate {
  switch (template.kind) {
    case 'data':
    case 'gensym':
      return template
    case 'unquote':
    case 'splice':
      return { kind: template.kind, expr: lowering.expr(template.expr, place) }
    case 'template-list':
    case 'template-vector':
      return { kind: template.kind, items: template.items.map(item => lowerTemplate(lowering, item, place)) }
    case 'template-map': {
      const entries = template.entries.map(entry => {
        const key = lowerTemplate(lowering, entry.key, place)
        return { key, value: lowerTemplate(lowering, entry.value, place) }
      })
      return { kind: 'template-map', entries }
    }
  }
}
