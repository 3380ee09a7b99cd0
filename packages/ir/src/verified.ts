import { decodeError } from './decode-error.js'
import type { Unit } from './nodes.js'
import { verifyUnit } from './verify.js'

/** A unit from outside, if it is well formed; else RTFS_DECODE with the first problem. */
export function verified(unit: Unit): Unit {
  const [problem] = verifyUnit(unit)
  if (problem !== undefined) throw decodeError(`node ${problem.id}: ${problem.message}`)
  return unit
}
