import { keyword, type MapKey, RtfsMap, type Value } from '@rtfs/core'
import type { Import, Module, ObjectExpr } from '@rtfs/parser'
import { objectValue } from '../objects/object-value.js'
import { privatesOf } from '../shared/privates.js'
import type { Done } from './continuation.js'
import { definedNames } from './defined-names.js'
import type { Machine } from './machine.js'
import { runForms } from './run-forms.js'
import type { Scope } from './scope.js'

/** `import` (LANGUAGE §12.2). */
export function evaluateImport(machine: Machine, node: Import, scope: Scope): Done {
  machine.at(node, scope.unit)
  machine.services.modules.import(node, scope.unit)
  machine.give(null)
}

/** A module form: runs in a frame of its own, whose parent is the library (LANGUAGE §12.1). */
export function evaluateModule(machine: Machine, node: Module, scope: Scope): Done {
  machine.at(node, scope.unit)
  const { name, doc, exports } = node
  const definition = {
    name,
    doc,
    exports,
    privates: privatesOf(node.forms),
    run: (frame: Scope['unit']) => {
      for (const defined of definedNames(node.forms)) frame.declare(defined)
      runForms(machine.services, node.forms, frame)
    },
  }
  machine.give(machine.services.modules.define(definition, scope.unit))
}

/** `(intent …)`, `(plan …)` and the other objects (LANGUAGE §17): properties in order, validated, reported. */
export function evaluateObject(machine: Machine, node: ObjectExpr, scope: Scope): Done {
  const forms = node.properties.map(property => property.value)
  machine.all(forms, scope, values => {
    machine.at(node, scope.unit)
    const entries = node.properties.map(({ key }, i): [MapKey, Value] => [keyword(key), values[i]!])
    const object = objectValue(node.objectKind, node.name, RtfsMap.from(entries), machine.meter)
    machine.services.host.registerObject(object)
    machine.give(object)
  })
}
