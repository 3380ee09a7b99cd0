import type { Digest } from '@rtfs/core'
import type { CallOptions } from './common.js'

export interface PutOptions extends CallOptions {
  /** Text that is rarely read: a store may keep it compressed. Its digest is that of the bytes as they are. */
  readonly compressible?: boolean
}

export interface DeleteOptions extends CallOptions {
  /** Leave the blob alone when it was put, or put again, at this moment or later. Milliseconds since the epoch. */
  readonly unlessUsedSince?: number
}

/** What is known of a blob without reading it. */
export interface BlobFacts {
  /** Bytes that it takes up in the store. */
  readonly size: number
  /** When it was last put, milliseconds since the epoch. */
  readonly usedAt: number
}

/** Keeps immutable bytes under their digest. */
export interface BlobStore {
  readonly specVersion: 1
  /** The compliance suite reads this and holds the adapter to it, both ways. */
  readonly supports: { readonly list: boolean; readonly persistent: boolean }
  /** Storing the same blob again is not an error, and counts as a use of it. */
  put(digest: Digest, bytes: Uint8Array, options?: PutOptions): Promise<void>
  /** The bytes, or `undefined` when there are none. A fault throws. */
  get(digest: Digest, options?: CallOptions): Promise<Uint8Array | undefined>
  /** `undefined` when there is no such blob. */
  stat(digest: Digest, options?: CallOptions): Promise<BlobFacts | undefined>
  /** True when the blob was there and is gone now. */
  delete(digest: Digest, options?: DeleteOptions): Promise<boolean>
  list(options?: CallOptions): AsyncIterable<Digest>
  /** Removes what unfinished puts have left before this moment. How many there were. */
  tidy(before: number, options?: CallOptions): Promise<number>
  close(): Promise<void>
}
