import type { IfNode, MatchNode, Node, TryNode } from '@rtfs/ir'
import type { Inference } from './infer.js'
import { bindMatch } from './infer-patterns.js'
import type { Kinds } from './kinds.js'
import * as k from './kinds.js'
import type { Version } from './versions.js'

/** Kinds of the branches that can be reached. */
export function inferIf(at: Inference, version: Version, node: IfNode): Kinds {
  const test = at.kinds(version, node.test)
  const then = at.kinds(version, node.then)
  const otherwise = node.else === undefined ? k.nil : at.kinds(version, node.else)
  if (test === k.never) return k.never
  if (k.alwaysTrue(test)) return then
  if (test === k.nil) return otherwise
  return then | otherwise
}

/** Kinds of the operands that can be the result: all but the last only when they count as false. */
export function inferAnd(at: Inference, version: Version, operands: readonly Node[]): Kinds {
  if (operands.length === 0) return k.bool
  const kinds = at.all(version, operands)
  let result: Kinds = k.never
  for (const [index, operand] of kinds.entries()) {
    if (operand === k.never) return result
    if (index === kinds.length - 1) return result | operand
    result |= operand & (k.nil | k.bool)
    if (operand === k.nil) return result
  }
  return result
}

/** Kinds of the operands that can be the result: all but the last only when they count as true. */
export function inferOr(at: Inference, version: Version, operands: readonly Node[]): Kinds {
  if (operands.length === 0) return k.nil
  const kinds = at.all(version, operands)
  let result: Kinds = k.never
  for (const [index, operand] of kinds.entries()) {
    if (operand === k.never) return result
    if (index === kinds.length - 1) return result | operand
    result |= operand & ~k.nil
    if (k.alwaysTrue(operand)) return result
  }
  return result
}

/** Kinds of all clauses; a match that fits none of them raises. */
export function inferMatch(at: Inference, version: Version, node: MatchNode): Kinds {
  const subject = at.kinds(version, node.subject)
  let result: Kinds = k.never
  for (const { pattern, guard, body } of node.clauses) {
    bindMatch(at, version, pattern, subject)
    if (guard !== undefined) at.kinds(version, guard)
    result |= at.kinds(version, body)
  }
  return subject === k.never ? k.never : result
}

/** Kinds of the body and of the handlers. */
export function inferTry(at: Inference, version: Version, node: TryNode): Kinds {
  let result = at.body(version, node.body)
  for (const { variables, body } of node.catches) {
    for (const variable of variables) at.setVariable(version, variable.id, k.other)
    result |= at.body(version, body)
  }
  if (node.finally === undefined) return result
  return at.body(version, node.finally) === k.never ? k.never : result
}
