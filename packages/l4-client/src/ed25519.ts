import { ed25519 } from '@noble/curves/ed25519.js'
import { digestOf, RtfsError } from '@rtfs/core'
import type { Random, Signer, Verifier } from '@rtfs/interfaces'

/** The id of a public key: the digest of its 32 bytes, so that an id cannot be given to another key. */
export function keyIdOf(publicKey: Uint8Array): string {
  return digestOf(publicKey)
}

/**
 * Throws `RTFS_KEY` unless `publicKey` is a canonical point of the prime-order group. Keys of small order make
 * signatures that fit many messages.
 */
export function requirePublicKey(publicKey: Uint8Array): void {
  if (!isSafePublicKey(publicKey)) {
    throw new RtfsError('RTFS_KEY', 'not an Ed25519 public key, or one of small order')
  }
}

function isSafePublicKey(publicKey: Uint8Array): boolean {
  if (publicKey.length !== 32) return false
  try {
    const point = ed25519.Point.fromBytes(publicKey)
    return !point.isSmallOrder() && point.isTorsionFree()
  } catch {
    return false
  }
}

/** A signer in plain JavaScript, for every place without `node:crypto`. `secretKey` is the 32-byte seed. */
export function createSigner(secretKey: Uint8Array): Signer {
  if (secretKey.length !== 32) throw new RtfsError('RTFS_KEY', 'an Ed25519 secret key has 32 bytes')
  const secret = secretKey.slice()
  const publicKey = ed25519.getPublicKey(secret)
  return {
    keyId: keyIdOf(publicKey),
    publicKey,
    sign: async message => ed25519.sign(message, secret),
  }
}

/** A signer with a new key, for tests and for programs that publish to themselves. */
export function createEphemeralSigner(random: Random): Signer {
  return createSigner(random.bytes(32))
}

/** Checks signatures in plain JavaScript (about 2 ms each); Node programs take the one of `./fs` (0.15 ms). */
export function createVerifier(): Verifier {
  return {
    verify(publicKey, message, signature) {
      if (publicKey.length !== 32 || signature.length !== 64) return false
      try {
        return ed25519.verify(signature, message, publicKey, { zip215: false })
      } catch {
        return false
      }
    },
  }
}
