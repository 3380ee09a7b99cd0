import type { CallOptions } from './common.js'

/** Which vectors may be compared: those of the same model, revision and dimension. */
export interface EmbeddingModel {
  readonly id: string
  readonly revision: string
  readonly dimension: number
}

/** Turns texts into vectors of length 1. The same text gives the same vector for as long as `model` is the same. */
export interface Embedder {
  readonly model: EmbeddingModel
  embed(texts: readonly string[], options?: CallOptions): Promise<readonly Float32Array[]>
}

export interface VectorMatch {
  readonly id: string
  /** Cosine similarity, -1 to 1. */
  readonly score: number
}

/**
 * Finds the nearest vectors by cosine. An index is derived data and may be rebuilt at any time. A vector of another
 * dimension or with a number that is not finite is refused with `RTFS_USAGE`.
 */
export interface VectorIndex {
  readonly specVersion: 1
  /** `exact`: search misses nothing. `remove`: single vectors can be taken out. */
  readonly supports: { readonly exact: boolean; readonly remove: boolean; readonly persistent: boolean }
  readonly dimension: number
  readonly size: number
  /** Takes the place of an earlier vector with the same id. Keeps its own copy. */
  add(id: string, vector: Float32Array, options?: CallOptions): Promise<void>
  /** False when there was none. Throws `RTFS_NOT_SUPPORTED` where `supports.remove` is false. */
  remove(id: string, options?: CallOptions): Promise<boolean>
  /** At most `k` matches, best first; equal scores in the order of insertion. */
  search(vector: Float32Array, k: number, options?: CallOptions): Promise<readonly VectorMatch[]>
  close(): Promise<void>
}

/**
 * An index that can be kept between runs. It stays derived data: what is lost, damaged or of another state is built anew.
 */
export interface SavableVectorIndex extends VectorIndex {
  /** The note of the saved index that it began with; `undefined` when it began empty. */
  readonly begunWith: string | undefined
  /** Changes since it was saved or begun: what it would cost to lose them. */
  readonly unsaved: number
  /** Keeps it, with a note of what it was derived from. False when it is not worth keeping. Throws `RTFS_STORE_IO`. */
  save(note: string): Promise<boolean>
  /** Forgets everything it holds. What was saved stays until the next `save`. */
  clear(): Promise<void>
}

/** Makes an index; the module cache has one for each partition. Empty, unless it is one that was saved. */
export type VectorIndexFactory = (options: {
  readonly dimension: number
  /** The same for the same partition in every run, for indexes that are kept. */
  readonly name?: string
}) => VectorIndex | SavableVectorIndex | Promise<VectorIndex | SavableVectorIndex>
