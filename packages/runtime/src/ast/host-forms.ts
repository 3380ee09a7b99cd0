import type { ContextGet, DiscoverAgents, HostCall, LogStep, WithMetadata, WithResource } from '@rtfs/parser'
import { hasExecutionHints } from '@rtfs/parser'
import { readDefinition } from '../shared/names.js'
import { checkResource, resourceTypeName, suppressed } from '../shared/resources.js'
import type { Done } from './continuation.js'
import { definedNames } from './defined-names.js'
import { NewFrame } from './frame.js'
import type { Machine } from './machine.js'
import { readLocal, type Scope } from './scope.js'

/** `(call cap arg*)` (LANGUAGE §15.3). */
export function evaluateHostCall(machine: Machine, node: HostCall, scope: Scope): Done {
  machine.after(node.capability, scope, capability =>
    machine.all(node.args, scope, args => {
      machine.at(node, scope.unit)
      machine.give(machine.services.host.call(capability, args, { span: node, unit: scope.unit }))
    }),
  )
}

/** `log-step`: one record through the host; the last value is the value (LANGUAGE §5.10). */
export function evaluateLogStep(machine: Machine, node: LogStep, scope: Scope): Done {
  machine.all(node.values, scope, values => {
    machine.at(node, scope.unit)
    machine.services.host.log(node.level, values, { span: node, unit: scope.unit })
    machine.give(values[values.length - 1] ?? null)
  })
}

/** `discover-agents` (LANGUAGE §15.6). */
export function evaluateDiscoverAgents(machine: Machine, node: DiscoverAgents, scope: Scope): Done {
  machine.after(node.criteria, scope, criteria =>
    machine.afterMaybe(node.options, scope, options => {
      machine.at(node, scope.unit)
      machine.give(machine.services.host.discoverAgents(criteria, options))
    }),
  )
}

/** One-argument `get`: a name in scope, else the host's context, else nil (LANGUAGE §5.14). */
export function evaluateContextGet(machine: Machine, node: ContextGet, scope: Scope): Done {
  machine.at(node, scope.unit)
  const local = readLocal(scope, node.name)
  if (local !== undefined) return machine.give(local)
  const defined = readDefinition(node.name, scope.unit)
  machine.give(defined === undefined ? machine.services.host.contextValue(node.name) : defined)
}

/**
 * `^{:runtime.x …} form`: hints for the calls inside, never a place for a tail call. Other metadata does nothing, so
 * the form is as if it stood alone.
 */
export function evaluateWithMetadata(machine: Machine, node: WithMetadata, scope: Scope): Done {
  if (!hasExecutionHints(node.meta)) return machine.evaluate(node.expr, scope)
  machine.at(node, scope.unit)
  const hints = machine.services.host.openHints(node.meta)
  machine.guard({
    leave: value => {
      hints.close()
      machine.give(value)
    },
    fail: error => {
      hints.close()
      throw error
    },
    abandon: () => hints.close(),
  })
  machine.evaluate(node.expr, scope)
}

/** `with-resource` (LANGUAGE §5.11): the handle is released however the body ends, unless the run itself ends. */
export function evaluateWithResource(machine: Machine, node: WithResource, scope: Scope): Done {
  const { unit } = scope
  const type = node.type.type
  machine.after(node.init, scope, handle => {
    machine.at(node.init, unit)
    checkResource(handle, type, node.name, unit.resolveType, machine.meter)
    const frame = new NewFrame(scope, definedNames(node.body))
    frame.bind(node.name, handle)
    const open = machine.services.host.openResource(handle, resourceTypeName(type))
    machine.guard({
      leave: value => {
        machine.at(node, unit)
        open.release()
        machine.give(value)
      },
      fail: error => {
        machine.at(node, unit)
        throw suppressed(error, () => open.release())
      },
    })
    machine.body(node.body, frame.full)
  })
}
