import { indentationAt } from './structure.js'

/** Characters that make words for moving and deleting by word. */
const wordCharacter = /[\p{L}\p{N}_?!*+<>=/.-]/u

/** The text that is being edited, with a cursor: an offset in code units, never inside a surrogate pair. */
export class EditBuffer {
  text = ''
  cursor = 0
  /** What was cut last. */
  #cut = ''
  readonly #undo: { readonly text: string; readonly cursor: number }[] = []

  /** Replaces everything; the cursor goes to the end. */
  set(text: string, cursor = text.length): void {
    this.#remember()
    this.text = text
    this.cursor = cursor
  }

  /** Starts anew, with nothing to undo. */
  clear(): void {
    this.text = ''
    this.cursor = 0
    this.#undo.length = 0
  }

  insert(text: string): void {
    this.#remember()
    this.text = this.text.slice(0, this.cursor) + text + this.text.slice(this.cursor)
    this.cursor += text.length
  }

  /** A line break with the indentation that the form asks for. */
  newline(): void {
    this.insert(`\n${' '.repeat(indentationAt(this.text, this.cursor))}`)
  }

  undo(): void {
    const before = this.#undo.pop()
    if (before === undefined) return
    this.text = before.text
    this.cursor = before.cursor
  }

  left(): void {
    this.cursor = this.#before(this.cursor)
  }

  right(): void {
    this.cursor = this.#after(this.cursor)
  }

  wordLeft(): void {
    this.cursor = this.#wordBefore()
  }

  wordRight(): void {
    this.cursor = this.#wordAfter()
  }

  /** The beginning of the line; where the cursor is there already, that of the text. */
  home(): void {
    const start = this.#lineStart()
    this.cursor = this.cursor === start ? 0 : start
  }

  end(): void {
    const end = this.#lineEnd()
    this.cursor = this.cursor === end ? this.text.length : end
  }

  /** One line up, in the same column; false on the first line. */
  up(): boolean {
    const start = this.#lineStart()
    if (start === 0) return false
    const column = this.cursor - start
    const previous = lineStartAt(this.text, start - 1)
    this.cursor = Math.min(previous + column, start - 1)
    return true
  }

  /** One line down; false on the last line. */
  down(): boolean {
    const end = this.#lineEnd()
    if (end === this.text.length) return false
    const column = this.cursor - this.#lineStart()
    const next = this.text.indexOf('\n', end + 1)
    this.cursor = Math.min(end + 1 + column, next < 0 ? this.text.length : next)
    return true
  }

  backspace(): void {
    this.#remove(this.#before(this.cursor), this.cursor)
  }

  delete(): void {
    this.#remove(this.cursor, this.#after(this.cursor))
  }

  cutWordLeft(): void {
    this.#cutOut(this.#wordBefore(), this.cursor)
  }

  cutWordRight(): void {
    this.#cutOut(this.cursor, this.#wordAfter())
  }

  cutToLineEnd(): void {
    const end = this.#lineEnd()
    this.#cutOut(this.cursor, end === this.cursor ? this.#after(end) : end)
  }

  cutToLineStart(): void {
    this.#cutOut(this.#lineStart(), this.cursor)
  }

  paste(): void {
    if (this.#cut !== '') this.insert(this.#cut)
  }

  /** Swaps the two characters before the cursor, or those around it. */
  transpose(): void {
    const middle = this.cursor === this.text.length ? this.#before(this.cursor) : this.cursor
    const start = this.#before(middle)
    const end = this.#after(middle)
    if (start === middle || end === middle) return
    const swapped = this.text.slice(middle, end) + this.text.slice(start, middle)
    this.set(this.text.slice(0, start) + swapped + this.text.slice(end), end)
  }

  /** Replaces a part; the cursor goes behind it. */
  replace(start: number, end: number, text: string): void {
    this.set(this.text.slice(0, start) + text + this.text.slice(end), start + text.length)
  }

  #cutOut(start: number, end: number): void {
    if (start === end) return
    this.#cut = this.text.slice(start, end)
    this.#remove(start, end)
  }

  #remove(start: number, end: number): void {
    if (start < end) this.set(this.text.slice(0, start) + this.text.slice(end), start)
  }

  #remember(): void {
    this.#undo.push({ text: this.text, cursor: this.cursor })
    if (this.#undo.length > 200) this.#undo.shift()
  }

  #before(offset: number): number {
    if (offset === 0) return 0
    return offset - (isLow(this.text, offset - 1) && offset > 1 ? 2 : 1)
  }

  #after(offset: number): number {
    if (offset >= this.text.length) return this.text.length
    return offset + (isLow(this.text, offset + 1) ? 2 : 1)
  }

  #wordBefore(): number {
    let at = this.cursor
    while (at > 0 && !wordCharacter.test(this.text[at - 1]!)) at--
    while (at > 0 && wordCharacter.test(this.text[at - 1]!)) at--
    return at
  }

  #wordAfter(): number {
    let at = this.cursor
    while (at < this.text.length && !wordCharacter.test(this.text[at]!)) at++
    while (at < this.text.length && wordCharacter.test(this.text[at]!)) at++
    return at
  }

  #lineStart(): number {
    return lineStartAt(this.text, this.cursor)
  }

  #lineEnd(): number {
    const end = this.text.indexOf('\n', this.cursor)
    return end < 0 ? this.text.length : end
  }
}

/** The offset at which the line begins that holds `offset`. */
function lineStartAt(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1
}

function isLow(text: string, offset: number): boolean {
  const code = text.charCodeAt(offset)
  return code >= 0xdc00 && code <= 0xdfff
}
