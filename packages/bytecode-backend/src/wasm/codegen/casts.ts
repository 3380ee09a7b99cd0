import type { Type } from '@rtfs/core'
import { float, int, type Kinds, kindsOfType, never, provesType } from './kinds.js'

/** Kinds of what a check against `type` lets through. */
export function castKinds(kinds: Kinds, type: Type): Kinds {
  if (kinds === never) return never
  if (provesType(kinds, type)) return kinds
  return kindsOfType(type)
}

/** True when a check would always make an Integer a Float and do nothing else. */
export function widens(kinds: Kinds, type: Type): boolean {
  return kinds === int && type.kind === 'primitive' && kindsOfType(type) === float
}
