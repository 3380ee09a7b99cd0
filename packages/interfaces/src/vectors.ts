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

/** Makes an empty index; the module cache has one for each partition. */
export type VectorIndexFactory = (options: {
  readonly dimension: number
}) => VectorIndex | Promise<VectorIndex>
