import { RtfsError } from '@rtfs/core'
import type { TrustedKey } from '@rtfs/interfaces'
import { keyIdOf, requirePublicKey } from './ed25519.js'
import { isNamespace } from './names.js'

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
  const namespaces = [...(grant.namespaces ?? ['*'])]
  const wrong = namespaces.find(namespace => !isNamespacePattern(namespace))
  if (wrong !== undefined) throw new RtfsError('RTFS_USAGE', `'${wrong}' is no namespace, prefix/* or *`)
  return {
    keyId: keyIdOf(grant.publicKey),
    publicKey: grant.publicKey.slice(),
    namespaces,
    validFrom: grant.validFrom ?? 0,
    validUntil: grant.validUntil,
    revokedAt: undefined,
    label: grant.label,
  }
}

/** A namespace, `prefix/*` or `*`. */
export function isNamespacePattern(text: string): boolean {
  return text === '*' || isNamespace(text.endsWith('/*') ? text.slice(0, -2) : text)
}
