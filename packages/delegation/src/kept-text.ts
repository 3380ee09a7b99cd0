import { decodeUtf8, encodeUtf8 } from '@rtfs/core'
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

/**
 * A text as bytes for a store: the length of a JSON text, that text with all but the vector, and the vector's numbers,
 * all little-endian. Ten thousand of them are read at once when a process begins: no base64, no numbers as text.
 */
export function encodeText({ scope, id, text, vector, at }: KeptText, model: EmbeddingModel): Uint8Array {
  const { id: embedder, revision } = model
  const json = encodeUtf8(JSON.stringify({ version: 1, scope, id, text, at, embedder, revision }))
  const bytes = new Uint8Array(4 + json.length + vector.length * 4)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, json.length, true)
  bytes.set(json, 4)
  for (let i = 0; i < vector.length; i++) view.setFloat32(4 + json.length + i * 4, vector[i]!, true)
  return bytes
}

/** The text that bytes of a store hold; `undefined` for anything else, for another key, and for vectors of another model. */
export function decodeText(bytes: Uint8Array, key: string, model: EmbeddingModel): KeptText | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = bytes.length < 4 ? 0 : 4 + view.getUint32(0, true)
  if (end === 0 || bytes.length !== end + model.dimension * 4) return undefined
  const data = parse(bytes.subarray(4, end))
  if (data === undefined) return undefined
  const { version, scope, id, text, at, embedder, revision } = data
  if (version !== 1 || embedder !== model.id || revision !== model.revision) return undefined
  if (typeof scope !== 'string' || typeof id !== 'string' || keyOfText(scope, id) !== key) return undefined
  if (typeof text !== 'string' || typeof at !== 'number') return undefined
  const vector = new Float32Array(model.dimension)
  for (let i = 0; i < vector.length; i++) {
    const part = view.getFloat32(end + i * 4, true)
    if (!Number.isFinite(part)) return undefined
    vector[i] = part
  }
  return { scope, id, text, vector, at }
}

function parse(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  const json = decodeUtf8(bytes)
  if (json === undefined) return undefined
  try {
    const data: unknown = JSON.parse(json)
    return typeof data === 'object' && data !== null ? (data as Readonly<Record<string, unknown>>) : undefined
  } catch {
    return undefined
  }
}
