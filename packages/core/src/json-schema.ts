import { toJs } from './js.js'
import { RtfsSequence } from './sequence.js'
import type { ResolveType } from './type-text.js'
import type { Predicate, Type } from './types.js'
import { isInteger, Keyword, type Value } from './values.js'

/** A JSON Schema (draft 2020-12) as plain data; objects have no prototype, since keys of programs become properties. */
export interface JsonSchema {
  [keyword: string]: unknown
}

/**
 * The JSON Schema of a type (LANGUAGE §10.5). Aliases become `$ref`s into `$defs` of the root; unknown ones accept
 * anything, as do functions and errors, which JSON has not. Keywords, symbols, timestamps, UUIDs and handles are
 * strings. Integers outside ±(2^53−1) are rounded, since a schema is plain data for `JSON.stringify`.
 */
export function jsonSchemaOf(type: Type, resolve?: ResolveType): JsonSchema {
  const definitions = new Map<string, JsonSchema | undefined>()
  const pending: string[] = []
  const writer = new SchemaWriter(name => {
    if (!definitions.has(name)) {
      if (resolve?.(name) === undefined) return false
      definitions.set(name, undefined)
      pending.push(name)
    }
    return true
  })
  const root = writer.schemaOf(type)
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    definitions.set(name, writer.schemaOf(resolve!(name)!))
  }
  if (definitions.size > 0) root['$defs'] = schema(Object.fromEntries(definitions))
  return root
}

class SchemaWriter {
  /** Says whether an alias is known, and remembers that it is needed. */
  readonly #isKnown: (name: string) => boolean

  constructor(isKnown: (name: string) => boolean) {
    this.#isKnown = isKnown
  }

  schemaOf(type: Type): JsonSchema {
    switch (type.kind) {
      case 'primitive':
        return schema(primitiveSchemas.get(type.name) ?? {})
      case 'ref':
        return this.#isKnown(type.name) ? schema({ $ref: `#/$defs/${pointer(type.name)}` }) : schema({})
      case 'vector':
      case 'list':
      case 'seq':
        return schema({ type: 'array', items: this.schemaOf(type.element) })
      case 'tuple':
        return schema({
          type: 'array',
          prefixItems: type.elements.map(element => this.schemaOf(element)),
          minItems: type.elements.length,
          maxItems: type.elements.length,
        })
      case 'record':
        return this.#record(type)
      case 'map-of':
        return schema({ type: 'object', additionalProperties: this.schemaOf(type.value) })
      case 'resource':
        return schema({ type: 'string' })
      case 'union':
        return schema({ anyOf: type.members.map(member => this.schemaOf(member)) })
      case 'and':
        return schema({
          allOf: [
            this.schemaOf(type.base),
            ...type.parts.map(part =>
              part.kind === 'predicate' ? predicateSchema(part, type.base) : this.schemaOf(part),
            ),
          ],
        })
      case 'literal':
        return schema({ const: plain(type.value) })
      case 'enum':
        return schema({ enum: type.values.map(plain) })
      case 'array':
        return this.#array(type.element, type.shape ?? [null])
      case 'function':
      case 'stream':
        return schema({})
    }
  }

  #record(type: Extract<Type, { kind: 'record' }>): JsonSchema {
    const properties = schema({})
    const required: string[] = []
    for (const entry of type.entries) {
      const name = propertyName(entry.key)
      properties[name] = this.schemaOf(entry.type)
      if (!entry.optional) required.push(name)
    }
    const closed = type.rest?.kind === 'primitive' && type.rest.name === 'never'
    return schema({
      type: 'object',
      properties,
      required,
      additionalProperties: type.rest === undefined ? true : closed ? false : this.schemaOf(type.rest),
    })
  }

  #array(element: Type, shape: readonly (number | null)[]): JsonSchema {
    let inner = this.schemaOf(element)
    for (const dimension of [...shape].reverse()) {
      const length = dimension === null ? {} : { minItems: dimension, maxItems: dimension }
      inner = schema({ type: 'array', items: inner, ...length })
    }
    return inner
  }
}

const primitiveSchemas = new Map<string, JsonSchema>([
  ['int', { type: 'integer' }],
  ['float', { type: 'number' }],
  ['string', { type: 'string' }],
  ['bool', { type: 'boolean' }],
  ['nil', { type: 'null' }],
  ['keyword', { type: 'string' }],
  ['symbol', { type: 'string' }],
  ['timestamp', { type: 'string', format: 'date-time' }],
  ['uuid', { type: 'string', format: 'uuid' }],
  ['resource-handle', { type: 'string' }],
  ['map', { type: 'object' }],
  ['vector', { type: 'array' }],
  ['list', { type: 'array' }],
  ['never', { not: {} }],
])

function schema(properties: JsonSchema): JsonSchema {
  return Object.assign(Object.create(null), properties)
}

function pointer(name: string): string {
  return encodeURIComponent(name.replace(/~/g, '~0').replace(/\//g, '~1'))
}

function propertyName(key: Value): string {
  return key instanceof Keyword ? key.name : String(key)
}

function keysOf(value: Value | undefined): Value[] {
  return value instanceof RtfsSequence ? value.toArray() : []
}

/** JSON data: `serializeJson` would write the same. */
function plain(value: Value): unknown {
  return isInteger(value) ? Number(value) : toJs(value)
}

/** Which length keywords fit the base of a refinement. */
function sizeKeywords(base: Type): readonly [string, string] {
  const kind = base.kind === 'primitive' ? base.name : base.kind
  if (kind === 'map' || kind === 'record' || kind === 'map-of') return ['minProperties', 'maxProperties']
  return kind === 'string' ? ['minLength', 'maxLength'] : ['minItems', 'maxItems']
}

function predicateSchema(predicate: Predicate, base: Type): JsonSchema {
  const [first, second] = predicate.args.map(plain)
  const [minimum, maximum] = sizeKeywords(base)
  switch (predicate.name) {
    case '>':
      return schema({ exclusiveMinimum: first })
    case '>=':
      return schema({ minimum: first })
    case '<':
      return schema({ exclusiveMaximum: first })
    case '<=':
      return schema({ maximum: first })
    case 'in-range':
      return schema({ minimum: first, maximum: second })
    case '=':
      return schema({ const: first })
    case '!=':
      return schema({ not: schema({ const: first }) })
    case 'length':
    case 'string-length':
      return schema({ minLength: first, maxLength: first })
    case 'min-length':
    case 'string-min-length':
      return schema({ minLength: first })
    case 'max-length':
    case 'string-max-length':
      return schema({ maxLength: first })
    case 'matches-regex':
      return schema({ pattern: first })
    case 'is-url':
      return schema({ format: 'uri' })
    case 'is-email':
      return schema({ format: 'email' })
    case 'count':
      return schema({ [minimum]: first, [maximum]: first })
    case 'min-count':
      return schema({ [minimum]: first })
    case 'max-count':
      return schema({ [maximum]: first })
    case 'non-empty':
      return schema({ [minimum]: 1 })
    case 'has-key':
      return schema({ required: [propertyName(predicate.args[0]!)] })
    case 'required-keys':
      return schema({ required: keysOf(predicate.args[0]).map(propertyName) })
    default:
      return schema({})
  }
}
