import { unsupported } from '@rtfs/core'
import type { LambdaNode, Node, VariableRefNode } from '@rtfs/ir'
import { libraryFunction } from './builtin-kinds.js'
import { requireCovered } from './coverage.js'
import type { Inference } from './infer.js'
import type { Kinds } from './kinds.js'
import * as k from './kinds.js'
import type { Version } from './versions.js'

/** Kinds of what a name stands for. */
export function inferReference(at: Inference, version: Version, node: VariableRefNode): Kinds {
  switch (node.scope) {
    case 'builtin':
      if (libraryFunction(node.name) === undefined)
        throw unsupported('wasm', `library function ${node.name}`, node.span)
      return k.fn
    case 'local': {
      const lambda = at.facts.functionOf(node.variable)
      if (lambda !== undefined) {
        at.closureVersion(lambda, version)
        return k.fn
      }
      if (at.facts.isCell(at.facts.variable(node.variable))) return k.any
      return at.variableKinds(version, node.variable)
    }
    case 'global':
      return inferGlobal(at, version, node)
    case 'dynamic':
      if (at.facts.linkage !== undefined) return k.any
      if (!at.closed) throw unsupported('wasm', `name ${node.name} from outside`, node.span)
      return k.never
  }
}

function inferGlobal(at: Inference, version: Version, node: VariableRefNode): Kinds {
  const facts = at.facts.globals.get(node.name)
  if (facts === undefined && at.facts.linkage !== undefined) return k.any
  if (facts === undefined) throw unsupported('wasm', `name ${node.name} from outside`, node.span)
  if (facts.kind === 'cell') return k.any
  if (facts.kind === 'struct') return k.fn
  if (facts.lambda !== undefined) {
    at.closureVersion(at.facts.lambda(facts.lambda), version)
    return k.fn
  }
  const [definition] = facts.definitions
  if (definition?.kind === 'def' && definition.init.kind === 'literal') return k.kindOf(definition.init.value)
  return at.readGlobal(node.name, version)
}

/** Kinds of a definition: those of what it defines. */
export function inferDefinition(
  at: Inference,
  version: Version,
  node: Node & { readonly kind: 'def' },
): Kinds {
  const { variable, init } = node
  if (init.kind === 'lambda' && at.facts.lambda(init).binding !== undefined)
    return inferBoundFunction(at, version, init)
  const kinds = at.kinds(version, init)
  if (variable === undefined) at.setGlobal(node.name, kinds)
  return kinds
}

/** A function that is known by its name: its closure object exists only if something uses it as a value. */
export function inferBoundFunction(at: Inference, version: Version, node: LambdaNode): Kinds {
  const lambda = at.facts.lambda(node)
  requireCovered(node, at.facts.linkage !== undefined)
  if (lambda.escapes) at.closureVersion(lambda, version)
  return k.fn
}

/** A function as a value: its closure object needs the version that takes anything. */
export function inferClosure(at: Inference, version: Version, node: LambdaNode): Kinds {
  at.closureVersion(at.facts.lambda(node), version)
  return k.fn
}
