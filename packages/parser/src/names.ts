import { type Keyword, keyword, parseUuid, type Value } from '@rtfs/core'
import { classOf, SYMBOL } from './characters.js'
import { type Diagnostics, shorten } from './diagnostics.js'
import { splitSymbol } from './symbols.js'

/** What a token of name characters is: a literal, or a symbol when `value` is undefined. */
export interface Name {
  readonly text: string
  readonly value: Value | undefined
  /** A symbol with a trailing `#`, which only means something inside a quasiquote. */
  readonly gensym: boolean
  /** Of a symbol. */
  readonly namespace: string | undefined
  readonly version: string | undefined
}

const size = 512

/** The names already met in a text. Sharing their strings saves copies and makes later look-ups by name fast. */
export class Names {
  readonly #text: string
  readonly #diagnostics: Diagnostics
  /** One name to a slot: another one with the same slot takes its place. */
  readonly #slots: (Name | undefined)[] = new Array(size).fill(undefined)

  constructor(text: string, diagnostics: Diagnostics) {
    this.#text = text
    this.#diagnostics = diagnostics
  }

  /** The name at `[start, end)`, or `undefined` after reporting why it is none. `hash` is any hash of its characters. */
  at(start: number, end: number, hash: number): Name | undefined {
    const slot = (hash ^ (hash >>> 9) ^ (end - start)) & (size - 1)
    const known = this.#slots[slot]
    if (
      known !== undefined &&
      known.text.length === end - start &&
      this.#text.startsWith(known.text, start)
    ) {
      return known
    }
    const name = this.#make(this.#text.slice(start, end), start, end)
    if (name !== undefined) this.#slots[slot] = name
    return name
  }

  #make(text: string, start: number, end: number): Name | undefined {
    if (text.charCodeAt(0) === 58) {
      if (text === ':/') return this.#bareSlash(start, end)
      if (!this.checkSlash(text.slice(1), start, end)) return undefined
      return literalName(text, keyword(text.slice(1)) satisfies Keyword)
    }
    if (text === 'true' || text === 'false') return literalName(text, text === 'true')
    if (text === 'nil') return literalName(text, null)
    const uuid = text.length === 36 ? parseUuid(text) : undefined
    if (uuid !== undefined) return literalName(text, uuid)
    if (!this.checkSlash(text, start, end)) return undefined
    const { namespace, version } = splitSymbol(text)
    return { text, value: undefined, gensym: text.endsWith('#'), namespace, version }
  }

  #bareSlash(start: number, end: number): undefined {
    this.#diagnostics.report('P003', 'a keyword needs a name', { start, end })
    return undefined
  }

  /**
   * A name is `/`, or has at most one `/`, which stands between namespace and name; `ns//` is `/` in a namespace.
   * False when it is neither: that has been reported.
   */
  checkSlash(name: string, start: number, end: number): boolean {
    const slash = name.indexOf('/')
    if (slash < 0 || name === '/') return true
    const rest = name.slice(slash + 1)
    if (slash > 0 && (rest === '/' || (!rest.includes('/') && startsName(rest)))) return true
    const { message, hint } = explainSlash(name)
    this.#diagnostics.report('P003', message, { start, end }, { hint })
    return false
  }
}

function literalName(text: string, value: Value): Name {
  return { text, value, gensym: false, namespace: undefined, version: undefined }
}

/** A name cannot start with a digit, `#`, `@` or `:`. */
function startsName(text: string): boolean {
  const code = text.charCodeAt(0)
  return code < 128 ? classOf[code] === SYMBOL : text !== ''
}

function explainSlash(name: string): { message: string; hint: string | undefined } {
  if (name.startsWith('/')) {
    return {
      message: `a namespace must stand before the / of ${shorten(name)}`,
      hint: 'For division put a space after /.',
    }
  }
  if (name.indexOf('/') === name.lastIndexOf('/')) {
    return { message: `a name must follow the / of ${shorten(name)}`, hint: undefined }
  }
  return {
    message: `${shorten(name)} has more than one /`,
    hint: 'A symbol has at most one /, between namespace and name.',
  }
}
