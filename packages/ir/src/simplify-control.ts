import { isTruthy } from '@rtfs/core'
import { charged, uncharged } from './charges.js'
import { mapChildren } from './children.js'
import { ir } from './node-factories.js'
import type {
  AndNode,
  ChargeNode,
  IfNode,
  LetBinding,
  LetNode,
  Node,
  OrNode,
  Unit,
  Variable,
} from './nodes.js'
import { Ids, type Pass } from './pass.js'
import { usesOf, variablesOf } from './variables.js'

/**
 * Pass 2. Takes away branches that cannot run, values nobody sees, bindings nobody reads, `do` inside `do`. Only what
 * nobody can notice disappears: literals, functions that are made but not used, reads that cannot fail. Calls stay.
 */
export const simplifyControl: Pass = (unit: Unit): Unit => {
  const ids = new Ids(unit)
  const simplifier = new Simplifier(unit, ids)
  const forms = unit.forms.map(form => simplifier.node(form))
  return ids.finish(unit, forms)
}

/** Nodes that never report an error at the place of a part. Of all others it must be assumed: a `for` does it, say. */
const ignorePlaces: ReadonlySet<Node['kind']> = new Set([
  'and',
  'apply',
  'cast',
  'charge',
  'def',
  'do',
  'hints',
  'if',
  'lambda',
  'let',
  'loop',
  'match',
  'module',
  'or',
  'recur',
  'throw',
  'try',
  'vector',
])

class Simplifier {
  readonly #ids: Ids
  readonly #variables: ReadonlyMap<number, Variable>
  readonly #uses: ReadonlyMap<number, number>

  constructor(unit: Unit, ids: Ids) {
    this.#ids = ids
    this.#variables = variablesOf(unit.forms)
    this.#uses = usesOf(unit.forms)
  }

  node(node: Node): Node {
    const looksAtPlaces = !ignorePlaces.has(node.kind)
    const inner = mapChildren(node, child => (looksAtPlaces ? this.#inPlace(child) : this.node(child)))
    switch (inner.kind) {
      case 'if':
        return this.#if(inner)
      case 'and':
      case 'or':
        return this.#shortCircuit(inner)
      case 'do': {
        const body = this.#body(inner.body)
        if (body.length === 1) return body[0]!
        return body === inner.body ? inner : { ...inner, body }
      }
      case 'let':
        return this.#let(inner)
      case 'lambda':
      case 'loop':
      case 'for':
      case 'dotimes':
      case 'with-resource':
      case 'step': {
        const body = this.#body(inner.body)
        return body === inner.body ? inner : { ...inner, body }
      }
      default:
        return inner
    }
  }

  /** A part whose place may show in an error of the whole: what stands there instead keeps it, as a `do` around. */
  #inPlace(node: Node): Node {
    if (node.kind === 'do' && node.body.length === 1) {
      const [only] = node.body as readonly [Node]
      const inner = this.node(only)
      if (samePlace(inner, node)) return inner
      return inner === only ? node : { ...node, body: [inner] }
    }
    const inner = this.node(node)
    return samePlace(inner, node)
      ? inner
      : ir.do({ id: this.#ids.next(), type: inner.type, span: node.span }, [inner])
  }

  #if(node: IfNode): Node {
    const { charges, body } = uncharged(node.test)
    if (body.kind !== 'literal') return node
    const branch = isTruthy(body.value) ? node.then : (node.else ?? this.#nil(node))
    return charged(charges, branch)
  }

  #nil(at: Node): Node {
    return ir.literal({ id: this.#ids.next(), type: at.type, span: at.span }, null)
  }

  /** Operands that decide nothing go; after one that decides, nothing runs. */
  #shortCircuit(node: AndNode | OrNode): Node {
    const kept: Node[] = []
    let pending: readonly ChargeNode[] = []
    for (const [index, operand] of node.operands.entries()) {
      const { charges, body } = uncharged(operand)
      const isLast = index === node.operands.length - 1
      const decides = body.kind === 'literal' && isTruthy(body.value) === (node.kind === 'or')
      if (body.kind === 'literal' && !decides && !isLast) {
        pending = [...pending, ...charges]
        continue
      }
      kept.push(pending.length === 0 ? operand : charged(pending, operand))
      pending = []
      if (decides) break
    }
    if (kept.length === 1) return kept[0]!
    return kept.length === node.operands.length ? node : { ...node, operands: kept }
  }

  /** Flattens `do` and drops what has no effect and is not the value. The same array when nothing changes. */
  #body(nodes: readonly Node[]): readonly Node[] {
    const flat = nodes.some(node => node.kind === 'do') ? nodes.flatMap(flatten) : nodes
    const kept: Node[] = []
    let pending: readonly ChargeNode[] = []
    for (const [index, node] of flat.entries()) {
      const { charges, body } = uncharged(node)
      if (index < flat.length - 1 && this.#isQuiet(body)) {
        pending = [...pending, ...charges]
        continue
      }
      kept.push(pending.length === 0 ? node : charged(pending, node))
      pending = []
    }
    return kept.length === nodes.length && kept.every((node, index) => node === nodes[index]) ? nodes : kept
  }

  #let(node: LetNode): Node {
    const { bindings, pending } = this.#bindings(node.bindings)
    const cleaned = this.#body(node.body)
    if (bindings.length === node.bindings.length && cleaned === node.body) return node
    const [first = this.#nil(node), ...rest] = cleaned
    const body = pending.length === 0 ? cleaned : [charged(pending, first), ...rest]
    if (bindings.length > 0 || node.declares.length > 0) return { ...node, bindings, body }
    if (body.length === 1) return body[0]!
    return ir.do(node, body)
  }

  /** Drops bindings nobody reads; their charges move to what comes next, the body at last. */
  #bindings(bindings: readonly LetBinding[]): {
    bindings: readonly LetBinding[]
    pending: readonly ChargeNode[]
  } {
    const kept: LetBinding[] = []
    let pending: readonly ChargeNode[] = []
    for (const binding of bindings) {
      const { charges, body } = uncharged(binding.init)
      if (this.#isUnread(binding) && this.#isQuiet(body)) {
        pending = [...pending, ...charges]
        continue
      }
      kept.push(pending.length === 0 ? binding : { ...binding, init: charged(pending, binding.init) })
      pending = []
    }
    return { bindings: kept, pending }
  }

  #isUnread({ pattern }: LetBinding): boolean {
    if (pattern.kind === 'wildcard') return true
    return pattern.kind === 'bind' && (this.#uses.get(pattern.variable.id) ?? 0) === 0
  }

  /** True for nodes whose evaluation nobody can notice. Reading a cell may fail; making a collection is accounted. */
  #isQuiet(node: Node): boolean {
    switch (node.kind) {
      case 'literal':
      case 'quote':
      case 'lambda':
        return true
      case 'ref':
        return (
          node.scope === 'builtin' ||
          (node.scope === 'local' && this.#variables.get(node.variable)?.cell === false)
        )
      default:
        return false
    }
  }
}

/** The forms of a `do`; an empty one is a nil that the value of the body may need. */
function flatten(node: Node): readonly Node[] {
  return node.kind === 'do' && node.body.length > 0 ? node.body : [node]
}

function samePlace(a: Node, b: Node): boolean {
  return a.span.start === b.span.start && a.span.end === b.span.end
}
