import type { TrustedKey } from '@rtfs/interfaces'
import { keyIdOf, requirePublicKey } from './ed25519.js'

/** A key to trust. Without `namespaces` it is trusted in all, without moments always. */
export interface KeyGrant {
  readonly publicKey: Uint8Array
  readonly namespaces?: readonly string[]
  readonly validFrom?: number
  readonly validUntil?: number
  readonly label?: string
}

/** The key that a grant describes. Throws `RTFS_KEY` for a key that must not be trusted. */
export function trustedKeyOf(grant: KeyGrant): TrustedKey {
  requirePublicKey(grant.publicKey)
  return {
    keyId: keyIdOf(grant.publicKey),
    publicKey: grant.publicKey.slice(),
    namespaces: [...(grant.namespaces ?? ['*'])],
    validFrom: grant.validFrom ?? 0,
    validUntil: grant.validUntil,
    revokedAt: undefined,
    label: grant.label,
  }
}
