import {
  type Keyword,
  keyword,
  parseUuid,
  ResourceHandle,
  RtfsFloat,
  type Span,
  type Value,
} from '@rtfs/core'
import {
  APOSTROPHE,
  AT,
  BACKTICK,
  CARET,
  CLOSE,
  COLON,
  classOf,
  DIGIT,
  HASH,
  isBoundary,
  isLoneSurrogate,
  isSymbolCharacter,
  letterUnits,
  OPEN_BRACE,
  OPEN_BRACKET,
  OPEN_PAREN,
  QUOTE_MARK,
  SEMICOLON,
  SPACE,
  SYMBOL,
  symbolCharacter,
  TILDE,
} from './characters.js'
import { Diagnostics } from './diagnostics.js'
import { type Form, type FormWithItems, keywordOf, stringOf } from './forms.js'
import { explainSymbol, readNumberLike } from './literals.js'
import { checkMapKeys } from './map-keys.js'
import { decodeString } from './strings.js'
import { unexpectedCharacter } from './unexpected.js'

/*
 * Text to forms (LANGUAGE §1, §2): one loop over character codes with its own stack, so that no input can
 * overflow the native one. What a form means is the analyser's business.
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

/** A closer that the reader shall take as standing before offset `at` although it does not. */
export interface MissingCloser {
  readonly at: number
  readonly closer: string
}

export interface ReaderOptions {
  readonly maxDepth: number
  readonly keepComments: boolean
  readonly missing: readonly MissingCloser[]
}

export interface ReadForms {
  readonly forms: readonly Form[]
  readonly problems: readonly DelimiterProblem[]
  /** True when reading stopped before the end: too deep, or too many errors. */
  readonly stopped: boolean
}

/** A form under construction. Its `end` is set when it is complete. */
interface Frame {
  kind: FormWithItems['kind']
  start: number
  end: number
  items: Form[]
}

/** A symbol or keyword already met in this text: shared strings make later look-ups fast. */
interface Name {
  readonly text: string
  /** The literal that the token is; `undefined` for a symbol. */
  readonly value: Value | undefined
  readonly gensym: boolean
}

const closerOf: Readonly<Record<string, string>> = { list: ')', 'anonymous-fn': ')', vector: ']', map: '}' }
const cacheSize = 512
/** After so many delimiters that do not fit, the rest of the text says nothing useful. */
const maxProblems = 200

export class Reader {
  readonly #text: string
  readonly #diagnostics: Diagnostics
  readonly #options: ReaderOptions
  readonly #names: (Name | undefined)[] = new Array(cacheSize).fill(undefined)
  readonly #problems: DelimiterProblem[] = []
  readonly #stack: Frame[] = []
  /** The innermost unfinished form; the pseudo list of all top-level forms at the bottom. */
  #frame: Frame = { kind: 'list', start: 0, end: 0, items: [] }
  /** True when `#frame` is complete after a fixed number of forms, false when a closer ends it. */
  #prefixed = false
  #stopped = false

  constructor(text: string, diagnostics: Diagnostics, options: ReaderOptions) {
    this.#text = text
    this.#diagnostics = diagnostics
    this.#options = options
  }

  /** Reads all forms of the text. */
  read(): ReadForms {
    const text = this.#text
    const length = text.length
    const missing = this.#options.missing
    let nextMissing = 0
    let missingAt = missing.length > 0 ? missing[0]!.at : Infinity
    let i = this.#skipHeader()
    while (i < length && !this.#stopped) {
      while (i >= missingAt) {
        this.#close(missing[nextMissing]!.closer, i, i)
        missingAt = missing[++nextMissing]?.at ?? Infinity
      }
      const code = text.charCodeAt(i)
      const kind = code < 128 ? classOf[code] : SYMBOL
      switch (kind) {
        case SPACE:
          i++
          break
        case OPEN_PAREN:
          this.#open('list', i++)
          break
        case OPEN_BRACKET:
          this.#open('vector', i++)
          break
        case OPEN_BRACE:
          this.#open('map', i++)
          break
        case CLOSE:
          this.#close(text[i]!, i, ++i)
          break
        case SYMBOL:
          i = this.#readSymbol(i, code)
          break
        case COLON:
          i = this.#readColon(i)
          break
        case DIGIT:
          i = this.#readNumber(i, i)
          break
        case QUOTE_MARK:
          i = this.#readString(i)
          break
        case SEMICOLON:
          i = this.#readLineComment(i)
          break
        case HASH:
          i = this.#readHash(i)
          break
        case APOSTROPHE:
          this.#openPrefix('quote', i++)
          break
        case BACKTICK:
          this.#openPrefix('quasiquote', i++)
          break
        case TILDE:
          if (text.charCodeAt(i + 1) === 64) {
            this.#openPrefix('unquote-splicing', i)
            i += 2
          } else this.#openPrefix('unquote', i++)
          break
        case CARET:
          this.#openPrefix('metadata', i++)
          break
        case AT:
          i = this.#readTaskContext(i)
          break
        default:
          i = this.#unexpected(i)
      }
    }
    for (; nextMissing < missing.length && !this.#stopped; nextMissing++) {
      this.#close(missing[nextMissing]!.closer, length, length)
    }
    this.#finish(length)
    return { forms: this.#frame.items, problems: this.#problems, stopped: this.#stopped }
  }

  #skipHeader(): number {
    let i = this.#text.charCodeAt(0) === 0xfeff ? 1 : 0
    if (this.#text.charCodeAt(i) === 35 && this.#text.charCodeAt(i + 1) === 33) i = endOfLine(this.#text, i)
    return i
  }

  // Opening, closing, completing

  #open(kind: 'list' | 'vector' | 'map' | 'anonymous-fn', start: number): void {
    this.#push({ kind, start, end: start, items: [] })
    this.#prefixed = false
  }

  #openPrefix(
    kind: Exclude<FormWithItems['kind'], 'list' | 'vector' | 'map' | 'anonymous-fn'>,
    start: number,
  ): void {
    this.#push({ kind, start, end: start, items: [] })
    this.#prefixed = true
  }

  #push(frame: Frame): void {
    if (this.#stack.length >= this.#options.maxDepth) {
      this.#stopped = true
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
  #add(form: Form): void {
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
        if (this.#options.keepComments) this.#addTrivia(frame as Form)
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
  #addTrivia(form: Form): void {
    let frame = this.#frame
    for (let i = this.#stack.length - 1; i >= 0 && closerOf[frame.kind] === undefined; i--)
      frame = this.#stack[i]!
    frame.items.push(form)
  }

  #close(closer: string, at: number, end: number): void {
    this.#dropPrefixes(at)
    if (this.#problems.length >= maxProblems) this.#stopped = true
    if (this.#stack.length === 0) {
      this.#problems.push({ kind: 'stray', open: { start: at, end }, at: { start: at, end }, closer: '' })
      return
    }
    if (closerOf[this.#frame.kind] !== closer) {
      if (!this.#opensWith(closer)) {
        // No open form wants this closer: it stands where another one should.
        const frame = this.#frame
        this.#problems.push({
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
    for (let i = this.#stack.length - 1; i >= 1; i--)
      if (closerOf[this.#stack[i]!.kind] === closer) return true
    return closerOf[this.#frame.kind] === closer && this.#stack.length > 0
  }

  #reportUnclosed(at: number): void {
    const frame = this.#frame
    this.#problems.push({
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
    this.#add(frame as Form)
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

  #finish(end: number): void {
    if (!this.#stopped) this.#dropPrefixes(end)
    while (this.#stack.length > 0) {
      if (this.#stopped) {
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
  }

  // Tokens

  #readSymbol(start: number, first: number): number {
    const text = this.#text
    const length = text.length
    if (first === 43 || first === 45 || first === 46) {
      const next = text.charCodeAt(start + 1)
      const afterSign = first !== 46 && next === 46 ? text.charCodeAt(start + 2) : next
      if (afterSign >= 48 && afterSign <= 57) return this.#readNumber(start, first === 46 ? start : start + 1)
    }
    let i = start
    let hash = 0
    while (i < length) {
      const code = text.charCodeAt(i)
      if (code < 128) {
        if (symbolCharacter[code] !== 1) {
          if (code === 58 && isSymbolCharacter(text, i + 1)) {
            if (text.startsWith('//', i + 1) && i - start === 8 && text.startsWith('resource', start)) {
              return this.#readHandle(start)
            }
          } else if (code !== 35 || text.charCodeAt(i + 1) === 124) break
        }
        i++
      } else {
        const units = letterUnits(text, i)
        if (units === 0) break
        i += units
      }
      hash = (hash * 31 + code) | 0
    }
    if (i === start) return this.#unexpected(start)
    const name = this.#name(start, i, hash)
    if (name === undefined) this.#add({ kind: 'atom', start, end: i, value: null })
    else if (name.value !== undefined) this.#add({ kind: 'atom', start, end: i, value: name.value })
    else {
      if (name.gensym) this.#checkGensym(start, i)
      this.#add({ kind: 'symbol', start, end: i, name: name.text })
    }
    return i
  }

  /** The name at `[start, end)`, or `undefined` after reporting why it is none. */
  #name(start: number, end: number, hash: number): Name | undefined {
    const text = this.#text
    const slot = (hash ^ (hash >>> 9) ^ (end - start)) & (cacheSize - 1)
    const known = this.#names[slot]
    if (known !== undefined && known.text.length === end - start && text.startsWith(known.text, start))
      return known
    const name = this.#makeName(start, end)
    if (name !== undefined) this.#names[slot] = name
    return name
  }

  #makeName(start: number, end: number): Name | undefined {
    const token = this.#text.slice(start, end)
    if (token.startsWith(':')) {
      if (!this.#checkSlash(token.slice(1), start, end)) return undefined
      return { text: token, value: keyword(token.slice(1)), gensym: false }
    }
    if (token === 'true' || token === 'false') return { text: token, value: token === 'true', gensym: false }
    if (token === 'nil') return { text: token, value: null, gensym: false }
    if (token.length === 36) {
      const uuid = parseUuid(token)
      if (uuid !== undefined) return { text: token, value: uuid, gensym: false }
    }
    if (!this.#checkSlash(token, start, end)) return undefined
    return { text: token, value: undefined, gensym: token.endsWith('#') }
  }

  /** A name is `/`, or has at most one `/`, which stands between namespace and name; `ns//` is `/` in a namespace. */
  #checkSlash(name: string, start: number, end: number): boolean {
    const slash = name.indexOf('/')
    if (slash < 0 || name === '/') return true
    const rest = name.slice(slash + 1)
    if (slash > 0 && rest !== '' && (rest === '/' || !rest.includes('/'))) return true
    const { message, hint } = explainSymbol(name)
    this.#diagnostics.report('P003', message, { start, end }, { hint })
    return false
  }

  #checkGensym(start: number, end: number): void {
    if (this.#quasiquoteDepth() > 0) return
    const name = this.#text.slice(start, end)
    this.#diagnostics.report(
      'P003',
      `${name} ends in # outside of a quasiquote`,
      { start, end },
      { hint: 'Only inside `(…) does a trailing # stand for a fresh symbol.' },
    )
  }

  #quasiquoteDepth(): number {
    let depth = 0
    for (let i = this.#stack.length; i >= 1; i--) {
      const frame = i === this.#stack.length ? this.#frame : this.#stack[i]!
      const head = frame.kind === 'list' ? frame.items[0] : undefined
      const kind = head !== undefined && head.kind === 'symbol' ? head.name : frame.kind
      if (kind === 'quasiquote') depth++
      else if (kind === 'unquote' || kind === 'unquote-splicing') return depth
    }
    return depth
  }

  #readColon(start: number): number {
    const text = this.#text
    const next = text.charCodeAt(start + 1)
    if (next === 58)
      return this.#badToken(start, 'P003', '::name is not supported', 'Write :name, or :ns/name.')
    if (
      start + 1 >= text.length ||
      next === 40 ||
      next === 91 ||
      next === 123 ||
      isBoundary(text, start + 1)
    ) {
      this.#add({ kind: 'colon', start, end: start + 1 })
      return start + 1
    }
    const units = next < 128 ? Number(classOf[next] === SYMBOL) : letterUnits(text, start + 1)
    if (units === 0) {
      const digit = classOf[next] === DIGIT
      return this.#badToken(
        start,
        'P003',
        digit ? 'a keyword cannot start with a digit' : 'a name must follow the colon of a keyword',
        digit
          ? 'Keywords are : followed by a name, such as :k1; use the number itself or a string as key.'
          : undefined,
      )
    }
    let hash = 58
    let i = start + 1
    while (i < text.length) {
      const code = text.charCodeAt(i)
      if (code < 128) {
        if (symbolCharacter[code] !== 1) {
          if (code === 58) {
            if (!isSymbolCharacter(text, i + 1)) break
          } else if (code !== 35 || text.charCodeAt(i + 1) === 124) break
        }
        i++
      } else {
        const letter = letterUnits(text, i)
        if (letter === 0) break
        i += letter
      }
      hash = (hash * 31 + code) | 0
    }
    const name = this.#name(start, i, hash)
    this.#add({ kind: 'atom', start, end: i, value: name === undefined ? null : (name.value as Keyword) })
    return i
  }

  /** `digits` is where digits begin, after a sign; at a point the number lacks its first digit. */
  #readNumber(start: number, digits: number): number {
    const text = this.#text
    let i = digits
    let value = 0
    for (let code = text.charCodeAt(i); code >= 48 && code <= 57; code = text.charCodeAt(++i)) {
      value = value * 10 + (code - 48)
    }
    if (i > digits && i - digits <= 15 && isBoundary(text, i)) {
      if (digits > start && text.charCodeAt(start) === 45 && value !== 0) value = -value
      this.#add({ kind: 'atom', start, end: i, value })
      return i
    }
    if (i > digits && text.charCodeAt(i) === 46) {
      const point = i
      for (let code = text.charCodeAt(++i); code >= 48 && code <= 57; ) code = text.charCodeAt(++i)
      if (i > point + 1 && isBoundary(text, i)) {
        const float = Number(text.slice(start, i))
        if (Number.isFinite(float)) {
          this.#add({ kind: 'atom', start, end: i, value: new RtfsFloat(float) })
          return i
        }
      }
    }
    const end = this.#endOfToken(start)
    const literal = readNumberLike(text, start, end, this.#diagnostics)
    this.#add({ kind: 'atom', start, end, value: literal ?? 0 })
    return end
  }

  #endOfToken(start: number): number {
    const text = this.#text
    let i = start
    while (i < text.length) {
      const code = text.charCodeAt(i)
      if (code < 128) {
        if (symbolCharacter[code] === 1 || (code === 35 && !isBoundary(text, i))) i++
        else if (code === 58 && isSymbolCharacter(text, i + 1)) i++
        else break
      } else {
        const units = letterUnits(text, i)
        if (units === 0) break
        i += units
      }
    }
    return Math.max(i, start + 1)
  }

  #readString(start: number): number {
    const text = this.#text
    const length = text.length
    let plain = true
    let i = start + 1
    for (; i < length; i++) {
      const code = text.charCodeAt(i)
      if (code === 34) {
        const value = plain ? text.slice(start + 1, i) : decodeString(text, start + 1, i, this.#diagnostics)
        this.#add({ kind: 'atom', start, end: i + 1, value })
        return i + 1
      }
      if (code === 92) {
        plain = false
        i++
      } else if (code >= 0xd800 && code <= 0xdfff) plain = false
    }
    this.#diagnostics.report(
      'P008',
      'this string is not closed',
      { start, end: start + 1 },
      { hint: 'A " is missing; inside a string write \\" for a quotation mark.' },
    )
    this.#add({ kind: 'atom', start, end: length, value: text.slice(start + 1) })
    return length
  }

  #readHandle(start: number): number {
    const text = this.#text
    let i = start
    for (; i < text.length; i++) {
      const code = text.charCodeAt(i)
      const kind = code < 128 ? classOf[code]! : isLoneSurrogate(text, i) ? SPACE : OTHER_TEXT
      if (kind === SPACE || kind === CLOSE || kind === QUOTE_MARK || kind === SEMICOLON) break
      if (kind === OPEN_PAREN || kind === OPEN_BRACKET || kind === OPEN_BRACE) break
      if (code > 127 && /\s/.test(text[i]!)) break
    }
    if (i === start + 11) {
      this.#diagnostics.report('P005', 'a resource handle needs text after resource://', { start, end: i })
    }
    this.#add({ kind: 'atom', start, end: i, value: new ResourceHandle(text.slice(start, i)) })
    return i
  }

  #readTaskContext(start: number): number {
    const text = this.#text
    const from = text.charCodeAt(start + 1) === 58 ? start + 2 : start + 1
    const code = text.charCodeAt(from)
    const starts = from < text.length && (code < 128 ? classOf[code] === SYMBOL : letterUnits(text, from) > 0)
    if (!starts) {
      return this.#badToken(
        start,
        code === 40 ? 'P004' : 'P003',
        'a name must follow @',
        '@name reads a value of the task context; there is no dereference operator.',
      )
    }
    const end = this.#endOfToken(from)
    if (this.#checkSlash(text.slice(from, end), start, end)) {
      this.#add({ kind: 'symbol', start, end, name: text.slice(start, end) })
    }
    return end
  }

  // Comments and what starts with #

  #readLineComment(start: number): number {
    const end = endOfLine(this.#text, start)
    if (this.#options.keepComments) {
      this.#addTrivia({ kind: 'comment', start, end, text: this.#text.slice(start, end) })
    }
    return end
  }

  #readHash(start: number): number {
    const text = this.#text
    const next = text.charCodeAt(start + 1)
    switch (next) {
      case 40: {
        const outer = this.#enclosing('anonymous-fn')
        if (outer !== undefined) {
          this.#diagnostics.report(
            'P007',
            '#( cannot stand inside another #(',
            { start, end: start + 2 },
            {
              hint: 'Write the inner or the outer function as (fn [x] …).',
              related: [{ start: outer.start, end: outer.start + 2, message: 'the outer #(' }],
            },
          )
        }
        this.#open('anonymous-fn', start)
        return start + 2
      }
      case 95:
        this.#openPrefix('discard', start)
        return start + 2
      case 124:
        return this.#readBlockComment(start)
      case 35: {
        const end = this.#endOfToken(start + 2)
        const token = text.slice(start, end)
        const value =
          token === '##Inf' ? Infinity : token === '##-Inf' ? -Infinity : token === '##NaN' ? NaN : undefined
        if (value === undefined) {
          this.#diagnostics.report(
            'P005',
            `unknown literal ${token}`,
            { start, end },
            {
              hint: 'Only ##Inf, ##-Inf and ##NaN exist.',
            },
          )
        }
        this.#add({ kind: 'atom', start, end, value: new RtfsFloat(value ?? 0) })
        return end
      }
      case 123:
        this.#diagnostics.report(
          'P004',
          'there is no set literal',
          { start, end: start + 2 },
          {
            hint: 'Use a vector with distinct, or a map from each element to true.',
          },
        )
        return start + 1
      case 34:
        this.#diagnostics.report(
          'P004',
          'there is no regular-expression literal',
          { start, end: start + 2 },
          {
            hint: 'Patterns are strings: (re-find "[0-9]+" text).',
            fixes: [{ title: 'Remove the #', edits: [{ start, end: start + 1, text: '' }], safe: true }],
          },
        )
        return start + 1
      default:
        return this.#badToken(
          start,
          'P003',
          `unexpected ${text.slice(start, start + 2).trim()}`,
          '# starts #( #_ #| ##Inf.',
        )
    }
  }

  #enclosing(kind: FormWithItems['kind']): Frame | undefined {
    if (this.#frame.kind === kind) return this.#frame
    for (let i = this.#stack.length - 1; i >= 0; i--) if (this.#stack[i]!.kind === kind) return this.#stack[i]
    return undefined
  }

  #readBlockComment(start: number): number {
    const text = this.#text
    let depth = 1
    let i = start + 2
    for (; i < text.length && depth > 0; i++) {
      const code = text.charCodeAt(i)
      if (code === 124 && text.charCodeAt(i + 1) === 35) {
        depth--
        i++
      } else if (code === 35 && text.charCodeAt(i + 1) === 124) {
        depth++
        i++
      }
    }
    const end = Math.min(i, text.length)
    if (depth > 0) {
      this.#diagnostics.report(
        'P008',
        'this block comment is not closed',
        { start, end: start + 2 },
        {
          hint: `${depth === 1 ? '|#' : `${depth} times |#`} is missing; block comments nest.`,
        },
      )
    }
    if (this.#options.keepComments)
      this.#addTrivia({ kind: 'comment', start, end, text: text.slice(start, end) })
    return end
  }

  // What cannot be read

  #badToken(start: number, code: string, message: string, hint: string | undefined): number {
    let end = start + 1
    while (end < this.#text.length && isSymbolCharacter(this.#text, end)) end++
    this.#diagnostics.report(code, message, { start, end }, { hint })
    // Something stands in its place, so that the form around it keeps its shape.
    this.#add({ kind: 'atom', start, end, value: null })
    return end
  }

  #unexpected(start: number): number {
    const { item, end } = unexpectedCharacter(this.#text, start)
    this.#diagnostics.add(item)
    if (this.#diagnostics.full) this.#stopped = true
    return end
  }
}

const OTHER_TEXT = -1

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

function endOfLine(text: string, start: number): number {
  let i = start
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 10 || code === 13) break
  }
  return i
}

/** Reads a text with a fresh collector; for callers that want forms and nothing else. */
export function readText(
  text: string,
  options: Partial<ReaderOptions> & { readonly maxErrors?: number } = {},
): ReadForms & { readonly diagnostics: Diagnostics } {
  const diagnostics = new Diagnostics(options.maxErrors)
  const reader = new Reader(text, diagnostics, {
    maxDepth: options.maxDepth ?? defaultMaxDepth,
    keepComments: options.keepComments ?? false,
    missing: options.missing ?? [],
  })
  return { ...reader.read(), diagnostics }
}

/** Levels of nesting, chosen so that a pass that recurses over the tree stays far from the end of its stack. */
export const defaultMaxDepth = 500
