import type {
  Deftest,
  DiscoverAgents,
  HostCall,
  If,
  Is,
  MapExpr,
  ObjectExpr,
  Parallel,
  Step,
  StepIf,
  StepLoop,
  StepParallel,
  Template,
  WithMetadata,
} from '@rtfs/parser'
import { hasExecutionHints } from '@rtfs/parser'
import { equalityOperands } from './children.js'
import type { Lowering } from './lower.js'
import { openBody } from './lower-body.js'
import { bindName } from './lower-patterns.js'
import { ir } from './node-factories.js'
import type {
  IrTemplate,
  IsNode,
  MapEntryNode,
  Node,
  ObjectProperty,
  ParallelBinding,
  StepNode,
  StepOption,
} from './nodes.js'
import { notTail, type Place, Scope } from './scope.js'

// Forms that bind nothing, in the order of the language reference. `place` is a tail position only for `if` and metadata.

export function lowerMap(lowering: Lowering, expr: MapExpr, place: Place): Node {
  const at = lowering.at(expr)
  const entries: MapEntryNode[] = []
  for (const entry of expr.entries) {
    const key = lowering.expr(entry.key, place)
    entries.push({ key, value: lowering.expr(entry.value, place) })
  }
  return ir.map(at, entries)
}

export function lowerIf(lowering: Lowering, expr: If, place: Place): Node {
  const at = lowering.at(expr)
  const test = lowering.expr(expr.test, notTail(place))
  const then = lowering.expr(expr.then, place)
  return ir.if(at, test, then, lowering.maybe(expr.else, place))
}

export function lowerParallel(lowering: Lowering, expr: Parallel, place: Place): Node {
  const at = lowering.at(expr)
  const bindings: ParallelBinding[] = []
  for (const { name, type, init } of expr.bindings) {
    bindings.push({ name, init: lowering.annotated(init, type?.type, `parallel ${name}`, place) })
  }
  return ir.parallel(at, bindings)
}

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

export function lowerStepIf(lowering: Lowering, expr: StepIf, place: Place): Node {
  const at = lowering.at(expr)
  const options = lowering.maybe(expr.options, place)
  const test = lowering.expr(expr.test, place)
  const then = lowering.expr(expr.then, place)
  return ir.stepIf(at, options, test, then, lowering.maybe(expr.else, place))
}

export function lowerStepLoop(lowering: Lowering, expr: StepLoop, place: Place): Node {
  const at = lowering.at(expr)
  const options = lowering.maybe(expr.options, place)
  const test = lowering.expr(expr.test, place)
  return ir.stepLoop(at, options, test, lowering.expr(expr.body, place))
}

export function lowerStepParallel(lowering: Lowering, expr: StepParallel, place: Place): Node {
  const at = lowering.at(expr)
  const options: StepOption[] = []
  for (const { name, value } of expr.options) options.push({ name, value: lowering.expr(value, place) })
  return ir.stepParallel(at, options, lowering.all(expr.branches, place))
}

export function lowerHostCall(lowering: Lowering, expr: HostCall, place: Place): Node {
  const at = lowering.at(expr)
  const capability = lowering.expr(expr.capability, place)
  return ir.hostCall(at, capability, lowering.all(expr.args, place))
}

export function lowerDiscoverAgents(lowering: Lowering, expr: DiscoverAgents, place: Place): Node {
  const at = lowering.at(expr)
  const criteria = lowering.expr(expr.criteria, place)
  return ir.discoverAgents(at, criteria, lowering.maybe(expr.options, place))
}

/** Only `:runtime.…` keys do anything; without one the form is as if it had no metadata. */
export function lowerWithMetadata(lowering: Lowering, expr: WithMetadata, place: Place): Node {
  if (!hasExecutionHints(expr.meta)) return lowering.expr(expr.expr, place)
  const at = lowering.at(expr)
  return ir.hints(at, expr.meta, lowering.expr(expr.expr, notTail(place)))
}

export function lowerDeftest(lowering: Lowering, expr: Deftest, place: Place): Node {
  const at = lowering.at(expr)
  const scope = new Scope(place.scope, place.scope.fn)
  const { body, declares } = openBody(lowering, expr.body, scope, { ...place, recur: undefined }, expr)
  return ir.deftest(at, expr.name, body, declares)
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

export function lowerObject(lowering: Lowering, expr: ObjectExpr, place: Place): Node {
  const at = lowering.at(expr)
  const properties: ObjectProperty[] = []
  for (const { key, value } of expr.properties) properties.push({ key, value: lowering.expr(value, place) })
  return ir.object(at, expr.objectKind, expr.name, properties)
}
