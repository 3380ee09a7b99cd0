import type { DefNode, LambdaNode, ParamNode } from '@rtfs/ir'
import { qualifiedName } from '../shared/declarations.js'
import type { UnitFrame } from '../shared/environment.js'
import type { DelegatedFunction, FunctionDeclaration } from '../shared/services.js'

/** Lambdas that a `def` or `defn` names; true for those at the top level. */
const definitions = new WeakMap<LambdaNode, boolean>()

/** Notes that a `def` names the function that its init is, if it is one. Before the init is compiled. */
export function noteDefinition(def: DefNode): void {
  const init = def.init.kind === 'cast' ? def.init.value : def.init
  if (init.kind === 'lambda') definitions.set(init, def.variable === undefined)
}

/** What delegation must know of a function; `undefined` for functions that no `def` names: it never concerns them. */
export function delegatedFunction(node: LambdaNode, unit: UnitFrame): DelegatedFunction | undefined {
  const isGlobal = definitions.get(node)
  if (node.name === undefined || isGlobal === undefined) return undefined
  return {
    symbol: qualifiedName(unit, node.name),
    name: node.name,
    isGlobal,
    unit,
    declaration: declarationOf(node),
  }
}

/** The parts of a lambda that a declaration has. */
export function declarationOf(node: LambdaNode): FunctionDeclaration {
  const typed = ({ annotation }: ParamNode) => ({ type: annotation })
  return {
    hint: node.hint,
    doc: node.doc,
    meta: node.meta,
    params: node.params.map(typed),
    rest: node.rest === undefined ? undefined : typed(node.rest),
    returnType: node.returnType,
    hasBody: node.body.length > 0 || node.hint === undefined,
  }
}
