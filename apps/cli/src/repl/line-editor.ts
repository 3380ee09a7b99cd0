import { type Completion, commonPrefix } from './completion.js'
import { EditBuffer } from './edit-buffer.js'
import type { Highlighter } from './highlight.js'
import type { History } from './history.js'
import { Screen, type Terminal } from './screen.js'
import { partnerOf, structureOf } from './structure.js'
import { textWidth, visibleText } from './width.js'

/** A key as `node:readline` tells it. */
export interface Key {
  readonly sequence?: string | undefined
  readonly name?: string | undefined
  readonly ctrl?: boolean | undefined
  readonly meta?: boolean | undefined
  readonly shift?: boolean | undefined
}

export interface LineEditorOptions {
  readonly terminal: Terminal
  readonly history: History
  readonly highlight: Highlighter | undefined
  readonly complete: (text: string, cursor: number) => Completion
  readonly prompt: string
  readonly continuation: string
  /** Stops this process until it is told to go on. */
  readonly suspend: () => void
}

/** What somebody typed: a text, or that it is enough. */
export type Entry =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'cancelled'; readonly wasEmpty: boolean }
  | { readonly kind: 'end' }

/** Candidates that are listed at once. */
const maxListed = 12

/** An editor for whole forms: fed with keys, it paints itself and says when an entry is finished. */
export class LineEditor {
  readonly #options: LineEditorOptions
  readonly #screen: Screen
  readonly #buffer = new EditBuffer()
  #below: readonly string[] = []
  /** Place in the history; its length is the new entry. */
  #place = 0
  /** What was typed before going through the history. */
  #typed = { text: '', prefix: '' }
  #search: { query: string; place: number; readonly before: string } | undefined
  #pasting = false
  #lastWasTab = false

  constructor(options: LineEditorOptions) {
    this.#options = options
    this.#screen = new Screen(options.terminal)
  }

  /** Begins a new entry at the place of the cursor. */
  start(): void {
    this.#buffer.clear()
    this.#below = []
    this.#search = undefined
    this.#place = this.#options.history.entries.length
    this.#typed = { text: '', prefix: '' }
    this.#screen.start()
    this.paint()
  }

  /** Takes a key; an entry when it is finished. */
  key(key: Key): Entry | undefined {
    const tabbed = this.#lastWasTab
    this.#lastWasTab = false
    this.#below = []
    if (this.#pasting || key.name === 'paste-start') this.#paste(key)
    else {
      const entry = this.#search === undefined ? this.#edit(key, tabbed) : this.#searching(key)
      if (entry !== undefined) return this.#finish(entry)
    }
    if (!this.#pasting) this.paint()
    return undefined
  }

  paint(): void {
    const { prompt, continuation, highlight } = this.#options
    const { text, cursor } = this.#buffer
    const partner = partnerOf(text, cursor)
    const partners = partner === undefined ? [] : [partner, cursor - 1]
    this.#screen.paint({
      prompt,
      continuation,
      text,
      painted: highlight === undefined ? visibleText(text) : highlight(text, partners),
      cursor,
      below: this.#search === undefined ? this.#below : [this.#searchLine()],
    })
  }

  #finish(entry: Entry): Entry {
    const { highlight, prompt, continuation } = this.#options
    const { text } = this.#buffer
    // The last picture stays on the screen, without what is only for typing.
    this.#screen.paint({
      prompt,
      continuation,
      text,
      painted: highlight === undefined ? visibleText(text) : highlight(text),
      cursor: text.length,
      below: [],
    })
    this.#options.terminal.write(entry.kind === 'cancelled' && !entry.wasEmpty ? '^C\r\n' : '\r\n')
    return entry
  }

  #paste(key: Key): void {
    if (key.name === 'paste-start') this.#pasting = true
    else if (key.name === 'paste-end') this.#pasting = false
    else if (key.name === 'return' || key.name === 'enter') this.#buffer.insert('\n')
    else if (key.sequence !== undefined) this.#buffer.insert(key.sequence.replace(/\t/g, '  '))
  }

  #edit(key: Key, tabbed: boolean): Entry | undefined {
    const buffer = this.#buffer
    const { name, ctrl = false, meta = false } = key
    if (ctrl && !meta) return this.#control(name, key)
    if (meta) this.#meta(name)
    else if (name === 'return' || name === 'enter') return this.#enter()
    else if (name === 'backspace') buffer.backspace()
    else if (name === 'delete') buffer.delete()
    else if (name === 'left') buffer.left()
    else if (name === 'right') buffer.right()
    else if (name === 'home') buffer.home()
    else if (name === 'end') buffer.end()
    else if (name === 'up') buffer.up() || this.#recall(-1)
    else if (name === 'down') buffer.down() || this.#recall(1)
    else if (name === 'tab') this.#tab(tabbed)
    else if (key.sequence !== undefined && !/^[\u0000-\u001f\u007f]/.test(key.sequence))
      buffer.insert(key.sequence)
    return undefined
  }

  #control(name: string | undefined, { sequence }: Key): Entry | undefined {
    const buffer = this.#buffer
    if (name === 'c') return { kind: 'cancelled', wasEmpty: buffer.text === '' }
    if (name === 'd' && buffer.text === '') return { kind: 'end' }
    if (sequence === '\u001f') buffer.undo()
    else if (name === 'd') buffer.delete()
    else if (name === 'a') buffer.home()
    else if (name === 'e') buffer.end()
    else if (name === 'b') buffer.left()
    else if (name === 'f') buffer.right()
    else if (name === 'p') this.#recall(-1)
    else if (name === 'n') this.#recall(1)
    else if (name === 'h') buffer.backspace()
    else if (name === 'k') buffer.cutToLineEnd()
    else if (name === 'u') buffer.cutToLineStart()
    else if (name === 'w' || name === 'backspace') buffer.cutWordLeft()
    else if (name === 'delete') buffer.cutWordRight()
    else if (name === 'y') buffer.paste()
    else if (name === 't') buffer.transpose()
    else if (name === 'l') this.#screen.clear()
    else if (name === 'left') buffer.wordLeft()
    else if (name === 'right') buffer.wordRight()
    else if (name === 'r') {
      this.#search = { query: '', place: this.#options.history.entries.length, before: buffer.text }
    } else if (name === 'z') {
      this.#options.suspend()
      this.#screen.start()
    }
    return undefined
  }

  #meta(name: string | undefined): void {
    const buffer = this.#buffer
    if (name === 'b' || name === 'left') buffer.wordLeft()
    else if (name === 'f' || name === 'right') buffer.wordRight()
    else if (name === 'd' || name === 'delete') buffer.cutWordRight()
    else if (name === 'backspace') buffer.cutWordLeft()
    else if (name === 'return' || name === 'enter') buffer.newline()
  }

  /** A finished entry; in an open form a line break. */
  #enter(): Entry | undefined {
    const { text } = this.#buffer
    if (structureOf(text).complete) return { kind: 'text', text }
    this.#buffer.newline()
    return undefined
  }

  /** Through the entries that begin as what stands before the cursor does. */
  #recall(step: -1 | 1): void {
    const { entries } = this.#options.history
    const buffer = this.#buffer
    if (this.#place === entries.length) {
      this.#typed = { text: buffer.text, prefix: buffer.text.slice(0, buffer.cursor) }
    }
    const { text, prefix } = this.#typed
    for (let i = this.#place + step; i >= 0 && i < entries.length; i += step) {
      if (!entries[i]!.startsWith(prefix) || entries[i] === buffer.text) continue
      this.#place = i
      buffer.set(entries[i]!)
      return
    }
    if (step < 0 || this.#place === entries.length) return
    this.#place = entries.length
    buffer.set(text)
  }

  #searching(key: Key): Entry | undefined {
    const search = this.#search!
    const { name, sequence = '', ctrl = false, meta = false } = key
    if (ctrl && name === 'r') this.#find(search.place - 1)
    else if (name === 'backspace') {
      search.query = [...search.query].slice(0, -1).join('')
      this.#find(this.#options.history.entries.length - 1)
    } else if (ctrl && (name === 'g' || name === 'c')) {
      this.#buffer.set(search.before)
      this.#search = undefined
    } else if (!ctrl && !meta && sequence !== '' && !/^[\u0000-\u001f\u007f]/.test(sequence)) {
      search.query += sequence
      this.#find(Math.min(search.place, this.#options.history.entries.length - 1))
    } else {
      // Any other key takes what was found, and does what it does.
      this.#search = undefined
      if (name !== 'escape') return this.#edit(key, false)
    }
    return undefined
  }

  #find(from: number): void {
    const search = this.#search!
    const { entries } = this.#options.history
    if (search.query === '') return
    for (let i = from; i >= 0; i--) {
      const at = entries[i]!.indexOf(search.query)
      if (at < 0) continue
      search.place = i
      this.#place = i
      this.#buffer.set(entries[i]!, at)
      return
    }
  }

  #searchLine(): string {
    const { query } = this.#search!
    return this.#dim(`search in history: ${visibleText(query)}_`)
  }

  #tab(again: boolean): void {
    const buffer = this.#buffer
    const lineStart = buffer.text.lastIndexOf('\n', Math.max(0, buffer.cursor - 1)) + 1
    const before = buffer.text.slice(buffer.text[lineStart - 1] === '\n' ? lineStart : 0, buffer.cursor)
    if (before.trim() === '') {
      buffer.insert('  ')
      return
    }
    const { start, candidates } = this.#options.complete(buffer.text, buffer.cursor)
    if (candidates.length === 0) return
    const typed = buffer.text.slice(start, buffer.cursor)
    const prefix = commonPrefix(candidates.map(({ name }) => name))
    if (prefix !== typed) buffer.replace(start, buffer.cursor, prefix)
    this.#lastWasTab = true
    if (candidates.length === 1 || prefix === typed || again) this.#list(candidates, again)
  }

  /** Shows the candidates below the text; all of them when they are asked for again. */
  #list(candidates: Completion['candidates'], all: boolean): void {
    const { columns, rows } = this.#options.terminal.size()
    const shown = candidates.slice(0, all ? Math.max(maxListed, rows - 4) : maxListed)
    const width = Math.min(32, Math.max(...shown.map(({ name }) => textWidth(name))))
    const lines = shown.map(({ name, about }) => {
      const line = `${name.padEnd(width)}  ${about}`
      const cut = line.length < columns ? line : `${line.slice(0, Math.max(0, columns - 2))}…`
      return cut.slice(0, width) + this.#dim(cut.slice(width))
    })
    const more = candidates.length - shown.length
    this.#below = more > 0 ? [...lines, this.#dim(`… ${more} more`)] : lines
  }

  #dim(text: string): string {
    return this.#options.highlight === undefined ? text : `\u001b[2m${text}\u001b[0m`
  }
}
