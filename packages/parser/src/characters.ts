/*
 * What each character may begin (LANGUAGE §1). One table look-up per character decides; only characters outside
 * ASCII need the Unicode tables.
 */

export const OTHER = 0
export const SPACE = 1
export const SYMBOL = 2
export const DIGIT = 3
export const QUOTE_MARK = 4
export const SEMICOLON = 5
export const OPEN_PAREN = 6
export const OPEN_BRACKET = 7
export const OPEN_BRACE = 8
export const CLOSE = 9
export const COLON = 10
export const HASH = 11
export const APOSTROPHE = 12
export const BACKTICK = 13
export const TILDE = 14
export const CARET = 15
export const AT = 16

/** Class of an ASCII character by its code. */
export const classOf: Uint8Array = table([
  [' \t\r\n\f,', SPACE],
  ['abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$+-*/=<>!?%&.', SYMBOL],
  ['0123456789', DIGIT],
  ['"', QUOTE_MARK],
  [';', SEMICOLON],
  ['(', OPEN_PAREN],
  ['[', OPEN_BRACKET],
  ['{', OPEN_BRACE],
  [')]}', CLOSE],
  [':', COLON],
  ['#', HASH],
  ["'", APOSTROPHE],
  ['`', BACKTICK],
  ['~', TILDE],
  ['^', CARET],
  ['@', AT],
])

/** 1 for ASCII characters that may stand inside a symbol; `:` and `#` have rules of their own. */
export const symbolCharacter: Uint8Array = table([
  ['abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$+-*/=<>!?%&.0123456789@', 1],
])

function table(rows: readonly (readonly [characters: string, value: number])[]): Uint8Array {
  const made = new Uint8Array(128)
  for (const [characters, value] of rows) {
    for (let i = 0; i < characters.length; i++) made[characters.charCodeAt(i)] = value
  }
  return made
}

/** Code units of the Unicode letter that starts at `index`, 0 when there is none. For characters outside ASCII. */
export function letterUnits(text: string, index: number): number {
  const point = text.codePointAt(index)
  if (point === undefined || !/^\p{L}$/u.test(String.fromCodePoint(point))) return 0
  return point > 0xffff ? 2 : 1
}

/** True when the colon at `index` is inside a name, because a character of a name follows it directly. */
export function isInnerColon(text: string, index: number): boolean {
  if (index + 1 >= text.length) return false
  const code = text.charCodeAt(index + 1)
  if (code >= 128) return letterUnits(text, index + 1) > 0
  // A slash separates a namespace, so it is no part of what follows a colon.
  return (symbolCharacter[code] === 1 && code !== 47) || (code === 35 && text.charCodeAt(index + 2) !== 124)
}

/** The end of the run of name characters at `index`: symbol characters, inner colons, `#` unless it starts a comment. */
export function endOfName(text: string, index: number): number {
  let i = index
  while (i < text.length) {
    const code = text.charCodeAt(i)
    if (code < 128) {
      const inside =
        symbolCharacter[code] === 1 ||
        (code === 58 ? isInnerColon(text, i) : code === 35 && text.charCodeAt(i + 1) !== 124)
      if (!inside) break
      i++
    } else {
      const units = letterUnits(text, i)
      if (units === 0) break
      i += units
    }
  }
  return i
}

/** True when a token may end before `index`: white space, a comment, a delimiter, the end (LANGUAGE §1.2). */
export function isBoundary(text: string, index: number): boolean {
  if (index >= text.length) return true
  const code = text.charCodeAt(index)
  if (code >= 128) return false
  switch (classOf[code]) {
    case OTHER:
    case SYMBOL:
    case DIGIT:
    case COLON:
    case AT:
      return false
    case HASH: {
      const next = text.charCodeAt(index + 1)
      return next === 124 || next === 95
    }
    default:
      return true
  }
}

/** True for a high surrogate without a low one after it, or a low one without a high one before it. */
export function isLoneSurrogate(text: string, index: number): boolean {
  const code = text.charCodeAt(index)
  if (code < 0xd800 || code > 0xdfff) return false
  const other = text.charCodeAt(code < 0xdc00 ? index + 1 : index - 1)
  return code < 0xdc00 ? !(other >= 0xdc00 && other <= 0xdfff) : !(other >= 0xd800 && other <= 0xdbff)
}
