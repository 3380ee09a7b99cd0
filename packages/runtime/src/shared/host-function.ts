import { type HostFunction, isRtfsError, isSuspended, type Value } from '@rtfs/core'
import { hostFailure } from './errors.js'

/** Calls a function of the embedding program; what it throws becomes an error of the language. */
export function callHostFunction(fn: HostFunction, args: readonly Value[]): Value {
  try {
    return fn.call(args)
  } catch (error) {
    throw isRtfsError(error) || isSuspended(error) ? error : hostFailure(error)
  }
}
