import {
  defaultLimits,
  isRtfsError,
  Keyword,
  Meter,
  RtfsError,
  RtfsFloat,
  typeOfValue,
  type Value,
} from '@rtfs/core'
import type { BuiltinDefinition, LibraryContext } from '@rtfs/stdlib'
import { charged, uncharged } from './charges.js'
import { forEachChild, mapChildren } from './children.js'
import { libraryRow } from './library.js'
import { ir } from './node-factories.js'
import type { ApplyNode, ChargeNode, LiteralNode, Node, Unit } from './nodes.js'
import { Ids, type Pass } from './pass.js'

/**
 * Pass 1. Calls of pure library functions on literals become their value, with the charge of the call before it.
 * A call that raises, or whose work is charged or accounted, stays: it is for the run to do. Variables that a `let`
 * binds to a literal are that literal.
 */
export const foldConstants: Pass = (unit: Unit): Unit => {
  const ids = new Ids(unit)
  const known = literalVariables(unit.forms)
  const fold = (node: Node): Node => {
    switch (node.kind) {
      case 'ref': {
        const value = node.scope === 'local' ? known.get(node.variable) : undefined
        return value === undefined
          ? node
          : ir.literal({ ...value, id: node.id, span: node.span }, value.value)
      }
      case 'context-get':
        return node
      case 'is': {
        // The operands of an equality are shown when it fails: they have to stay operands.
        const form = node.equality === undefined ? fold(node.form) : mapChildren(node.form, fold)
        return mapChildren(node, child => (child === node.form ? form : fold(child)))
      }
      case 'apply': {
        const folded = mapChildren(node, fold) as ApplyNode
        return foldCall(folded, ids) ?? folded
      }
      default:
        return mapChildren(node, fold)
    }
  }
  return ids.finish(unit, unit.forms.map(fold))
}

/** Variables that hold a literal from their binding on. */
function literalVariables(forms: readonly Node[]): ReadonlyMap<number, LiteralNode> {
  const known = new Map<number, LiteralNode>()
  const visit = (node: Node): void => {
    if (node.kind === 'let') {
      for (const { pattern, init } of node.bindings) {
        const isPlain = pattern.kind === 'bind' && !pattern.variable.cell
        const { body } = uncharged(init)
        if (isPlain && body.kind === 'literal') known.set(pattern.variable.id, body)
      }
    }
    forEachChild(node, visit)
  }
  forms.forEach(visit)
  return known
}

function foldCall(node: ApplyNode, ids: Ids): Node | undefined {
  const { callee } = node
  if (callee.kind !== 'ref' || callee.scope !== 'builtin') return undefined
  const row = libraryRow(callee.name)
  if (row === undefined || row.purity !== 'pure') return undefined
  const args = node.args.map(uncharged)
  const values: Value[] = []
  for (const { body } of args) {
    if (body.kind !== 'literal') return undefined
    values.push(body.value)
  }
  const value = valueOfCall(row, values)
  if (value === undefined) return undefined
  const type = typeOfValue(value)
  const literal = ir.literal({ id: ids.next(), type, span: node.span }, value)
  const charges: ChargeNode[] = args.flatMap(arg => arg.charges)
  const whole = charged([...charges, ir.charge({ ...node, type }, 1, literal)], literal)
  // The value stands where the call stood, also when the charge of an argument comes first.
  return charges.length === 0 ? whole : ir.do({ id: ids.next(), type, span: node.span }, [whole])
}

/** The value of a call, if it has one that can stand in code and costs nothing beyond the call. */
function valueOfCall(row: BuiltinDefinition, values: readonly Value[]): Value | undefined {
  const { implementation, arity } = row
  if (implementation.kind !== 'plain' || values.length < arity.min || values.length > arity.max)
    return undefined
  const meter = new Meter(defaultLimits, () => 0)
  try {
    const value = implementation.call(values, new FoldingContext(meter))
    return meter.spentFuel === 0 && meter.allocatedBytes === 0 && isScalar(value) ? value : undefined
  } catch (error) {
    if (isRtfsError(error)) return undefined
    throw error
  }
}

function isScalar(value: Value): boolean {
  return value === null || typeof value !== 'object' || value instanceof RtfsFloat || value instanceof Keyword
}

/** There is no run while code is folded: what asks for one is not folded. */
class FoldingContext implements LibraryContext {
  readonly meter: Meter
  readonly expansion = undefined
  constructor(meter: Meter) {
    this.meter = meter
  }

  perform(): Value {
    throw outsideOfRun()
  }

  get taskContext(): Value {
    throw outsideOfRun()
  }
}

function outsideOfRun(): RtfsError {
  return new RtfsError('RTFS_USAGE', 'needs a run')
}
