import { isSubtype } from '@rtfs/core'
import { mapChildren } from './children.js'
import { infer } from './infer.js'
import { ir } from './node-factories.js'
import type { Node, Unit } from './nodes.js'
import { Ids, type Pass } from './pass.js'

/**
 * Pass 5. Takes away checks that inference proves to pass. Only types without parts: checking those costs nothing,
 * while the check of any other is charged for every value it looks at.
 */
export const removeCasts: Pass = (unit, options): Unit => {
  const typed = infer(unit, options).unit
  let removed = false
  const remove = (node: Node): Node => {
    const inner = mapChildren(node, remove)
    if (inner.kind !== 'cast' || inner.target.kind !== 'primitive') return inner
    if (!isSubtype(inner.value.type, inner.target, undefined, { exact: true })) return inner
    removed = true
    const { start, end } = inner.value.span
    if (start === inner.span.start && end === inner.span.end) return inner.value
    // What is around may report an error at the place of its part.
    return ir.do(inner, [inner.value])
  }
  const forms = typed.forms.map(remove)
  return removed ? new Ids(unit).finish(unit, forms) : unit
}
