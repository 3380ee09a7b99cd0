import type { LambdaNode, ParamNode } from '@rtfs/ir'
import { qualifiedName } from '../shared/declarations.js'
import type { UnitFrame } from '../shared/environment.js'
import type { DelegatedFunction } from '../shared/services.js'

/** What delegation must know of a function; `undefined` for anonymous ones, which it never concerns. */
export function delegatedFunction(node: LambdaNode, unit: UnitFrame): DelegatedFunction | undefined {
  if (node.name === undefined) return undefined
  const typed = ({ annotation }: ParamNode) => ({ type: annotation })
  return {
    symbol: qualifiedName(unit, node.name),
    unit,
    declaration: {
      hint: node.hint,
      doc: node.doc,
      meta: node.meta,
      params: node.params.map(typed),
      rest: node.rest === undefined ? undefined : typed(node.rest),
      returnType: node.returnType,
      hasBody: node.body.length > 0 || node.hint === undefined,
    },
  }
}
