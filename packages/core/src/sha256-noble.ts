import { sha256 as hash } from '@noble/hashes/sha2.js'

/** SHA-256 in plain JavaScript, for every place without `node:crypto`; see `sha256` in hash.ts. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return hash(bytes)
}
