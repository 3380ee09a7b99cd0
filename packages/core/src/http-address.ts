import { RtfsError } from './errors.js'

/**
 * A base URL that may be talked to: https, or http to this machine; with `allow`, only the origins it lists, whatever
 * their scheme. Throws `RTFS_USAGE` otherwise. No message holds what stands before an `@`.
 */
export function checkedBaseUrl(baseUrl: string, allow: readonly string[] | undefined): URL {
  const url = parseUrl(baseUrl)
  if (url.username !== '' || url.password !== '') throw usage('the base URL holds credentials; use apiKey')
  if (url.search !== '' || url.hash !== '')
    throw usage('the base URL has a query or a fragment; expected https://host/v1')
  if (allow === undefined) {
    const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
    if (!isSafe)
      throw usage(`${url.origin} is not https and not this machine; name it in allow to use it all the same`)
  } else if (!allow.some(origin => parseUrl(origin).origin === url.origin) || url.origin === 'null') {
    throw usage(`${url.origin} is not in the list of allowed origins`)
  }
  return url
}

/** The address of a path below a base URL. */
export function addressBelow(base: URL, path: string): URL {
  const url = new URL(base)
  url.pathname = `${base.pathname.replace(/\/+$/, '')}/${path}`
  return url
}

function parseUrl(text: string): URL {
  try {
    return new URL(text)
  } catch {
    throw usage('the base URL is no URL; expected one such as https://host/v1')
  }
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}

function usage(message: string): RtfsError {
  return new RtfsError('RTFS_USAGE', message)
}
