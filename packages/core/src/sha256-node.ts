import { createHash } from 'node:crypto'

/** SHA-256 of `bytes`, 32 bytes: the `#sha256` that Node resolves to. */
export function sha256(bytes: Uint8Array): Uint8Array {
  // A plain Uint8Array, not a Buffer: Buffer's slice() shares memory and its toString() decodes.
  return new Uint8Array(createHash('sha256').update(bytes).digest())
}
