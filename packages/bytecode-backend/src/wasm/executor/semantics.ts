import {
  budgetExhausted,
  conforms,
  conformsQuickly,
  copyOfError,
  errorFromValue,
  isInteger,
  Keyword,
  keyword,
  type Meter,
  type ResolveType,
  type RtfsError,
  RtfsErrorValue,
  RtfsFloat,
  RtfsList,
  RtfsMap,
  RtfsSequence,
  RtfsVector,
  shortText,
  type Type,
  typeError,
  typeName,
  typeValidationError,
  type ValidateOptions,
  type Value,
  validateValue,
} from '@rtfs/core'
import type { CatchPattern } from '@rtfs/parser'
import { errorField, matchesRegex } from '@rtfs/stdlib'

// What the forms of the language do with values, beyond what the library does (LANGUAGE §6, §7, §9, §10).

/** Checks a value against an annotation and gives it back, an Integer that `float` accepted as Float. */
export function checkType(value: Value, type: Type, path: string, resolve: ResolveType, meter: Meter): Value {
  // Types without parts cost nothing: compiled code that knows the answer leaves the check out.
  const isPrimitive = type.kind === 'primitive'
  if (isPrimitive && type.name === 'float' && isInteger(value)) return new RtfsFloat(Number(value))
  if (isPrimitive ? conforms(value, type) : conformsQuickly(value, type, resolve, meter)) return value
  const result = validateValue(
    value,
    type,
    isPrimitive ? { resolve, matchesRegex } : checkOptions(resolve, meter),
  )
  if (result.ok) return result.value
  throw typeValidationError(path, type, value, result.violations)
}

/** True when the value conforms to the type. */
export function conformsTo(value: Value, type: Type, resolve: ResolveType, meter: Meter): boolean {
  if (type.kind !== 'primitive' && conformsQuickly(value, type, resolve, meter)) return true
  return conforms(value, type, checkOptions(resolve, meter))
}

function checkOptions(resolve: ResolveType, meter: Meter): ValidateOptions {
  return { resolve, matchesRegex, meter }
}

/** What `(throw value)` raises. */
export function thrown(value: Value, meter: Meter): RtfsError {
  if (value instanceof RtfsErrorValue) return errorFromValue(value)
  if (typeof value === 'string') return application(keyword('error/application'), value, RtfsMap.empty)
  if (value instanceof Keyword) return application(value, `:${value.name}`, RtfsMap.empty)
  if (!(value instanceof RtfsMap)) return typeError('throw', 'error, map, string or keyword', typeName(value))
  const type = value.get(keyword('type'))
  const message = value.get(keyword('message'))
  const details = value.get(keyword('details'))
  return application(
    type instanceof Keyword ? type : keyword('error/application'),
    typeof message === 'string' ? message : shortText(value, meter),
    details instanceof RtfsMap ? details : value,
  )
}

function application(type: Keyword, message: string, details: RtfsMap): RtfsError {
  return errorFromValue(new RtfsErrorValue('ApplicationError', type, message, details))
}

/** True when a `catch` clause with this pattern takes the error. */
export function catches(
  pattern: CatchPattern,
  error: RtfsErrorValue,
  resolve: ResolveType,
  meter: Meter,
): boolean {
  switch (pattern.kind) {
    case 'catch-any':
      return true
    case 'catch-type': {
      const { name } = error.type
      return name === pattern.type || (!pattern.type.includes('/') && name === `error/${pattern.type}`)
    }
    case 'catch-kind':
      return error.kind === pattern.errorKind
    case 'catch-conforms':
      return conformsTo(error, pattern.type, resolve, meter)
  }
}

/** The error of a body whose resource could not be released either, which is noted under `:suppressed`. */
export function withSuppressed(error: RtfsError, value: RtfsErrorValue, second: RtfsErrorValue): RtfsError {
  const { kind, type, message, details, cause, trace } = value
  const known = details.get(keyword('suppressed'))
  const all = known instanceof RtfsVector ? known.append(second) : RtfsVector.adopt([second])
  return copyOfError(
    error,
    new RtfsErrorValue(kind, type, message, details.set(keyword('suppressed'), all), cause, trace),
  )
}

/** The elements a vector pattern takes apart. */
export function sequenceForPattern(value: Value): RtfsSequence {
  if (value instanceof RtfsSequence) return value
  if (value === null) return RtfsVector.empty
  throw typeError('destructuring', 'vector', typeName(value))
}

/** The map a map pattern takes apart; error values answer as maps. */
export function mapForPattern(value: Value): RtfsMap {
  if (value instanceof RtfsMap) return value
  if (value === null) return RtfsMap.empty
  if (value instanceof RtfsErrorValue) return errorAsMap(value)
  throw typeError('destructuring', 'map', typeName(value))
}

const errorKeys = ['kind', 'type', 'message', 'details', 'trace', 'cause']

function errorAsMap(error: RtfsErrorValue): RtfsMap {
  return RtfsMap.from(errorKeys.map(name => [keyword(name), errorField(error, keyword(name)) ?? null]))
}

/** Elements from `start` on, as the List that a rest pattern binds. */
export function restOfSequence(sequence: RtfsSequence, start: number, meter: Meter): RtfsList {
  if (start >= sequence.size) return RtfsList.empty
  chargeElements(meter, sequence.size - start)
  const items: Value[] = []
  for (let i = start; i < sequence.size; i++) items.push(sequence.at(i))
  return RtfsList.from(items)
}

/** The entries whose keys a pattern does not mention. */
export function restOfMap(map: RtfsMap, mentioned: RtfsSequence, meter: Meter): RtfsMap {
  meter.charge(map.size)
  meter.elements(2 * map.size)
  let rest = map
  for (const key of mentioned) rest = rest.delete(key as Keyword)
  return rest
}

/** Charges what the language itself puts together element by element. */
export function chargeElements(meter: Meter, count: number): void {
  if (count === 0) return
  meter.elements(count)
  meter.charge(count)
}

/** Accounts one result of a `for` whose vector then has `size` elements. */
export function accountResult(meter: Meter, size: number): void {
  if (size > meter.limits.collectionSize) throw budgetExhausted('collection', meter.limits.collectionSize)
  meter.elements(1)
}

/** How often `dotimes` runs its body. */
export function countOf(value: Value): number {
  if (!isInteger(value)) throw typeError('dotimes', 'integer', typeName(value))
  return Number(value)
}

/** The rest that `recur` gives to a variadic function. */
export function restOfRecur(value: Value): RtfsList {
  if (value instanceof RtfsList) return value
  if (value === null) return RtfsList.empty
  if (value instanceof RtfsSequence) return RtfsList.from(value)
  throw typeError('recur', 'vector or list', typeName(value))
}
