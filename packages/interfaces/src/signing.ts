import type { CallOptions } from './common.js'

/** Signs with one Ed25519 key. */
export interface Signer {
  /** `sha256:<hex>` of the 32 bytes of the public key. */
  readonly keyId: string
  readonly publicKey: Uint8Array
  /** 64 bytes. */
  sign(message: Uint8Array, options?: CallOptions): Promise<Uint8Array>
}

/** Checks Ed25519 signatures; says nothing about trust. */
export interface Verifier {
  /** False for a signature that does not fit and for a key or signature of the wrong form. Never throws. */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean
}

/** A public key and what its signatures are good for. Moments in milliseconds since the epoch. */
export interface TrustedKey {
  readonly keyId: string
  readonly publicKey: Uint8Array
  /** Namespaces it may sign for: a name, `prefix/*`, or `*` for all. */
  readonly namespaces: readonly string[]
  readonly validFrom: number
  readonly validUntil: number | undefined
  /** Nothing that this key has ever signed is accepted from the moment it is revoked. */
  readonly revokedAt: number | undefined
  readonly label: string | undefined
}

/** Knows keys. A fault throws; whoever asks then trusts nothing. */
export interface TrustStore {
  /** The key, also when it is revoked or expired; `undefined` when it is not known. */
  find(keyId: string, options?: CallOptions): Promise<TrustedKey | undefined>
  list(options?: CallOptions): Promise<readonly TrustedKey[]>
  /** The lowest version of a module that is accepted; 0 when none is set. */
  floor(namespace: string, name: string, options?: CallOptions): Promise<number>
  /** Changes whenever a key or floor is added, changed or revoked, by any process. */
  epoch(options?: CallOptions): Promise<string>
}
