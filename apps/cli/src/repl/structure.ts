import { delimiterOf, isPair, type Token, tokensOf } from './tokens.js'

/** What is open at the end of a text. */
export interface Structure {
  /** Openers without a closer, outermost first. */
  readonly open: readonly Token[]
  /** True when the text is one or more whole forms, or is wrong in a way that more text cannot mend. */
  readonly complete: boolean
}

/** Looks whether a text that is being typed is finished. */
export function structureOf(text: string, tokens = tokensOf(text)): Structure {
  const open: Token[] = []
  for (const token of tokens) {
    if (token.kind === 'open') open.push(token)
    if (token.kind !== 'close') continue
    const opener = open.pop()
    // A closer that fits nothing: the reader says so better than a prompt that waits.
    if (opener === undefined || !isPair(delimiterOf(text, opener), delimiterOf(text, token))) {
      return { open: [], complete: true }
    }
  }
  const last = tokens.at(-1)
  const waiting = last !== undefined && (!last.closed || last.kind === 'prefix')
  return { open, complete: open.length === 0 && !waiting }
}

/** The opener or closer that belongs to the delimiter just before `cursor`, `undefined` when there is none. */
export function partnerOf(text: string, cursor: number, tokens = tokensOf(text)): number | undefined {
  const open: Token[] = []
  for (const token of tokens) {
    if (token.kind === 'open') open.push(token)
    if (token.kind !== 'close') continue
    const opener = open.pop()
    if (opener === undefined || !isPair(delimiterOf(text, opener), delimiterOf(text, token))) return undefined
    if (token.end === cursor) return opener.end - 1
    if (opener.end === cursor) return token.end - 1
  }
  return undefined
}

/** Forms whose body is indented by two columns, whatever stands behind their head. */
const bodyForms =
  /^(def\w*|fn|λ|let|letrec|loop|do|if|if-let|when|when-not|when-let|unless|match|case|cond|try|catch|finally|for|dotimes|module|parallel|step\S*|with-resource|quasiquote)$/

/** The columns by which a line is indented that starts at `at`. */
export function indentationAt(text: string, at: number): number {
  const before = text.slice(0, at)
  const tokens = tokensOf(before)
  if (tokens.at(-1)?.closed === false) return 0
  const { open } = structureOf(before, tokens)
  const opener = open.at(-1)
  if (opener === undefined) return 0
  const column = columnOf(before, opener.end - 1)
  if (delimiterOf(before, opener) !== '(') return column + 1
  const head = tokens.find(token => token.start >= opener.end)
  if (head === undefined) return column + 1
  if (head.kind === 'name' && bodyForms.test(before.slice(head.start, head.end))) return column + 2
  const first = tokens.find(token => token.start >= head.end)
  if (head.kind !== 'name' || first === undefined || before.slice(head.end, first.start).includes('\n')) {
    return head.kind === 'name' ? column + 2 : column + 1
  }
  return columnOf(before, first.start)
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1)
}
