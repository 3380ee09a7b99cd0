import {
  errorTypes,
  Keyword,
  keyword,
  type MapKey,
  parseTimestamp,
  parseUuid,
  ResourceHandle,
  RtfsError,
  RtfsErrorValue,
  RtfsFloat,
  RtfsList,
  RtfsMap,
  RtfsSymbol,
  RtfsVector,
  Timestamp,
  type TraceFrame,
  typeName,
  Uuid,
  type Value,
} from '@rtfs/core'

/**
 * A value as it crosses to another thread or process: a flat list in postfix order, so that neither side recurses
 * with the depth of the value. Plain items stand for themselves; a pair `[tag, …]` makes a value of its payload or
 * of the values before it.
 */
export type Wire = readonly WireItem[]
type WireItem = null | boolean | number | bigint | string | readonly unknown[]

/** First elements of pairs. */
const tags = {
  float: 0,
  keyword: 1,
  symbol: 2,
  timestamp: 3,
  uuid: 4,
  handle: 5,
  vector: 6,
  list: 7,
  map: 8,
  error: 9,
} as const

/** Flattens a value. Functions cannot cross: InvalidArgument is the caller's business, here it is RTFS_USAGE. */
export function toWire(value: Value): Wire {
  const out: WireItem[] = []
  // Either a value still to be written, or a pair that closes what was written before it.
  const pending: { readonly value?: Value; readonly close?: WireItem }[] = [{ value }]
  const closeAfter = (close: WireItem, children: readonly Value[]) => {
    pending.push({ close })
    for (let i = children.length - 1; i >= 0; i--) pending.push({ value: children[i]! })
  }
  while (pending.length > 0) {
    const next = pending.pop()!
    if (next.close !== undefined) {
      out.push(next.close)
      continue
    }
    const each = next.value as Value
    if (each === null || typeof each !== 'object') out.push(each)
    else if (each instanceof RtfsFloat) out.push([tags.float, each.value])
    else if (each instanceof Keyword) out.push([tags.keyword, each.name])
    else if (each instanceof RtfsSymbol) out.push([tags.symbol, each.name])
    else if (each instanceof Timestamp) out.push([tags.timestamp, each.text])
    else if (each instanceof Uuid) out.push([tags.uuid, each.text])
    else if (each instanceof ResourceHandle) out.push([tags.handle, each.text])
    else if (each instanceof RtfsVector) closeAfter([tags.vector, each.size], each.toArray())
    else if (each instanceof RtfsList) closeAfter([tags.list, each.size], each.toArray())
    else if (each instanceof RtfsMap) closeAfter([tags.map, each.size], [...each].flat() as Value[])
    else if (each instanceof RtfsErrorValue) {
      const { kind, type, message, details, cause, trace } = each
      const frames = trace.map(frame => [frame.fn, frame.line, frame.column])
      closeAfter([tags.error, kind, type.name, message, frames], [details, cause])
    } else {
      throw new RtfsError('RTFS_USAGE', `a ${typeName(each)} cannot leave the place where it runs`)
    }
  }
  return out
}

/**
 * Reads what `toWire` wrote. The other side may have been taken over by the code it runs, so nothing is taken on
 * trust: anything else is RTFS_DECODE.
 */
export function fromWire(wire: unknown): Value {
  if (!Array.isArray(wire)) throw malformed()
  const stack: Value[] = []
  for (const item of wire as unknown[]) stack.push(Array.isArray(item) ? fromPair(item, stack) : plain(item))
  if (stack.length !== 1) throw malformed()
  return stack[0]!
}

function plain(item: unknown): Value {
  if (item === null || typeof item === 'boolean' || typeof item === 'string') return item
  if (typeof item === 'number' && Number.isSafeInteger(item) && !Object.is(item, -0)) return item
  if (typeof item === 'bigint' && BigInt.asIntN(64, item) === item && !Number.isSafeInteger(Number(item)))
    return item
  throw malformed()
}

function fromPair([tag, payload, ...rest]: readonly unknown[], stack: Value[]): Value {
  switch (tag) {
    case tags.float:
      if (typeof payload !== 'number') throw malformed()
      return new RtfsFloat(payload)
    case tags.keyword:
      return keyword(text(payload))
    case tags.symbol:
      return new RtfsSymbol(text(payload))
    case tags.timestamp:
      return parseTimestamp(text(payload)) ?? fail()
    case tags.uuid:
      return parseUuid(text(payload)) ?? fail()
    case tags.handle:
      return new ResourceHandle(text(payload))
    case tags.vector:
      return RtfsVector.from(take(stack, payload))
    case tags.list:
      return RtfsList.from(take(stack, payload))
    case tags.map:
      return mapOf(take(stack, typeof payload === 'number' ? payload * 2 : payload))
    case tags.error:
      return errorOf(payload, rest, take(stack, 2))
    default:
      return fail()
  }
}

function mapOf(items: readonly Value[]): RtfsMap {
  const entries: [MapKey, Value][] = []
  for (let i = 0; i < items.length; i += 2) {
    const key = items[i]!
    const isKey = key instanceof Keyword || (key !== null && typeof key !== 'object')
    if (!isKey) throw malformed()
    entries.push([key as MapKey, items[i + 1]!])
  }
  const map = RtfsMap.from(entries)
  if (map.size !== entries.length) throw malformed()
  return map
}

function errorOf(
  kind: unknown,
  rest: readonly unknown[],
  [details, cause]: readonly Value[],
): RtfsErrorValue {
  const [type, message, frames] = rest
  if (!(details instanceof RtfsMap)) throw malformed()
  if (cause !== null && !(cause instanceof RtfsErrorValue)) throw malformed()
  return new RtfsErrorValue(text(kind), keyword(text(type)), text(message), details, cause, framesOf(frames))
}

/** Frames of an RTFS call stack, each a list of function, line and column. */
export function framesOf(frames: unknown): readonly TraceFrame[] {
  if (!Array.isArray(frames)) throw malformed()
  return (frames as unknown[]).map(frame => {
    if (!Array.isArray(frame)) throw malformed()
    const [fn, line, column] = frame as unknown[]
    return { fn: text(fn), line: count(line), column: count(column) }
  })
}

/** The kind, when it is one of the taxonomy. */
export function isErrorKind(kind: string): kind is keyof typeof errorTypes {
  return Object.hasOwn(errorTypes, kind)
}

function take(stack: Value[], size: unknown): readonly Value[] {
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 0 || size > stack.length)
    throw malformed()
  return size === 0 ? [] : stack.splice(stack.length - size, size)
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw malformed()
  return value
}

function count(value: unknown): number | undefined {
  if (value === undefined || (typeof value === 'number' && Number.isInteger(value))) return value
  throw malformed()
}

function fail(): never {
  throw malformed()
}

/** What is thrown for a message that this package did not write. */
export function malformed(): RtfsError {
  return new RtfsError('RTFS_DECODE', 'a message of the isolated code is malformed')
}
