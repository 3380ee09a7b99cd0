import type { Meter, RtfsErrorValue } from '@rtfs/core'
import type { CatchPattern } from '@rtfs/parser'
import { conformsTo, type ResolveType } from './checks.js'

export { copyOfError as copyOf, hostFailure, withCause } from '@rtfs/core'

/** True when a `catch` clause with this pattern takes the error (LANGUAGE §9.4). */
export function catches(
  pattern: CatchPattern,
  error: RtfsErrorValue,
  resolve: ResolveType,
  meter: Meter,
): boolean {
  switch (pattern.kind) {
    case 'catch-any':
      return true
    case 'catch-type':
      return matchesType(pattern.type, error.type.name)
    case 'catch-kind':
      return error.kind === pattern.errorKind
    case 'catch-conforms':
      return conformsTo(error, pattern.type, resolve, meter)
  }
}

/** `:network` stands for `:error/network` too. */
function matchesType(pattern: string, type: string): boolean {
  return type === pattern || (!pattern.includes('/') && type === `error/${pattern}`)
}
