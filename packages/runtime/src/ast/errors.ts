import type { Throw, Try } from '@rtfs/parser'
import { catches, withCause } from '../shared/errors.js'
import { thrown } from '../shared/throwing.js'
import type { CatchableError, Done } from './continuation.js'
import { definedNames } from './defined-names.js'
import { NewFrame } from './frame.js'
import type { Machine } from './machine.js'
import type { Scope } from './scope.js'

/** `throw` (LANGUAGE §9.3). */
export function evaluateThrow(machine: Machine, node: Throw, scope: Scope): Done {
  machine.after(node.value, scope, value => {
    machine.at(node, scope.unit)
    throw thrown(value, node, machine.meter)
  })
}

/** `try` (LANGUAGE §9.4): the body, the first `catch` that takes its error, and `finally` after either. */
export function evaluateTry(machine: Machine, node: Try, scope: Scope): Done {
  if (node.finally !== undefined) guardFinally(machine, node, scope)
  machine.guard({
    leave: value => machine.give(value),
    fail: error => runCatch(machine, node, scope, error),
  })
  machine.body(node.body, scope)
}

/** The body of the clause that takes the error. An error in it replaces the first one. */
function runCatch(machine: Machine, node: Try, scope: Scope, error: CatchableError): Done {
  const { resolveType } = scope.unit
  const clause = node.catches.find(each => catches(each.pattern, error.value, resolveType, machine.meter))
  if (clause === undefined) throw error
  const frame = new NewFrame(scope, definedNames(clause.body))
  for (const name of clause.names) frame.bind(name, error.value)
  machine.guard({
    leave: value => machine.give(value),
    fail: later => {
      throw withCause(later, error.value)
    },
  })
  machine.body(clause.body, frame.full)
}

/** Runs `finally` when the rest of the form has a value or an error that the program may see. */
function guardFinally(machine: Machine, node: Try, scope: Scope): Done {
  machine.guard({
    leave: value => machine.afterBody(node.finally!, scope, () => machine.give(value)),
    fail: error => {
      machine.guard({
        leave: () => {
          throw error
        },
        fail: later => {
          throw withCause(later, error.value)
        },
      })
      machine.body(node.finally!, scope)
    },
  })
}
