import { internalError, keyword, type RecordEntry, type Type } from '@rtfs/core'
import { parseType } from '@rtfs/parser'
import { propertyTypes, strictPropertyTypes } from './property-types.js'
import type { NestedSchema, ObjectSchema } from './schemas.js'

/**
 * How strictly objects are held to a schema. `strict`: ids are UUIDs, and properties that no schema names are refused;
 * `newer`: the same for an object of a newer minor version, which may have further ones.
 */
export type Strictness = 'open' | 'newer' | 'strict'

const known: Readonly<Record<Strictness, WeakMap<ObjectSchema, Type>>> = {
  open: new WeakMap(),
  newer: new WeakMap(),
  strict: new WeakMap(),
}

/** The map type of a schema. */
export function typeOfSchema(schema: ObjectSchema, strict: Strictness): Type {
  const cache = known[strict]
  let type = cache.get(schema)
  if (type === undefined) {
    const entries = Object.entries(schema).map(([name, property]) => entryOf(name, property, strict))
    const rest: Type | undefined = strict === 'strict' ? { kind: 'primitive', name: 'never' } : undefined
    cache.set(schema, (type = { kind: 'record', entries, rest }))
  }
  return type
}

function entryOf(name: string, property: string | NestedSchema, strict: Strictness): RecordEntry {
  const optional = name.endsWith('?')
  const key = keyword(optional ? name.slice(0, -1) : name)
  return { key, type: typeOfProperty(property, strict), optional }
}

function typeOfProperty(property: string | NestedSchema, strict: Strictness): Type {
  if (typeof property === 'string') return typeOfText(property, strict)
  const inner = typeOfSchema(property.entries, strict)
  return property.kind === 'map' ? inner : { kind: 'seq', element: inner }
}

function typeOfText(text: string, strict: Strictness): Type {
  const names = strict === 'open' ? propertyTypes : strictPropertyTypes
  const full = text.replace(/#([a-z-]+)/g, (_, name: string) => names[name] ?? '')
  const { type } = parseType(full)
  if (type === undefined) throw internalError(`no type in an object schema: ${full}`)
  return type
}
