import { forEachChild, type Node, type Unit } from '@rtfs/ir'
import { findBuiltin } from '@rtfs/stdlib'

/** True when nothing in a unit can reach the host: no form and no name that does. */
export function isPure(unit: Unit): boolean {
  const pending: Node[] = [...unit.forms]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (reachesHost(node)) return false
    forEachChild(node, child => {
      pending.push(child)
    })
  }
  return true
}

function reachesHost(node: Node): boolean {
  switch (node.kind) {
    case 'host-call':
    case 'log-step':
    case 'step':
    case 'step-if':
    case 'step-loop':
    case 'step-parallel':
    case 'discover-agents':
    case 'context-get':
    case 'resource-ref':
    case 'with-resource':
    case 'hints':
    case 'object':
    case 'module':
    case 'import':
    case 'qualified-ref':
      return true
    case 'lambda':
      // Somebody else may answer for it.
      return node.hint !== undefined
    case 'ref':
      if (node.scope === 'dynamic') return true
      return node.scope === 'builtin' && findBuiltin(node.name)?.definition.purity !== 'pure'
    default:
      return false
  }
}
