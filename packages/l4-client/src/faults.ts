import { isRtfsError } from '@rtfs/core'
import { damage, type Refusal, refusal } from './gates.js'

/** True for what a caller did, which is told to the caller and never counts as a miss. */
export function isCallersFault(cause: unknown): boolean {
  return isRtfsError(cause, 'RTFS_USAGE') || isRtfsError(cause, 'RTFS_ABORTED')
}

/** What a fault of a store means for the module at hand. */
export function refusalOfFault(cause: unknown): Refusal {
  if (isRtfsError(cause, 'RTFS_BLOB_CORRUPT')) return damage('blob', cause.message)
  return refusal('store', `a store cannot be read: ${faultText(cause)}`)
}

/** Our own messages are fit to print; those of others may hold anything. */
export function faultText(cause: unknown): string {
  return isRtfsError(cause)
    ? cause.message
    : `unexpected ${cause instanceof Error ? cause.name : typeof cause}`
}
