import type { Span } from '@rtfs/core'

/** A piece of text as an editor sees it: also text that is not finished, or wrong, has pieces. */
export interface Token extends Span {
  readonly kind: 'open' | 'close' | 'string' | 'comment' | 'keyword' | 'number' | 'name' | 'prefix'
  /** False for a string or a block comment whose end is missing. */
  readonly closed: boolean
}

const numberPattern = /^[-+]?(\d|##(Inf|-Inf|NaN)$)/

/** Splits a text into tokens, in linear time. White space and commas are left out. Never fails. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = []
  let i = 0
  const add = (kind: Token['kind'], end: number, closed = true): void => {
    tokens.push({ kind, start: i, end, closed })
    i = end
  }
  while (i < text.length) {
    const character = text[i]!
    const two = text.slice(i, i + 2)
    if (/[\s,]/.test(character)) i++
    else if (character === ';' || (two === '#!' && i === 0)) add('comment', lineEnd(text, i))
    else if (two === '#|') {
      const end = blockCommentEnd(text, i)
      add('comment', end ?? text.length, end !== undefined)
    } else if (character === '"') {
      const end = stringEnd(text, i)
      add('string', end ?? text.length, end !== undefined)
    } else if (two === '#(') add('open', i + 2)
    else if ('([{'.includes(character)) add('open', i + 1)
    else if (')]}'.includes(character)) add('close', i + 1)
    else if (two === '~@' || two === '#_') add('prefix', i + 2)
    else if ("'`~^".includes(character)) add('prefix', i + 1)
    else {
      const end = wordEnd(text, i)
      const word = text.slice(i, end)
      add(word.startsWith(':') ? 'keyword' : numberPattern.test(word) ? 'number' : 'name', end)
    }
  }
  return tokens
}

function lineEnd(text: string, start: number): number {
  const end = text.indexOf('\n', start)
  return end < 0 ? text.length : end
}

function wordEnd(text: string, start: number): number {
  let i = start + 1
  while (i < text.length && !/[\s,()[\]{}"';`~^]/.test(text[i]!)) i++
  return i
}

function stringEnd(text: string, start: number): number | undefined {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '"') return i + 1
    if (text[i] === '\\') i++
  }
  return undefined
}

function blockCommentEnd(text: string, start: number): number | undefined {
  let depth = 0
  for (let i = start; i < text.length; i++) {
    const two = text.slice(i, i + 2)
    if (two === '#|') depth++
    else if (two === '|#') depth--
    else continue
    i++
    if (depth === 0) return i + 1
  }
  return undefined
}

/** The delimiter that a token opens or closes. */
export function delimiterOf(text: string, token: Token): string {
  return text[token.end - 1]!
}

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/** True when `open` and `close` belong together. */
export function isPair(open: string, close: string): boolean {
  return closers[open] === close
}
