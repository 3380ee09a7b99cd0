import type { Json } from '@rtfs/interfaces'

type Schema = Readonly<Record<string, Json>>

const basics: ReadonlySet<Json | undefined> = new Set(['string', 'number', 'integer', 'boolean', 'null'])
const maxDepth = 32
/** Counts are unrolled in the grammar; larger ones are left to whoever checks the answer. */
const maxCount = 64

/**
 * A JSON Schema in the dialect that the library makes grammars of, which accepts at least the same answers: what only
 * narrows is left out, since answers are checked later. `undefined` where the dialect would accept other ones: the
 * answer is then only asked for in words.
 */
export function grammarSchemaOf(schema: Json | undefined, depth = 0): Schema | undefined {
  if (depth > maxDepth || !isSchema(schema)) return undefined
  // A grammar for one of these keywords would have to say both.
  if (['allOf', '$ref', '$defs', 'not', 'if'].some(keyword => keyword in schema)) return undefined
  const { type, const: constant, enum: values, anyOf, oneOf } = schema
  if (constant !== undefined) return isScalar(constant) ? { const: constant } : undefined
  if (Array.isArray(values)) return values.length > 0 && values.every(isScalar) ? { enum: values } : undefined
  const choices = anyOf ?? oneOf
  if (Array.isArray(choices)) {
    const all = allOf(choices, depth)
    return all === undefined || all.length === 0 || type !== undefined ? undefined : { oneOf: all }
  }
  if (type === 'object') return objectSchema(schema, depth)
  if (type === 'array') return arraySchema(schema, depth)
  const types: readonly Json[] = Array.isArray(type) ? type : [type ?? null]
  return types.length > 0 && types.every(item => basics.has(item)) ? { type: type! } : undefined
}

function objectSchema({ properties = {}, additionalProperties = true }: Schema, depth: number) {
  if (!isSchema(properties)) return undefined
  const names = Object.keys(properties)
  const all = allOf(Object.values(properties), depth)
  const others = isOpen(additionalProperties) ? true : restOf(additionalProperties, depth)
  if (all === undefined || others === undefined) return undefined
  // Every one is asked for: leaving one out is allowed by the schema, giving it is, too.
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name, i) => [name, all[i]!])),
    required: names,
    additionalProperties: others,
  }
}

function arraySchema({ items, prefixItems, minItems, maxItems }: Schema, depth: number): Schema | undefined {
  const rest = items === undefined || isOpen(items) ? undefined : restOf(items, depth)
  const prefix = Array.isArray(prefixItems) ? allOf(prefixItems, depth) : []
  if (
    (rest === undefined && items !== undefined && !isOpen(items)) ||
    rest === false ||
    prefix === undefined
  ) {
    return undefined
  }
  return {
    type: 'array',
    ...(rest === undefined ? {} : { items: rest }),
    ...(prefix.length === 0 ? {} : { prefixItems: prefix }),
    ...(isCount(minItems) ? { minItems } : {}),
    ...(isCount(maxItems) ? { maxItems } : {}),
  }
}

function allOf(schemas: readonly Json[], depth: number): Schema[] | undefined {
  const found = schemas.map(schema => grammarSchemaOf(schema, depth + 1))
  return found.every(schema => schema !== undefined) ? (found as Schema[]) : undefined
}

function restOf(schema: Json, depth: number): Schema | false | undefined {
  return schema === false ? false : grammarSchemaOf(schema, depth + 1)
}

/** Accepts anything. */
function isOpen(schema: Json): boolean {
  return schema === true || (isSchema(schema) && Object.keys(schema).length === 0)
}

function isSchema(value: Json | undefined): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isScalar(value: Json): boolean {
  return typeof value !== 'object' || value === null
}

function isCount(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= maxCount
}
