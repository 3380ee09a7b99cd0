import {
  conforms,
  conformsQuickly,
  isInteger,
  type Meter,
  RtfsFloat,
  type Span,
  type Type,
  typeValidationError,
  type ValidateOptions,
  type Value,
  validateValue,
} from '@rtfs/core'
import type { Pattern } from '@rtfs/parser'
import { matchesRegex } from '@rtfs/stdlib'
import { locate } from './error-spans.js'

/** Knows the type aliases that are in scope. */
export type ResolveType = (name: string) => Type | undefined

/**
 * Checks a value against an annotation (LANGUAGE §10.5) and gives it back, an Integer that `float` accepted as Float.
 * `path` names the place: `f/param x`, `f/return`, `let x`. Without a span the error is left to the caller to place.
 */
export function checkType(
  value: Value,
  type: Type,
  path: string,
  resolve: ResolveType,
  span: Span | undefined,
  meter: Meter | undefined,
): Value {
  // Types without parts cost nothing: a tier that knows the answer beforehand leaves the check out.
  if (type.kind === 'primitive') {
    if (type.name === 'float' && isInteger(value)) return new RtfsFloat(Number(value))
    if (conforms(value, type)) return value
  } else if (meter !== undefined && conformsQuickly(value, type, resolve, meter)) return value
  const result = validateValue(value, type, options(resolve, type.kind === 'primitive' ? undefined : meter))
  if (result.ok) return result.value
  const error = typeValidationError(path, type, value, result.violations)
  throw span === undefined ? error : locate(error, span)
}

/** True when the value conforms: `conforms?`, `(:is type)`, `catch` with a type. */
export function conformsTo(value: Value, type: Type, resolve: ResolveType, meter: Meter): boolean {
  if (type.kind !== 'primitive' && conformsQuickly(value, type, resolve, meter)) return true
  return conforms(value, type, options(resolve, meter))
}

function options(resolve: ResolveType, meter: Meter | undefined): ValidateOptions {
  return { resolve, matchesRegex, ...(meter === undefined ? {} : { meter }) }
}

/** How a pattern is named in the path of a type error. */
export function patternLabel(pattern: Pattern): string {
  switch (pattern.kind) {
    case 'bind':
      return pattern.name
    case 'wildcard':
      return '_'
    case 'vector-pattern':
      return '[]'
    case 'map-pattern':
      return '{}'
  }
}
