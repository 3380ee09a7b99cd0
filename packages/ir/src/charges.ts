import type { Span } from '@rtfs/core'
import { ir } from './node-factories.js'
import type { ChargeNode, Node } from './nodes.js'

/** A node without the charges before it, and those charges, the first one first. */
export interface Charged {
  readonly charges: readonly ChargeNode[]
  readonly body: Node
}

/** Takes the charges off a node, and each `do` that only says where a value stands. */
export function uncharged(node: Node): Charged {
  const charges: ChargeNode[] = []
  let body = node
  for (;;) {
    if (body.kind === 'charge') {
      charges.push(body)
      body = body.body
    } else if (body.kind === 'do' && body.body.length === 1) body = body.body[0]!
    else return { charges, body }
  }
}

/** Where errors about the value of a node are: what was folded into it is charged before, each part at its own place. */
export function placeOf(node: Node): Span {
  // A `do` around a value says where it stands.
  let body = node
  while (body.kind === 'charge') body = body.body
  return body.span
}

/** Puts charges before a node, the first one outermost. Each keeps its place, where fuel may run out. */
export function charged(charges: readonly ChargeNode[], body: Node): Node {
  return charges.reduceRight<Node>(
    (inner, charge) => ir.charge({ ...charge, type: inner.type }, charge.units, inner),
    body,
  )
}
