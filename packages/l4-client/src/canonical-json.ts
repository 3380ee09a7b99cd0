import { isWellFormed, RtfsError } from '@rtfs/core'

/** What a signed text may hold. Numbers are safe integers, strings have no lone surrogates. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** Deeper than any text of ours; the text may come from anywhere. */
const maxDepth = 16

/**
 * The one text of a value: RFC 8785, restricted to safe integers. Members sorted by UTF-16 code units, no white
 * space. Throws `RTFS_USAGE` for what has no such text.
 */
export function canonicalJson(value: Json, depth = 0): string {
  if (depth > maxDepth) throw refuse('is nested too deeply')
  switch (typeof value) {
    case 'string':
      if (!isWellFormed(value)) throw refuse('has a string with a lone surrogate')
      return JSON.stringify(value)
    case 'number':
      if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
        throw refuse(`has a number that is not a safe integer: ${value}`)
      }
      return String(value)
    case 'boolean':
      return String(value)
    case 'object':
      return value === null ? 'null' : structureText(value, depth)
    default:
      throw refuse(`has a value of type ${typeof value}`)
  }
}

function structureText(value: readonly Json[] | { readonly [key: string]: Json }, depth: number): string {
  if (Array.isArray(value)) {
    return `[${value.map((element: Json) => canonicalJson(element, depth + 1)).join(',')}]`
  }
  const object = value as { readonly [key: string]: Json }
  const members = Object.keys(object)
    .sort()
    .map(key => `${canonicalJson(key)}:${canonicalJson(object[key]!, depth + 1)}`)
  return `{${members.join(',')}}`
}

/**
 * The value of a canonical text; `undefined` for any other text, also one that spells the same value with other
 * white space, order, escapes or with a member twice.
 */
export function parseCanonicalJson(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json
    return canonicalJson(value) === text ? value : undefined
  } catch {
    return undefined
  }
}

function refuse(problem: string): RtfsError {
  return new RtfsError('RTFS_USAGE', `a value that is to be signed ${problem}`)
}
