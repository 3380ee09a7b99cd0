import { type MapKey, RtfsMap, RtfsMapBuilder, RtfsVector, type Value } from '@rtfs/core'
import type { MapNode, VectorNode } from '@rtfs/ir'
import { mapKeyOf } from '@rtfs/stdlib'
import type { Compile } from './calls.js'
import type { Code } from './code.js'
import { placed } from './placed.js'
import { type Scope, siteOf } from './scope.js'

/** `[a b]`: elements left to right; accounted when it is complete. */
export function compileVector(node: VectorNode, scope: Scope, compile: Compile): Code {
  const elements = node.elements.map(element => compile(element, scope))
  const { machine } = scope
  const site = siteOf(node, scope)
  if (elements.length === 0) return () => RtfsVector.empty
  return frame => {
    const items: Value[] = []
    for (let i = 0; i < elements.length; i++) items.push(elements[i]!(frame))
    placed(site, () => machine.meter.elements(items.length))
    return RtfsVector.adopt(items)
  }
}

/** `{k v}`: key before value, entries in source order; of equal keys the last wins. */
export function compileMap(node: MapNode, scope: Scope, compile: Compile): Code {
  const entries = node.entries.map(entry => ({
    key: compile(entry.key, scope),
    keySite: siteOf(entry.key, scope),
    value: compile(entry.value, scope),
  }))
  const { machine } = scope
  const site = siteOf(node, scope)
  if (entries.length === 0) return () => RtfsMap.empty
  return frame => {
    const builder = new RtfsMapBuilder()
    for (const entry of entries) {
      const key = entry.key(frame)
      const legal: MapKey = placed(entry.keySite, () => mapKeyOf(key, 'map'))
      builder.set(legal, entry.value(frame))
    }
    placed(site, () => machine.meter.elements(2 * entries.length))
    return builder.build()
  }
}
