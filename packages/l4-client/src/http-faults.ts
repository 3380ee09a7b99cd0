import { RtfsError } from '@rtfs/core'
import { HttpFailure } from '@rtfs/core/http'

/** A failed exchange as a fault of a store. Other errors are handed through. */
export function storeFault(error: unknown): unknown {
  if (!(error instanceof HttpFailure)) return error
  return new RtfsError('RTFS_STORE_IO', `the remote store: ${error.message}`, { cause: error })
}
