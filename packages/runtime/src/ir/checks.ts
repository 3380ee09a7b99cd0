import { RtfsFloat, type Type, type Value } from '@rtfs/core'
import { checkType } from '../shared/checks.js'
import type { Place } from '../shared/services.js'
import { locateAt } from './placed.js'
import type { Scope } from './scope.js'

/** Checks a value against an annotation and gives the value to go on with; the error gets the place. */
export type Check = (value: Value, site: Place) => Value

/** The check of an annotation. The types that programs use most need one `typeof`; all else is the shared check. */
export function compileCheck(type: Type, path: string, scope: Scope): Check {
  const { machine, unit } = scope
  const check: Check = (value, site) => {
    try {
      return checkType(value, type, path, unit.resolveType, undefined, machine.meter)
    } catch (error) {
      throw locateAt(error, site)
    }
  }
  if (type.kind !== 'primitive') return check
  switch (type.name) {
    case 'int':
      return (value, site) => (typeof value === 'number' ? value : check(value, site))
    case 'float':
      return (value, site) => (value instanceof RtfsFloat ? value : check(value, site))
    case 'string':
      return (value, site) => (typeof value === 'string' ? value : check(value, site))
    case 'bool':
      return (value, site) => (typeof value === 'boolean' ? value : check(value, site))
    default:
      return check
  }
}
