import { type Token, tokensOf } from './tokens.js'
import { visibleText } from './width.js'

const colors = {
  string: '32',
  comment: '2',
  keyword: '36',
  number: '33',
  form: '35',
  partner: '1;7',
} as const

/** Makes syntax colours; `isForm` tells the names of special forms. */
export function createHighlighter(isForm: (name: string) => boolean) {
  /** The text with colours. `partners` are offsets of delimiters that are shown to belong together. */
  return (text: string, partners: readonly number[] = []): string => {
    let painted = ''
    let at = 0
    for (const token of tokensOf(text)) {
      painted += visibleText(text.slice(at, token.start)) + paint(text, token, partners, isForm)
      at = token.end
    }
    return painted + visibleText(text.slice(at))
  }
}

export type Highlighter = ReturnType<typeof createHighlighter>

function paint(
  text: string,
  token: Token,
  partners: readonly number[],
  isForm: (name: string) => boolean,
): string {
  const piece = visibleText(text.slice(token.start, token.end))
  const { kind } = token
  if (kind === 'open' || kind === 'close') {
    const mark = piece.slice(-1)
    return partners.includes(token.end - 1) ? `${piece.slice(0, -1)}${painted(mark, 'partner')}` : piece
  }
  if (kind === 'name') {
    if (isForm(piece)) return painted(piece, 'form')
    return /^(nil|true|false)$/.test(piece) ? painted(piece, 'number') : piece
  }
  return kind === 'prefix' ? piece : painted(piece, kind)
}

/** Colours end and begin again at line breaks, so that every line stands for itself. */
function painted(text: string, color: keyof typeof colors): string {
  return text
    .split('\n')
    .map(line => `\u001b[${colors[color]}m${line}\u001b[0m`)
    .join('\n')
}
