import { type Keyword, ResourceHandle, RtfsFloat } from '@rtfs/core'
import {
  APOSTROPHE,
  AT,
  BACKTICK,
  CARET,
  CLOSE,
  COLON,
  classOf,
  DIGIT,
  endOfName,
  HASH,
  isBoundary,
  isInnerColon,
  isLoneSurrogate,
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
import { type BuilderOptions, type DelimiterProblem, FormBuilder } from './form-builder.js'
import { type Form, symbolForm } from './forms.js'
import { readNumberLike } from './literals.js'
import { Names } from './names.js'
import { decodeString } from './strings.js'
import { unexpectedCharacter } from './unexpected.js'

/*
 * Text to forms (LANGUAGE §1, §2): one loop over character codes with its own stack, so that no input can
 * overflow the native one. What a form means is the analyser's business.
 */

/** A closer that the reader shall take as standing before offset `at` although it does not. */
export interface MissingCloser {
  readonly at: number
  readonly closer: string
}

export interface ReaderOptions extends BuilderOptions {
  readonly missing: readonly MissingCloser[]
}

export interface ReadForms {
  readonly forms: Form[]
  readonly problems: readonly DelimiterProblem[]
  /** True when reading stopped before the end: too deep, or too many errors. */
  readonly stopped: boolean
  /** True when the text ends inside a string or block comment, which may have swallowed closers. */
  readonly endsInText: boolean
}

export class Reader {
  readonly #text: string
  readonly #diagnostics: Diagnostics
  readonly #options: ReaderOptions
  readonly #names: Names
  readonly #forms: FormBuilder
  /** Hash of the name that was scanned last. */
  #hash = 0
  #endsInText = false
  /** Where to read on. */
  #at: number
  #nextMissing = 0

  constructor(text: string, diagnostics: Diagnostics, options: ReaderOptions) {
    this.#text = text
    this.#diagnostics = diagnostics
    this.#options = options
    this.#names = new Names(text, diagnostics)
    this.#forms = new FormBuilder(text, diagnostics, options)
    this.#at = this.#skipHeader()
  }

  /** Reads all forms of the text, or those that `readSome` has left. */
  read(): ReadForms {
    this.#readOn(Infinity)
    const missing = this.#options.missing
    const length = this.#text.length
    for (; this.#nextMissing < missing.length && !this.#forms.stopped; this.#nextMissing++) {
      this.#forms.close(missing[this.#nextMissing]!.closer, length, length)
    }
    return {
      forms: this.#forms.finish(length),
      problems: this.#forms.problems,
      stopped: this.#forms.stopped,
      endsInText: this.#endsInText,
    }
  }

  /** Reads on to the end of a top-level list; `undefined` when none is left that ends: `read` gives what is. */
  readSome(): Form[] | undefined {
    this.#readOn(0)
    return this.#forms.depth === 0 && this.#at < this.#text.length && !this.#forms.stopped
      ? this.#forms.takeForms()
      : undefined
  }

  /** Whether something was wrong with delimiters so far. */
  get hasProblems(): boolean {
    return this.#forms.problems.length > 0
  }

  /** Reads to the end, or to the first closer of a top-level form behind `stop`. */
  #readOn(stop: number): void {
    const text = this.#text
    const length = text.length
    const missing = this.#options.missing
    let missingAt = missing[this.#nextMissing]?.at ?? Infinity
    let i = this.#at
    while (i < length && !this.#forms.stopped) {
      while (i >= missingAt) {
        this.#forms.close(missing[this.#nextMissing]!.closer, i, i)
        missingAt = missing[++this.#nextMissing]?.at ?? Infinity
      }
      const code = text.charCodeAt(i)
      const kind = code < 128 ? classOf[code] : SYMBOL
      switch (kind) {
        case SPACE:
          i++
          // The rest of an indentation, unless a closer shall stand in it.
          while (i < missingAt && text.charCodeAt(i) === 32) i++
          break
        case OPEN_PAREN:
          this.#forms.open('list', ')', i++)
          break
        case OPEN_BRACKET:
          this.#forms.open('vector', ']', i++)
          break
        case OPEN_BRACE:
          this.#forms.open('map', '}', i++)
          break
        case CLOSE:
          this.#forms.close(text[i]!, i, ++i)
          if (i > stop && this.#forms.depth === 0) {
            this.#at = i
            return
          }
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
          this.#forms.openPrefix('quote', i++)
          break
        case BACKTICK:
          this.#forms.openPrefix('quasiquote', i++)
          break
        case TILDE:
          if (text.charCodeAt(i + 1) === 64) {
            this.#forms.openPrefix('unquote-splicing', i)
            i += 2
          } else this.#forms.openPrefix('unquote', i++)
          break
        case CARET:
          this.#forms.openPrefix('metadata', i++)
          break
        case AT:
          i = this.#readTaskContext(i)
          break
        default:
          i = this.#unexpected(i)
      }
    }
    this.#at = i
  }

  #skipHeader(): number {
    let i = this.#text.charCodeAt(0) === 0xfeff ? 1 : 0
    if (this.#text.charCodeAt(i) === 35 && this.#text.charCodeAt(i + 1) === 33) i = endOfLine(this.#text, i)
    return i
  }

  // Tokens

  #readSymbol(start: number, first: number): number {
    const text = this.#text
    if (first === 43 || first === 45 || first === 46) {
      const next = text.charCodeAt(start + 1)
      const afterSign = first !== 46 && next === 46 ? text.charCodeAt(start + 2) : next
      if (afterSign >= 48 && afterSign <= 57) return this.#readNumber(start, first === 46 ? start : start + 1)
    }
    const i = this.#scanName(start, 0)
    if (i === start) return this.#unexpected(start)
    if (i < 0) return this.#readHandle(start)
    const name = this.#names.at(start, i, this.#hash)
    if (name === undefined) this.#forms.add({ kind: 'atom', start, end: i, value: null })
    else if (name.value !== undefined) this.#forms.add({ kind: 'atom', start, end: i, value: name.value })
    else {
      if (name.gensym) this.#checkGensym(start, i)
      const { text: symbol, namespace, version } = name
      this.#forms.add({ kind: 'symbol', start, end: i, name: symbol, namespace, version })
    }
    return i
  }

  /** The end of the name at `start`, negative for the start of a resource handle. Sets `#hash`. */
  #scanName(start: number, seed: number): number {
    const text = this.#text
    const length = text.length
    let i = start
    let hash = seed
    while (i < length) {
      const code = text.charCodeAt(i)
      if (code < 128) {
        if (symbolCharacter[code] === 1) i++
        else if (code === 58) {
          if (seed === 0 && i - start === 8 && text.startsWith('resource://', start)) return -1
          if (!isInnerColon(text, i)) break
          i++
        } else if (code === 35 && text.charCodeAt(i + 1) !== 124) i++
        else break
      } else {
        const units = letterUnits(text, i)
        if (units === 0) break
        i += units
      }
      hash = (hash * 31 + code) | 0
    }
    this.#hash = hash
    return i
  }

  #checkGensym(start: number, end: number): void {
    if (this.#forms.quasiquoteDepth() > 0) return
    const name = this.#text.slice(start, end)
    this.#diagnostics.report(
      'P003',
      `${name} ends in # outside of a quasiquote`,
      { start, end },
      { hint: 'Only inside `(…) does a trailing # stand for a fresh symbol.' },
    )
  }

  #readColon(start: number): number {
    const text = this.#text
    const next = text.charCodeAt(start + 1)
    if (next < 128 && classOf[next] === SYMBOL) return this.#readKeyword(start)
    if (next === 58)
      return this.#badToken(start, 'P003', '::name is not supported', 'Write :name, or :ns/name.')
    if (
      start + 1 >= text.length ||
      next === 40 ||
      next === 91 ||
      next === 123 ||
      isBoundary(text, start + 1)
    ) {
      this.#forms.add({ kind: 'colon', start, end: start + 1 })
      return start + 1
    }
    if (next < 128 || letterUnits(text, start + 1) === 0) {
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
    return this.#readKeyword(start)
  }

  #readKeyword(start: number): number {
    const i = this.#scanName(start + 1, 58)
    const name = this.#names.at(start, i, this.#hash)
    this.#forms.add({
      kind: 'atom',
      start,
      end: i,
      value: name === undefined ? null : (name.value as Keyword),
    })
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
      this.#forms.add({ kind: 'atom', start, end: i, value })
      return i
    }
    if (i > digits && text.charCodeAt(i) === 46) {
      const point = i
      for (let code = text.charCodeAt(++i); code >= 48 && code <= 57; ) code = text.charCodeAt(++i)
      if (i > point + 1 && isBoundary(text, i)) {
        const float = Number(text.slice(start, i))
        if (Number.isFinite(float)) {
          this.#forms.add({ kind: 'atom', start, end: i, value: new RtfsFloat(float) })
          return i
        }
      }
    }
    const end = Math.max(endOfName(text, start), start + 1)
    const literal = readNumberLike(text, start, end, this.#diagnostics)
    this.#forms.add({ kind: 'atom', start, end, value: literal ?? 0 })
    return end
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
        this.#forms.add({ kind: 'atom', start, end: i + 1, value })
        return i + 1
      }
      if (code === 92) {
        plain = false
        i++
      } else if (code >= 0xd800 && code <= 0xdfff) plain = false
    }
    this.#endsInText = true
    const likely = likelyEndOfString(text, start)
    this.#diagnostics.report(
      'P008',
      'this string is not closed',
      { start, end: start + 1 },
      {
        hint: 'A " is missing; inside a string write \\" for a quotation mark.',
        fixes: [{ title: 'Insert "', edits: [{ start: likely, end: likely, text: '"' }], safe: false }],
      },
    )
    this.#forms.add({ kind: 'atom', start, end: length, value: text.slice(start + 1) })
    return length
  }

  /** `resource://` and everything up to white space or one of `()[]{}",;`. */
  #readHandle(start: number): number {
    const text = this.#text
    let i = start + 'resource://'.length
    while (i < text.length && !endsHandle(text, i)) i++
    if (i === start + 'resource://'.length) {
      this.#diagnostics.report('P005', 'a resource handle needs text after resource://', { start, end: i })
    }
    this.#forms.add({ kind: 'atom', start, end: i, value: new ResourceHandle(text.slice(start, i)) })
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
    const end = Math.max(endOfName(text, from), from + 1)
    if (this.#names.checkSlash(text.slice(from, end), start, end)) {
      this.#forms.add(symbolForm(text.slice(start, end), { start, end }))
    }
    return end
  }

  // Comments and what starts with #

  #readLineComment(start: number): number {
    const end = endOfLine(this.#text, start)
    if (this.#options.keepComments) {
      this.#forms.addTrivia({ kind: 'comment', start, end, text: this.#text.slice(start, end) })
    }
    return end
  }

  #readHash(start: number): number {
    const text = this.#text
    const next = text.charCodeAt(start + 1)
    switch (next) {
      case 40: {
        const outer = this.#forms.enclosingAnonymousFn()
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
        this.#forms.open('anonymous-fn', ')', start)
        return start + 2
      }
      case 95:
        this.#forms.openPrefix('discard', start)
        return start + 2
      case 124:
        return this.#readBlockComment(start)
      case 35: {
        const end = endOfName(text, start + 2)
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
        this.#forms.add({ kind: 'atom', start, end, value: new RtfsFloat(value ?? 0) })
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
      this.#endsInText = true
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
      this.#forms.addTrivia({ kind: 'comment', start, end, text: text.slice(start, end) })
    return end
  }

  // What cannot be read

  #badToken(start: number, code: string, message: string, hint: string | undefined): number {
    let end = start + 1
    while (this.#text.charCodeAt(end) === 58) end++
    end = endOfName(this.#text, end)
    this.#diagnostics.report(code, message, { start, end }, { hint })
    // Something stands in its place, so that the form around it keeps its shape.
    this.#forms.add({ kind: 'atom', start, end, value: null })
    return end
  }

  #unexpected(start: number): number {
    const { item, end } = unexpectedCharacter(this.#text, start)
    this.#diagnostics.add(item)
    if (this.#diagnostics.full) this.#forms.stopped = true
    return end
  }
}

function endsHandle(text: string, index: number): boolean {
  const code = text.charCodeAt(index)
  if (code >= 128) return isLoneSurrogate(text, index) || /\s/.test(text[index]!)
  switch (classOf[code]) {
    case SPACE:
    case OPEN_PAREN:
    case OPEN_BRACKET:
    case OPEN_BRACE:
    case CLOSE:
    case QUOTE_MARK:
    case SEMICOLON:
      return true
    default:
      return code < 32
  }
}

/** Where a string without a closing quote probably ends: before the closers at the end of its line. */
function likelyEndOfString(text: string, start: number): number {
  let end = endOfLine(text, start)
  while (end > start + 1 && ')]} \t'.includes(text[end - 1]!)) end--
  return end
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
