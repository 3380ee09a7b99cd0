import type { ForNode, Node } from '@rtfs/ir'
import { castKinds } from './casts.js'
import { notCovered } from './coverage.js'
import { templateParts } from './emit-quasiquote.js'
import type { Inference } from './infer.js'
import { inferAnd, inferIf, inferMatch, inferOr, inferTry } from './infer-branches.js'
import { inferApply, inferRecur } from './infer-calls.js'
import { inferClosure, inferDefinition, inferReference } from './infer-names.js'
import { elementKinds } from './infer-passes.js'
import { bindPattern, inferBinding } from './infer-patterns.js'
import type { Kinds } from './kinds.js'
import * as k from './kinds.js'
import type { Version } from './versions.js'

/** Kinds of the value of a node; `never` when it always raises. */
export function inferNode(at: Inference, version: Version, node: Node): Kinds {
  switch (node.kind) {
    case 'literal':
    case 'quote':
      return k.kindOf(node.value)
    case 'ref':
      return inferReference(at, version, node)
    case 'def':
      return inferDefinition(at, version, node)
    case 'lambda':
      return inferClosure(at, version, node)
    case 'apply':
      return inferApply(at, version, node)
    case 'if':
      return inferIf(at, version, node)
    case 'let': {
      for (const binding of node.bindings) inferBinding(at, version, binding)
      return at.body(version, node.body)
    }
    case 'do':
      return at.body(version, node.body)
    case 'and':
      return inferAnd(at, version, node.operands)
    case 'or':
      return inferOr(at, version, node.operands)
    case 'loop':
      at.loops.set(node.id, node)
      for (const binding of node.bindings) inferBinding(at, version, binding)
      return at.body(version, node.body)
    case 'recur':
      return inferRecur(at, version, node)
    case 'match':
      return inferMatch(at, version, node)
    case 'try':
      return inferTry(at, version, node)
    case 'throw':
      at.kinds(version, node.value)
      return k.never
    case 'for':
      return inferFor(at, version, node)
    case 'dotimes': {
      const count = at.kinds(version, node.count)
      at.setVariable(version, node.variable.id, k.int)
      at.body(version, node.body)
      return count === k.never ? k.never : k.nil
    }
    case 'vector':
      return at.all(version, node.elements).includes(k.never) ? k.never : k.vector
    case 'map': {
      const parts = node.entries.flatMap(({ key, value }) => [key, value])
      return at.all(version, parts).includes(k.never) ? k.never : k.map
    }
    case 'cast':
      return castKinds(at.kinds(version, node.value), node.target)
    case 'conforms':
      return at.kinds(version, node.value) === k.never ? k.never : k.bool
    case 'charge':
      return at.kinds(version, node.body)
    case 'is':
      return inferIs(at, version, node)
    case 'host-call':
      return at.all(version, [node.capability, ...node.args]).includes(k.never) ? k.never : k.any
    case 'task-context':
      return k.any
    case 'context-get':
      return node.local === undefined ? k.any : at.kinds(version, node.local)
    case 'resource-ref':
      return k.any
    case 'discover-agents':
      at.kinds(version, node.criteria)
      if (node.options !== undefined) at.kinds(version, node.options)
      return k.any
    case 'quasiquote':
      at.all(version, templateParts(node.template))
      return k.any
    case 'hints':
      return at.kinds(version, node.body)
    case 'log-step': {
      const values = at.all(version, node.values)
      return values.includes(k.never) ? k.never : (values[values.length - 1] ?? k.nil)
    }
    case 'step':
      at.optional(version, [node.exposeContext, node.contextKeys, node.params])
      if (node.paramsVariable !== undefined) at.setVariable(version, node.paramsVariable.id, k.any)
      return at.body(version, node.body)
    case 'step-if':
      at.optional(version, [node.options, node.test])
      return at.kinds(version, node.then) | (node.else === undefined ? k.nil : at.kinds(version, node.else))
    case 'step-loop':
      at.optional(version, [node.options, node.test])
      return at.kinds(version, node.body) | k.nil
    case 'step-parallel':
      at.optional(version, [...node.options.map(({ value }) => value), ...node.branches])
      return k.vector
    case 'parallel':
      at.optional(
        version,
        node.bindings.map(({ init }) => init),
      )
      return k.map
    case 'with-resource':
      at.setVariable(version, node.variable.id, at.kinds(version, node.init))
      return at.body(version, node.body)
    case 'defmacro':
      return k.nil
    case 'deftest':
      if (at.facts.linkage !== undefined) at.optional(version, node.body)
      return k.nil
    case 'deftype':
      if (at.facts.linkage === undefined && !at.forms.includes(node)) throw notCovered(node)
      return k.nil
    case 'defstruct':
      if (at.facts.linkage !== undefined) return k.fn
      if (node.variable !== undefined || !at.forms.includes(node)) throw notCovered(node)
      return k.fn
    case 'qualified-ref':
    case 'import':
    case 'module':
      if (at.facts.linkage === undefined) throw notCovered(node)
      return node.kind === 'import' ? k.nil : k.any
    case 'object': {
      if (at.facts.linkage === undefined) throw notCovered(node)
      const values = at.all(
        version,
        node.properties.map(({ value }) => value),
      )
      return values.includes(k.never) ? k.never : k.map
    }
    default:
      throw notCovered(node)
  }
}

function inferFor(at: Inference, version: Version, node: ForNode): Kinds {
  for (const clause of node.clauses) {
    switch (clause.kind) {
      case 'for-binding':
        at.kinds(version, clause.collection)
        bindPattern(at, version, clause.pattern, elementKinds(at.facts, version, clause.collection))
        break
      case 'for-let':
        for (const binding of clause.bindings) inferBinding(at, version, binding)
        break
      default:
        at.kinds(version, clause.test)
    }
  }
  version.elements.set(node.id, at.body(version, node.body))
  return k.vector
}

function inferIs(at: Inference, version: Version, node: Node & { readonly kind: 'is' }): Kinds {
  const message = node.message === undefined ? k.nil : at.kinds(version, node.message)
  if (node.equality !== undefined) {
    at.all(version, node.equality)
    return message === k.never ? k.never : k.bool
  }
  return at.kinds(version, node.form) & ~k.nil
}
