import {
  formatFloat,
  isKeywordName,
  isSymbolName,
  parseFloatText,
  parseInteger,
  parseTimestamp,
  parseUuid,
  quoteString,
} from '@rtfs/core'

/*
 * Reads the readable texts of values (LANGUAGE §14.4), to compare them. It is a reader of its own on purpose: what
 * the corpus expects must not depend on the parser that is being tested.
 */

/** A value as its readable text shows it. */
export type Readable =
  | { readonly kind: 'atom'; readonly text: string }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'vector' | 'list'; readonly items: readonly Readable[] }
  | { readonly kind: 'map'; readonly entries: readonly { readonly key: string; readonly value: Readable }[] }
  /** `#<function …>`, or `#fn` in an expectation, which stands for any function. */
  | { readonly kind: 'function' }
  /** `#<error: message>`, or `#error` in an expectation, which stands for any error value. */
  | { readonly kind: 'error'; readonly message: string | undefined }

/** The text cannot be read as one value. */
export class ReadableError extends Error {
  override readonly name = 'ReadableError'
}

/** Reads one readable text. Throws `ReadableError`. */
export function parseReadable(text: string): Readable {
  const reader = new ReadableReader(text)
  const value = reader.value()
  reader.end()
  return value
}

/**
 * How two readable texts are compared. `exact`: as the language prints them, so a List is no Vector, maps keep
 * their order, `0.0` is not `-0.0`. `equal`: as `=` compares, but NaN equals NaN.
 */
export type Comparison = 'exact' | 'equal'

/** True when `actual` is what `expected` says; any function answers to any function. */
export function matchesReadable(
  expected: Readable,
  actual: Readable,
  comparison: Comparison = 'exact',
): boolean {
  const exact = comparison === 'exact'
  switch (expected.kind) {
    case 'atom':
      return actual.kind === 'atom' && actual.text === expected.text
    case 'float':
      if (actual.kind !== 'float') return false
      return Object.is(actual.value, expected.value) || (!exact && actual.value === expected.value)
    case 'function':
      return actual.kind === 'function'
    case 'error':
      return (
        actual.kind === 'error' && (expected.message === undefined || actual.message === expected.message)
      )
    case 'vector':
    case 'list':
      return (
        (actual.kind === 'vector' || actual.kind === 'list') &&
        (!exact || actual.kind === expected.kind) &&
        actual.items.length === expected.items.length &&
        expected.items.every((item, i) => matchesReadable(item, actual.items[i]!, comparison))
      )
    case 'map': {
      if (actual.kind !== 'map' || actual.entries.length !== expected.entries.length) return false
      return expected.entries.every(({ key, value }, i) => {
        const other = exact ? actual.entries[i] : actual.entries.find(entry => entry.key === key)
        return other !== undefined && other.key === key && matchesReadable(value, other.value, comparison)
      })
    }
  }
}

/** Reads an RTFS string literal, quotes included. Throws `ReadableError`. */
export function parseStringLiteral(text: string): string {
  const reader = new ReadableReader(text)
  const value = reader.string()
  reader.end()
  return value
}

/** A little more than the printer goes. */
const maxDepth = 1100
const delimiter = /[\s,()[\]{}";]/
const simpleEscapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
}

class ReadableReader {
  readonly #text: string
  #at = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  value(): Readable {
    this.#skipBlank()
    const char = this.#text[this.#at]
    switch (char) {
      case undefined:
        throw this.#error('a value is missing')
      case '[':
        return { kind: 'vector', items: this.#items(']') }
      case '(':
        return { kind: 'list', items: this.#items(')') }
      case '{':
        return this.#map()
      case '"':
        return { kind: 'atom', text: quoteString(this.string()) }
      case '#':
        return this.#dispatch()
      default:
        return this.#atom(this.#token())
    }
  }

  end(): void {
    this.#skipBlank()
    if (this.#at < this.#text.length) throw this.#error('text is left over')
  }

  string(): string {
    if (this.#text[this.#at] !== '"') throw this.#error('a string is expected')
    this.#at++
    let value = ''
    for (;;) {
      const char = this.#text[this.#at++]
      if (char === undefined) throw this.#error('the string does not end')
      if (char === '"') return value
      value += char === '\\' ? this.#escape() : char
    }
  }

  #escape(): string {
    const char = this.#text[this.#at++] ?? ''
    const simple = simpleEscapes[char]
    if (simple !== undefined) return simple
    const match =
      char === 'u'
        ? /^(?:([0-9a-fA-F]{4})|\{([0-9a-fA-F]{1,6})\})/.exec(this.#text.slice(this.#at, this.#at + 8))
        : null
    if (match === null) throw this.#error(`unknown escape \\${char}`)
    this.#at += match[0].length
    const code = Number.parseInt(match[1] ?? match[2]!, 16)
    return match[1] === undefined ? String.fromCodePoint(code) : String.fromCharCode(code)
  }

  #items(close: string): Readable[] {
    if (++this.#depth > maxDepth) throw this.#error('too deep')
    this.#at++
    const items: Readable[] = []
    for (;;) {
      this.#skipBlank()
      if (this.#text[this.#at] === close) break
      items.push(this.value())
    }
    this.#at++
    this.#depth--
    return items
  }

  #map(): Readable {
    const items = this.#items('}')
    if (items.length % 2 !== 0) throw this.#error('a map needs an even number of forms')
    const entries: { key: string; value: Readable }[] = []
    for (let i = 0; i < items.length; i += 2) {
      const key = items[i]!
      if (key.kind !== 'atom') throw this.#error('a map key is expected')
      entries.push({ key: key.text, value: items[i + 1]! })
    }
    return { kind: 'map', entries }
  }

  #dispatch(): Readable {
    const rest = this.#text.slice(this.#at)
    const float = /^##(?:NaN|Inf|-Inf)/.exec(rest)?.[0]
    if (float !== undefined) {
      this.#at += float.length
      return { kind: 'float', value: parseFloatText(float)! }
    }
    const wildcard = /^#(fn|error)(?=$|[\s\])}])/.exec(rest)
    if (wildcard !== null) {
      this.#at += wildcard[0].length
      return wildcard[1] === 'fn' ? { kind: 'function' } : { kind: 'error', message: undefined }
    }
    const fn = /^#<function(?: [^>\s]*>*|)>(?=$|[\s\])}])/.exec(rest)
    if (fn !== null) {
      this.#at += fn[0].length
      return { kind: 'function' }
    }
    // A message may hold anything; it ends at the first `>` after which something else may follow.
    const error = /^#<error: ([\s\S]*?)>(?=$|[\s\])}])/.exec(rest)
    if (error === null) throw this.#error('unknown # form')
    this.#at += error[0].length
    return { kind: 'error', message: error[1]! }
  }

  #token(): string {
    const start = this.#at
    while (this.#at < this.#text.length && !delimiter.test(this.#text[this.#at]!)) this.#at++
    if (start === this.#at) throw this.#error('unexpected delimiter')
    return this.#text.slice(start, this.#at)
  }

  #atom(token: string): Readable {
    if (token === 'nil' || token === 'true' || token === 'false') return { kind: 'atom', text: token }
    const integer = parseInteger(token)
    if (integer !== undefined) return { kind: 'atom', text: String(integer) }
    if (/^[+-]?\d+(?:\.|[eE])/.test(token) && !token.includes('T')) {
      const float = parseFloatText(token)
      if (float !== undefined) return { kind: 'float', value: float }
    }
    const timestamp = parseTimestamp(token)
    if (timestamp !== undefined) return { kind: 'atom', text: timestamp.text }
    const uuid = parseUuid(token)
    if (uuid !== undefined) return { kind: 'atom', text: uuid.text }
    if (token.startsWith('resource://')) return { kind: 'atom', text: token }
    if (token.startsWith(':') ? isKeywordName(token.slice(1)) : isSymbolName(token)) {
      return { kind: 'atom', text: token }
    }
    throw this.#error(`cannot read ${token}`)
  }

  #skipBlank(): void {
    while (/[\s,]/.test(this.#text[this.#at] ?? '')) this.#at++
  }

  #error(message: string): ReadableError {
    return new ReadableError(`${message} (column ${this.#at + 1} of ${this.#text.slice(0, 80)})`)
  }
}

/** The readable text again, for messages. */
export function formatReadable(value: Readable): string {
  switch (value.kind) {
    case 'atom':
      return value.text
    case 'float':
      return formatFloat(value.value)
    case 'function':
      return '#fn'
    case 'error':
      return value.message === undefined ? '#error' : `#<error: ${value.message}>`
    case 'vector':
      return `[${value.items.map(formatReadable).join(' ')}]`
    case 'list':
      return `(${value.items.map(formatReadable).join(' ')})`
    case 'map':
      return `{${value.entries.map(({ key, value: v }) => `${key} ${formatReadable(v)}`).join(' ')}}`
  }
}
