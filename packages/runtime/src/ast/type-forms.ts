import type { Conforms, The } from '@rtfs/parser'
import { checkType, conformsTo } from '../shared/checks.js'
import type { Done } from './continuation.js'
import type { Machine } from './machine.js'
import type { Scope } from './scope.js'

/** `(the type x)`: the value if it conforms, else a TypeValidationError (LANGUAGE §10.5). */
export function evaluateThe(machine: Machine, node: The, scope: Scope): Done {
  machine.after(node.value, scope, value => {
    machine.at(node, scope.unit)
    const { resolveType } = scope.unit
    machine.give(checkType(value, node.type.type, 'the', resolveType, undefined, machine.meter))
  })
}

/** `(conforms? type x)`. */
export function evaluateConforms(machine: Machine, node: Conforms, scope: Scope): Done {
  machine.after(node.value, scope, value => {
    machine.at(node, scope.unit)
    machine.give(conformsTo(value, node.type.type, scope.unit.resolveType, machine.meter))
  })
}
