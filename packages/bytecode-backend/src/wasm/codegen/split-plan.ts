import { forEachChild, type Node } from '@rtfs/ir'
import type { UnitFacts } from './facts.js'

/** How large a function may become before more of it goes into parts. */
export interface PartSize {
  /** Nodes, roughly, of an expression that becomes a part. */
  readonly weight: number
  /** Bytes, locals and blocks inside one another after which the rest of a sequence becomes a part. */
  readonly bytes: number
  readonly locals: number
  readonly blocks: number
}

/** Tried one after the other, until every part is small enough for a loader. */
export const partSizes: readonly PartSize[] = [1500, 400, 100, 25].map(weight => {
  return { weight, bytes: 12 * weight, locals: Math.min(300, weight), blocks: Math.min(200, weight) }
})

/** Which expressions of a function that is too large become parts. */
export interface SplitPlan {
  readonly size: PartSize
  readonly parts: ReadonlySet<Node>
  /** What an expression itself would hold, without the parts inside it. */
  readonly weights: ReadonlyMap<Node, number>
  /** The loop, or function, around an expression that it jumps to. Such expressions end it. */
  readonly jumps: ReadonlyMap<Node, number>
  /** Loops and functions that parts jump to: their bodies have to be parts, too. */
  readonly targets: ReadonlySet<number>
}

/** Kinds that are as small as the call of a part, or only jump. */
const neverParts: ReadonlySet<string> = new Set([
  'literal',
  'quote',
  'ref',
  'lambda',
  'recur',
  'module',
  'import',
])

/** Divides the code of one function from the leaves up: what has grown large enough becomes a part. */
export function planSplit(facts: UnitFacts, roots: readonly Node[], size: PartSize): SplitPlan {
  const parts = new Set<Node>()
  const weights = new Map<Node, number>()
  const jumps = new Map<Node, number>()
  const targets = new Set<number>()
  const visit = (node: Node): number => {
    let weight = ownWeight(node, facts)
    // A `recur` means the innermost loop, so that there is only one an expression can jump to.
    let target = node.kind === 'recur' ? node.target : undefined
    if (node.kind !== 'lambda') {
      forEachChild(node, child => {
        weight += visit(child)
        target ??= jumps.get(child)
      })
    }
    weights.set(node, weight)
    if (target !== undefined && target !== node.id) jumps.set(node, target)
    if (weight < size.weight || neverParts.has(node.kind)) return weight
    parts.add(node)
    const jump = jumps.get(node)
    if (jump !== undefined) targets.add(jump)
    return 3
  }
  for (const root of roots) visit(root)
  return { size, parts, weights, jumps, targets }
}

function ownWeight(node: Node, facts: UnitFacts): number {
  switch (node.kind) {
    case 'lambda':
      return 4 + facts.lambda(node).needs.length
    case 'apply':
      return 3
    case 'match':
      return 8 * node.clauses.length
    case 'try':
      return 20 + 12 * node.catches.length
    case 'let':
    case 'loop':
      return 1 + node.bindings.length
    default:
      return 2
  }
}

/** The nesting of branches, each of which is a block in WebAssembly. */
export function branchDepth(roots: readonly Node[]): number {
  let deepest = 0
  const visit = (node: Node, depth: number): void => {
    if (node.kind === 'lambda') return
    const inner = depth + ownDepth(node)
    if (inner > deepest) deepest = inner
    forEachChild(node, child => visit(child, inner))
  }
  for (const root of roots) visit(root, 0)
  return deepest
}

/** Blocks inside one another of a form of many parts, all of which are taken to be in the innermost. */
function ownDepth(node: Node): number {
  switch (node.kind) {
    case 'if':
      return 1
    case 'and':
    case 'or':
      return node.operands.length
    case 'try':
      return 8 + node.catches.length
    default:
      return 0
  }
}

/** Variables that the code of some expressions reads or fills, by itself or through what it calls and makes. */
export function variablesOf(facts: UnitFacts, nodes: readonly Node[]): Set<number> {
  const found = new Set<number>()
  const needs = (variables: readonly { readonly id: number }[] | undefined): void => {
    for (const { id } of variables ?? []) found.add(id)
  }
  const visit = (node: Node): void => {
    if (node.kind === 'lambda') {
      needs(facts.lambda(node).needs)
      return
    }
    if (node.kind === 'ref' && node.scope === 'local') {
      found.add(node.variable)
      const object = facts.objectVariable(node.variable)
      if (typeof object !== 'string') found.add(object.id)
      needs(facts.functionOf(node.variable)?.needs)
    }
    if ((node.kind === 'def' || node.kind === 'defstruct') && node.variable !== undefined)
      found.add(node.variable.id)
    if (node.kind === 'apply') {
      needs(facts.knownCallee(node.callee, node.args.length)?.needs)
      const pass = facts.passes.get(node.id)
      if (pass !== undefined) needs(facts.knownCallee(pass.call.callee, pass.call.args.length)?.needs)
    }
    forEachChild(node, visit)
  }
  nodes.forEach(visit)
  return found
}
