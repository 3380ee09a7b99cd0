import { modelError, withDeadline } from '@rtfs/delegation'
import type { CallOptions } from '@rtfs/interfaces'

export interface BodyLimits {
  readonly id: string
  /** Bytes after decompression. */
  readonly maxBytes: number
  /** Milliseconds between two parts. */
  readonly idleMs: number
}

/** The text of a body part by part. Ends with an error when it is too large, pauses too long, or is cut. */
export async function* bodyText(
  response: Response,
  { id, maxBytes, idleMs }: BodyLimits,
  options: CallOptions | undefined,
): AsyncGenerator<string> {
  const reader = response.body?.getReader()
  if (reader === undefined) return
  const decoder = new TextDecoder()
  let bytes = 0
  try {
    for (;;) {
      const { done, value } = await withDeadline(
        idleMs,
        options,
        async () => {
          try {
            return await reader.read()
          } catch {
            throw modelError(id, 'unavailable', 'the answer was cut')
          }
        },
        () => modelError(id, 'timeout', `the answer paused for ${idleMs} ms`),
      )
      if (done) break
      bytes += value.length
      if (bytes > maxBytes)
        throw modelError(id, 'invalid-answer', `the answer is larger than ${maxBytes} bytes`)
      yield decoder.decode(value, { stream: true })
    }
    const rest = decoder.decode()
    if (rest !== '') yield rest
  } finally {
    // Also when nobody reads on: the connection is not to stay open.
    reader.cancel().catch(() => {})
  }
}
