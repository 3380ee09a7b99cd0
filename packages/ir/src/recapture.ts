import { forEachChild, mapChildren } from './children.js'
import type { LambdaNode, Node, Variable } from './nodes.js'
import { forEachVariable } from './variables.js'

/** The lambda around, what it uses from outside, and whose lambda each variable is. */
interface Context {
  readonly parent: Context | undefined
  readonly captures: Map<number, Variable>
}

/** The same nodes with the captures of every lambda made exact again, after a pass took uses away. */
export function recapture(nodes: readonly Node[]): readonly Node[] {
  const captures = new Map<number, readonly Variable[]>()
  const owners = new Map<number, { readonly variable: Variable; readonly owner: Context | undefined }>()
  const use = (id: number, from: Context | undefined): void => {
    const made = owners.get(id)
    if (made === undefined) return
    for (let at = from; at !== made.owner && at !== undefined; at = at.parent)
      at.captures.set(id, made.variable)
  }
  const visit = (node: Node, context: Context | undefined): void => {
    const inside =
      node.kind === 'lambda' ? { parent: context, captures: new Map<number, Variable>() } : context
    forEachVariable(node, variable => owners.set(variable.id, { variable, owner: inside }))
    if (node.kind === 'ref' && node.scope === 'local') use(node.variable, context)
    if ((node.kind === 'def' || node.kind === 'defstruct') && node.variable !== undefined)
      use(node.variable.id, context)
    forEachChild(node, child => visit(child, inside))
    if (node.kind === 'lambda') captures.set(node.id, [...inside!.captures.values()])
  }
  for (const node of nodes) visit(node, undefined)
  const mend = (node: Node): Node => {
    const mended = mapChildren(node, mend)
    return mended.kind === 'lambda' ? withCaptures(mended, captures.get(mended.id)!) : mended
  }
  return nodes.map(mend)
}

function withCaptures(lambda: LambdaNode, captures: readonly Variable[]): LambdaNode {
  const same =
    captures.length === lambda.captures.length &&
    captures.every(({ id }) => lambda.captures.some(variable => variable.id === id))
  return same ? lambda : { ...lambda, captures }
}
