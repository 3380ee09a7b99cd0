import { formatValue, invalidArgument, isInteger, Keyword, keyword, RtfsMap, type Value } from '@rtfs/core'
import type { CacheControl } from '@rtfs/interfaces'

/** Keys of `^{:cache {…}}`, what their values are, and where they go. */
const fields = new Map<string, { readonly is: (value: Value) => boolean; readonly what: string }>([
  ['ttl-ms', { is: isMilliseconds, what: 'milliseconds' }],
  ['max-age-ms', { is: isMilliseconds, what: 'milliseconds' }],
  ['refresh', { is: isBoolean, what: 'true or false' }],
  ['no-store', { is: isBoolean, what: 'true or false' }],
  ['namespace', { is: isName, what: 'a string or keyword' }],
])

/** `^{:cache {:ttl-ms 60000}}` of a function: how kept answers of models serve its calls. Bad ones are InvalidArgument. */
export function cacheMetadata(symbol: string, value: Value | undefined): RtfsMap | undefined {
  if (value === undefined || value === null) return undefined
  const fault = (problem: string) => invalidArgument(`:cache of ${symbol}: ${problem}`)
  if (!(value instanceof RtfsMap)) throw fault(`expected a map, got ${formatValue(value)}`)
  for (const [key, item] of value) {
    const field = key instanceof Keyword ? fields.get(key.name) : undefined
    if (field === undefined) {
      const known = [...fields.keys()].map(name => `:${name}`).join(', ')
      throw fault(`unknown key ${formatValue(key)}; expected ${known}`)
    }
    if (!field.is(item)) throw fault(`${formatValue(key)}: expected ${field.what}, got ${formatValue(item)}`)
  }
  return value
}

/** What a model call says of kept answers. */
export function cacheControlOf(about: Value | undefined): CacheControl | undefined {
  const cache = about instanceof RtfsMap ? about.get(keyword('cache')) : undefined
  const given = cacheMetadata('a call', cache)
  if (given === undefined) return undefined
  const ttlMs = given.get(keyword('ttl-ms'))
  const maxAgeMs = given.get(keyword('max-age-ms'))
  const namespace = given.get(keyword('namespace'))
  return {
    ...(ttlMs === undefined ? {} : { ttlMs: Number(ttlMs) }),
    ...(maxAgeMs === undefined ? {} : { maxAgeMs: Number(maxAgeMs) }),
    ...(given.get(keyword('refresh')) === true ? { refresh: true } : {}),
    ...(given.get(keyword('no-store')) === true ? { noStore: true } : {}),
    ...(namespace === undefined
      ? {}
      : { namespace: namespace instanceof Keyword ? namespace.name : String(namespace) }),
  }
}

function isMilliseconds(value: Value): boolean {
  return isInteger(value) && value >= 0
}

function isBoolean(value: Value): boolean {
  return typeof value === 'boolean'
}

function isName(value: Value): boolean {
  return typeof value === 'string' || value instanceof Keyword
}
