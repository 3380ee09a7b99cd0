import type { Digest } from '@rtfs/core'
import type { CallOptions } from './common.js'

/** Keeps immutable bytes under their digest. */
export interface BlobStore {
  readonly specVersion: 1
  /** The compliance suite reads this and holds the adapter to it, both ways. */
  readonly supports: { readonly list: boolean; readonly persistent: boolean }
  /** Storing the same blob again is not an error. */
  put(digest: Digest, bytes: Uint8Array, options?: CallOptions): Promise<void>
  /** The bytes, or `undefined` when there are none. A fault throws. */
  get(digest: Digest, options?: CallOptions): Promise<Uint8Array | undefined>
  delete(digest: Digest, options?: CallOptions): Promise<void>
  list(options?: CallOptions): AsyncIterable<Digest>
  close(): Promise<void>
}
