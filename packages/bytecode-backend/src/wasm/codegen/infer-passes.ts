import type { Type } from '@rtfs/core'
import type { ApplyNode, Node } from '@rtfs/ir'
import { libraryFunction } from './builtin-kinds.js'
import type { UnitFacts } from './facts.js'
import type { Inference } from './infer.js'
import type { Kinds } from './kinds.js'
import * as k from './kinds.js'
import { givesVector, isMapping, type PassFacts } from './passes.js'
import type { RecordShape } from './record-shapes.js'
import type { Version } from './versions.js'

/** Kinds of a call that becomes a loop, and of the elements of the vector it gives. */
export function inferPass(at: Inference, version: Version, node: ApplyNode, pass: PassFacts): Kinds {
  const { fn, start, collection, item, gathered, call, name } = pass
  version.kinds.set(node.callee.id, k.fn)
  if (fn.kind === 'ref' && fn.scope === 'local' && at.facts.functionOf(fn.variable) === undefined)
    at.kinds(version, fn)
  else version.kinds.set(fn.id, k.fn)
  const started = start === undefined ? k.nil : at.kinds(version, start)
  const collected = at.kinds(version, collection)
  if ([version.kindsOf(fn), started, collected].includes(k.never)) return k.never
  const elements = elementKinds(at.facts, version, collection)
  at.setVariable(version, item.id, elements)
  const record = recordsOf(version, collection)
  if (record !== undefined) version.records.set(item.id, record)
  if (name === 'reduce') at.setVariable(version, gathered.id, start === undefined ? elements : started)
  const result = at.kinds(version, call)
  switch (name) {
    case 'reduce':
      at.setVariable(version, gathered.id, result)
      return at.variableKinds(version, gathered.id)
    case 'every?':
    case 'some?':
      return k.bool
    case 'some':
      return result | k.nil
    default:
      version.elements.set(node.id, isMapping(name) ? result : elements)
      return k.vector
  }
}

/** What the elements of a collection are, where they are records in memory. */
export function recordsOf(version: Version, collection: Node): RecordShape | undefined {
  return collection.kind === 'ref' && collection.scope === 'local'
    ? version.recordVectors.get(collection.variable)
    : undefined
}

/** Kinds of the elements of a sequence, as far as its code or its annotation says. */
export function elementKinds(facts: UnitFacts, version: Version, node: Node): Kinds {
  switch (node.kind) {
    case 'apply': {
      const pass = facts.passes.get(node.id)
      // What `reduce` and `some` give may be a sequence of anything; the others make vectors of known elements.
      if (pass !== undefined && givesVector(pass.name)) return version.elements.get(node.id) ?? k.never
      if (pass !== undefined) return k.any
      const { callee } = node
      if (callee.kind !== 'ref' || callee.scope !== 'builtin') return k.any
      const name = libraryFunction(callee.name)?.name
      return name === 'range' || name === 'numbers' ? k.int : k.any
    }
    case 'for':
      return version.elements.get(node.id) ?? k.never
    case 'vector':
      if (node.elements.length === 0) return k.any
      return node.elements.reduce<Kinds>((kinds, element) => kinds | version.kindsOf(element), k.never)
    case 'cast':
      return elementsOfType(node.target)
    case 'ref': {
      if (node.scope !== 'local') return k.any
      if (recordsOf(version, node) !== undefined) return k.map
      const annotation = facts.annotations.get(node.variable)
      if (annotation !== undefined) return elementsOfType(annotation)
      const init = facts.inits.get(node.variable)
      if (init === undefined || facts.owner(node.variable) !== version.lambda) return k.any
      return elementKinds(facts, version, init)
    }
    default:
      return k.any
  }
}

function elementsOfType(type: Type): Kinds {
  if (type.kind !== 'vector' && type.kind !== 'list' && type.kind !== 'seq') return k.any
  const kinds = k.kindsOfType(type.element)
  // An Integer inside a collection that `float` accepts stays one.
  return (kinds & k.float) === 0 ? kinds : kinds | k.int
}
