import { type LookupAddress, type LookupOptions, lookup } from 'node:dns'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP } from 'node:net'
import { invalidArgument, Keyword, keyword, languageError, RtfsMap, type Value } from '@rtfs/core'
import { isPublicAddress } from '@rtfs/core/addresses'
import { type CapabilityFamily, outOfScope, type Scopes } from './scopes.js'

const id = 'ccos.network.http-fetch'

/** Milliseconds without any byte after which a request is given up. */
const idleTimeout = 30_000

/** Bytes of a body that are taken. */
const maxBody = 16 * 1024 * 1024

/** Requests to the granted hosts. Redirects are not followed, and a body is taken up to a size. */
export const httpCapabilities: CapabilityFamily = ({ scopesOf }) => ({
  [id]: (args, _call, { signal }) => fetchText(requestOf(args), scopesOf(id), signal),
})

interface FetchRequest {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

type Lookup = (
  host: string,
  options: LookupOptions,
  done: (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void,
) => void

async function fetchText(
  request: FetchRequest,
  scopes: Scopes,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const { url, method, headers, body } = request
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const named = scopes?.some(scope => scope === url.hostname || scope === url.host || scope === host) === true
  // A host that is granted by name may be anywhere; all others must be on the public internet.
  if (!named && scopes?.includes('*') !== true) throw outOfScope(id, `host ${url.host}`, scopes)
  if (!named && isIP(host) !== 0 && !isPublicAddress(host)) {
    throw outOfScope(id, `private address ${host}`, scopes)
  }
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest
  const options = {
    method,
    headers: { 'accept-encoding': 'identity', 'user-agent': 'rtfs', ...headers },
    timeout: idleTimeout,
    // A connection that is kept would be used again without its address being looked at.
    agent: false,
    ...(named ? {} : { lookup: publicLookup(scopes) }),
    ...(signal === undefined ? {} : { signal }),
  }
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const call = send(url, options, resolve)
    call.on('error', cause => reject('~rtfs.error' in cause ? cause : networkError(url, cause.message)))
    call.on('timeout', () => call.destroy(new Error(`no answer for ${idleTimeout} ms`)))
    call.end(body)
  })
  const status = response.statusCode ?? 0
  if (status >= 300 && status < 400 && status !== 304) {
    response.destroy()
    throw networkError(url, `status ${status}: redirects are not followed`)
  }
  return answerOf(status, response.headers, await bodyOf(url, response))
}

/** Name resolution that knows no private addresses. It is the one the connection uses, so nothing can change after. */
function publicLookup(scopes: Scopes): Lookup {
  return (host, options, done) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return done(error, [])
      const hidden = addresses.find(({ address }) => !isPublicAddress(address))
      if (hidden !== undefined) {
        return done(outOfScope(id, `${host} at the private address ${hidden.address}`, scopes), [])
      }
      const [first] = addresses
      if (options.all === true) done(null, addresses)
      else done(null, first!.address, first!.family)
    })
  }
}

async function bodyOf(url: URL, response: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of response) {
      size += chunk.length
      if (size > maxBody) throw new Error(`the body is larger than ${maxBody} bytes`)
      chunks.push(chunk)
    }
  } catch (cause) {
    throw networkError(url, cause instanceof Error ? cause.message : String(cause))
  }
  return Buffer.concat(chunks).toString('utf8')
}

function answerOf(status: number, headers: IncomingMessage['headers'], body: string): RtfsMap {
  const entries = Object.entries(headers).map(([name, value]): [string, Value] => {
    return [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]
  })
  return RtfsMap.from([
    [keyword('status'), status],
    [keyword('headers'), RtfsMap.from(entries)],
    [keyword('body'), body],
  ])
}

/** `(url)`, `(url method headers body)` with fewer of them, or `(url {:method … :headers … :body …})`. */
function requestOf([address, second, third, fourth]: readonly Value[]): FetchRequest {
  const options = second instanceof RtfsMap ? second : undefined
  const part = (name: string, positional: Value | undefined): Value =>
    (options === undefined ? positional : (options.get(keyword(name)) ?? options.get(name))) ?? null
  const body = part('body', fourth)
  if (body !== null && typeof body !== 'string') throw invalidArgument('the body of a request is a string')
  return {
    url: urlOf(address),
    method: nameOf(part('method', second)).toUpperCase(),
    headers: headersOf(part('headers', third)),
    body: body ?? undefined,
  }
}

function urlOf(address: Value | undefined): URL {
  if (typeof address !== 'string' || !URL.canParse(address)) throw invalidArgument('http-fetch takes a URL')
  const url = new URL(address)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw invalidArgument(`http-fetch takes http: and https:, not ${url.protocol}`)
  }
  return url
}

function nameOf(method: Value): string {
  if (method === null) return 'GET'
  if (method instanceof Keyword) return method.name
  if (typeof method === 'string' && /^[A-Za-z]+$/.test(method)) return method
  throw invalidArgument('a method is a keyword or string such as "GET"')
}

function headersOf(headers: Value): Readonly<Record<string, string>> {
  if (headers === null) return {}
  if (!(headers instanceof RtfsMap)) throw invalidArgument('headers are a map')
  const entries = [...headers].map(([name, value]) => {
    const text = name instanceof Keyword ? name.name : name
    if (typeof text !== 'string' || typeof value !== 'string') {
      throw invalidArgument('headers have strings or keywords as names, and strings as values')
    }
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(text) || /[^\t\u0020-\u007e\u0080-\u00ff]/.test(value)) {
      throw invalidArgument(`${text} is no header that can be sent`)
    }
    return [text, value] as const
  })
  return Object.fromEntries(entries)
}

function networkError(url: URL, message: string): Error {
  const place = `${url.protocol}//${url.host}`
  return languageError('NetworkError', `Network error: ${place}: ${message}`, { message, url: url.href })
}
