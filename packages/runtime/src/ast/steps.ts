import { isTruthy, type Span } from '@rtfs/core'
import type { Step, StepIf } from '@rtfs/parser'
import type { StepOptions } from '../shared/services.js'
import { noStepOptions, stepOptions } from '../shared/steps.js'
import type { Done } from './continuation.js'
import type { Machine } from './machine.js'
import type { Scope } from './scope.js'

/** `(step "name" option* body*)`: the body, reported to the host (LANGUAGE §5.13). */
export function evaluateStep(machine: Machine, node: Step, scope: Scope): Done {
  const { exposeContext, contextKeys, params } = node
  machine.afterMaybe(exposeContext, scope, expose =>
    machine.afterMaybe(contextKeys, scope, keys =>
      machine.afterMaybe(params, scope, given => {
        machine.at(node, scope.unit)
        const options = stepOptions(
          exposeContext === undefined ? undefined : expose,
          contextKeys === undefined ? undefined : keys,
        )
        const inside = params === undefined ? scope : scope.with('%params', given)
        reportStep(machine, node, node.name, options, scope)
        machine.body(node.body, inside)
      }),
    ),
  )
}

/** `step-if`: `if`, reported to the host. */
export function evaluateStepIf(machine: Machine, node: StepIf, scope: Scope): Done {
  machine.afterMaybe(node.options, scope, () => {
    reportStep(machine, node, 'step-if', noStepOptions, scope)
    machine.after(node.test, scope, test => {
      if (isTruthy(test)) machine.evaluate(node.then, scope)
      else if (node.else !== undefined) machine.evaluate(node.else, scope)
      else machine.give(null)
    })
  })
}

/** Reports the start of a step, and how what is evaluated next ends. */
export function reportStep(
  machine: Machine,
  node: Span,
  name: string,
  options: StepOptions,
  scope: Scope,
): Done {
  machine.at(node, scope.unit)
  const step = machine.services.host.openStep(name, options)
  machine.guard({
    leave: value => {
      machine.at(node, scope.unit)
      step.complete(value)
      machine.give(value)
    },
    fail: error => {
      machine.at(node, scope.unit)
      step.fail(error.value)
      throw error
    },
    abandon: () => step.abandon(),
  })
}
