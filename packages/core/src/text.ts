// LANGUAGE §11: a string is a sequence of code points, positions count code points. JavaScript strings count UTF-16
// units; the two agree exactly when no surrogate occurs, which the engine's own scanner finds out fast.

const surrogate = /[\ud800-\udfff]/
// With the `u` flag a proper pair is one character, so the class only finds lone surrogates.
const loneSurrogate = /[\ud800-\udfff]/u

/** True when every code unit is one code point, so that code-unit indices may be used as they are. */
export function isFlatText(text: string): boolean {
  return !surrogate.test(text)
}

/** True when the text has no lone surrogate. */
export function isWellFormed(text: string): boolean {
  return !loneSurrogate.test(text)
}

/** Number of code points. */
export function codePointLength(text: string): number {
  if (isFlatText(text)) return text.length
  let length = text.length
  for (let i = 1; i < text.length; i++) {
    if (isLow(text.charCodeAt(i)) && isHigh(text.charCodeAt(i - 1))) {
      length--
      i++
    }
  }
  return length
}

/** The code-unit offset of code point `index`; `text.length` when the text has no more than `index` code points. */
export function codePointOffset(text: string, index: number): number {
  if (index <= 0) return 0
  if (isFlatText(text)) return Math.min(index, text.length)
  let offset = 0
  for (let i = 0; i < index && offset < text.length; i++) offset += unitsAt(text, offset)
  return offset
}

/** The code points from `start` to `end`, exclusive (default: to the end). Bounds outside the text are clamped. */
export function codePointSlice(text: string, start: number, end: number = Infinity): string {
  if (isFlatText(text)) return text.slice(Math.max(0, start), Math.max(0, end))
  let from = 0
  let at = 0
  for (; at < start && from < text.length; at++) from += unitsAt(text, from)
  let to = from
  for (; at < end && to < text.length; at++) to += unitsAt(text, to)
  return text.slice(from, to)
}

/** The character (a string of one code point) at `index`; `undefined` outside the text. */
export function codePointAt(text: string, index: number): string | undefined {
  if (index < 0 || index >= text.length) return undefined
  if (isFlatText(text)) return text[index]
  const offset = codePointOffset(text, index)
  return offset < text.length ? text.slice(offset, offset + unitsAt(text, offset)) : undefined
}

/** The characters, each a string of one code point. */
export function characters(text: string): string[] {
  return isFlatText(text) ? text.split('') : [...text]
}

/** The code-point position of the first occurrence of `part` at or after code point `from`; -1 when there is none. */
export function codePointIndexOf(text: string, part: string, from: number = 0): number {
  const offset = text.indexOf(part, codePointOffset(text, from))
  return offset <= 0 ? offset : codePointLength(text.slice(0, offset))
}

function unitsAt(text: string, offset: number): number {
  return isHigh(text.charCodeAt(offset)) && isLow(text.charCodeAt(offset + 1)) ? 2 : 1
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff
}

/** −1, 0 or 1 by code points, which differs from JavaScript's order of UTF-16 units above U+FFFF. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i)
    const right = b.charCodeAt(i)
    if (left !== right) return orderedUnit(left) < orderedUnit(right) ? -1 : 1
  }
  return a.length < b.length ? -1 : a.length > b.length ? 1 : 0
}

/** Moves surrogates above U+E000…U+FFFF, where the code points they stand for belong. */
function orderedUnit(unit: number): number {
  return unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800
}
