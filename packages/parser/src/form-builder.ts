import type { Span } from '@rtfs/core'
import type { Diagnostics } from './diagnostics.js'
import { type Form, type FormWithItems, keywordOf, stringOf, symbolName } from './forms.js'
import { checkMapKeys } from './map-keys.js'

/*
 * Puts tokens together to forms. Unfinished forms are on a stack of its own; delimiters that do not fit are noted and
 * recovered from at once.
 */

/** A delimiter that does not fit, as the reader met it. It has already recovered in the way `recovery` says. */
export interface DelimiterProblem {
  /** `unclosed`: an opener met the end or the closer of an outer form. `wrong`: another closer stands in its place. `stray`: nothing is open. */
  readonly kind: 'unclosed' | 'wrong' | 'stray'
  /** The opening delimiter with its prefix (`#(`); the stray closer itself when nothing is open. */
  readonly open: Span
  /** Where the closer should be, or the closer that is wrong. */
  readonly at: Span
  /** The closer that is missing; empty for a stray one. */
  readonly closer: string
}

/** A form under construction. Its `end` is set when it is complete. */
interface Frame {
  kind: FormWithItems['kind']
  start: number
  end: number
  items: Form[]
}

type CollectionKind = 'list' | 'vector' | 'map' | 'anonymous-fn'

const closerOf: Readonly<Record<string, string>> = { list: ')', 'anonymous-fn': ')', vector: ']', map: '}' }

/** After so many delimiters that do not fit, the rest of the text says nothing useful. */
const maxProblems = 200

export interface BuilderOptions {
  /** Levels of nesting. */
  readonly maxDepth: number
  /** Keep comments and discarded forms among the forms. */
  readonly keepComments: boolean
}

export class FormBuilder {
  readonly problems: DelimiterProblem[] = []
  /** Set when reading makes no sense any more: too deep, or too many problems. */
  stopped = false
  readonly #text: string
  readonly #diagnostics: Diagnostics
  readonly #options: BuilderOptions
  readonly #stack: Frame[] = []
  /** The innermost unfinished form; the pseudo list of all top-level forms at the bottom. */
  #frame: Frame = { kind: 'list', start: 0, end: 0, items: [] }
  /** True when `#frame` is complete after a fixed number of forms, false when a closer ends it. */
  #prefixed = false

  constructor(text: string, diagnostics: Diagnostics, options: BuilderOptions) {
    this.#text = text
    this.#diagnostics = diagnostics
    this.#options = options
  }

  /** Begins a form that a closer ends. */
  open(kind: CollectionKind, start: number): void {
    this.#push({ kind, start, end: start, items: [] })
    this.#prefixed = false
  }

  /** Begins a form that is complete with the next form (metadata: the next ones). */
  openPrefix(kind: Exclude<FormWithItems['kind'], CollectionKind>, start: number): void {
    this.#push({ kind, start, end: start, items: [] })
    this.#prefixed = true
  }

  #push(frame: Frame): void {
    if (this.#stack.length >= this.#options.maxDepth) {
      this.stopped = true
      this.#diagnostics.report(
        'P003',
        `forms are nested more than ${this.#options.maxDepth} deep; reading stops here`,
        { start: frame.start, end: frame.start + 1 },
        { hint: 'Give inner parts a name with let or defn.' },
      )
      return
    }
    this.#stack.push(this.#frame)
    this.#frame = frame
  }

  #pop(): void {
    this.#frame = this.#stack.pop()!
    this.#prefixed = this.#stack.length > 0 && closerOf[this.#frame.kind] === undefined
  }

  /** Gives a complete form to the frame it stands in. */
  add(form: Form): void {
    if (!this.#prefixed) {
      this.#frame.items.push(form)
      return
    }
    // A prefix is complete with this form, which may complete the prefix before it, and so on.
    for (let complete = form; ; ) {
      const frame = this.#frame
      frame.items.push(complete)
      if (frame.kind === 'metadata' && frame.items.length < metadataItems(frame)) return
      frame.end = complete.end
      this.#pop()
      if (frame.kind === 'discard') {
        if (this.#options.keepComments) this.addTrivia(frame as Form)
        return
      }
      if (!this.#prefixed) {
        this.#frame.items.push(frame as Form)
        return
      }
      complete = frame as Form
    }
  }

  /** Comments and discarded forms go to the nearest collection: before the form whose prefix they interrupt. */
  addTrivia(form: Form): void {
    let frame = this.#frame
    for (let i = this.#stack.length - 1; closerOf[frame.kind] === undefined; i--) frame = this.#stack[i]!
    frame.items.push(form)
  }

  /** Takes a closer that stands at `[at, end)`; a missing one has no width. */
  close(closer: string, at: number, end: number): void {
    this.#dropPrefixes(at)
    if (this.problems.length >= maxProblems) this.stopped = true
    if (this.#stack.length === 0) {
      this.problems.push({ kind: 'stray', open: { start: at, end }, at: { start: at, end }, closer: '' })
      return
    }
    if (closerOf[this.#frame.kind] !== closer) {
      if (!this.#opensWith(closer)) {
        // No open form wants this closer: it stands where another one should.
        const frame = this.#frame
        this.problems.push({
          kind: 'wrong',
          open: openingOf(frame),
          at: { start: at, end },
          closer: closerOf[frame.kind]!,
        })
        this.#complete(end)
        return
      }
      // An outer form wants it: everything inside is taken as closed here.
      while (closerOf[this.#frame.kind] !== closer) {
        this.#reportUnclosed(at)
        this.#complete(at)
        this.#dropPrefixes(at)
      }
    }
    this.#complete(end)
  }

  #opensWith(closer: string): boolean {
    // The bottom frame is the pseudo list of top-level forms, which no closer ends.
    for (let i = this.#stack.length - 1; i >= 1; i--) {
      if (closerOf[this.#stack[i]!.kind] === closer) return true
    }
    return false
  }

  #reportUnclosed(at: number): void {
    const frame = this.#frame
    this.problems.push({
      kind: 'unclosed',
      open: openingOf(frame),
      at: { start: at, end: at },
      closer: closerOf[frame.kind]!,
    })
  }

  #complete(end: number): void {
    const frame = this.#frame
    frame.end = end
    if (frame.kind === 'map') checkMapKeys(frame, this.#diagnostics)
    this.#pop()
    this.add(frame as Form)
  }

  /** Reports prefixes after which no form came, and forgets them. */
  #dropPrefixes(at: number): void {
    while (this.#prefixed) {
      const frame = this.#frame
      const prefix = this.#text.slice(frame.start, frame.start + (frame.kind === 'unquote-splicing' ? 2 : 1))
      this.#diagnostics.report('P002', `a form must follow ${frame.kind === 'discard' ? '#_' : prefix}`, {
        start: frame.start,
        end: Math.max(at, frame.start + 1),
      })
      this.#pop()
    }
  }

  /** Ends the text: the top-level forms, with everything that is still open reported and closed. */
  finish(end: number): readonly Form[] {
    if (!this.stopped) this.#dropPrefixes(end)
    while (this.#stack.length > 0) {
      if (this.stopped) {
        // One message is enough; what was read so far is kept in shape.
        const frame = this.#frame
        frame.end = end
        this.#pop()
        if (closerOf[frame.kind] !== undefined && !this.#prefixed) this.#frame.items.push(frame as Form)
        continue
      }
      this.#reportUnclosed(end)
      this.#complete(end)
      this.#dropPrefixes(end)
    }
    return this.#frame.items
  }

  /** Quasiquotes around this place minus unquotes. */
  quasiquoteDepth(): number {
    let depth = 0
    for (const frame of [...this.#stack, this.#frame]) {
      const kind = (frame.kind === 'list' ? symbolName(frame.items[0]) : undefined) ?? frame.kind
      if (kind === 'quasiquote') depth++
      else if (kind === 'unquote' || kind === 'unquote-splicing') depth--
    }
    return depth
  }

  /** The opening of the innermost `#(` around this place. */
  enclosingAnonymousFn(): Span | undefined {
    for (let i = this.#stack.length; i >= 1; i--) {
      const frame = i === this.#stack.length ? this.#frame : this.#stack[i]!
      if (frame.kind === 'anonymous-fn') return openingOf(frame)
    }
    return undefined
  }
}

/** How many items a metadata form has, as far as it can be told: the delegation hint has its target and id too. */
function metadataItems(frame: Frame): number {
  const flag = frame.items[0]!
  if (keywordOf(flag)?.name !== 'delegation') return 2
  const target = frame.items[1]
  const takesId = /^(local-model|remote)$/.test(keywordOf(target)?.name ?? '')
  const id = frame.items[2]
  return takesId && (id === undefined || stringOf(id) !== undefined) ? 4 : 3
}

function openingOf(frame: Frame): Span {
  return { start: frame.start, end: frame.start + (frame.kind === 'anonymous-fn' ? 2 : 1) }
}
