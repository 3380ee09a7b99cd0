import { createHash } from 'node:crypto'

/** SHA-256 by the platform; see `sha256` in hash.ts. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest())
}
