import { isRtfsError, isSuspended } from '@rtfs/core'
import { hostFailure } from '../shared/errors.js'

/** Calls the host outside of capabilities; what it throws becomes an ApplicationError of the program. */
export function notify<T>(call: () => T): T {
  try {
    return call()
  } catch (error) {
    throw isRtfsError(error) || isSuspended(error) ? error : hostFailure(error)
  }
}
