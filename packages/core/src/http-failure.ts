import type { RetryJudge } from './retrying.js'

/**
 * What went wrong with a server. `unavailable`, `timeout` and `rate-limited` may pass by themselves; `refused`
 * (credentials, a bad request) and `invalid-answer` will not change by asking again.
 */
export type HttpFailureClass = 'unavailable' | 'timeout' | 'rate-limited' | 'refused' | 'invalid-answer'

/** A failed exchange. Adapters turn it into an error of theirs. The message holds no key, header or body. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure'
  readonly failure: HttpFailureClass
  /** Milliseconds after which asking again makes sense, as the server said. */
  readonly retryAfterMs: number | undefined

  constructor(failure: HttpFailureClass, message: string, retryAfterMs?: number) {
    super(message)
    this.failure = failure
    this.retryAfterMs = retryAfterMs
  }
}

/** Exchanges that are worth another attempt. */
export const retryHttp: RetryJudge = error => {
  if (!(error instanceof HttpFailure)) return undefined
  const { failure, retryAfterMs } = error
  const mayPass = failure === 'unavailable' || failure === 'timeout' || failure === 'rate-limited'
  return mayPass ? { afterMs: retryAfterMs } : undefined
}

/** The failure that a status stands for. Bodies are left out: some servers repeat the key in them. */
export function failureOfStatus(status: number, retryAfter: string | null, hint404 = ''): HttpFailure {
  const afterMs = retryAfter === null ? undefined : milliseconds(retryAfter)
  if (status === 429)
    return new HttpFailure('rate-limited', 'the server has too much to do (HTTP 429)', afterMs)
  if (status >= 500 || status === 408)
    return new HttpFailure('unavailable', `the server failed (HTTP ${status})`, afterMs)
  const hint = status === 401 || status === 403 ? '; is the key right?' : status === 404 ? hint404 : ''
  return new HttpFailure('refused', `the server refuses the request (HTTP ${status})${hint}`)
}

/** Milliseconds of a Retry-After header: seconds or a date. */
function milliseconds(header: string): number | undefined {
  if (/^\d{1,9}(\.\d+)?$/.test(header.trim())) return Number(header) * 1000
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now())
}

/** Code of a fault by which a `fetch` says that a connection would have led to an address that is not allowed. */
export const privateAddressCode = 'RTFS_PRIVATE_ADDRESS'

/** The failure of a `fetch` that gave no answer. */
export function failureOfFetch(error: unknown): HttpFailure {
  // Of `createPublicFetch`.
  if (error instanceof HttpFailure) return error
  const texts = causes(error)
  if (texts.includes(privateAddressCode))
    return new HttpFailure('refused', 'the name of the server leads to a private address')
  if (texts.some(text => /redirect/i.test(text)))
    return new HttpFailure('refused', 'the server redirects, which is not followed')
  const code = texts.find(text => /^[A-Z][A-Z0-9_]{2,40}$/.test(text))
  return new HttpFailure('unavailable', `no connection${code === undefined ? '' : ` (${code})`}`)
}

/** The messages and codes of an error and its causes. */
function causes(error: unknown): readonly string[] {
  const found: string[] = []
  for (let at: unknown = error, i = 0; at instanceof Error && i < 5; at = at.cause, i++) {
    found.push(at.message)
    const { code } = at as { readonly code?: unknown }
    if (typeof code === 'string') found.push(code)
  }
  return found
}
