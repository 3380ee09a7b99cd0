import { isLoneSurrogate } from './characters.js'
import type { Diagnostics } from './diagnostics.js'

const BACKSLASH = 92

/**
 * The content of a string literal whose text between the quotes is `[start, end)` (LANGUAGE §1.4). Bad escapes are
 * reported and kept as they stand.
 */
export function decodeString(text: string, start: number, end: number, diagnostics: Diagnostics): string {
  let content = ''
  let from = start
  for (let i = start; i < end; ) {
    const code = text.charCodeAt(i)
    if (code !== BACKSLASH) {
      if (code >= 0xd800 && code <= 0xdfff && isLoneSurrogate(text, i)) {
        diagnostics.report(
          'P006',
          'a lone surrogate stands in a string',
          { start: i, end: i + 1 },
          { hint: 'Half of a surrogate pair is no character; remove it.' },
        )
      }
      i++
      continue
    }
    const found = readEscape(text, i, end)
    content += text.slice(from, i)
    if (typeof found.value === 'string') content += found.value
    else {
      content += text.slice(i, found.end)
      const sequence = text.slice(i, found.end)
      diagnostics.report(
        'P006',
        `invalid escape sequence ${sequence}`,
        { start: i, end: found.end },
        { hint: found.value.hint },
      )
    }
    i = from = found.end
  }
  return from === start ? text.slice(start, end) : content + text.slice(from, end)
}

interface Escape {
  readonly value: string | { readonly hint: string }
  readonly end: number
}

const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['b', '\b'],
  ['f', '\f'],
  ['/', '/'],
])

function readEscape(text: string, at: number, end: number): Escape {
  const letter = text[at + 1]!
  const simple = simpleEscapes.get(letter)
  if (simple !== undefined) return { value: simple, end: at + 2 }
  if (letter === 'u') return text[at + 2] === '{' ? readBraced(text, at, end) : readFour(text, at, end)
  const width = (text.codePointAt(at + 1) ?? 0) > 0xffff ? 3 : 2
  return {
    value: {
      hint: 'Escapes are \\" \\\\ \\n \\t \\r \\b \\f \\/ \\uXXXX \\u{X…}; write \\\\ for a backslash.',
    },
    end: Math.min(at + width, end),
  }
}

const loneHint = 'A surrogate only stands in a pair such as \\uD83D\\uDE42, or write \\u{1F642}.'

function readFour(text: string, at: number, end: number): Escape {
  const first = hex(text, at + 2, at + 6, end)
  if (first === undefined) {
    let stop = at + 2
    while (stop < Math.min(end, at + 6) && hex(text, stop, stop + 1, end) !== undefined) stop++
    return { value: { hint: 'Four hexadecimal digits follow \\u.' }, end: stop }
  }
  if (first < 0xd800 || first > 0xdfff) return { value: String.fromCharCode(first), end: at + 6 }
  if (first < 0xdc00 && text[at + 6] === '\\' && text[at + 7] === 'u') {
    const second = hex(text, at + 8, at + 12, end)
    if (second !== undefined && second >= 0xdc00 && second <= 0xdfff) {
      return { value: String.fromCharCode(first, second), end: at + 12 }
    }
  }
  return { value: { hint: loneHint }, end: at + 6 }
}

function readBraced(text: string, at: number, end: number): Escape {
  let stop = at + 3
  while (stop < end && stop < at + 10 && hex(text, stop, stop + 1, end) !== undefined) stop++
  const point = stop - at - 3 <= 6 ? hex(text, at + 3, stop, end) : undefined
  if (text[stop] !== '}' || stop >= end || point === undefined || point > 0x10ffff) {
    return {
      value: { hint: '\\u{…} takes one to six hexadecimal digits, at most 10FFFF.' },
      end: text[stop] === '}' && stop < end ? stop + 1 : stop,
    }
  }
  if (point >= 0xd800 && point <= 0xdfff) return { value: { hint: loneHint }, end: stop + 1 }
  return { value: String.fromCodePoint(point), end: stop + 1 }
}

/** The number that the hexadecimal digits `[from, to)` spell; undefined if there are none or others. */
function hex(text: string, from: number, to: number, end: number): number | undefined {
  if (to > end || from >= to) return undefined
  let value = 0
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i)
    const digit =
      code >= 48 && code <= 57
        ? code - 48
        : code >= 97 && code <= 102
          ? code - 87
          : code >= 65 && code <= 70
            ? code - 55
            : -1
    if (digit < 0) return undefined
    value = value * 16 + digit
  }
  return value
}
