import { decode as decodeCbor, encode as encodeCbor } from '@ipld/dag-cbor'
import { bytesEqual, isRtfsError, type Type } from '@rtfs/core'
import { checkNesting } from './cbor-depth.js'
import { decodeError, decoding } from './decode-error.js'
import { readUnit } from './encode-read.js'
import type { Node, Unit, Variable } from './nodes.js'
import { type Fields, type LeafShape, nodeKinds, nodeShapes, type Shape, typeShape } from './shape.js'
import { textToWire, valueToWire, type Wire } from './value-wire.js'
import { verified } from './verified.js'

/**
 * The canonical encoding of a unit: DAG-CBOR over `['rtfs-ir', version, globals, lastId, types, nodes, forms]`.
 * Types and nodes are tables in which parts come before wholes and are referred to by index, so the bytes nest no
 * deeper than one pattern or one literal, however deep the program. One unit has one encoding, in any process.
 */
export function encodeUnit(unit: Unit): Uint8Array {
  const writer = new UnitWriter()
  const forms = unit.forms.map(form => writer.node(form))
  const globals = unit.globals.map(textToWire)
  return encodeCbor([formatName, unit.version, globals, unit.lastId, writer.types, writer.nodes, forms])
}

export const formatName = 'rtfs-ir'

export interface DecodeOptions {
  /** Longest input in bytes. Default 8 MiB. */
  readonly maxBytes?: number
}

/** Arrays inside arrays in one literal, type or pattern. */
const maxNesting = 1_500

/**
 * The unit of an encoding. Throws RTFS_DECODE unless the bytes are exactly what `encodeUnit` gives for a well-formed
 * unit: size and depth within limits, canonical, and `verifyUnit` finds nothing.
 */
export function decodeUnit(bytes: Uint8Array, options: DecodeOptions = {}): Unit {
  const maxBytes = options.maxBytes ?? 8 * 1024 * 1024
  if (bytes.length > maxBytes) throw decodeError(`${bytes.length} bytes, more than ${maxBytes}`)
  checkNesting(bytes, maxNesting)
  return decoding(() => {
    const unit = readUnit(decodeWire(bytes))
    if (!bytesEqual(encodeUnit(unit), bytes)) throw decodeError('not canonical')
    return verified(unit)
  })
}

function decodeWire(bytes: Uint8Array): Wire {
  try {
    return decodeCbor<Wire>(bytes)
  } catch (cause) {
    if (isRtfsError(cause)) throw cause
    throw decodeError('not DAG-CBOR', cause)
  }
}

const kindCodes = new Map(nodeKinds.map((kind, code) => [kind, code]))

/** Builds the tables. Each `…Wire` gives what stands for the part in the table entry of the whole. */
class UnitWriter {
  readonly types: Wire[] = []
  readonly nodes: Wire[] = []
  readonly #typeOf = new Map<Type, number>()
  readonly #typeByBytes = new Map<string, number>()

  node(node: Node): number {
    const type = this.#type(node.type)
    const fields = this.#fields(nodeShapes.get(node.kind)!, node)
    this.nodes.push([kindCodes.get(node.kind)!, node.id, type, node.span.start, node.span.end, ...fields])
    return this.nodes.length - 1
  }

  #type(type: Type): number {
    const known = this.#typeOf.get(type)
    if (known !== undefined) return known
    const kinds = [...typeShape.kinds.keys()]
    const wire: Wire = [kinds.indexOf(type.kind), ...this.#fields(typeShape.kinds.get(type.kind)!, type)]
    const key = encodeCbor(wire).join()
    let index = this.#typeByBytes.get(key)
    if (index === undefined) {
      index = this.types.length
      this.types.push(wire)
      this.#typeByBytes.set(key, index)
    }
    this.#typeOf.set(type, index)
    return index
  }

  #fields(fields: Fields, owner: object): Wire[] {
    const wires: Wire[] = []
    for (const [name, shape] of fields)
      wires.push(this.#wire(shape, (owner as Record<string, unknown>)[name]))
    return wires
  }

  #wire(shape: Shape, part: unknown): Wire {
    switch (shape.is) {
      case 'node':
        return this.node(part as Node)
      case 'type':
        return this.#type(part as Type)
      case 'list':
        return this.#list(shape.of, part as readonly unknown[])
      case 'maybe':
        return part === undefined ? null : [this.#wire(shape.of, part)]
      case 'null-or':
        return part === null ? null : this.#wire(shape.of, part)
      case 'record':
        return this.#fields(shape.fields, part as object)
      case 'union':
        return this.#union(shape.kinds, part as { readonly kind: string })
      case 'later':
        return this.#wire(shape.get(), part)
      default:
        return leafToWire(shape, part)
    }
  }

  #list(of: Shape, parts: readonly unknown[]): Wire {
    const wires: Wire[] = []
    for (const part of parts) wires.push(this.#wire(of, part))
    return wires
  }

  #union(kinds: ReadonlyMap<string, Fields>, part: { readonly kind: string }): Wire {
    return [[...kinds.keys()].indexOf(part.kind), ...this.#fields(kinds.get(part.kind)!, part)]
  }
}

function leafToWire(shape: LeafShape, part: unknown): Wire {
  switch (shape.is) {
    case 'text':
      return textToWire(part as string)
    case 'count':
    case 'variable-id':
    case 'node-id':
      return part as number
    case 'flag':
      return part as boolean
    case 'value':
    case 'key':
      return valueToWire(part as never)
    case 'span': {
      const span = part as Node['span']
      return [span.start, span.end]
    }
    case 'variable': {
      const { id, name, cell } = part as Variable
      return [id, textToWire(name), cell]
    }
    case 'meta':
      return [...(part as ReadonlyMap<string, never>)].flatMap(([key, value]) => [
        textToWire(key),
        valueToWire(value),
      ])
    case 'equality':
      return part !== undefined
    case 'choice':
      return shape.of.indexOf(part as string)
  }
}
