import { textWidth, visibleText } from './width.js'

/** What is on the screen while something is typed. */
export interface Picture {
  readonly prompt: string
  /** Before every line but the first; as wide as the prompt. */
  readonly continuation: string
  readonly text: string
  /** The same text with colours: the same lines. */
  readonly painted: string
  readonly cursor: number
  /** Lines below the text: completions, the search. They are cut to the width. */
  readonly below: readonly string[]
}

export interface Terminal {
  readonly write: (text: string) => void
  readonly size: () => { readonly columns: number; readonly rows: number }
}

/** Paints the text that is being typed over what it painted before. */
export class Screen {
  readonly #terminal: Terminal
  /** Rows between the first row of the picture and the cursor. */
  #cursorRow = 0

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  /** The picture begins where the cursor is now. */
  start(): void {
    this.#cursorRow = 0
  }

  paint(picture: Picture): void {
    const { columns, rows } = this.#terminal.size()
    const { prompt, continuation, text, cursor } = picture
    const lines = text.split('\n')
    const painted = picture.painted.split('\n')
    const before = text.slice(0, cursor).split('\n')
    const cursorLine = before.length - 1
    const rowsOf = (line: number): number => {
      const width = textWidth(line === 0 ? prompt : continuation) + textWidth(visibleText(lines[line]!))
      return Math.floor(width / columns) + 1
    }
    // What does not fit is left out around the line of the cursor: above it, the terminal could not be painted again.
    let first = cursorLine
    let last = cursorLine
    let used = rowsOf(cursorLine)
    while (first > 0 && used + rowsOf(first - 1) < rows) used += rowsOf(--first)
    while (last + 1 < lines.length && used + rowsOf(last + 1) < rows) used += rowsOf(++last)
    let output = this.#toStart()
    for (let line = first; line <= last; line++) {
      if (line > first) output += '\r\n'
      output += (line === 0 ? prompt : continuation) + painted[line]
      // A full row leaves the cursor in it: an own line break makes the next one.
      if (isFull(line === 0 ? prompt : continuation, lines[line]!, columns)) output += ' \r'
    }
    const below = picture.below.slice(0, Math.max(0, rows - used - 1))
    for (const line of below) output += `\r\n${line}`
    const cursorWidth =
      textWidth(cursorLine === 0 ? prompt : continuation) + textWidth(visibleText(before[cursorLine]!))
    let row = Math.floor(cursorWidth / columns)
    for (let line = first; line < cursorLine; line++) row += rowsOf(line)
    const up = used - 1 + below.length - row
    if (up > 0) output += `\u001b[${up}A`
    output += '\r'
    if (cursorWidth % columns > 0) output += `\u001b[${cursorWidth % columns}C`
    this.#cursorRow = row
    this.#terminal.write(output)
  }

  /** Takes the picture away. */
  erase(): void {
    this.#terminal.write(this.#toStart())
    this.#cursorRow = 0
  }

  clear(): void {
    this.#cursorRow = 0
    this.#terminal.write('\u001b[H\u001b[2J')
  }

  #toStart(): string {
    return `${this.#cursorRow > 0 ? `\u001b[${this.#cursorRow}A` : ''}\r\u001b[J`
  }
}

function isFull(prompt: string, line: string, columns: number): boolean {
  const width = textWidth(prompt) + textWidth(visibleText(line))
  return width > 0 && width % columns === 0
}
