import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib'

/** Below this many bytes compression saves nothing worth a call. */
const worthwhileFrom = 512

/** The bytes compressed, or `undefined` when that would not pay. */
export function compress(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length < worthwhileFrom) return undefined
  const compressed = brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 5,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  })
  return compressed.length < bytes.length ? new Uint8Array(compressed) : undefined
}

/**
 * The bytes as they were; `undefined` for what nobody here compressed, and for what would become larger than `limit`:
 * a few bytes can ask for gigabytes.
 */
export function decompress(bytes: Uint8Array, limit: number): Uint8Array | undefined {
  try {
    return new Uint8Array(brotliDecompressSync(bytes, { maxOutputLength: limit }))
  } catch {
    return undefined
  }
}
