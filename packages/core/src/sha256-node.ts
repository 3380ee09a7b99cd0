import type * as Crypto from 'node:crypto'

let crypto: typeof Crypto | undefined

/** SHA-256 by the platform; see `sha256` in hash.ts. */
export function sha256(bytes: Uint8Array): Uint8Array {
  // Loaded when it is needed: it takes milliseconds, and most programs hash nothing.
  crypto ??= process.getBuiltinModule('node:crypto')
  return new Uint8Array(crypto.createHash('sha256').update(bytes).digest())
}
