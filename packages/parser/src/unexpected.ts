import { type Diagnostic, diagnostic, type Fix } from '@rtfs/core'
import { isLoneSurrogate } from './characters.js'

/** Characters that word processors and models put where plain ones belong. */
const plainOnes: ReadonlyMap<string, string> = new Map([
  ['\u00a0', ' '],
  ['\u2007', ' '],
  ['\u202f', ' '],
  ['\u3000', ' '],
  ['\u2028', '\n'],
  ['\u2029', '\n'],
  ['\u0085', '\n'],
  ['\u000b', ' '],
  ['\u200b', ''],
  ['\u200c', ''],
  ['\u200d', ''],
  ['\u2060', ''],
  ['\ufeff', ''],
  ['\u201c', '"'],
  ['\u201d', '"'],
  ['\u2018', "'"],
  ['\u2019', "'"],
  ['\u2010', '-'],
  ['\u2011', '-'],
  ['\u2013', '-'],
  ['\u2212', '-'],
  ['\uff08', '('],
  ['\uff09', ')'],
])

/** Explains a character that can start nothing; a run of the same kind is one message. */
export function unexpectedCharacter(text: string, start: number): { item: Diagnostic; end: number } {
  const character = text[start]!
  let end = start + 1
  if (isLoneSurrogate(text, start)) {
    while (end < text.length && isLoneSurrogate(text, end)) end++
    return { item: diagnostic('P003', 'a lone surrogate is no character', { start, end }), end }
  }
  const code = text.codePointAt(start)!
  if (code > 0xffff) end++
  const plain = plainOnes.get(character)
  if (plain !== undefined) {
    const white = plain.trim() === ''
    const fix: Fix = {
      title: plain === '' ? 'Remove it' : `Replace it by ${white ? 'plain white space' : plain}`,
      edits: [{ start, end, text: plain }],
      safe: white,
    }
    return {
      item: diagnostic(
        'P003',
        `unexpected character ${nameOf(code)}`,
        { start, end },
        {
          hint: white ? 'It looks like white space but is none.' : `Write a plain ${plain} instead.`,
          fixes: [fix],
        },
      ),
      end,
    }
  }
  const hint =
    character === '\\'
      ? 'There are no characters of their own; write a string such as "a".'
      : character === '|'
        ? 'Block comments are written #| … |#.'
        : undefined
  return { item: diagnostic('P003', `unexpected character ${nameOf(code)}`, { start, end }, { hint }), end }
}

function nameOf(code: number): string {
  const hex = code.toString(16).toUpperCase().padStart(4, '0')
  const printable =
    code > 32 &&
    code !== 127 &&
    !(code >= 0x80 && code < 0xa1) &&
    !/[\p{Z}\p{C}]/u.test(String.fromCodePoint(code))
  return printable ? `${String.fromCodePoint(code)} (U+${hex})` : `U+${hex}`
}
