import { SourceText } from '@rtfs/core'
import { describeOutcome, type EvaluateOptions, isUnsupported, type Outcome } from './outcome.js'
import {
  type Comparison,
  matchesReadable,
  parseReadable,
  parseStringLiteral,
  type Readable,
} from './readable.js'

/** A corpus file; who reads it from where is the caller's matter. */
export interface CorpusFile {
  readonly name: string
  readonly text: string
}

/** One program with what it must give. */
export interface CorpusCase {
  readonly file: string
  /** 1-based line of the directive that states the case. */
  readonly line: number
  /** The program without its definitions, for the test's name. */
  readonly name: string
  readonly tiers: readonly string[]
  /**
   * The whole program. Everything of the file that is not part of it is blank or gone, so that each position in
   * `source` is the same position in the file (except for `text` cases, whose positions are those of the text).
   */
  readonly source: string
  readonly expected: Expected
  readonly limits: Readonly<Record<string, number>>
  readonly context: string | undefined
}

/** Where an error must be: its span starts at `at`, or is exactly the text `within`. */
export interface ExpectedPlace {
  readonly at: { readonly line: number; readonly column: number } | undefined
  readonly within: string | undefined
}

export type Expected =
  | { readonly kind: 'value'; readonly text: string; readonly value: Readable }
  | { readonly kind: 'error'; readonly errorKind: string; readonly place: ExpectedPlace }
  /** `codes` is empty when any code will do. */
  | { readonly kind: 'parse-error'; readonly codes: readonly string[]; readonly place: ExpectedPlace }

/** A corpus file that does not follow the format; the message starts with file and line. */
export class CorpusFormatError extends Error {
  override readonly name = 'CorpusFormatError'
}

/** Reads the cases of a file (format: README). Throws `CorpusFormatError`. */
export function parseCorpus(file: CorpusFile): readonly CorpusCase[] {
  return new CorpusParser(file).cases()
}

const directive = /^;; (tiers|limits|context|run|text): *(.*)$/
const parseErrorBlock = /^;; parse-error(?: (.*))?$/
const separator = ';; ---'

class CorpusParser {
  readonly #file: string
  readonly #lines: readonly string[]
  readonly #cases: CorpusCase[] = []
  /** The file so far: the definitions of the current block, everything else blank. */
  #code: string[] = []
  #fileTiers: readonly string[] | undefined
  #tiers: readonly string[] | undefined
  #limits: Readonly<Record<string, number>> = {}
  #context: string | undefined

  constructor(file: CorpusFile) {
    this.#file = file.name
    this.#lines = file.text.replaceAll('\r\n', '\n').replace(/\n$/, '').split('\n')
  }

  cases(): readonly CorpusCase[] {
    for (let at = 0; at < this.#lines.length; at++) at = this.#line(at)
    if (this.#cases.length === 0) throw this.#error(0, 'no cases')
    return this.#cases
  }

  /** Takes in the line at `at`; gives the last line it used. */
  #line(at: number): number {
    const line = this.#lines[at]!
    if (line === separator) return this.#newBlock(at)
    const match = directive.exec(line)
    if (match !== null) return this.#directive(at, match[1]!, match[2]!)
    const block = parseErrorBlock.exec(line)
    if (block !== null) return this.#parseErrorBlock(at, block[1] ?? '')
    this.#code.push(line.startsWith(';;') ? '' : line)
    return at
  }

  #newBlock(at: number): number {
    this.#code = new Array<string>(at + 1).fill('')
    this.#tiers = undefined
    this.#limits = {}
    this.#context = undefined
    return at
  }

  #directive(at: number, name: string, rest: string): number {
    switch (name) {
      case 'tiers':
        this.#tiers = rest.split(/\s+/).filter(word => word !== '')
        this.#fileTiers ??= this.#tiers
        break
      case 'limits':
        this.#limits = this.#parseLimits(at, rest)
        break
      case 'context':
        this.#context = rest.trim()
        break
      case 'text':
        this.#textCase(at, rest)
        break
      default:
        return this.#runCase(at)
    }
    this.#code.push('')
    return at
  }

  #parseLimits(at: number, text: string): Readonly<Record<string, number>> {
    const limits: Record<string, number> = {}
    for (const part of text.trim().split(/\s+/)) {
      const match = /^([a-zA-Z]+)=(\d+)$/.exec(part)
      if (match === null) throw this.#error(at, `limits are written name=number, not ${part}`)
      limits[match[1]!] = Number(match[2])
    }
    return limits
  }

  /** `;; run: EXPR => EXPECTED`; an unfinished EXPR goes on in comment lines indented by at least two spaces. */
  #runCase(at: number): number {
    const expression: string[] = []
    for (let last = at; ; last++) {
      const line = this.#lines[last]
      const start = last === at ? ';; run:' : /^;; {2,}(?=\S)/.exec(line ?? '')?.[0]
      if (line === undefined || start === undefined) throw this.#error(at, 'a run needs " => " and a result')
      const body = line.slice(start.length)
      const arrow = body.lastIndexOf(' => ')
      const blank = ' '.repeat(start.length)
      if (arrow < 0) {
        expression.push(blank + body)
        continue
      }
      expression.push(blank + body.slice(0, arrow).trimEnd())
      const source = [...this.#code, ...expression].join('\n')
      const name = expression.map(part => part.trim()).join(' ')
      this.#add(at, name, source, this.#expected(at, body.slice(arrow + 4).trim()))
      for (let line = at; line <= last; line++) this.#code.push('')
      return last
    }
  }

  /** `;; text: "escaped program" => EXPECTED`, for programs that cannot stand in a line of their own. */
  #textCase(at: number, rest: string): void {
    const arrow = rest.lastIndexOf(' => ')
    if (arrow < 0) throw this.#error(at, 'a text needs " => " and a result')
    const literal = rest.slice(0, arrow).trim()
    this.#add(
      at,
      literal,
      this.#reading(at, () => parseStringLiteral(literal)),
      this.#expected(at, rest.slice(arrow + 4).trim()),
    )
  }

  /** `;; parse-error P00x at L:C`, then the invalid text up to the next separator. */
  #parseErrorBlock(at: number, rest: string): number {
    let end = at + 1
    while (end < this.#lines.length && this.#lines[end] !== separator) end++
    const text = this.#lines.slice(at + 1, end)
    const source = [...new Array<string>(at + 1).fill(''), ...text].join('\n')
    this.#add(at, text.join(' ').trim(), source, this.#expected(at, `parse-error ${rest}`.trim()))
    while (this.#code.length < end) this.#code.push('')
    return end - 1
  }

  #add(at: number, name: string, source: string, expected: Expected): void {
    const tiers = this.#tiers ?? this.#fileTiers
    if (tiers === undefined) throw this.#error(at, 'the header ";; tiers: …" is missing')
    const short = name.length > 120 ? `${name.slice(0, 117)}...` : name
    this.#cases.push({
      file: this.#file,
      line: at + 1,
      name: short,
      tiers,
      source,
      expected,
      limits: this.#limits,
      context: this.#context,
    })
  }

  #expected(at: number, text: string): Expected {
    const match =
      /^(error ([A-Z][A-Za-z]*)|parse-error(?: ([A-Z]\d{3}(?:\|[A-Z]\d{3})*))?)(?: at (\d+):(\d+)| in (.+))?$/.exec(
        text,
      )
    if (match === null) {
      if (text === '' || text.startsWith('error ')) throw this.#error(at, `cannot read the result: ${text}`)
      return { kind: 'value', text, value: this.#reading(at, () => parseReadable(text)) }
    }
    const place: ExpectedPlace = {
      at: match[4] === undefined ? undefined : { line: Number(match[4]), column: Number(match[5]) },
      within: match[6],
    }
    if (match[2] !== undefined) return { kind: 'error', errorKind: match[2], place }
    return { kind: 'parse-error', codes: match[3]?.split('|') ?? [], place }
  }

  #reading<T>(at: number, read: () => T): T {
    try {
      return read()
    } catch (cause) {
      throw this.#error(at, cause instanceof Error ? cause.message : String(cause))
    }
  }

  #error(at: number, message: string): CorpusFormatError {
    return new CorpusFormatError(`${this.#file}:${at + 1}: ${message}`)
  }
}

/** What is wrong with an outcome, `undefined` when it is what the case expects. `UnsupportedError` is wrong here. */
export function findMismatch(
  corpusCase: CorpusCase,
  outcome: Outcome,
  comparison: Comparison = 'exact',
): string | undefined {
  const { expected, source } = corpusCase
  const got = describeOutcome(outcome, source)
  switch (expected.kind) {
    case 'value': {
      if (!outcome.ok) return `expected ${expected.text}, got ${got}`
      return matchesText(expected.value, outcome.value, comparison)
        ? undefined
        : `expected ${expected.text}, got ${got}`
    }
    case 'error':
      if (outcome.ok || outcome.kind !== expected.errorKind)
        return `expected error ${expected.errorKind}, got ${got}`
      return misplaced(expected.place, outcome.span, source, got)
    case 'parse-error': {
      const codes = expected.codes.join(' or ')
      if (outcome.ok || outcome.kind !== 'ParseError') return `expected a parse error ${codes}, got ${got}`
      if (expected.codes.length > 0 && !expected.codes.includes(outcome.code ?? '')) {
        return `expected parse error ${codes}, got ${got}`
      }
      return misplaced(expected.place, outcome.span, source, got)
    }
  }
}

function matchesText(expected: Readable, text: string, comparison: Comparison): boolean {
  try {
    return matchesReadable(expected, parseReadable(text), comparison)
  } catch {
    // A tier may print anything; what cannot be read is not what was expected.
    return false
  }
}

function misplaced(
  place: ExpectedPlace,
  span: { readonly start: number; readonly end: number } | undefined,
  source: string,
  got: string,
): string | undefined {
  if (place.at !== undefined) {
    const { line, column } = place.at
    if (span === undefined) return `expected a span at ${line}:${column}, got ${got}`
    const start = new SourceText(source).positionAt(span.start)
    if (start.line !== line || start.column !== column) {
      return `expected a span at ${line}:${column}, got ${start.line}:${start.column}: ${got}`
    }
  }
  if (place.within !== undefined) {
    const text = span === undefined ? undefined : source.slice(span.start, span.end)
    if (text !== place.within) return `expected the span of ${place.within}, got ${got}`
  }
  return undefined
}

/** A case that ran in one tier. */
export interface CorpusResult {
  readonly corpusCase: CorpusCase
  readonly tier: string
  readonly outcome: Outcome
  readonly status: 'passed' | 'unsupported' | 'failed'
  /** What is wrong; `undefined` unless it failed. */
  readonly mismatch: string | undefined
}

/** Runs one case in one tier. */
export async function runCase(
  corpusCase: CorpusCase,
  tier: string,
  evaluate: (source: string, options: EvaluateOptions) => Promise<Outcome>,
  comparison: Comparison = 'exact',
): Promise<CorpusResult> {
  const { source, limits, context } = corpusCase
  const outcome = await evaluate(source, { tier, limits, context })
  if (isUnsupported(outcome)) {
    return { corpusCase, tier, outcome, status: 'unsupported', mismatch: undefined }
  }
  const mismatch = findMismatch(corpusCase, outcome, comparison)
  return { corpusCase, tier, outcome, status: mismatch === undefined ? 'passed' : 'failed', mismatch }
}
