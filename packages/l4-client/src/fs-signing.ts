import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'
import { concatBytes, encodeHex, RtfsError } from '@rtfs/core'
import type { Signer, Verifier } from '@rtfs/interfaces'
import { BoundedMap } from './bounded-map.js'
import { keyIdOf, requirePublicKey } from './ed25519.js'

/** What stands before the 32 bytes of an Ed25519 public key in SPKI DER. */
const spkiPrefix = Uint8Array.of(0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00)

/** A new Ed25519 key as PKCS8 PEM, from the random source of the machine. */
export function generatePrivateKeyPem(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** A signer on `node:crypto`. Throws `RTFS_KEY` unless `pem` is an Ed25519 key in PKCS8 PEM. */
export function createNodeSigner(pem: string): Signer {
  let privateKey: KeyObject
  try {
    privateKey = createPrivateKey({ key: pem, format: 'pem', type: 'pkcs8' })
  } catch {
    // The cause may quote the key.
    throw new RtfsError('RTFS_KEY', 'not a private key in PKCS8 PEM')
  }
  if (privateKey.asymmetricKeyType !== 'ed25519') {
    throw new RtfsError(
      'RTFS_KEY',
      `a key of type ed25519 was expected, ${privateKey.asymmetricKeyType} came`,
    )
  }
  const publicKey = rawPublicKey(createPublicKey(privateKey))
  requirePublicKey(publicKey)
  return {
    keyId: keyIdOf(publicKey),
    publicKey,
    sign: async message => new Uint8Array(sign(null, message, privateKey)),
  }
}

/** Checks signatures with `node:crypto` (0.15 ms each). Imported keys are kept, because importing costs as much. */
export function createNodeVerifier(): Verifier {
  const keys = new BoundedMap<string, KeyObject>(256)
  const keyOf = (publicKey: Uint8Array) => {
    const name = encodeHex(publicKey)
    const known = keys.get(name)
    if (known !== undefined) return known
    const key = createPublicKey({
      key: Buffer.from(concatBytes(spkiPrefix, publicKey)),
      format: 'der',
      type: 'spki',
    })
    keys.set(name, key)
    return key
  }
  return {
    verify(publicKey, message, signature) {
      if (publicKey.length !== 32 || signature.length !== 64) return false
      try {
        return verify(null, message, keyOf(publicKey), signature)
      } catch {
        return false
      }
    },
  }
}

function rawPublicKey(key: KeyObject): Uint8Array {
  return new Uint8Array(key.export({ type: 'spki', format: 'der' }).subarray(spkiPrefix.length))
}
