import { sha256 as platformSha256 } from '#sha256'
import { encodeHex } from './bytes.js'

/** `sha256:<64 lower-case hex digits>`. Only `digestOf` and `parseDigest` make one. */
export type Digest = string & { readonly __brand: 'Digest' }

/** The 32 bytes of SHA-256 over `bytes`. Synchronous everywhere: `node:crypto` in Node, plain JavaScript elsewhere. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return platformSha256(bytes)
}

/** SHA-256 as 64 lower-case hex digits. */
export function sha256Hex(bytes: Uint8Array): string {
  return encodeHex(platformSha256(bytes))
}

/** The content address of `bytes`. */
export function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${sha256Hex(bytes)}` as Digest
}

/** The digest that `text` spells, `undefined` unless it is exactly `sha256:` and 64 lower-case hex digits. */
export function parseDigest(text: string): Digest | undefined {
  return /^sha256:[0-9a-f]{64}$/.test(text) ? (text as Digest) : undefined
}
