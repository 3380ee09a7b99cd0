import { formatValue, RtfsList, RtfsMap, RtfsSequence, type Value } from '@rtfs/core'

export interface PrettyOptions {
  /** Columns of a line. */
  readonly width: number
  /** Elements of one collection that are shown, and code units of one string. `Infinity`: all. */
  readonly maxItems: number
  readonly maxString: number
  /** Lines that are shown. */
  readonly maxLines: number
}

/** A value as text, and whether something of it was left out. */
export interface PrettyText {
  readonly text: string
  readonly isCut: boolean
}

/** Nesting that is laid out; what is deeper stands on one line, or is left out. */
const maxDepth = 60

/** The readable text of a value over as many lines as it needs; large values are shown in part. */
export function prettyValue(value: Value, options: PrettyOptions): PrettyText {
  const writer = new Writer(options)
  writer.write(value, 0, 0)
  return { text: writer.lines.join('\n'), isCut: writer.isCut }
}

class Writer {
  readonly lines: string[] = ['']
  isCut = false
  readonly #options: PrettyOptions

  constructor(options: PrettyOptions) {
    this.#options = options
  }

  /** Writes a value at the end of the last line; `closers` is how much closes behind it. */
  write(value: Value, closers: number, depth: number): void {
    if (!(value instanceof RtfsSequence || value instanceof RtfsMap)) {
      this.#put(this.#atom(value))
      return
    }
    const room = this.#options.width - this.#column - closers
    const flat = this.#flat(value, room)
    if (flat !== undefined) this.#put(flat)
    else if (depth >= maxDepth) {
      this.isCut = true
      this.#put('…')
    } else if (value instanceof RtfsMap) this.#map(value, closers, depth)
    else this.#sequence(value, closers, depth)
  }

  get #column(): number {
    return this.lines.at(-1)!.length
  }

  get #isFull(): boolean {
    return this.lines.length >= this.#options.maxLines
  }

  /** The text on one line where it fits and nothing has to be left out. */
  #flat(value: (RtfsSequence | RtfsMap) & Value, room: number): string | undefined {
    if (value.size > Math.min(this.#options.maxItems, Math.max(0, room))) return undefined
    if (room <= 0) return undefined
    const text = formatValue(value, { maxLength: room, ellipsis: '\u0000' })
    return text.length > room || text.includes('\u0000') ? undefined : text
  }

  #sequence(value: RtfsSequence, closers: number, depth: number): void {
    const [open, close] = value instanceof RtfsList ? ['(', ')'] : ['[', ']']
    this.#put(open)
    const margin = this.#column
    const shown = Math.min(value.size, this.#options.maxItems)
    for (let i = 0; i < shown; i++) {
      const item = value.at(i)
      const isLast = i === shown - 1
      // What closes behind the value stands behind its last element, not behind the last one that is shown.
      const behind = i === value.size - 1 ? closers + 1 : 0
      if (i > 0) this.#separate(item, margin, behind)
      if (this.#isFull && !isLast) {
        this.#more(value.size - i)
        break
      }
      this.write(item, behind, depth + 1)
      if (isLast && shown < value.size) {
        this.#line(margin)
        this.#more(value.size - shown)
      }
    }
    this.#put(close)
  }

  /** Small elements share lines; the others have one of their own. */
  #separate(item: Value, margin: number, closers: number): void {
    const isSmall = !(item instanceof RtfsSequence || item instanceof RtfsMap)
    const text = isSmall ? this.#atom(item) : ''
    if (isSmall && this.#column + 1 + text.length + closers <= this.#options.width) this.#put(' ')
    else this.#line(margin)
  }

  #map(value: RtfsMap, closers: number, depth: number): void {
    this.#put('{')
    const margin = this.#column
    const entries = value.toFlatArray()
    const shown = Math.min(value.size, this.#options.maxItems)
    for (let i = 0; i < shown; i++) {
      if (i > 0) this.#line(margin)
      const isLast = i === shown - 1
      if (this.#isFull && !isLast) {
        this.#more(value.size - i)
        break
      }
      this.#put(`${this.#atom(entries[2 * i]!)} `)
      this.write(entries[2 * i + 1]!, isLast ? closers + 1 : 0, depth + 1)
      if (isLast && shown < value.size) {
        this.#line(margin)
        this.#more(value.size - shown)
      }
    }
    this.#put('}')
  }

  #more(count: number): void {
    this.isCut = true
    this.#put(`… ${count} more`)
  }

  #atom(value: Value): string {
    const { maxString } = this.#options
    if (typeof value !== 'string' || value.length <= maxString) return formatValue(value)
    this.isCut = true
    return `${formatValue(value.slice(0, maxString)).slice(0, -1)}…" (${value.length} code units)`
  }

  #put(text: string): void {
    this.lines[this.lines.length - 1] += text
  }

  #line(margin: number): void {
    this.lines.push(' '.repeat(margin))
  }
}
