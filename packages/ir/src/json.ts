import { type PrimitiveName, primitive, type Type } from '@rtfs/core'
import { equalityOperands } from './children.js'
import { decodeError, decoding } from './decode-error.js'
import { isDefault, nothing } from './defaults.js'
import { maxDepth } from './depth.js'
import type { Node, Unit, Variable } from './nodes.js'
import { type Fields, type LeafShape, nodeShapes, type Shape, typeShape } from './shape.js'
import { type Json, jsonArray, valueFromJson, valueToJson } from './value-json.js'
import { isMapKey } from './value-wire.js'
import { verified } from './verified.js'

/**
 * The JSON form of a unit (LANGUAGE §18.1), for tools in other languages: nodes are
 * `{"k": kind, "id": "7", "span": [start, end], "type": …, fields…}`; ids and integers are decimal strings; fields
 * that hold nothing are left out. Version `1` stands at the top.
 */
export function unitToJson(unit: Unit): Json {
  return {
    format: 'rtfs-ir',
    version: unit.version,
    lastId: String(unit.lastId),
    globals: [...unit.globals],
    forms: unit.forms.map(nodeToJson),
  }
}

/** The unit of its JSON form. Throws RTFS_DECODE for anything that `unitToJson` does not give for a well-formed unit. */
export function unitFromJson(json: Json): Unit {
  const parts = object(json)
  if (parts['format'] !== 'rtfs-ir' || parts['version'] !== 1) throw decodeError('not IR of version 1')
  const reader = new JsonReader()
  return decoding(() =>
    verified({
      kind: 'unit',
      version: 1,
      forms: jsonArray(parts['forms']).map(form => reader.node(form)),
      globals: jsonArray(parts['globals']).map(text),
      lastId: id(parts['lastId']),
    }),
  )
}

function nodeToJson(node: Node): Json {
  return {
    k: node.kind,
    id: String(node.id),
    span: [node.span.start, node.span.end],
    type: typeToJson(node.type),
    ...fieldsToJson(nodeShapes.get(node.kind)!, node),
  }
}

function typeToJson(type: Type): Json {
  if (type.kind === 'primitive') return type.name
  return { k: type.kind, ...fieldsToJson(typeShape.kinds.get(type.kind)!, type) }
}

function fieldsToJson(fields: Fields, owner: object): { readonly [key: string]: Json } {
  const json: { [key: string]: Json } = {}
  for (const [name, shape] of fields) {
    const part = (owner as Record<string, unknown>)[name]
    if (!isDefault(shape, part)) json[name] = partToJson(shape, part)
  }
  return json
}

function partToJson(shape: Shape, part: unknown): Json {
  switch (shape.is) {
    case 'node':
      return nodeToJson(part as Node)
    case 'type':
      return typeToJson(part as Type)
    case 'list':
      return listToJson(shape.of, part as readonly unknown[])
    case 'maybe':
      return partToJson(shape.of, part)
    case 'null-or':
      return part === null ? null : partToJson(shape.of, part)
    case 'record':
      return fieldsToJson(shape.fields, part as object)
    case 'union':
      return unionToJson(shape.kinds, part as { readonly kind: string })
    case 'later':
      return partToJson(shape.get(), part)
    default:
      return leafToJson(shape, part)
  }
}

function listToJson(of: Shape, parts: readonly unknown[]): Json {
  const json: Json[] = []
  for (const part of parts) json.push(partToJson(of, part))
  return json
}

function unionToJson(kinds: ReadonlyMap<string, Fields>, part: { readonly kind: string }): Json {
  return { k: part.kind, ...fieldsToJson(kinds.get(part.kind)!, part) }
}

function leafToJson(shape: LeafShape, part: unknown): Json {
  switch (shape.is) {
    case 'text':
    case 'choice':
      return part as string
    case 'count':
      return part as number
    case 'flag':
      return part as boolean
    case 'equality':
      return part !== undefined
    case 'variable-id':
    case 'node-id':
      return String(part)
    case 'value':
    case 'key':
      return valueToJson(part as never)
    case 'span': {
      const { start, end } = part as Node['span']
      return [start, end]
    }
    case 'variable': {
      const variable = part as Variable
      return { id: String(variable.id), name: variable.name, cell: variable.cell }
    }
    case 'meta':
      return [...(part as ReadonlyMap<string, never>)].map(([key, value]) => [key, valueToJson(value)])
  }
}

class JsonReader {
  #depth = 0

  node(json: Json): Node {
    if (++this.#depth > maxDepth) throw decodeError(`nesting deeper than ${maxDepth}`)
    const parts = object(json)
    const kind = text(parts['k'])
    const fields = nodeShapes.get(kind)
    if (fields === undefined) throw decodeError(`a node of the unknown kind ${kind}`)
    const base = {
      kind,
      id: id(parts['id']),
      type: this.#type(parts['type'] ?? null),
      span: span(parts['span']),
    }
    const node = { ...base, ...this.#fields(fields, parts) } as unknown as Node
    this.#depth--
    if (node.kind !== 'is') return node
    return { ...node, equality: equalityOperands(node.form, (node.equality as unknown) === true) }
  }

  #type(json: Json): Type {
    if (typeof json !== 'string') return this.#union(typeShape.kinds, json) as Type
    const names = typeShape.kinds.get('primitive')![0]![1] as Extract<Shape, { is: 'choice' }>
    if (!names.of.includes(json)) throw decodeError(`an unknown type ${json}`)
    return primitive(json as PrimitiveName)
  }

  #union(kinds: ReadonlyMap<string, Fields>, json: Json): unknown {
    if (++this.#depth > maxDepth) throw decodeError(`nesting deeper than ${maxDepth}`)
    const parts = object(json)
    const kind = text(parts['k'])
    const fields = kinds.get(kind)
    if (fields === undefined) throw decodeError(`a part of the unknown kind ${kind}`)
    const part = { kind, ...this.#fields(fields, parts) }
    this.#depth--
    return part
  }

  #fields(fields: Fields, parts: { readonly [key: string]: Json }): Record<string, unknown> {
    const read: Record<string, unknown> = {}
    for (const [name, shape] of fields) {
      const part = Object.hasOwn(parts, name) ? parts[name] : undefined
      read[name] = part === undefined ? nothing(shape, name) : this.#part(shape, part)
    }
    return read
  }

  #part(shape: Shape, json: Json): unknown {
    switch (shape.is) {
      case 'node':
        return this.node(json)
      case 'type':
        return this.#type(json)
      case 'list':
        return this.#list(shape.of, jsonArray(json))
      case 'maybe':
        return this.#part(shape.of, json)
      case 'null-or':
        return json === null ? null : this.#part(shape.of, json)
      case 'record':
        return this.#fields(shape.fields, object(json))
      case 'union':
        return this.#union(shape.kinds, json)
      case 'later':
        return this.#part(shape.get(), json)
      default:
        return leafFromJson(shape, json)
    }
  }

  #list(of: Shape, parts: readonly Json[]): unknown[] {
    const read: unknown[] = []
    for (const part of parts) read.push(this.#part(of, part))
    return read
  }
}

function leafFromJson(shape: LeafShape, json: Json): unknown {
  switch (shape.is) {
    case 'text':
      return text(json)
    case 'choice':
      return shape.of.find(choice => choice === json) ?? fail('an unknown choice')
    case 'count':
      return count(json)
    case 'flag':
    case 'equality':
      return flag(json)
    case 'variable-id':
    case 'node-id':
      return id(json)
    case 'value':
      return valueFromJson(json)
    case 'key': {
      const key = valueFromJson(json)
      return isMapKey(key) ? key : fail('not a map key')
    }
    case 'span':
      return span(json)
    case 'variable': {
      const parts = object(json)
      return { id: id(parts['id']), name: text(parts['name']), cell: flag(parts['cell']) }
    }
    case 'meta':
      return new Map(
        jsonArray(json).map(entry => [text(jsonArray(entry)[0]), valueFromJson(jsonArray(entry)[1] ?? null)]),
      )
  }
}

function object(json: Json | undefined): { readonly [key: string]: Json } {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw decodeError('not an object')
  return json as { readonly [key: string]: Json }
}

function text(json: Json | undefined): string {
  if (typeof json !== 'string') throw decodeError('not a text')
  return json
}

function flag(json: Json | undefined): boolean {
  if (typeof json !== 'boolean') throw decodeError('not a flag')
  return json
}

function count(json: Json | undefined): number {
  if (typeof json !== 'number' || !Number.isSafeInteger(json) || json < 0) throw decodeError('not a count')
  return json
}

function id(json: Json | undefined): number {
  if (typeof json !== 'string' || !/^(?:0|[1-9]\d{0,14})$/.test(json)) throw decodeError('not an id')
  return Number(json)
}

function span(json: Json | undefined): { start: number; end: number } {
  const [start, end] = jsonArray(json)
  return { start: count(start), end: count(end) }
}

function fail(message: string): never {
  throw decodeError(message)
}
