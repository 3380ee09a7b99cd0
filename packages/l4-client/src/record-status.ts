import { RtfsError } from '@rtfs/core'
import type { ValidationStatus } from '@rtfs/interfaces'

const rank: Readonly<Record<ValidationStatus, number>> = { Revoked: 0, Pending: 1, Verified: 2 }

/** Throws `RTFS_USAGE` when the change would raise the status: only a publication can do that. */
export function requireLowering(from: ValidationStatus, to: ValidationStatus): void {
  if (rank[to] > rank[from]) {
    throw new RtfsError(
      'RTFS_USAGE',
      `a record that is ${from} cannot become ${to}; publish the module again`,
    )
  }
}
