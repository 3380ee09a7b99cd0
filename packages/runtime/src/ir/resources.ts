import { isCatchable, type Value } from '@rtfs/core'
import { placeOf, type WithResourceNode } from '@rtfs/ir'
import { checkResource, resourceTypeName, suppressed } from '../shared/resources.js'
import { declareVariables } from './bindings.js'
import type { Compile } from './calls.js'
import type { Code } from './code.js'
import { compileBody } from './control.js'
import { locateAt, placed } from './placed.js'
import { compileWrite } from './references.js'
import { type Scope, siteOf } from './scope.js'

/** `with-resource` (LANGUAGE §5.11): the handle is released however the body ends, unless the run itself ends. */
export function compileWithResource(node: WithResourceNode, scope: Scope, compile: Compile): Code {
  const init = compile(node.init, scope)
  const declare = declareVariables([node.variable, ...node.declares], scope)
  const write = compileWrite(node.variable, scope)
  const body = compileBody(node.body, scope, compile)
  const { machine, unit } = scope
  const { name } = node.variable
  const { resourceType } = node
  const site = siteOf(node, scope)
  const initSite = siteOf({ span: placeOf(node.init) }, scope)
  return frame => {
    const handle = init(frame)
    placed(initSite, () => checkResource(handle, resourceType, name, unit.resolveType, machine.meter))
    declare?.(frame)
    write(frame, handle)
    const open = placed(site, () =>
      machine.services.host.openResource(handle, resourceTypeName(resourceType)),
    )
    let value: Value
    try {
      value = body(frame)
    } catch (error) {
      if (!isCatchable(error)) throw error
      throw locateAt(
        suppressed(error, () => open.release()),
        site,
      )
    }
    placed(site, () => open.release())
    return value
  }
}
