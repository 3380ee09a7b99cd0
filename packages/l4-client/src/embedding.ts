import { type Digest, digestOf } from '@rtfs/core'
import type { EmbeddingModel, RecordEmbedding } from '@rtfs/interfaces'

/** The bytes of a vector wherever it is stored or signed: 32-bit floats, little-endian. */
export function vectorBytes(vector: Float32Array): Uint8Array {
  const bytes = new Uint8Array(vector.length * 4)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < vector.length; i++) view.setFloat32(i * 4, vector[i]!, true)
  return bytes
}

/** The vector of bytes that `vectorBytes` made; `undefined` when they are none. */
export function vectorOfBytes(bytes: Uint8Array): Float32Array | undefined {
  if (bytes.length === 0 || bytes.length % 4 !== 0) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const vector = new Float32Array(bytes.length / 4)
  for (let i = 0; i < vector.length; i++) {
    const number = view.getFloat32(i * 4, true)
    if (!Number.isFinite(number)) return undefined
    vector[i] = number
  }
  return vector
}

/** What a manifest says of an embedding. */
export function signedEmbedding(embedding: RecordEmbedding): {
  readonly sha256: Digest
  readonly model: string
  readonly revision: string
  readonly dimension: number
} {
  const { vector, model, revision } = embedding
  return { sha256: digestOf(vectorBytes(vector)), model, revision, dimension: vector.length }
}

/** True when a vector of `embedding` may be compared with one of `model`. */
export function isOfModel(embedding: RecordEmbedding | undefined, model: EmbeddingModel): boolean {
  return (
    embedding !== undefined &&
    embedding.model === model.id &&
    embedding.revision === model.revision &&
    embedding.vector.length === model.dimension
  )
}
