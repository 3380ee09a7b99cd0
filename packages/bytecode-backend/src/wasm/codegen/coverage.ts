import { type RtfsError, unsupported } from '@rtfs/core'
import type { LambdaNode, Node } from '@rtfs/ir'

/** The UnsupportedError of a form that this target does not compile. */
export function notCovered(node: Node, form: string = node.kind): RtfsError {
  return unsupported('wasm', form, node.span)
}

/** Throws UnsupportedError for functions that do not simply run their body. */
export function requireCovered(lambda: LambdaNode, isLinked: boolean): void {
  // Who calls a linked function asks the host first.
  if (isLinked || lambda.hint === undefined) return
  if (lambda.hint.kind !== 'local') throw notCovered(lambda, 'a function with a delegation hint')
  if (lambda.body.length === 0) throw notCovered(lambda, 'a function without body')
}
