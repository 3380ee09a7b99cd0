import { digestOf, isRtfsError, parseDigest } from '@rtfs/core'
import type { BlobStore, DeleteOptions, Logger } from '@rtfs/interfaces'
import { faultText } from './faults.js'
import { unlessUsedSinceHeader, usedAtHeader } from './http-blob-store.js'
import { silentLogger } from './system.js'

export interface BlobHandlerOptions {
  readonly blobs: BlobStore
  /** Whether a request may write. Default: none may. Look at its `authorization` header. */
  readonly mayWrite?: (request: Request) => boolean | Promise<boolean>
  /** Whether a request may read. Default: all may. */
  readonly mayRead?: (request: Request) => boolean | Promise<boolean>
  /** Bytes of a blob that is taken. Default 8 MiB. */
  readonly maxBytes?: number
  /** Told of faults, which requests are not told. */
  readonly logger?: Logger
}

/**
 * A blob store as a server: gives an answer to a request, in the form of `fetch`, whatever server hands it the requests.
 * The last part of the path is the digest. Bytes are checked before they are taken.
 */
export function createBlobHandler(options: BlobHandlerOptions): (request: Request) => Promise<Response> {
  const { blobs, mayRead = () => true, mayWrite = () => false } = options
  const { maxBytes = 8 * 1024 * 1024, logger = silentLogger } = options

  async function answer(request: Request): Promise<Response> {
    const { method } = request
    const isReading = method === 'GET' || method === 'HEAD'
    if (!isReading && method !== 'PUT' && method !== 'DELETE') return status(405)
    if (!(await (isReading ? mayRead : mayWrite)(request))) return status(403)
    const digest = parseDigest(`sha256:${new URL(request.url).pathname.split('/').at(-1)}`)
    if (digest === undefined) return status(404)
    if (method === 'PUT') {
      const bytes = await bodyOf(request, maxBytes)
      if (bytes === undefined) return status(413)
      if (digestOf(bytes) !== digest) return status(422)
      await blobs.put(digest, bytes)
      return status(204)
    }
    if (method === 'DELETE') {
      const since = request.headers.get(unlessUsedSinceHeader)
      const unlessUsedSince = since === null ? undefined : Number(since)
      if (unlessUsedSince !== undefined && !Number.isFinite(unlessUsedSince)) return status(400)
      const condition: DeleteOptions = unlessUsedSince === undefined ? {} : { unlessUsedSince }
      if (await blobs.delete(digest, condition)) return status(204)
      return status((await blobs.stat(digest)) === undefined ? 404 : 412)
    }
    const facts = await blobs.stat(digest)
    const bytes = await blobs.get(digest)
    if (bytes === undefined) return status(404)
    const headers = {
      'content-type': 'application/octet-stream',
      'content-length': String(bytes.length),
      'cache-control': 'public, max-age=31536000, immutable',
      ...(facts === undefined ? {} : { [usedAtHeader]: String(facts.usedAt) }),
    }
    return new Response(method === 'HEAD' ? null : (bytes as Uint8Array<ArrayBuffer>), { headers })
  }

  return async request => {
    try {
      return await answer(request)
    } catch (cause) {
      const code = isRtfsError(cause) ? cause.code : 'unexpected'
      logger.log('error', 'blobs.serve-failed', { method: request.method, code, reason: faultText(cause) })
      return status(code === 'RTFS_STORE_READ_ONLY' ? 405 : code === 'RTFS_STORE_FULL' ? 507 : 500)
    }
  }
}

/** The body of a request; `undefined` when it is larger than it may be. */
async function bodyOf(request: Request, maxBytes: number): Promise<Uint8Array | undefined> {
  const reader = request.body?.getReader()
  if (reader === undefined) return new Uint8Array(0)
  const parts: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    length += value.length
    if (length > maxBytes) {
      await reader.cancel().catch(() => {})
      return undefined
    }
    parts.push(value)
  }
  const bytes = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

function status(code: number): Response {
  return new Response(null, { status: code })
}
