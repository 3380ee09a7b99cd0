import { budgetExhausted, isCatchable, isTruthy, type Value } from '@rtfs/core'
import type { StepIfNode, StepLoopNode, StepNode } from '@rtfs/ir'
import { chargeIteration } from '../shared/charges.js'
import type { OpenStep, Place, StepOptions } from '../shared/services.js'
import { noStepOptions, stepOptions } from '../shared/steps.js'
import { declareVariables } from './bindings.js'
import type { Compile } from './calls.js'
import type { Code, Frame } from './code.js'
import { compileBody } from './control.js'
import { placed } from './placed.js'
import { compileWrite } from './references.js'
import { type Scope, siteOf } from './scope.js'

/** `(step "name" option* body*)`: reported to the host with its value or error (LANGUAGE §5.13). */
export function compileStep(node: StepNode, scope: Scope, compile: Compile): Code {
  const site = siteOf(node, scope)
  const params = node.params === undefined ? undefined : compile(node.params, scope)
  const expose = node.exposeContext === undefined ? undefined : compile(node.exposeContext, scope)
  const keys = node.contextKeys === undefined ? undefined : compile(node.contextKeys, scope)
  const variable = node.paramsVariable
  const declare = variable === undefined ? undefined : declareVariables([variable], scope)
  const write = variable === undefined ? undefined : compileWrite(variable, scope)
  const body = compileBody(node.body, scope, compile)
  return frame => {
    const exposed = expose?.(frame)
    const exposedKeys = keys?.(frame)
    const given = params?.(frame)
    const options = placed(site, () => stepOptions(exposed, exposedKeys))
    if (given !== undefined) {
      declare?.(frame)
      write?.(frame, given)
    }
    return reported(site, node.name, options, scope, () => body(frame))
  }
}

/** Runs a part as a reported step. */
function reported(site: Place, name: string, options: StepOptions, scope: Scope, run: () => Value): Value {
  const open: OpenStep = placed(site, () => scope.machine.services.host.openStep(name, options))
  let value: Value
  try {
    value = run()
  } catch (error) {
    if (isCatchable(error)) placed(site, () => open.fail(error.value))
    else open.abandon()
    throw error
  }
  placed(site, () => open.complete(value))
  return value
}

export function compileStepIf(node: StepIfNode, scope: Scope, compile: Compile): Code {
  const site = siteOf(node, scope)
  const options = node.options === undefined ? undefined : compile(node.options, scope)
  const test = compile(node.test, scope)
  const then = compile(node.then, scope)
  const otherwise = node.else === undefined ? () => null : compile(node.else, scope)
  return frame => {
    options?.(frame)
    return reported(site, 'step-if', noStepOptions, scope, () =>
      isTruthy(test(frame)) ? then(frame) : otherwise(frame),
    )
  }
}

export function compileStepLoop(node: StepLoopNode, scope: Scope, compile: Compile): Code {
  const options = node.options === undefined ? undefined : compile(node.options, scope)
  const test = compile(node.test, scope)
  const body = compile(node.body, scope)
  const { machine } = scope
  const site = siteOf(node, scope)
  const loop = (frame: Frame): Value => {
    const most = machine.meter.limits.loopIterations
    let value: Value = null
    for (let rounds = 0; ; rounds++) {
      placed(site, () => chargeIteration(machine.meter))
      if (!isTruthy(test(frame))) return value
      if (rounds >= most)
        placed(site, () => {
          throw budgetExhausted('iterations', most)
        })
      value = body(frame)
    }
  }
  return frame => {
    options?.(frame)
    return reported(site, 'step-loop', noStepOptions, scope, () => loop(frame))
  }
}
