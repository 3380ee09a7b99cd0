import { isLoneSurrogate } from './characters.js'
import type { MissingCloser } from './reader.js'

/** A closer that the indentation asks for: `at` is the end of the code before it. */
export interface IndentedCloser extends MissingCloser {
  readonly open: number
  /** Offset of the code whose indentation shows that the form was meant to end. */
  readonly next: number
  /** True when a line of the form is indented, or the form has its place on one line: then the margin means something. */
  readonly indented: boolean
}

interface Open {
  readonly closer: string
  readonly at: number
  readonly column: number
  /** Set when a later line stands further right: the author does indent. */
  indented: boolean
}

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/**
 * Where the indentation says that closers are missing: code at the start of a line that stands no further right
 * than an open delimiter was not meant to be inside it. `undefined` when a string or comment is not closed.
 */
export function closersByIndentation(text: string): IndentedCloser[] | undefined {
  const found: IndentedCloser[] = []
  const open: Open[] = []
  let lineStart = 0
  let atLineStart = true
  /** End of the last code, where a missing closer would have stood. */
  let end = 0
  for (let i = 0; i < text.length; ) {
    const character = text[i]!
    if (character === '\n' || character === '\r') {
      i++
      lineStart = i
      atLineStart = true
      continue
    }
    if (character === ' ' || character === '\t' || character === ',' || character === '\f') {
      i++
      continue
    }
    if (character === ';') {
      while (i < text.length && text[i] !== '\n' && text[i] !== '\r') i++
      continue
    }
    if (character === '#' && text[i + 1] === '|') {
      const stop = endOfBlockComment(text, i)
      if (stop === undefined) return undefined
      i = stop
      continue
    }
    const closes = character === ')' || character === ']' || character === '}'
    if (atLineStart && !closes) {
      while (open.length > 0 && open[open.length - 1]!.column >= i - lineStart) {
        const { closer, at, indented } = open.pop()!
        // A form with several parts on one line needs no further line to be indented.
        found.push({ at: end, closer, open: at, next: i, indented: indented || hasParts(text, at, end) })
      }
      for (const form of open) form.indented = true
    }
    atLineStart = false
    if (character === '"') {
      const stop = endOfString(text, i)
      if (stop === undefined) return undefined
      i = stop
    } else if (closes) {
      // A closer for an outer form: what is inside was to be closed before it.
      const position = findLast(open, character)
      if (position >= 0) {
        while (open.length > position + 1) {
          const inner = open.pop()!
          found.push({ at: i, closer: inner.closer, open: inner.at, next: i, indented: true })
        }
        open.pop()
      }
      i++
    } else {
      const closer = closers[character]
      if (closer !== undefined) open.push({ closer, at: i, column: i - lineStart, indented: false })
      i += isLoneSurrogate(text, i) || (text.codePointAt(i) ?? 0) <= 0xffff ? 1 : 2
    }
    end = i
  }
  while (open.length > 0) {
    const { closer, at } = open.pop()!
    found.push({ at: end, closer, open: at, next: end, indented: true })
  }
  return found
}

/** True when more than a head, or a head and one form, stands between an opener and `end`. */
function hasParts(text: string, open: number, end: number): boolean {
  return text.slice(open + 1, Math.min(end, open + 400)).split(/[\s,]+/).length > 2
}

function findLast(open: readonly Open[], closer: string): number {
  let i = open.length - 1
  while (i >= 0 && open[i]!.closer !== closer) i--
  return i
}

function endOfString(text: string, start: number): number | undefined {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '"') return i + 1
    if (text[i] === '\\') i++
  }
  return undefined
}

function endOfBlockComment(text: string, start: number): number | undefined {
  let depth = 1
  for (let i = start + 2; i < text.length; i++) {
    if (text[i] === '|' && text[i + 1] === '#') {
      i++
      if (--depth === 0) return i + 1
    } else if (text[i] === '#' && text[i + 1] === '|') {
      depth++
      i++
    }
  }
  return undefined
}
