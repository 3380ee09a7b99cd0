import { joinBytes } from './bytes.js'
import { RtfsError } from './errors.js'
import { addressBelow, checkedBaseUrl } from './http-address.js'
import { failureOfFetch, failureOfStatus, HttpFailure } from './http-failure.js'
import { type Abortable, abortedBy, withDeadline } from './timing.js'

export interface HttpClientOptions {
  /** Where every request goes, such as `https://host/v1`. https, or http to this machine; see `allow`. */
  readonly baseUrl: string
  /** Origins that may be talked to; any other base URL is refused. Also lets in plain http to other machines. */
  readonly allow?: readonly string[]
  /** Key, or what gives it before each request; sent as a bearer token. Never part of a message. */
  readonly apiKey?: string | (() => string | Promise<string>)
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch
  /**
   * Told the host name before each request; throws to refuse it. `refusePrivateAddresses` of `@rtfs/core/addresses`
   * looks up the address.
   */
  readonly checkHost?: (hostname: string, options: Abortable) => Promise<void>
  /** Milliseconds until the answer begins. Default 60,000. */
  readonly headerTimeoutMs?: number
  /** Milliseconds between two parts of the answer. Default 60,000. */
  readonly idleTimeoutMs?: number
  /** Bytes of an answer, after decompression. Default 8 MiB. */
  readonly maxBytes?: number
  /** What may be wrong when the server has no such place; stands behind the message. */
  readonly hint404?: string
}

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'
  /** Below the base URL, without a slash in front. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Statuses that are answers, too, besides those from 200 to 299. */
  readonly accepts?: readonly number[]
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: Headers
  /** The body as it comes. Fails when it is too large, pauses too long, or is cut. */
  parts(): AsyncGenerator<Uint8Array>
}

export interface HttpClient {
  readonly origin: string
  /**
   * One request; `read` takes the answer. The connection is of no use when it has settled. Throws `HttpFailure`,
   * `RTFS_ABORTED` for a call that was given up, and `RTFS_USAGE` for a key that no header can hold.
   */
  exchange<T>(
    request: HttpRequest,
    options: Abortable | undefined,
    read: (answer: HttpAnswer) => Promise<T>,
  ): Promise<T>
}

/**
 * A client of one origin, for servers that are only half trusted: redirects are not followed, every wait has an end,
 * bodies have a size, and no message holds the key, headers or bodies. Throws `RTFS_USAGE` for an origin that may not be
 * talked to.
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { headerTimeoutMs = 60_000, idleTimeoutMs = 60_000, maxBytes = 8 * 1024 * 1024 } = options
  const base = checkedBaseUrl(options.baseUrl, options.allow)

  async function headersOf(more: Readonly<Record<string, string>> | undefined) {
    const { apiKey } = options
    const key = typeof apiKey === 'function' ? await apiKey() : apiKey
    if (key === undefined || key === '') return { ...more }
    // `fetch` would quote a key that is no header value in its error.
    if (!/^[\x21-\x7e]+$/.test(key)) throw new RtfsError('RTFS_USAGE', 'the key has characters no key has')
    return { ...more, authorization: `Bearer ${key}` }
  }

  async function send(request: HttpRequest, signal: AbortSignal): Promise<Response> {
    await options.checkHost?.(base.hostname, { signal })
    const { method, path, body } = request
    const init: RequestInit = { method, headers: await headersOf(request.headers), signal, redirect: 'error' }
    if (body !== undefined) init.body = body as NonNullable<RequestInit['body']>
    try {
      return await (options.fetch ?? fetch)(addressBelow(base, path), init)
    } catch (error) {
      throw signal.aborted ? error : failureOfFetch(error)
    }
  }

  async function* partsOf(response: Response, call: Abortable | undefined): AsyncGenerator<Uint8Array> {
    const reader = response.body?.getReader()
    if (reader === undefined) return
    let bytes = 0
    try {
      for (;;) {
        const { done, value } = await withDeadline(
          idleTimeoutMs,
          call,
          async () => {
            try {
              return await reader.read()
            } catch {
              throw new HttpFailure('unavailable', 'the answer was cut')
            }
          },
          () => new HttpFailure('timeout', `the answer paused for ${idleTimeoutMs} ms`),
        )
        if (done) break
        bytes += value.length
        if (bytes > maxBytes)
          throw new HttpFailure('invalid-answer', `the answer is larger than ${maxBytes} bytes`)
        yield value
      }
    } finally {
      // Also when nobody reads on: the connection is not to stay open.
      reader.cancel().catch(() => {})
    }
  }

  return {
    origin: base.origin,
    async exchange(request, call, read) {
      const signal = call?.signal
      if (signal?.aborted) throw abortedBy(signal)
      const connection = new AbortController()
      const stop = () => connection.abort(signal?.reason)
      signal?.addEventListener('abort', stop, { once: true })
      try {
        const response = await withDeadline(
          headerTimeoutMs,
          call,
          () => send(request, connection.signal),
          () => new HttpFailure('timeout', `no answer began within ${headerTimeoutMs} ms`),
        )
        const { status, headers } = response
        if (!response.ok && request.accepts?.includes(status) !== true) {
          await response.body?.cancel().catch(() => {})
          throw failureOfStatus(status, headers.get('retry-after'), options.hint404)
        }
        return await read({ status, headers, parts: () => partsOf(response, call) })
      } finally {
        signal?.removeEventListener('abort', stop)
        // Whatever is still open is of no use any more.
        connection.abort()
      }
    },
  }
}

/** The text of a body part by part; what is no UTF-8 is replaced. */
export async function* textParts(parts: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  for await (const part of parts) yield decoder.decode(part, { stream: true })
  const rest = decoder.decode()
  if (rest !== '') yield rest
}

/** A whole body as text. */
export async function textOf(answer: HttpAnswer): Promise<string> {
  let text = ''
  for await (const part of textParts(answer.parts())) text += part
  return text
}

/** A whole body. */
export async function bytesOf(answer: HttpAnswer): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const part of answer.parts()) parts.push(part)
  return joinBytes(parts)
}
