import { RtfsError } from '@rtfs/core'

/** What a decoder throws for input that no encoder of ours wrote. */
export function decodeError(message: string, cause?: unknown): RtfsError {
  return new RtfsError('RTFS_DECODE', `cannot decode IR: ${message}`, cause === undefined ? {} : { cause })
}
