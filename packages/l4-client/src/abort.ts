import { RtfsError } from '@rtfs/core'
import type { CallOptions } from '@rtfs/interfaces'

/** Throws `RTFS_ABORTED` when the caller has given up. */
export function throwIfAborted(options: CallOptions | undefined): void {
  if (options?.signal?.aborted) {
    throw new RtfsError('RTFS_ABORTED', 'the call was aborted', { cause: options.signal.reason })
  }
}
