import { type Keyword, type PrimitiveName, primitive, type Type, type Value } from '@rtfs/core'
import { equalityOperands } from './children.js'
import { decodeError } from './decode-error.js'
import { maxDepth } from './depth.js'
import type { Node, Unit } from './nodes.js'
import { type Fields, nodeKinds, nodeShapes, type Shape, typeShape } from './shape.js'
import { isMapKey, textFromWire, valueFromWire, type Wire } from './value-wire.js'

const maxTypeDepth = 256
const typeKinds = [...typeShape.kinds.keys()]

/** The unit of decoded CBOR. Everything is checked but what `verifyUnit` checks; faults are RTFS_DECODE. */
export function readUnit(wire: Wire): Unit {
  const parts = array(wire, 7)
  const [name, version, globals, lastId, types, nodes, forms] = parts
  if (name !== 'rtfs-ir') throw decodeError('not IR')
  if (version !== 1) throw decodeError(`version ${String(version)}; this package reads version 1`)
  const reader = new UnitReader(array(types), array(nodes))
  const unit: Unit = {
    kind: 'unit',
    version: 1,
    forms: array(forms).map(form => reader.node(form)),
    globals: array(globals).map(textFromWire),
    lastId: count(lastId),
  }
  reader.requireAllUsed()
  return unit
}

/** Reads the tables in order: parts come before wholes, and a node is part of one whole only. */
class UnitReader {
  readonly #types: Type[] = []
  readonly #typeDepths: number[] = []
  readonly #nodes: Node[] = []
  readonly #nodeDepths: number[] = []
  readonly #usedNodes = new Set<number>()
  /** Depth of the parts of the entry being read. */
  #depth = 0

  constructor(types: readonly Wire[], nodes: readonly Wire[]) {
    for (const wire of types) {
      this.#depth = 0
      this.#types.push(this.#readType(array(wire)))
      this.#typeDepths.push(this.#depth + 1)
      if (this.#depth > maxTypeDepth) throw decodeError(`a type nested deeper than ${maxTypeDepth}`)
    }
    for (const wire of nodes) {
      this.#depth = 0
      this.#nodes.push(this.#readNode(array(wire)))
      this.#nodeDepths.push(this.#depth + 1)
      if (this.#depth > maxDepth) throw decodeError(`a program nested deeper than ${maxDepth}`)
    }
  }

  node(wire: Wire | undefined): Node {
    const index = count(wire)
    const node = this.#nodes[index]
    if (node === undefined) throw decodeError(`no node ${index} here`)
    if (this.#usedNodes.has(index)) throw decodeError(`node ${index} is part of two nodes`)
    this.#usedNodes.add(index)
    this.#depth = Math.max(this.#depth, this.#nodeDepths[index]!)
    return node
  }

  requireAllUsed(): void {
    if (this.#usedNodes.size !== this.#nodes.length) throw decodeError('a node that is part of nothing')
  }

  #type(wire: Wire | undefined, inType: boolean): Type {
    const index = count(wire)
    const type = this.#types[index]
    if (type === undefined) throw decodeError(`no type ${index} here`)
    if (inType) this.#depth = Math.max(this.#depth, this.#typeDepths[index]!)
    return type
  }

  #readType(wire: readonly Wire[]): Type {
    const kind = typeKinds[count(wire[0])]
    if (kind === undefined) throw decodeError('a type of an unknown kind')
    const fields = this.#fields(typeShape.kinds.get(kind)!, wire, 1, true)
    if (kind === 'primitive') return primitive(fields['name'] as PrimitiveName)
    return { kind, ...fields } as unknown as Type
  }

  #readNode(wire: readonly Wire[]): Node {
    const kind = nodeKinds[count(wire[0])]
    if (kind === undefined) throw decodeError('a node of an unknown kind')
    const base = {
      kind,
      id: count(wire[1]),
      type: this.#type(wire[2], false),
      span: { start: count(wire[3]), end: count(wire[4]) },
    }
    const fields = this.#fields(nodeShapes.get(kind)!, wire, 5, false)
    const node = { ...base, ...fields } as unknown as Node
    if (node.kind !== 'is') return node
    // So far `equality` only says whether the form's operands are to be shown.
    const equality = equalityOperands(node.form, (node.equality as unknown) === true)
    return { ...node, equality }
  }

  #fields(fields: Fields, wire: readonly Wire[], from: number, inType: boolean): Record<string, unknown> {
    if (wire.length !== from + fields.length) throw decodeError('an entry with the wrong number of fields')
    const entries = fields.map(
      ([name, shape], index) => [name, this.#part(shape, wire[from + index]!, inType)] as const,
    )
    return Object.fromEntries(entries)
  }

  #part(shape: Shape, wire: Wire, inType: boolean): unknown {
    switch (shape.is) {
      case 'node':
        return this.node(wire)
      case 'type':
        return this.#type(wire, inType)
      case 'text':
        return textFromWire(wire)
      case 'count':
      case 'variable-id':
      case 'node-id':
        return count(wire)
      case 'flag':
      case 'equality':
        return flag(wire)
      case 'value':
        return valueFromWire(wire)
      case 'key':
        return key(wire)
      case 'span': {
        const [start, end] = array(wire, 2)
        return { start: count(start), end: count(end) }
      }
      case 'variable': {
        const [id, name, cell] = array(wire, 3)
        return { id: count(id), name: textFromWire(name!), cell: flag(cell!) }
      }
      case 'meta':
        return meta(array(wire))
      case 'choice':
        return shape.of[count(wire)] ?? fail('an unknown choice')
      case 'list':
        return array(wire).map(each => this.#part(shape.of, each, inType))
      case 'maybe':
        return wire === null ? undefined : this.#part(shape.of, array(wire, 1)[0]!, inType)
      case 'null-or':
        return wire === null ? null : this.#part(shape.of, wire, inType)
      case 'record':
        return this.#fields(shape.fields, array(wire), 0, inType)
      case 'union': {
        const entries = array(wire)
        const [kind, fields] = [...shape.kinds][count(entries[0])] ?? fail('a part of an unknown kind')
        return { kind, ...this.#fields(fields, entries, 1, inType) }
      }
      case 'later':
        return this.#part(shape.get(), wire, inType)
    }
  }
}

function array(wire: Wire | undefined, length?: number): readonly Wire[] {
  if (!Array.isArray(wire)) throw decodeError('not an array')
  if (length !== undefined && wire.length !== length)
    throw decodeError(`an array without exactly ${length} elements`)
  return wire
}

function count(wire: Wire | undefined): number {
  if (typeof wire !== 'number' || !Number.isSafeInteger(wire) || wire < 0) throw decodeError('not a count')
  return wire
}

function flag(wire: Wire): boolean {
  if (typeof wire !== 'boolean') throw decodeError('not a flag')
  return wire
}

function key(wire: Wire): Keyword | string | number | bigint | boolean {
  const value = valueFromWire(wire)
  if (!isMapKey(value)) throw decodeError('not a map key')
  return value
}

function meta(wire: readonly Wire[]): ReadonlyMap<string, Value> {
  if (wire.length % 2 !== 0) throw decodeError('metadata with a key without value')
  const entries = new Map<string, Value>()
  for (let i = 0; i < wire.length; i += 2) entries.set(textFromWire(wire[i]!), valueFromWire(wire[i + 1]!))
  return entries
}

function fail(message: string): never {
  throw decodeError(message)
}
