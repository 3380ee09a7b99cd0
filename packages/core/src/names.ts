import { parseUuid } from './instants.js'

// LANGUAGE §1.6 and §1.7. `/` is left out of both classes: it stands alone (division) or separates a namespace.
const start = String.raw`[\p{L}_$+\-*=<>!?%&.]`
const character = String.raw`[\p{L}_$+\-*=<>!?%&.\d#@]`
const simple = `${start}(?:${character}|:(?=${character}))*`
const version = String.raw`\d+(?:\.\d+)*`

const simplePattern = new RegExp(`^${simple}$`, 'u')
const versionedPattern = new RegExp(`^(${simple}?):v(${version})$`, 'u')
const typePattern = new RegExp(`^(${simple}?):v(${version}):(${simple})$`, 'u')
/** What reads as a number or as a malformed one. */
const numberPattern = /^[+-]?\.?\d/
const notSymbols = new Set(['true', 'false', 'nil'])

/** A symbol or keyword name in its parts. */
export interface NameParts {
  readonly namespace: string | undefined
  /** Digits and points, without the `v`. */
  readonly version: string | undefined
  readonly name: string
}

/**
 * The parts of `math.util/square`, `org.lib:v2.1.3/scale`, or of a versioned type name `rtfs.core:v2.0:intent`.
 * `/` is a name, and `stdlib//` is `/` in a namespace. The text is not checked.
 */
export function splitName(text: string): NameParts {
  const slash = text.indexOf('/')
  if (slash < 0) {
    const type = typePattern.exec(text)
    if (type !== null) return { namespace: type[1], version: type[2], name: type[3]! }
    return { namespace: undefined, version: undefined, name: text }
  }
  if (slash === 0) return { namespace: undefined, version: undefined, name: text }
  const qualifier = text.slice(0, slash)
  const versioned = versionedPattern.exec(qualifier)
  return {
    namespace: versioned?.[1] ?? qualifier,
    version: versioned?.[2],
    name: text.slice(slash + 1),
  }
}

/** True when `text` reads as one symbol (§1.6): not a number, `true`, `false`, `nil`, a UUID or a handle. */
export function isSymbolName(text: string): boolean {
  if (text === '/') return true
  if (notSymbols.has(text) || numberPattern.test(text)) return false
  if (text.startsWith('resource://')) return false
  return isName(text) && parseUuid(text) === undefined
}

/** True when `:` and `text` read as one keyword (§1.7). `text` is without the colon. */
export function isKeywordName(text: string): boolean {
  return isName(text)
}

function isName(text: string): boolean {
  const slash = text.indexOf('/')
  if (slash < 0) return simplePattern.test(text)
  const qualifier = text.slice(0, slash)
  const name = text.slice(slash + 1)
  return simplePattern.test(qualifier) && (name === '/' || simplePattern.test(name))
}
