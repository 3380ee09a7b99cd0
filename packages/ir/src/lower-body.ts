import type { Span } from '@rtfs/core'
import type { Expr } from '@rtfs/parser'
import { definitionsOf } from './definitions.js'
import type { Lowering } from './lower.js'
import { ir } from './node-factories.js'
import type { DefNode, Node, Variable } from './nodes.js'
import { Frame, type Place, type Scope } from './scope.js'

/** The cells of the names that `def` forms declare in a frame (LANGUAGE §4.2). */
export function declareFrame(lowering: Lowering, names: Iterable<string>): Frame {
  const variables = new Map<string, Variable>()
  for (const name of names) variables.set(name, lowering.variable(name, true))
  return new Frame(variables)
}

/**
 * Puts the cells of `frame` into scope. A name that the construct's own bindings took gets a `def` that copies the
 * bound value into the cell: bindings come first, definitions replace them. These go before the body.
 */
export function enterFrame(lowering: Lowering, frame: Frame, scope: Scope, span: Span): readonly Node[] {
  const copies: Node[] = []
  for (const [name, cell] of frame.variables) {
    const bound = scope.names.get(name)
    if (bound !== undefined && bound !== cell) copies.push(copyToCell(lowering, name, cell, scope, span))
    scope.names.set(name, cell)
  }
  return copies
}

/** Copies what `name` is bound to in `scope` into `cell`. */
export function copyToCell(
  lowering: Lowering,
  name: string,
  cell: Variable,
  scope: Scope,
  span: Span,
): DefNode {
  const bound = scope.names.get(name)!
  const at = lowering.at(span)
  return ir.def(at, name, cell, ir.ref(lowering.at(span), 'local', name, bound.id))
}

export interface Opened {
  readonly body: readonly Node[]
  readonly declares: readonly Variable[]
}

/** Lowers the body of a construct with a frame of its own, whose bindings `scope` already has. */
export function openBody(
  lowering: Lowering,
  body: readonly Expr[],
  scope: Scope,
  place: Place,
  span: Span,
): Opened {
  const frame = declareFrame(lowering, definitionsOf(body))
  const copies = enterFrame(lowering, frame, scope, span)
  return { body: [...copies, ...lowering.body(body, { ...place, scope, frame })], declares: frame.declares }
}
