import {
  formatType,
  isNumber,
  keyword,
  type Meter,
  parseTimestamp,
  RtfsMap,
  type Type,
  typeName,
  typeValidationError,
  type Value,
  type Violation,
  validateValue,
} from '@rtfs/core'
import { matchesRegex } from '@rtfs/stdlib'
import { coreKindOf, isForeignType, isNewer, isVersionedType } from './object-kind.js'
import { type Strictness, typeOfSchema } from './object-types.js'
import { objectSchemas, stepsOfProgram } from './schemas.js'

/** Options of `validateObject`. */
export interface ValidateObjectOptions {
  /** Ids must be UUIDs, and unknown properties are refused. Default false. */
  readonly strict?: boolean
  /** The kind the object was written as, such as `intent`. Default: what its `:type` says. */
  readonly kind?: string
  readonly meter?: Meter
}

/**
 * Validates an RTFS 2.0 object (LANGUAGE §17): gives the map back unchanged. Throws TypeValidationError, whose path is
 * `object/<kind>`.
 */
export function validateObject(object: Value, options: ValidateObjectOptions = {}): RtfsMap {
  const violations: Violation[] = []
  const kind = kindOf(object, options.kind, violations)
  const schema = objectSchemas.get(kind)
  if (schema !== undefined) {
    const strict = strictnessOf(object, options)
    check(object, typeOfSchema(schema, strict), violations, options.meter)
    if (kind === 'plan' && object instanceof RtfsMap) checkProgram(object, strict, violations, options.meter)
  }
  if (violations.length === 0) return object as RtfsMap
  throw typeValidationError(`object/${kind}`, namedType(kind), object, violations)
}

function strictnessOf(object: Value, { strict = false }: ValidateObjectOptions): Strictness {
  if (!strict) return 'open'
  return object instanceof RtfsMap && isNewer(object) ? 'newer' : 'strict'
}

/** What errors call the type: its name says more than all its properties. */
function namedType(kind: string): Type {
  return { kind: 'ref', name: `rtfs.core:v2.0:${kind}` }
}

function kindOf(object: Value, written: string | undefined, violations: Violation[]): string {
  if (!(object instanceof RtfsMap)) {
    violations.push({ kind: 'TypeMismatch', expected: ':map', actual: typeName(object), path: [] })
    return written ?? 'object'
  }
  const declared = coreKindOf(object)
  // An object of somebody else's type, with no core type to be held to, is held to the kind it is written as.
  const kind = declared ?? written
  if (kind === undefined || (written !== undefined && declared !== undefined && declared !== written)) {
    violations.push(typeViolation(object, written))
  } else if (declared === undefined && object.has(keyword('type')) && !isForeignType(object)) {
    violations.push(typeViolation(object, written))
  }
  return kind ?? 'object'
}

function typeViolation(object: RtfsMap, written: string | undefined): Violation {
  const type = object.get(keyword('type'))
  const expected = formatType(namedType(written ?? 'intent'))
  if (type === undefined) return { kind: 'MissingRequiredKey', key: keyword('type'), path: [] }
  return { kind: 'TypeMismatch', expected, actual: typeName(type), path: [keyword('type')] }
}

function check(value: Value, type: Type, violations: Violation[], meter: Meter | undefined): void {
  const result = validateValue(value, type, {
    matchesRegex,
    predicates,
    ...(meter === undefined ? {} : { meter }),
  })
  if (!result.ok) violations.push(...result.violations)
}

/** A plan has its code under `:program` or `:body`; a map there lists steps. */
function checkProgram(
  plan: RtfsMap,
  strict: Strictness,
  violations: Violation[],
  meter: Meter | undefined,
): void {
  const program = plan.get(keyword('program')) ?? plan.get(keyword('body'))
  if (program === undefined) {
    violations.push({ kind: 'MissingRequiredKey', key: keyword('program'), path: [] })
  } else if (program instanceof RtfsMap) {
    check(program, typeOfSchema(stepsOfProgram, strict), violations, meter)
  }
}

/** Money has at most two decimals; texts of instants are those that timestamps are written as. */
const predicates: ReadonlyMap<string, (value: Value) => boolean> = new Map([
  ['cents', value => isNumber(value) && hasCents(value)],
  ['instant', value => typeof value === 'string' && parseTimestamp(value) !== undefined],
  ['versioned', isVersionedType],
])

function hasCents(value: Value): boolean {
  if (typeof value !== 'object' || value === null || !('value' in value)) return true
  return Number.isFinite(value.value) && Number((value.value as number).toFixed(2)) === value.value
}
