import { isSuspended } from './control.js'
import { invalidArgument, isRtfsError, languageError, typeError } from './errors.js'
import { timestampFromMillis } from './instants.js'
import { RtfsMap, RtfsMapBuilder } from './map.js'
import { float, integer } from './numbers.js'
import { RtfsList, RtfsSequence, RtfsVector } from './sequence.js'
import { isWellFormed } from './text.js'
import {
  HostFunction,
  isInteger,
  Keyword,
  keyword,
  type MapKey,
  ResourceHandle,
  RtfsErrorValue,
  RtfsFloat,
  RtfsFunction,
  RtfsSymbol,
  Timestamp,
  Uuid,
  type Value,
} from './values.js'

/** Options of `fromJs`. */
export interface FromJsOptions {
  /** Object keys become Keywords instead of Strings. Default false. Keys of a `Map` are taken as they are. */
  readonly keywordKeys?: boolean
}

/** Options of `toJs`. */
export interface ToJsOptions {
  /** Keywords become `'k'` (`'name'`, default) or `':k'` (`'colon'`). */
  readonly keywords?: 'name' | 'colon'
  /**
   * Integers outside ±(2^53−1) become a bigint (`'unsafe'`, default), every Integer does (`'always'`), or they are
   * an InvalidArgument (`'error'`).
   */
  readonly bigint?: 'always' | 'unsafe' | 'error'
}

/** An Integer: `int(5)`, `int(2n ** 60n)`. InvalidArgument for a fraction, ArithmeticOverflow outside 64 bits. */
export function int(value: number | bigint): number | bigint {
  if (typeof value === 'bigint') return integer(value, 'int')
  if (Number.isSafeInteger(value)) return value + 0
  if (!Number.isInteger(value)) throw invalidArgument(`${value} is not an integer`)
  return integer(BigInt(value), 'int')
}

/** The keyword `:name`. */
export function kw(name: string): Keyword {
  return keyword(name)
}

/** The symbol `name` as data. */
export function sym(name: string): RtfsSymbol {
  return new RtfsSymbol(name)
}

/** A List of RTFS values. */
export function list(...items: readonly Value[]): RtfsList {
  return RtfsList.from(items)
}

/**
 * The RTFS value of a JavaScript value (LANGUAGE §19): safe integers but −0 become Integers, other numbers Floats,
 * arrays Vectors, plain objects and `Map`s Maps, `Date`s Timestamps, functions HostFunctions (called with the
 * `toJs` of their arguments, their result converted back); `null` and `undefined` nil; RTFS values stay. TypeError
 * for cycles, symbols, instances of other classes and strings with lone surrogates; ArithmeticOverflow for a bigint
 * outside 64 bits. An object met twice is converted once. Keeps its own stack.
 */
export function fromJs(value: unknown, options: FromJsOptions = {}): Value {
  const keywordKeys = options.keywordKeys ?? false
  const done = new Map<object, Value>()
  /** Begun; one that is not done yet and comes round again is a cycle. */
  const open = new Set<object>()
  const stack: Conversion[] = []
  let current = value
  for (;;) {
    let result = fromScalar(current)
    if (result === undefined) {
      const source = current as object
      result = done.get(source)
      if (result === undefined) {
        if (open.has(source)) throw typeError('fromJs', 'a value without cycles', 'cycle')
        open.add(source)
        stack.push(beginConversion(source, keywordKeys))
      }
    }
    // Hand the result to the conversion that waits for it; finish what is complete.
    for (;;) {
      const conversion = stack[stack.length - 1]
      if (conversion === undefined) return result!
      if (result !== undefined) conversion.results.push(result)
      if (conversion.results.length < conversion.parts.length) {
        current = conversion.parts[conversion.results.length]
        break
      }
      result = finish(conversion)
      done.set(conversion.source, result)
      stack.pop()
    }
  }
}

/** An array, or with `keys` an object or `Map`, whose parts are converted one after the other. */
interface Conversion {
  readonly source: object
  readonly keys: readonly MapKey[] | undefined
  readonly parts: readonly unknown[]
  readonly results: Value[]
}

function beginConversion(source: object, keywordKeys: boolean): Conversion {
  if (Array.isArray(source)) return { source, keys: undefined, parts: source, results: [] }
  if (source instanceof Map) {
    return { source, keys: [...source.keys()].map(fromJsKey), parts: [...source.values()], results: [] }
  }
  if (!isPlainObject(source)) throw typeError('fromJs', 'plain data', className(source))
  const names = Object.keys(source)
  return {
    source,
    keys: names.map(name => (keywordKeys ? keyword(checkedText(name)) : checkedText(name))),
    parts: names.map(name => (source as Record<string, unknown>)[name]),
    results: [],
  }
}

function finish(conversion: Conversion): Value {
  if (conversion.keys === undefined) return RtfsVector.adopt(conversion.results)
  const builder = new RtfsMapBuilder()
  conversion.keys.forEach((key, i) => {
    builder.set(key, conversion.results[i]!)
  })
  return builder.build()
}

/** `undefined` for what has parts. */
function fromScalar(value: unknown): Value | undefined {
  switch (typeof value) {
    case 'undefined':
      return null
    case 'boolean':
      return value
    case 'string':
      return checkedText(value)
    case 'number':
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? value : float(value)
    case 'bigint':
      return integer(value, 'fromJs')
    case 'symbol':
      throw typeError('fromJs', 'plain data', 'symbol')
    case 'function':
      return hostFunction(value as (...args: unknown[]) => unknown)
    default:
      if (value === null) return null
      if (isRtfsObject(value)) return value
      if (value instanceof Date) return fromDate(value)
      return undefined
  }
}

function isRtfsObject(value: unknown): value is Exclude<Value, null | boolean | number | bigint | string> {
  return (
    value instanceof RtfsFloat ||
    value instanceof Keyword ||
    value instanceof RtfsSequence ||
    value instanceof RtfsMap ||
    value instanceof RtfsFunction ||
    value instanceof RtfsSymbol ||
    value instanceof Timestamp ||
    value instanceof Uuid ||
    value instanceof ResourceHandle ||
    value instanceof RtfsErrorValue
  )
}

function fromDate(date: Date): Timestamp {
  if (Number.isNaN(date.getTime())) throw typeError('fromJs', 'a valid Date', 'invalid Date')
  return timestampFromMillis(date.getTime())
}

function fromJsKey(key: unknown): MapKey {
  if (key instanceof Keyword || typeof key === 'boolean') return key
  if (typeof key === 'string') return checkedText(key)
  if (typeof key === 'bigint') return integer(key, 'fromJs')
  if (typeof key === 'number' && Number.isSafeInteger(key)) return key + 0
  throw typeError('fromJs', 'a key that is a string, integer, boolean or keyword', typeof key)
}

function checkedText(text: string): string {
  if (!isWellFormed(text)) throw typeError('fromJs', 'well-formed text', 'lone surrogate')
  return text
}

/** Objects made by `{}`, `JSON.parse` or `Object.create(null)`, also those of another realm. */
function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null || prototype === Object.prototype) return true
  return (
    Object.getPrototypeOf(prototype) === null &&
    Object.hasOwn(prototype as object, 'hasOwnProperty') &&
    Object.prototype.toString.call(value) === '[object Object]'
  )
}

function className(value: object): string {
  const name: unknown = value.constructor?.name
  return typeof name === 'string' && name !== '' ? name : 'object'
}

function hostFunction(fn: (...args: unknown[]) => unknown): HostFunction {
  return new HostFunction(fn.name === '' ? undefined : fn.name, args => {
    let result: unknown
    try {
      result = fn(...args.map(arg => toJs(arg)))
    } catch (error) {
      if (isRtfsError(error) || isSuspended(error)) throw error
      const message = error instanceof Error ? error.message : String(error)
      throw languageError('Generic', `Runtime error: ${message}`, { message }, { cause: error })
    }
    return fromJs(result)
  })
}

/**
 * The JavaScript value of an RTFS value (LANGUAGE §19): Floats and safe Integers become numbers, Keywords their
 * name, sequences arrays, Maps objects without prototype when all keys are strings or keywords and stay distinct,
 * otherwise `Map`s (whose keyword keys stay Keywords). Symbols, timestamps, UUIDs, handles, functions and errors
 * stay RTFS objects. Keeps its own stack.
 */
export function toJs(value: Value, options: ToJsOptions = {}): unknown {
  const stack: Building[] = []
  let current = value
  for (;;) {
    let result: unknown
    if (current instanceof RtfsSequence || current instanceof RtfsMap) {
      stack.push(beginBuilding(current, options))
    } else {
      result = scalarToJs(current, options)
      const building = stack[stack.length - 1]
      if (building === undefined) return result
      building.add(result, building.index++)
    }
    for (;;) {
      const building = stack[stack.length - 1]!
      if (building.index < building.parts.length) {
        current = building.parts[building.index]!
        break
      }
      stack.pop()
      const outer = stack[stack.length - 1]
      if (outer === undefined) return building.target
      outer.add(building.target, outer.index++)
    }
  }
}

/** A JavaScript collection in the making: `add` puts the converted part of that index into `target`. */
interface Building {
  readonly target: unknown
  readonly parts: readonly Value[]
  readonly add: (part: unknown, index: number) => void
  index: number
}

function beginBuilding(value: RtfsSequence | RtfsMap, options: ToJsOptions): Building {
  if (value instanceof RtfsSequence) {
    const target: unknown[] = []
    return { target, parts: value.toArray(), add: part => target.push(part), index: 0 }
  }
  const keys = [...value.keys()]
  const parts = [...value.values()]
  const names = propertyNames(keys, options)
  if (names !== undefined) {
    // Without a prototype, `__proto__` is a property like any other.
    const target: Record<string, unknown> = Object.create(null)
    return { target, parts, add: (part, index) => (target[names[index]!] = part), index: 0 }
  }
  const target = new Map<unknown, unknown>()
  return {
    target,
    parts,
    add: (part, index) => {
      const key = keys[index]!
      target.set(isInteger(key) ? scalarToJs(key, options) : key, part)
    },
    index: 0,
  }
}

/** The property names of the keys; `undefined` unless all are strings or keywords and no two become the same. */
function propertyNames(keys: readonly MapKey[], options: ToJsOptions): string[] | undefined {
  const names: string[] = []
  for (const key of keys) {
    if (typeof key === 'string') names.push(key)
    else if (key instanceof Keyword) names.push(keywordText(key, options))
    else return undefined
  }
  return new Set(names).size === names.length ? names : undefined
}

function keywordText(value: Keyword, options: ToJsOptions): string {
  return options.keywords === 'colon' ? `:${value.name}` : value.name
}

function scalarToJs(value: Value, options: ToJsOptions): unknown {
  if (value instanceof RtfsFloat) return value.value
  if (value instanceof Keyword) return keywordText(value, options)
  if (!isInteger(value)) return value
  if (options.bigint === 'always') return BigInt(value)
  if (options.bigint === 'error' && typeof value === 'bigint') {
    throw invalidArgument(`${value} is not a safe integer`)
  }
  return value
}
