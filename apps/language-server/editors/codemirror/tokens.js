import { ExternalTokenizer } from '@lezer/lr'
import { BlockComment } from './parser.terms.js'

const hash = 35
const bar = 124

/** `#| … |#`, nested. An open one goes to the end of the text. */
export const readBlockComment = term => input => {
  if (input.next !== hash || input.peek(1) !== bar) return
  let depth = 0
  while (input.next >= 0) {
    if (input.next === hash && input.peek(1) === bar) {
      depth++
      input.advance(2)
    } else if (input.next === bar && input.peek(1) === hash) {
      depth--
      input.advance(2)
      if (depth === 0) break
    } else input.advance()
  }
  input.acceptToken(term)
}

export const blockComment = new ExternalTokenizer(readBlockComment(BlockComment))
