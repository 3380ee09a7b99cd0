import type { Span } from '@rtfs/core'
import type { Position, Range } from 'vscode-languageserver'

/** Offsets to positions of the protocol: lines and UTF-16 columns, both from 0. */
export class Positions {
  readonly #text: string
  readonly #starts: number[]

  constructor(text: string) {
    this.#text = text
    this.#starts = [0]
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code === 10 || (code === 13 && text.charCodeAt(i + 1) !== 10)) this.#starts.push(i + 1)
    }
  }

  positionAt(offset: number): Position {
    const at = Math.max(0, Math.min(offset, this.#text.length))
    let low = 0
    let high = this.#starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#starts[middle]! <= at) low = middle
      else high = middle - 1
    }
    return { line: low, character: at - this.#starts[low]! }
  }

  offsetAt({ line, character }: Position): number {
    const start = this.#starts[line]
    if (start === undefined) return this.#text.length
    const next = this.#starts[line + 1] ?? this.#text.length
    return Math.min(start + Math.max(0, character), next)
  }

  rangeOf({ start, end }: Span): Range {
    return { start: this.positionAt(start), end: this.positionAt(end) }
  }
}
