import type { LambdaNode } from '@rtfs/ir'
import { castKinds } from './casts.js'
import type { Kinds } from './kinds.js'
import * as k from './kinds.js'

/** Arguments that the code of a function takes: one for each parameter, and the rest list. */
export function argumentCount(node: LambdaNode): number {
  return node.params.length + (node.rest === undefined ? 0 : 1)
}

/** Kinds of what the code of a function gets, from those of the arguments of a call. */
export function argumentKinds(node: LambdaNode, args: readonly Kinds[]): readonly Kinds[] {
  return node.rest === undefined ? args : [...args.slice(0, node.params.length), k.any]
}

/**
 * True when annotations have to be checked between other work of the entry: a pattern that may raise comes before
 * one. Then there is no separate version for checked arguments.
 */
export function checksInline(node: LambdaNode): boolean {
  const params = node.rest === undefined ? node.params : [...node.params, node.rest]
  const firstPattern = params.findIndex(
    ({ pattern }) => pattern.kind !== 'bind' && pattern.kind !== 'wildcard',
  )
  return (
    firstPattern >= 0 && params.slice(firstPattern + 1).some(({ annotation }) => annotation !== undefined)
  )
}

/** True when arguments of these kinds may fail an annotation of the function. */
export function needsCheck(node: LambdaNode, kinds: readonly Kinds[]): boolean {
  if (node.rest?.annotation !== undefined) return true
  return node.params.some(
    ({ annotation }, index) => annotation !== undefined && !k.provesType(kinds[index]!, annotation),
  )
}

/** Kinds of the parameters once their annotations have been checked. */
export function checkedKinds(node: LambdaNode, kinds: readonly Kinds[]): readonly Kinds[] {
  return kinds.map((kind, index) => {
    const annotation = node.params[index]?.annotation
    return annotation === undefined ? kind : k.parameterKinds(castKinds(kind, annotation))
  })
}
