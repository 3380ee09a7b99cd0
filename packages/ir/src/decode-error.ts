import { RtfsError } from '@rtfs/core'

/** What a decoder throws for input that no encoder of ours wrote. */
export function decodeError(message: string, cause?: unknown): RtfsError {
  return new RtfsError('RTFS_DECODE', `cannot decode IR: ${message}`, cause === undefined ? {} : { cause })
}

/** Runs a decoder; when the native stack ends, which depth limits make unlikely, the input was nested too deep. */
export function decoding<T>(decode: () => T): T {
  try {
    return decode()
  } catch (error) {
    if (error instanceof RangeError) throw decodeError('nesting deeper than the stack allows', error)
    throw error
  }
}
