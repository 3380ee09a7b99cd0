import { internalError, keyword, type RecordEntry, type Type } from '@rtfs/core'
import { parseType } from '@rtfs/parser'
import { propertyTypes, strictPropertyTypes } from './property-types.js'
import type { NestedSchema, ObjectSchema } from './schemas.js'

const known = { open: new WeakMap<ObjectSchema, Type>(), strict: new WeakMap<ObjectSchema, Type>() }

/** The map type of a schema. In strict mode ids are UUIDs, and properties that no schema names are refused. */
export function typeOfSchema(schema: ObjectSchema, strict: boolean): Type {
  const cache = strict ? known.strict : known.open
  let type = cache.get(schema)
  if (type === undefined) {
    const entries = Object.entries(schema).map(([name, property]) => entryOf(name, property, strict))
    const rest: Type | undefined = strict ? { kind: 'primitive', name: 'never' } : undefined
    cache.set(schema, (type = { kind: 'record', entries, rest }))
  }
  return type
}

function entryOf(name: string, property: string | NestedSchema, strict: boolean): RecordEntry {
  const optional = name.endsWith('?')
  const key = keyword(optional ? name.slice(0, -1) : name)
  return { key, type: typeOfProperty(property, strict), optional }
}

function typeOfProperty(property: string | NestedSchema, strict: boolean): Type {
  if (typeof property === 'string') return typeOfText(property, strict)
  const inner = typeOfSchema(property.entries, strict)
  return property.kind === 'map' ? inner : { kind: 'seq', element: inner }
}

function typeOfText(text: string, strict: boolean): Type {
  const names = strict ? strictPropertyTypes : propertyTypes
  const full = text.replace(/#([a-z-]+)/g, (_, name: string) => names[name] ?? '')
  const { type } = parseType(full)
  if (type === undefined) throw internalError(`no type in an object schema: ${full}`)
  return type
}
