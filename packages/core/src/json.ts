import type { Charge } from './equality.js'
import { jsonError } from './errors.js'
import { RtfsMap, RtfsMapBuilder } from './map.js'
import { parseInteger } from './numbers.js'
import { RtfsSequence, RtfsVector } from './sequence.js'
import { codePointLength, isWellFormed } from './text.js'
import { typeName } from './type-name.js'
import {
  Keyword,
  keyword,
  type MapKey,
  ResourceHandle,
  RtfsFloat,
  Timestamp,
  Uuid,
  type Value,
} from './values.js'
import { formatFloat } from './writer.js'

/** Arrays and objects inside one another that are read and written; more is a JsonError. */
const maxJsonDepth = 1000

/** Options of `parseJson`. */
export interface ParseJsonOptions {
  /**
   * What object keys become: `'string'` (default), `'keyword'`, or `'tagged'`: a string that starts with `:` becomes
   * the Keyword of what follows, keys and values alike, and other strings stay strings.
   */
  readonly keys?: 'string' | 'keyword' | 'tagged'
  /** Charged 1 per element read. */
  readonly meter?: Charge
}

/**
 * The value of a JSON text (LANGUAGE §13.6). Numbers without `.` and exponent within 64 bits are Integers, others
 * Floats. Of equal keys the last one wins. JsonError, with the code-point `:position` of the fault, for anything
 * that RFC 8259 does not allow, lone surrogates, numbers beyond the range of Float, more than 1000 levels. Time is
 * linear in the length of the text.
 */
export function parseJson(text: string, options: ParseJsonOptions = {}): Value {
  return new JsonReader(text, options).read()
}

type Container =
  | { readonly kind: 'array'; readonly items: Value[] }
  | { readonly kind: 'object'; readonly entries: RtfsMapBuilder; key: MapKey }

class JsonReader {
  readonly #text: string
  readonly #keys: 'string' | 'keyword' | 'tagged'
  readonly #meter: Charge | undefined
  #at = 0

  constructor(text: string, options: ParseJsonOptions) {
    this.#text = text
    this.#keys = options.keys ?? 'string'
    this.#meter = options.meter
  }

  read(): Value {
    const open: Container[] = []
    for (;;) {
      let value = this.#beginValue(open)
      // A finished value goes into its container, which may be finished by that, and so on.
      while (value !== undefined) {
        const container = open[open.length - 1]
        this.#skipSpace()
        if (container === undefined) {
          if (this.#at < this.#text.length) throw this.#error('unexpected text after the value')
          return value
        }
        this.#meter?.charge(1)
        value =
          container.kind === 'array'
            ? this.#addItem(container.items, value)
            : this.#addEntry(container, value)
        if (value !== undefined) open.pop()
      }
    }
  }

  /** A scalar or an empty container; `undefined` after a container was opened that has something in it. */
  #beginValue(open: Container[]): Value | undefined {
    this.#skipSpace()
    const code = this.#text.charCodeAt(this.#at)
    if (code === 34) return this.#stringValue()
    if (code === 45 || (code >= 48 && code <= 57)) return this.#number()
    if (code !== 91 && code !== 123) return this.#word()
    if (open.length >= maxJsonDepth) throw this.#error(`nested deeper than ${maxJsonDepth} levels`)
    this.#at++
    this.#skipSpace()
    if (code === 91) {
      if (this.#take(93)) return RtfsVector.empty
      open.push({ kind: 'array', items: [] })
      return undefined
    }
    if (this.#take(125)) return RtfsMap.empty
    open.push({ kind: 'object', entries: new RtfsMapBuilder(), key: this.#key() })
    return undefined
  }

  #addItem(items: Value[], value: Value): Value | undefined {
    items.push(value)
    if (this.#take(44)) return undefined
    if (this.#take(93)) return RtfsVector.adopt(items)
    throw this.#error("expected ',' or ']'")
  }

  #addEntry(object: Extract<Container, { kind: 'object' }>, value: Value): Value | undefined {
    object.entries.set(object.key, value)
    if (this.#take(44)) {
      this.#skipSpace()
      object.key = this.#key()
      return undefined
    }
    if (this.#take(125)) return object.entries.build()
    throw this.#error("expected ',' or '}'")
  }

  #key(): MapKey {
    if (this.#text.charCodeAt(this.#at) !== 34) throw this.#error('expected a string as key')
    const text = this.#string()
    this.#skipSpace()
    if (!this.#take(58)) throw this.#error("expected ':'")
    return this.#keys === 'keyword' ? keyword(text) : this.#tagged(text)
  }

  #stringValue(): Value {
    return this.#tagged(this.#string())
  }

  #tagged(text: string): string | Keyword {
    return this.#keys === 'tagged' && isTagged(text) ? keyword(text.slice(1)) : text
  }

  #string(): string {
    const text = this.#text
    const start = this.#at
    let from = ++this.#at
    let result = ''
    for (;;) {
      const code = text.charCodeAt(this.#at)
      if (code === 34) break
      if (code === 92) {
        result += text.slice(from, this.#at) + this.#escape()
        from = this.#at
      } else if (code >= 32) {
        this.#at++
      } else {
        // NaN at the end of the text fails the comparison above.
        throw this.#error(this.#at < text.length ? 'control character in a string' : 'unfinished string')
      }
    }
    result += text.slice(from, this.#at++)
    if (!isWellFormed(result)) throw this.#error('lone surrogate in a string', start)
    return result
  }

  #escape(): string {
    const code = this.#text.charCodeAt(this.#at + 1)
    const simple = escapes.get(code)
    if (simple !== undefined) {
      this.#at += 2
      return simple
    }
    const digits = this.#text.slice(this.#at + 2, this.#at + 6)
    if (code !== 117 || !/^[0-9a-fA-F]{4}$/.test(digits)) throw this.#error('bad escape in a string')
    this.#at += 6
    return String.fromCharCode(Number.parseInt(digits, 16))
  }

  #number(): Value {
    numberPattern.lastIndex = this.#at
    const match = numberPattern.exec(this.#text)
    if (match === null) throw this.#error('bad number')
    const literal = match[0]
    const start = this.#at
    this.#at += literal.length
    if (isDigit(this.#text.charCodeAt(this.#at))) throw this.#error('bad number: leading zero', start)
    if (match[1] === undefined && match[2] === undefined) {
      const integer = parseInteger(literal)
      if (integer !== undefined) return integer
    }
    const value = Number(literal)
    if (!Number.isFinite(value)) throw this.#error('number out of range', start)
    return new RtfsFloat(value)
  }

  #word(): Value {
    for (const [word, value] of words) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length
        return value
      }
    }
    throw this.#error(this.#at < this.#text.length ? 'expected a value' : 'unexpected end of text')
  }

  #take(code: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== code) return false
    this.#at++
    return true
  }

  #skipSpace(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at)
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return
      this.#at++
    }
  }

  #error(message: string, at: number = this.#at): Error {
    const position = codePointLength(this.#text.slice(0, at))
    return jsonError(`${message} at position ${position}`, position)
  }
}

const numberPattern = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y
const words: readonly (readonly [string, Value])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
]
const escapes = new Map([
  [34, '"'],
  [92, '\\'],
  [47, '/'],
  [98, '\b'],
  [102, '\f'],
  [110, '\n'],
  [114, '\r'],
  [116, '\t'],
])

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

/** A string that stands for a keyword in tagged JSON. */
function isTagged(text: string): boolean {
  return text.length > 1 && text.startsWith(':')
}

/** Options of `serializeJson`. */
export interface SerializeJsonOptions {
  /** `'plain'` (default): a Keyword is its text without the colon; `'tagged'`: with it, so that it can be read back. */
  readonly keys?: 'plain' | 'tagged'
  /** Two spaces a level, one element a line. Default: no white space at all. */
  readonly pretty?: boolean
  /** Charged 1 per element written. */
  readonly meter?: Charge
}

/**
 * The JSON text of a value (LANGUAGE §13.6). Integer digits are exact; a Float always has a point or an exponent;
 * timestamps, UUIDs and handles are their text. JsonError for symbols, functions, errors, NaN, infinities, lone
 * surrogates, two keys of one map with the same text, more than 1000 levels, and with `'tagged'` for a String that
 * would be read back as a Keyword.
 */
export function serializeJson(value: Value, options: SerializeJsonOptions = {}): string {
  const tagged = options.keys === 'tagged'
  const pretty = options.pretty ?? false
  const stack: Writing[] = []
  let text = ''
  let current = value
  for (;;) {
    if (current instanceof RtfsSequence || current instanceof RtfsMap) {
      if (stack.length >= maxJsonDepth) throw jsonError(`nested deeper than ${maxJsonDepth} levels`)
      const writing = beginWriting(current)
      text += writing.keys === undefined ? '[' : '{'
      stack.push(writing)
    } else {
      text += scalarText(current, tagged)
    }
    let writing = stack[stack.length - 1]
    while (writing !== undefined && writing.index === writing.parts.length) {
      if (pretty && writing.parts.length > 0) text += lineBreak(stack.length - 1)
      text += writing.keys === undefined ? ']' : '}'
      stack.pop()
      writing = stack[stack.length - 1]
    }
    if (writing === undefined) return text
    if (writing.index > 0) text += ','
    if (pretty) text += lineBreak(stack.length)
    options.meter?.charge(1)
    if (writing.keys !== undefined) {
      const key = keyText(writing.parts[writing.index++] as MapKey, tagged)
      if (writing.keys.has(key)) throw jsonError(`two keys become ${JSON.stringify(key)}`)
      writing.keys.add(key)
      text += JSON.stringify(key) + (pretty ? ': ' : ':')
    }
    current = writing.parts[writing.index++]!
  }
}

/** An array, or with `keys` (the key texts written so far) an object, whose parts alternate key and value. */
interface Writing {
  readonly parts: readonly Value[]
  readonly keys: Set<string> | undefined
  index: number
}

function beginWriting(value: RtfsSequence | RtfsMap): Writing {
  return value instanceof RtfsMap
    ? { parts: value.toFlatArray(), keys: new Set(), index: 0 }
    : { parts: value.toArray(), keys: undefined, index: 0 }
}

function lineBreak(level: number): string {
  return `\n${'  '.repeat(level)}`
}

function keyText(key: MapKey, tagged: boolean): string {
  if (key instanceof Keyword) return tagged ? `:${key.name}` : checkedText(key.name, false)
  return typeof key === 'string' ? checkedText(key, tagged) : String(key)
}

function scalarText(value: Value, tagged: boolean): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(checkedText(value, tagged))
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value)
    default:
      if (value === null) return 'null'
      if (value instanceof RtfsFloat) {
        if (!Number.isFinite(value.value)) throw jsonError(`${formatFloat(value.value)} has no JSON form`)
        return formatFloat(value.value)
      }
      if (value instanceof Keyword) return JSON.stringify(keyText(value, tagged))
      if (value instanceof Timestamp || value instanceof Uuid || value instanceof ResourceHandle) {
        return JSON.stringify(value.text)
      }
      throw jsonError(`a value of type ${typeName(value)} has no JSON form`)
  }
}

function checkedText(text: string, tagged: boolean): string {
  if (tagged && isTagged(text))
    throw jsonError(`the string ${JSON.stringify(text)} would be read as a keyword`)
  if (!isWellFormed(text)) throw jsonError('lone surrogate in a string')
  return text
}
