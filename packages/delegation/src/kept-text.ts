import { decodeBase64, decodeUtf8, encodeBase64, encodeUtf8 } from '@rtfs/core'
import type { EmbeddingModel } from '@rtfs/interfaces'

/** A text that was asked, with its vector, as L3 keeps it; the answer is in L2. */
export interface KeptText {
  /** What the text shares with all that it may answer: `scopeKeyOf`. */
  readonly scope: string
  /** Key of the answer in L2. */
  readonly id: string
  readonly text: string
  readonly vector: Float32Array
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** The key of a text in a store; those of one scope begin alike. */
export function keyOfText(scope: string, id: string): string {
  return `${prefixOfScope(scope)}${id}`
}

export function prefixOfScope(scope: string): string {
  return `l3:${scope}:`
}

/** A text as bytes for a store, with the model that made its vector. */
export function encodeText({ scope, id, text, vector, at }: KeptText, model: EmbeddingModel): Uint8Array {
  const bytes = new Uint8Array(vector.length * 4)
  const view = new DataView(bytes.buffer)
  for (const [i, part] of vector.entries()) view.setFloat32(i * 4, part, true)
  const { id: embedder, revision } = model
  return encodeUtf8(
    JSON.stringify({ version: 1, scope, id, text, at, embedder, revision, vector: encodeBase64(bytes) }),
  )
}

/** The text that bytes of a store hold; `undefined` for anything else, for another key, and for vectors of another model. */
export function decodeText(bytes: Uint8Array, key: string, model: EmbeddingModel): KeptText | undefined {
  const json = decodeUtf8(bytes)
  if (json === undefined) return undefined
  let data: unknown
  try {
    data = JSON.parse(json)
  } catch {
    return undefined
  }
  if (typeof data !== 'object' || data === null) return undefined
  const { version, scope, id, text, at, embedder, revision, vector } = data as Readonly<
    Record<string, unknown>
  >
  if (version !== 1 || embedder !== model.id || revision !== model.revision) return undefined
  if (typeof scope !== 'string' || typeof id !== 'string' || keyOfText(scope, id) !== key) return undefined
  if (typeof text !== 'string' || typeof at !== 'number' || typeof vector !== 'string') return undefined
  const parts = decodeBase64(vector)
  if (parts?.length !== model.dimension * 4) return undefined
  const view = new DataView(parts.buffer, parts.byteOffset)
  const found = Float32Array.from({ length: model.dimension }, (_, i) => view.getFloat32(i * 4, true))
  return found.every(Number.isFinite) ? { scope, id, text, vector: found, at } : undefined
}
