import { type Digest, digestOf, parseDigest, RtfsError } from '@rtfs/core'
import {
  bytesOf,
  createHttpClient,
  type HttpAnswer,
  type HttpClientOptions,
  HttpFailure,
  type HttpRequest,
  type RetryOptions,
  retryHttp,
  retrying,
  throwIfAborted,
} from '@rtfs/core/http'
import type { BlobStore, CallOptions, Clock } from '@rtfs/interfaces'
import { storeFault } from './http-faults.js'
import { systemClock } from './system.js'

/** Address, key and limits: `HttpClientOptions` of `@rtfs/core/http`. */
export interface HttpBlobStoreOptions extends Omit<HttpClientOptions, 'hint404'> {
  /** Waits after 429, 5xx and lost connections. `false`: none. Default: 2 attempts. */
  readonly retry?: RetryOptions | false
  /**
   * Milliseconds for which calls fail at once after one that was not answered, so that a server which is gone slows nobody
   * down. Default 30,000; 0 for never.
   */
  readonly restMs?: number
  readonly clock?: Clock
}

/** Headers beyond HTTP's own: moments in milliseconds, which `Last-Modified` does not have. */
export const usedAtHeader = 'rtfs-used-at'
export const unlessUsedSinceHeader = 'rtfs-unless-used-since'

const readOnlyStatuses = [401, 403, 405, 501]
const fullStatuses = [413, 507]

/**
 * Blobs of a server: `GET`, `HEAD`, `PUT` and `DELETE` of `<baseUrl>/<64 hex digits>`; 404 says that there is none. Any
 * server of static files is one that may be read; `createBlobHandler` makes one that may be written. What comes is
 * checked against its digest. Meant as a remote of `createTieredBlobStore`.
 */
export function createHttpBlobStore(options: HttpBlobStoreOptions): BlobStore {
  const { restMs = 30_000, clock = systemClock, retry = { attempts: 2 } } = options
  const client = createHttpClient({
    headerTimeoutMs: 10_000,
    idleTimeoutMs: 10_000,
    maxBytes: 64 * 1024 * 1024,
    ...options,
  })
  let restsUntil = Number.NEGATIVE_INFINITY

  async function exchange<T>(
    request: HttpRequest,
    call: CallOptions | undefined,
    read: (answer: HttpAnswer) => Promise<T>,
  ): Promise<T> {
    throwIfAborted(call)
    if (clock.monotonic() < restsUntil) {
      throw new RtfsError('RTFS_STORE_IO', 'the remote store did not answer a moment ago')
    }
    const attempt = () => client.exchange(request, call, read)
    try {
      return await (retry === false ? attempt() : retrying(attempt, retryHttp, retry, call))
    } catch (error) {
      if (error instanceof HttpFailure && (error.failure === 'unavailable' || error.failure === 'timeout')) {
        restsUntil = clock.monotonic() + restMs
      }
      throw storeFault(error)
    }
  }

  async function stat(digest: Digest, call?: CallOptions) {
    return exchange({ method: 'HEAD', path: hexOf(digest), accepts: [404] }, call, async answer => {
      if (answer.status === 404) return undefined
      const { headers } = answer
      const usedAt = Number(headers.get(usedAtHeader) ?? Date.parse(headers.get('last-modified') ?? ''))
      const size = Number(headers.get('content-length') ?? Number.NaN)
      // Unknown moments are taken for now: whoever collects then lets the blob be.
      return { size: isCount(size) ? size : 0, usedAt: isCount(usedAt) ? usedAt : clock.now() }
    })
  }

  return {
    specVersion: 1,
    supports: { list: false, persistent: true },
    async put(digest, bytes, putOptions) {
      throwIfAborted(putOptions)
      const copy = bytes.slice()
      if (digestOf(copy) !== digest) throw new RtfsError('RTFS_USAGE', `the bytes to store are not ${digest}`)
      const headers = { 'content-type': 'application/octet-stream' }
      const accepts = [412, ...readOnlyStatuses, ...fullStatuses]
      const request: HttpRequest = { method: 'PUT', path: hexOf(digest), headers, body: copy, accepts }
      // 412: it is there already.
      await exchange(request, putOptions, async ({ status }) => refuseStatus(status))
    },
    async get(digest, call) {
      return exchange({ method: 'GET', path: hexOf(digest), accepts: [404] }, call, async answer => {
        if (answer.status === 404) return undefined
        const bytes = await bytesOf(answer)
        if (digestOf(bytes) !== digest)
          throw new RtfsError('RTFS_BLOB_CORRUPT', `the remote store has other bytes for ${digest}`)
        return bytes
      })
    },
    stat,
    async delete(digest, { unlessUsedSince, ...call } = {}) {
      // A server that does not know the header must not delete what was used.
      if (unlessUsedSince !== undefined) {
        const facts = await stat(digest, call)
        if (facts === undefined || facts.usedAt >= unlessUsedSince) return false
      }
      const headers =
        unlessUsedSince === undefined ? {} : { [unlessUsedSinceHeader]: String(unlessUsedSince) }
      const accepts = [404, 412, ...readOnlyStatuses]
      return exchange(
        { method: 'DELETE', path: hexOf(digest), headers, accepts },
        call,
        async ({ status }) => {
          refuseStatus(status)
          return status < 300
        },
      )
    },
    // biome-ignore lint/correctness/useYield: there is nothing to give
    async *list() {
      throw new RtfsError('RTFS_NOT_SUPPORTED', 'blobs of a server cannot be listed')
    },
    async tidy(_, call) {
      throwIfAborted(call)
      return 0
    },
    async close() {},
  }
}

function refuseStatus(status: number): void {
  if (readOnlyStatuses.includes(status))
    throw new RtfsError('RTFS_STORE_READ_ONLY', `the remote store cannot be written (HTTP ${status})`)
  if (fullStatuses.includes(status))
    throw new RtfsError('RTFS_STORE_FULL', `the remote store has no room (HTTP ${status})`)
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(Math.floor(value)) && value >= 0
}

function hexOf(digest: Digest): string {
  // A digest becomes part of an address: one that was not made by `digestOf` or `parseDigest` must not lead elsewhere.
  if (parseDigest(digest) === undefined) throw new RtfsError('RTFS_USAGE', `'${digest}' is no digest`)
  return digest.slice('sha256:'.length)
}
