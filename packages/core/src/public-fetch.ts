import { lookup as systemLookup } from 'node:dns'
import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { isIP } from 'node:net'
import { Readable } from 'node:stream'
import { isPublicAddress } from './addresses.js'
import { HttpFailure } from './http-failure.js'

/** Resolves a name, as `lookup` of `node:dns` does. */
export type Lookup = NonNullable<RequestOptions['lookup']>

export interface PublicFetchOptions {
  /** Whether a connection to this address may be made. Default: addresses of the public internet. */
  readonly isAllowed?: (address: string) => boolean
  /** Default: that of the system. */
  readonly lookup?: Lookup
}

/**
 * A `fetch` whose connections lead to allowed addresses only. The addresses that a name resolves to are checked where the
 * connection is made, and it is made to one of these: a name cannot answer otherwise in between. A name with one address
 * that is not allowed is refused altogether (`HttpFailure` `refused`). Does what HTTP clients here need: bodies of text or
 * bytes, no redirects, no cookies, no compression, no proxies.
 */
export function createPublicFetch(options: PublicFetchOptions = {}): typeof fetch {
  const { isAllowed = isPublicAddress } = options
  const lookup = checkedLookup(options.lookup ?? systemLookup, isAllowed)
  // Connections that are kept belong to this function alone, so each of them was checked.
  const plain = new HttpAgent({ keepAlive: true })
  const secure = new HttpsAgent({ keepAlive: true })

  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input)
    const { method = 'GET', body, signal } = init
    if (!isBody(body)) throw new TypeError('this fetch sends texts and bytes only')
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
    // Addresses are not looked up.
    if (isIP(host) !== 0 && !isAllowed(host)) throw privateAddress()
    const isSecure = url.protocol === 'https:'
    const headers: Record<string, string> = { 'accept-encoding': 'identity' }
    new Headers(init.headers).forEach((value, name) => {
      if (name !== 'accept-encoding') headers[name] = value
    })
    const message = await new Promise<IncomingMessage>((resolve, reject) => {
      const call: ClientRequest = (isSecure ? httpsRequest : httpRequest)(
        url,
        {
          method,
          headers,
          agent: isSecure ? secure : plain,
          lookup,
          ...(signal === undefined || signal === null ? {} : { signal }),
        },
        resolve,
      )
      call.on('error', cause => reject(cause instanceof HttpFailure ? cause : failed(cause)))
      call.end(body ?? undefined)
    })
    return responseOf(message)
  }
}

/** A lookup that fails for names with an address that is not allowed. */
function checkedLookup(lookup: Lookup, isAllowed: (address: string) => boolean): Lookup {
  return (host, options, done) => {
    lookup(host, { ...options, all: true }, (error, found) => {
      if (error !== null) return done(error, [])
      const addresses = typeof found === 'string' ? [{ address: found, family: isIP(found) }] : found
      const [first] = addresses
      if (first === undefined || !addresses.every(({ address }) => isAllowed(address))) {
        return done(privateAddress(), [])
      }
      if (options.all === true) done(null, addresses)
      else done(null, first.address, first.family)
    })
  }
}

function responseOf(message: IncomingMessage): Response {
  const status = message.statusCode ?? 0
  const refuse = (reason: string) => {
    message.destroy()
    return failed(new Error(reason))
  }
  if (status >= 300 && status < 400) throw refuse('unexpected redirect')
  if (status < 200 || status > 599) throw refuse('unexpected status')
  const coding = message.headers['content-encoding'] ?? 'identity'
  if (coding !== 'identity') throw refuse('unexpected content coding')
  const headers = new Headers()
  for (let i = 0; i < message.rawHeaders.length; i += 2) {
    headers.append(message.rawHeaders[i]!, message.rawHeaders[i + 1]!)
  }
  if (status === 204 || status === 205) {
    message.resume()
    return new Response(null, { status, headers })
  }
  return new Response(Readable.toWeb(message) as ReadableStream<Uint8Array>, { status, headers })
}

function isBody(body: unknown): body is string | Uint8Array | null | undefined {
  return body === undefined || body === null || typeof body === 'string' || body instanceof Uint8Array
}

function privateAddress(): HttpFailure {
  return new HttpFailure('refused', 'the name of the server leads to a private address')
}

/** The error of a fetch, with its cause. */
function failed(cause: Error): TypeError {
  return new TypeError('fetch failed', { cause })
}
