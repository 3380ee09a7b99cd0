import { RtfsError } from './errors.js'
import { RtfsMap, RtfsMapBuilder } from './map.js'
import { RtfsList, RtfsSequence, RtfsVector } from './sequence.js'
import {
  Keyword,
  keyword,
  type MapKey,
  ResourceHandle,
  RtfsErrorValue,
  RtfsFloat,
  RtfsSymbol,
  Timestamp,
  type TraceFrame,
  Uuid,
  type Value,
} from './values.js'

/** A word of the text. Scalars of JSON stand for themselves; a container is followed by its parts. */
type Token = null | boolean | string | number | readonly [tag: string, ...rest: readonly unknown[]]

/**
 * A value as text that `decodeValue` gives back as it was: order of entries, Lists and Vectors, the kind of every
 * number, errors with cause and trace. One flat JSON array, so that depth costs no stack. Functions have no text:
 * RTFS_NOT_SUPPORTED.
 */
export function encodeValue(value: Value): string {
  const tokens: Token[] = []
  const rest: Value[] = [value]
  while (rest.length > 0) {
    const next = rest.pop()!
    tokens.push(tokenOf(next))
    const parts = partsOf(next)
    for (let i = parts.length - 1; i >= 0; i--) rest.push(parts[i]!)
  }
  return JSON.stringify(tokens)
}

function tokenOf(value: Value): Token {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return ['i', value.toString()]
  if (value instanceof RtfsFloat) return ['f', Object.is(value.value, -0) ? '-0' : String(value.value)]
  if (value instanceof Keyword) return ['k', value.name]
  if (value instanceof RtfsSymbol) return ['s', value.name]
  if (value instanceof Timestamp) return ['t', value.text]
  if (value instanceof Uuid) return ['u', value.text]
  if (value instanceof ResourceHandle) return ['h', value.text]
  if (value instanceof RtfsList) return ['l', value.size]
  if (value instanceof RtfsSequence) return ['v', value.size]
  if (value instanceof RtfsMap) return ['m', value.size]
  if (value instanceof RtfsErrorValue) {
    const trace = value.trace.map(({ fn, line, column }) => [fn, line ?? null, column ?? null])
    return ['e', value.kind, value.type.name, value.message, trace]
  }
  throw new RtfsError('RTFS_NOT_SUPPORTED', 'a function cannot be written down')
}

function partsOf(value: Value): readonly Value[] {
  if (value instanceof RtfsSequence) return value.toArray()
  if (value instanceof RtfsMap) return value.toFlatArray()
  if (value instanceof RtfsErrorValue) return [value.details, value.cause]
  return []
}

interface Open {
  readonly count: number
  readonly parts: Value[]
  readonly make: (parts: Value[]) => Value
}

/** The value of a text of `encodeValue`. RTFS_DECODE for any other text. */
export function decodeValue(text: string): Value {
  const tokens = tokensOf(text)
  const open: Open[] = []
  for (let i = 0; i < tokens.length; i++) {
    const read = readToken(tokens[i])
    let value: Value
    if (isOpen(read)) {
      // Every part is a token at least: a count beyond what is left is no reason to make an array of that size.
      if (read.count > tokens.length - i - 1) throw undecodable()
      open.push(read)
      if (read.count > 0) continue
      value = open.pop()!.make([])
    } else {
      value = read
    }
    for (;;) {
      const container = open[open.length - 1]
      if (container === undefined) {
        if (i !== tokens.length - 1) throw undecodable()
        return value
      }
      container.parts.push(value)
      if (container.parts.length < container.count) break
      value = open.pop()!.make(container.parts)
    }
  }
  throw undecodable()
}

function tokensOf(text: string): readonly unknown[] {
  try {
    const tokens: unknown = JSON.parse(text)
    if (Array.isArray(tokens)) return tokens
  } catch (cause) {
    throw undecodable(cause)
  }
  throw undecodable()
}

function isOpen(read: Value | Open): read is Open {
  return typeof read === 'object' && read !== null && 'make' in read
}

function readToken(token: unknown): Value | Open {
  if (token === null || typeof token === 'boolean' || typeof token === 'string') return token
  if (typeof token === 'number') {
    if (!Number.isSafeInteger(token) || Object.is(token, -0)) throw undecodable()
    return token
  }
  if (!Array.isArray(token)) throw undecodable()
  const [tag, content] = token as readonly unknown[]
  if (tag === 'e') return openError(token)
  if (typeof content === 'number' && Number.isSafeInteger(content) && content >= 0) {
    if (tag === 'v') return { count: content, parts: [], make: parts => RtfsVector.adopt(parts) }
    if (tag === 'l') return { count: content, parts: [], make: parts => RtfsList.from(parts) }
    if (tag === 'm') return { count: 2 * content, parts: [], make: mapOf }
  }
  if (typeof content === 'string') return scalarOf(tag, content)
  throw undecodable()
}

function scalarOf(tag: unknown, text: string): Value {
  switch (tag) {
    case 'i':
      return integerOf(text)
    case 'f':
      return new RtfsFloat(floatOf(text))
    case 'k':
      return keyword(text)
    case 's':
      return new RtfsSymbol(text)
    case 't':
      return new Timestamp(text)
    case 'u':
      return new Uuid(text)
    case 'h':
      return new ResourceHandle(text)
    default:
      throw undecodable()
  }
}

function integerOf(text: string): bigint {
  if (!/^-?\d{16,19}$/.test(text)) throw undecodable()
  const value = BigInt(text)
  if (BigInt.asIntN(64, value) !== value || Number.isSafeInteger(Number(value))) throw undecodable()
  return value
}

function floatOf(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || (Number.isNaN(value) && text !== 'NaN')) throw undecodable()
  return value
}

function mapOf(parts: readonly Value[]): Value {
  const map = new RtfsMapBuilder()
  for (let i = 0; i < parts.length; i += 2) {
    const key = parts[i]!
    if (!isKey(key)) throw undecodable()
    map.set(key, parts[i + 1]!)
  }
  return map.build()
}

function isKey(value: Value): value is MapKey {
  return value instanceof Keyword || ['string', 'number', 'bigint', 'boolean'].includes(typeof value)
}

function openError(token: readonly unknown[]): Open {
  const [, kind, type, message, trace] = token
  if (typeof kind !== 'string' || typeof type !== 'string' || typeof message !== 'string') throw undecodable()
  if (!Array.isArray(trace)) throw undecodable()
  const frames = trace.map(frameOf)
  const make = ([details, cause]: readonly Value[]) => {
    if (!(details instanceof RtfsMap) || !(cause === null || cause instanceof RtfsErrorValue)) {
      throw undecodable()
    }
    return new RtfsErrorValue(kind, keyword(type), message, details, cause, frames)
  }
  return { count: 2, parts: [], make }
}

function frameOf(frame: unknown): TraceFrame {
  const [fn, line, column] = Array.isArray(frame) ? frame : []
  if (typeof fn !== 'string') throw undecodable()
  return { fn, line: numberOf(line), column: numberOf(column) }
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}

function undecodable(cause?: unknown): RtfsError {
  return new RtfsError('RTFS_DECODE', 'this is no text of a value', { cause })
}
