import { arityMismatch } from '@rtfs/core'
import type { Arity } from './builtin.js'

/** How error messages name an arity: `"2"`, `"at least 1"`, `"between 1 and 2"`. */
export function arityText(arity: Arity): string {
  if (arity.max === arity.min) return String(arity.min)
  if (arity.max === Infinity) return `at least ${arity.min}`
  return `between ${arity.min} and ${arity.max}`
}

/** Raises ArityMismatch unless a function called `name` may take `count` arguments. */
export function checkArity(name: string, arity: Arity, count: number): void {
  if (count < arity.min || count > arity.max) throw arityMismatch(name, arityText(arity), count)
}
