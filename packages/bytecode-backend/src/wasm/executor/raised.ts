import { arithmeticOverflow, divisionByZero, internalError, type RtfsError } from '@rtfs/core'
import type { RaiseReason } from '../abi.js'

/** The error that stands behind a reason in the table of raise sites. */
export function raisedError(reason: RaiseReason | undefined): RtfsError {
  if (reason === undefined) return internalError('a module raised at an unknown site')
  if (reason === 'division by zero') return divisionByZero()
  return arithmeticOverflow(reason.slice('overflow '.length))
}
