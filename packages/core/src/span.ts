/** Half-open range of UTF-16 offsets into one source text. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** 1-based position; columns count code points (LANGUAGE §2.1). */
export interface Position {
  readonly line: number
  readonly column: number
}

/** 1-based lines and code-point columns of a span, as diagnostics and `rtfs eval --jsonl` print them. */
export interface SpanPosition {
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
}

/** A named source text. Line starts are computed once, when a position is first asked for. */
export class SourceText {
  /** File name or label shown in messages, `undefined` for text without a name. */
  readonly file: string | undefined
  readonly text: string
  #lineStarts: readonly number[] | undefined

  constructor(text: string, file?: string) {
    this.text = text
    this.file = file
  }

  /** Offsets at which lines start; CR, LF and CRLF end a line. */
  get lineStarts(): readonly number[] {
    if (this.#lineStarts === undefined) {
      const starts = [0]
      for (let i = 0; i < this.text.length; i++) {
        const code = this.text.charCodeAt(i)
        if (code === 10 || (code === 13 && this.text.charCodeAt(i + 1) !== 10)) starts.push(i + 1)
      }
      this.#lineStarts = starts
    }
    return this.#lineStarts
  }

  /** The position of an offset. Offsets outside the text are clamped. */
  positionAt(offset: number): Position {
    const starts = this.lineStarts
    const at = Math.max(0, Math.min(offset, this.text.length))
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (starts[middle]! <= at) low = middle
      else high = middle - 1
    }
    let column = 1
    for (let i = starts[low]!; i < at; column++) i += codeUnitsAt(this.text, i)
    return { line: low + 1, column }
  }

  /** Line and column of both ends of a span. */
  positionsOf(span: Span): SpanPosition {
    const from = this.positionAt(span.start)
    const to = this.positionAt(span.end)
    return { line: from.line, column: from.column, endLine: to.line, endColumn: to.column }
  }

  /** The text of a 1-based line without its line end; empty when there is no such line. */
  lineText(line: number): string {
    const start = this.lineStarts[line - 1]
    if (start === undefined) return ''
    const end = this.lineStarts[line] ?? this.text.length
    return this.text.slice(start, end).replace(/[\r\n]+$/, '')
  }
}

function codeUnitsAt(text: string, index: number): number {
  const code = text.charCodeAt(index)
  if (code < 0xd800 || code > 0xdbff || index + 1 >= text.length) return 1
  const next = text.charCodeAt(index + 1)
  return next >= 0xdc00 && next <= 0xdfff ? 2 : 1
}
