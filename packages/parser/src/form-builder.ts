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

/** A form under construction. What it holds so far stands in the builder's `#items`, from `base` on. */
interface Frame {
  kind: FormWithItems['kind']
  /** What ends it; empty for a prefix, which ends with its last form. */
  closer: string
  start: number
  base: number
}

type CollectionKind = 'list' | 'vector' | 'map' | 'anonymous-fn'

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
  /** Unfinished forms around the place that reading has come to. */
  depth = 0
  readonly #text: string
  readonly #diagnostics: Diagnostics
  readonly #options: BuilderOptions
  /**
   * What all unfinished forms hold, one after the other. A form takes its own when it is complete, so that each array
   * is made once and in its size: arrays that grow have room for more, which the trees of long texts would keep.
   */
  readonly #items: Form[] = []
  #count = 0
  /** The unfinished forms, `#frames[depth]` the innermost, below them the pseudo list of top-level forms. */
  readonly #frames: Frame[] = [{ kind: 'list', closer: ')', start: 0, base: 0 }]
  #frame: Frame = this.#frames[0]!
  /** True when `#frame` is complete after a fixed number of forms, false when a closer ends it. */
  #prefixed = false

  constructor(text: string, diagnostics: Diagnostics, options: BuilderOptions) {
    this.#text = text
    this.#diagnostics = diagnostics
    this.#options = options
  }

  /** Begins a form that `closer` ends. */
  open(kind: CollectionKind, closer: string, start: number): void {
    this.#push(kind, closer, start)
    this.#prefixed = false
  }

  /** Begins a form that is complete with the next form (metadata: the next ones). */
  openPrefix(kind: Exclude<FormWithItems['kind'], CollectionKind>, start: number): void {
    this.#push(kind, '', start)
    this.#prefixed = true
  }

  #push(kind: FormWithItems['kind'], closer: string, start: number): void {
    if (this.depth >= this.#options.maxDepth) {
      this.stopped = true
      this.#diagnostics.report(
        'P003',
        `forms are nested more than ${this.#options.maxDepth} deep; reading stops here`,
        { start, end: start + 1 },
        { hint: 'Give inner parts a name with let or defn.' },
      )
      return
    }
    // Frames are used again: a text has many forms, but few at a time are unfinished.
    let frame = this.#frames[++this.depth]
    if (frame === undefined) {
      frame = { kind, closer, start, base: this.#count }
      this.#frames.push(frame)
    } else {
      frame.kind = kind
      frame.closer = closer
      frame.start = start
      frame.base = this.#count
    }
    this.#frame = frame
  }

  /** Leaves the innermost frame and what it holds. */
  #pop(): void {
    this.#count = this.#frame.base
    this.#frame = this.#frames[--this.depth]!
    this.#prefixed = this.#frame.closer === ''
  }

  /** The innermost frame as a form that ends at `end`; the frame is left. */
  #take(end: number): Form {
    const frame = this.#frame
    const made = { kind: frame.kind, start: frame.start, end, items: this.#itemsFrom(frame.base) }
    this.#pop()
    return made as Form
  }

  #itemsFrom(base: number): Form[] {
    const items = this.#items
    switch (this.#count - base) {
      case 0:
        return []
      case 1:
        return [items[base]!]
      case 2:
        return [items[base]!, items[base + 1]!]
      case 3:
        return [items[base]!, items[base + 1]!, items[base + 2]!]
      case 4:
        return [items[base]!, items[base + 1]!, items[base + 2]!, items[base + 3]!]
      default:
        return items.slice(base, this.#count)
    }
  }

  /** Gives a complete form to the frame it stands in. */
  add(form: Form): void {
    this.#items[this.#count++] = form
    // A prefix is complete with this form, which may complete the prefix before it, and so on.
    while (this.#prefixed) {
      const { kind, base } = this.#frame
      if (kind === 'metadata' && this.#count - base < this.#metadataItems(base)) return
      const complete = this.#take(this.#items[this.#count - 1]!.end)
      if (kind === 'discard') {
        if (this.#options.keepComments) this.addTrivia(complete)
        return
      }
      this.#items[this.#count++] = complete
    }
  }

  /** How many items a metadata form has, as far as it can be told: the delegation hint has its target and id too. */
  #metadataItems(base: number): number {
    const items = this.#items
    if (keywordOf(items[base])?.name !== 'delegation') return 2
    const target = this.#count > base + 1 ? items[base + 1] : undefined
    const takesId = /^(local-model|remote)$/.test(keywordOf(target)?.name ?? '')
    const id = this.#count > base + 2 ? items[base + 2] : undefined
    return takesId && (id === undefined || stringOf(id) !== undefined) ? 4 : 3
  }

  /** Comments and discarded forms go to the nearest collection: before the form whose prefix they interrupt. */
  addTrivia(form: Form): void {
    let inner = this.depth + 1
    while (this.#frames[inner - 1]!.closer === '') inner--
    const at = inner > this.depth ? this.#count : this.#frames[inner]!.base
    for (let i = this.#count; i > at; i--) this.#items[i] = this.#items[i - 1]!
    this.#items[at] = form
    this.#count++
    for (; inner <= this.depth; inner++) this.#frames[inner]!.base++
  }

  /** Takes a closer that stands at `[at, end)`; a missing one has no width. */
  close(closer: string, at: number, end: number): void {
    if (this.#prefixed) this.#dropPrefixes(at)
    if (this.problems.length >= maxProblems) this.stopped = true
    if (this.depth === 0) {
      this.problems.push({ kind: 'stray', open: { start: at, end }, at: { start: at, end }, closer: '' })
      return
    }
    if (this.#frame.closer !== closer) {
      if (!this.#opensWith(closer)) {
        // No open form wants this closer: it stands where another one should.
        const frame = this.#frame
        this.problems.push({
          kind: 'wrong',
          open: openingOf(frame),
          at: { start: at, end },
          closer: frame.closer,
        })
        this.#complete(end)
        return
      }
      // An outer form wants it: everything inside is taken as closed here.
      while (this.#frame.closer !== closer) {
        this.#reportUnclosed(at)
        this.#complete(at)
        this.#dropPrefixes(at)
      }
    }
    this.#complete(end)
  }

  #opensWith(closer: string): boolean {
    // The bottom frame is the pseudo list of top-level forms, which no closer ends.
    for (let i = this.depth - 1; i >= 1; i--) if (this.#frames[i]!.closer === closer) return true
    return false
  }

  #reportUnclosed(at: number): void {
    const frame = this.#frame
    this.problems.push({
      kind: 'unclosed',
      open: openingOf(frame),
      at: { start: at, end: at },
      closer: frame.closer,
    })
  }

  #complete(end: number): void {
    const made = this.#take(end)
    if (made.kind === 'map') checkMapKeys(made, this.#diagnostics)
    this.add(made)
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

  /** The complete top-level forms so far, which the builder then forgets. Only where nothing is unfinished. */
  takeForms(): Form[] {
    const forms = this.#itemsFrom(0)
    this.#count = 0
    return forms
  }

  /** Ends the text: the top-level forms, with everything that is still open reported and closed. */
  finish(end: number): Form[] {
    if (!this.stopped) this.#dropPrefixes(end)
    while (this.depth > 0) {
      if (this.stopped) {
        // One message is enough; what was read so far is kept in shape.
        const collection = this.#frame.closer !== ''
        const made = this.#take(end)
        if (collection && !this.#prefixed) this.#items[this.#count++] = made
        continue
      }
      this.#reportUnclosed(end)
      this.#complete(end)
      this.#dropPrefixes(end)
    }
    return this.takeForms()
  }

  /** Quasiquotes around this place minus unquotes. */
  quasiquoteDepth(): number {
    let depth = 0
    for (let i = 0; i <= this.depth; i++) {
      const { kind: frameKind, base } = this.#frames[i]!
      const next = i < this.depth ? this.#frames[i + 1]!.base : this.#count
      const head = frameKind === 'list' && base < next ? symbolName(this.#items[base]) : undefined
      const kind = head ?? frameKind
      if (kind === 'quasiquote') depth++
      else if (kind === 'unquote' || kind === 'unquote-splicing') depth--
    }
    return depth
  }

  /** The opening of the innermost `#(` around this place. */
  enclosingAnonymousFn(): Span | undefined {
    for (let i = this.depth; i >= 1; i--) {
      if (this.#frames[i]!.kind === 'anonymous-fn') return openingOf(this.#frames[i]!)
    }
    return undefined
  }
}

function openingOf(frame: Frame): Span {
  return { start: frame.start, end: frame.start + (frame.kind === 'anonymous-fn' ? 2 : 1) }
}
