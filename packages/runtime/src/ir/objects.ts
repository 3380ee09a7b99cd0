import { keyword, type MapKey, RtfsMap, type Value } from '@rtfs/core'
import type { ObjectNode } from '@rtfs/ir'
import { objectValue } from '../objects/object-value.js'
import { type Compile, evaluate } from './calls.js'
import type { Code } from './code.js'
import { placed } from './placed.js'
import { type Scope, siteOf } from './scope.js'

/** `(intent …)`, `(plan …)` and the other objects (LANGUAGE §17): properties in order, validated, reported. */
export function compileObject(node: ObjectNode, scope: Scope, compile: Compile): Code {
  const keys = node.properties.map(property => keyword(property.key))
  const forms = node.properties.map(property => compile(property.value, scope))
  const { machine } = scope
  const site = siteOf(node, scope)
  return frame => {
    const values = evaluate(forms, frame)
    return placed(site, () => {
      const entries = keys.map((key, i): readonly [MapKey, Value] => [key, values[i]!])
      const object = objectValue(node.objectKind, node.name, RtfsMap.from(entries), machine.meter)
      machine.services.host.registerObject(object)
      return object
    })
  }
}
