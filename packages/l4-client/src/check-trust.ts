import type { TrustedKey, TrustStore, Verifier } from '@rtfs/interfaces'
import { type Envelope, signedBytes } from './envelope.js'
import { damage, type Refusal, refusal } from './gates.js'
import type { ModuleManifest } from './manifest.js'
import { coversNamespace } from './names.js'

/** How far ahead of ours the clock of a publisher may be. */
const clockSkewMs = 5 * 60 * 1000

/** Every signature has to be by a known key and valid, so that an envelope has no part that can be varied. */
export async function checkSignatures(
  envelope: Envelope,
  { trust, signatures }: { readonly trust: TrustStore; readonly signatures: Verifier },
): Promise<readonly TrustedKey[] | Refusal> {
  const message = signedBytes(envelope.payloadType, envelope.payload)
  const keys: TrustedKey[] = []
  for (const { keyId, signature } of envelope.signatures) {
    const key = await trust.find(keyId)
    if (key === undefined) return refusal('signature', `is signed by a key that is not known: ${keyId}`)
    if (!signatures.verify(key.publicKey, message, signature)) {
      return damage('signature', `has a signature that does not fit: key ${keyId}`)
    }
    keys.push(key)
  }
  return keys
}

/** Those of the signing keys that are trusted for the namespace now: at least one, or the refusal. */
export function checkTrust(
  keys: readonly TrustedKey[],
  namespace: string,
  now: number,
): readonly TrustedKey[] | Refusal {
  const distrust = keys.map(key => distrustOf(key, namespace, now))
  const trusted = keys.filter((_, i) => distrust[i] === undefined)
  return trusted.length > 0 ? trusted : refusal('signature', distrust[0]!)
}

function distrustOf(key: TrustedKey, namespace: string, now: number): string | undefined {
  if (key.revokedAt !== undefined) return `is signed by a key that is revoked: ${key.keyId}`
  if (now < key.validFrom) return `is signed by a key that is not valid yet: ${key.keyId}`
  if (key.validUntil !== undefined && now >= key.validUntil)
    return `is signed by a key that has expired: ${key.keyId}`
  if (!coversNamespace(key.namespaces, namespace)) {
    return `is signed by a key that is not trusted for namespace ${namespace}: ${key.keyId}`
  }
  return undefined
}

/** Moments and floors: what may end a manifest that was good when it was signed. */
export async function checkRevocation(
  manifest: ModuleManifest,
  signers: readonly TrustedKey[],
  now: number,
  trust: TrustStore,
): Promise<Refusal | undefined> {
  const { issuedAt, expiresAt, namespace, name, version } = manifest
  if (issuedAt > now + clockSkewMs) return refusal('revocation', 'was signed in the future')
  if (expiresAt !== null && now >= expiresAt) return refusal('revocation', 'has expired')
  if (!signers.some(key => issuedAt >= key.validFrom)) {
    return refusal('revocation', 'was signed before its key became valid')
  }
  const floor = await trust.floor(namespace, name)
  if (!(version >= floor)) return refusal('revocation', `has version ${version}, the floor is ${floor}`)
  return undefined
}

/** The moment at which a manifest that is good now stops being so, revocation aside. */
export function goodUntil(manifest: ModuleManifest, signers: readonly TrustedKey[]): number {
  const keys = Math.max(...signers.map(key => key.validUntil ?? Infinity))
  return Math.min(keys, manifest.expiresAt ?? Infinity)
}
