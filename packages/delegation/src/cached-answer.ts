import { decodeUtf8, encodeUtf8 } from '@rtfs/core'
import type { InferenceResponse, ModelProvider } from '@rtfs/interfaces'

/** An answer with where it came from: nothing is kept without. */
export interface CachedAnswer {
  readonly key: string
  readonly provider: string
  readonly revision: string | undefined
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  readonly expiresAt: number | undefined
  readonly response: InferenceResponse
  /** Lengths of the parts it was streamed in; empty when it was not. */
  readonly parts: readonly number[]
}

/** An answer as bytes for a store. */
export function encodeAnswer(answer: CachedAnswer): Uint8Array {
  return encodeUtf8(JSON.stringify({ version: 1, ...answer }))
}

/** The answer that bytes of a store hold; `undefined` for anything else, and for the answer to another key. */
export function decodeAnswer(
  bytes: Uint8Array,
  key: string,
  provider: ModelProvider,
): CachedAnswer | undefined {
  const text = decodeUtf8(bytes)
  if (text === undefined) return undefined
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isRecord(data) || data['version'] !== 1 || data['key'] !== key) return undefined
  const { createdAt, expiresAt, response, parts, revision } = data
  if (data['provider'] !== provider.id || revision !== provider.revision) return undefined
  if (typeof createdAt !== 'number' || !isResponse(response)) return undefined
  if (expiresAt !== undefined && typeof expiresAt !== 'number') return undefined
  if (!Array.isArray(parts) || !parts.every(length => Number.isSafeInteger(length) && length > 0))
    return undefined
  return { key, provider: provider.id, revision: provider.revision, createdAt, expiresAt, response, parts }
}

function isRecord(data: unknown): data is Record<string, unknown> {
  return typeof data === 'object' && data !== null && !Array.isArray(data)
}

function isResponse(data: unknown): data is InferenceResponse {
  if (!isRecord(data) || typeof data['text'] !== 'string' || typeof data['model'] !== 'string') return false
  const { usage, finishReason, toolCalls } = data
  if (finishReason !== undefined && typeof finishReason !== 'string') return false
  if (usage !== undefined) {
    if (!isRecord(usage) || typeof usage['inputTokens'] !== 'number') return false
    if (typeof usage['outputTokens'] !== 'number') return false
  }
  return (
    toolCalls === undefined ||
    (Array.isArray(toolCalls) &&
      toolCalls.every(
        call =>
          isRecord(call) &&
          typeof call['id'] === 'string' &&
          typeof call['name'] === 'string' &&
          typeof call['arguments'] === 'string',
      ))
  )
}

/** Says the answer in the parts that it once came in. */
export function replayParts(
  { response, parts }: CachedAnswer,
  onText: ((part: string) => void) | undefined,
): void {
  if (onText === undefined) return
  let from = 0
  for (const length of parts) {
    if (from >= response.text.length) break
    onText(response.text.slice(from, from + length))
    from += length
  }
  if (from < response.text.length) onText(response.text.slice(from))
}
