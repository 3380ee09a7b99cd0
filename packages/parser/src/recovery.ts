import { type Diagnostic, diagnostic, type Fix, SourceText } from '@rtfs/core'
import { Diagnostics, plural, shorten } from './diagnostics.js'
import type { Form } from './forms.js'
import { closersByIndentation } from './indentation.js'
import { type DelimiterProblem, type MissingCloser, Reader, type ReadForms } from './reader.js'

/*
 * Delimiters that do not fit. The reader recovers on the spot, which is right for `(f [a)` but wrong when a `)` is
 * missing twenty lines above. Then the indentation usually shows where: if the text reads without a problem once
 * the closers are put where the indentation wants them, that reading is taken (LANGUAGE §2.1).
 */

export interface RecoveryOptions {
  readonly maxDepth: number
  readonly keepComments: boolean
  readonly maxErrors: number
  /** Report what was mended safely as warnings. */
  readonly repair: boolean
  /** Number of errors that analysing a reading would report: decides between two readings. */
  readonly judge: (forms: readonly Form[]) => number
}

export interface Recovered {
  readonly forms: readonly Form[]
  readonly diagnostics: Diagnostics
  /** True when every delimiter fitted. */
  readonly balanced: boolean
}

/** Texts longer than this are not read a second time. */
const longestGuess = 1_000_000

/** Reads a text; delimiters that do not fit are reported, each with a fix. */
export function readWithRecovery(text: string, options: RecoveryOptions): Recovered {
  const first = readOnce(text, [], options)
  if (first.problems.length === 0) return { ...first, balanced: true }
  const guess = first.stopped || text.length > longestGuess ? undefined : closersByIndentation(text)
  if (guess !== undefined && guess.length > 0) {
    const second = readOnce(text, guess.map(toMissing), options)
    const verdict =
      second.problems.length === 0 && !second.stopped ? prefer(second, first, guess, options) : 'no'
    if (verdict !== 'no') {
      for (const closer of guess)
        second.diagnostics.add(missingCloser(text, closer, verdict === 'sure', options))
      return { forms: second.forms, diagnostics: second.diagnostics, balanced: false }
    }
  }
  for (const item of explain(text, first.problems, options)) first.diagnostics.add(item)
  return { forms: first.forms, diagnostics: first.diagnostics, balanced: false }
}

type Reading = ReadForms & { readonly diagnostics: Diagnostics }

/**
 * Whether the indentation is to be believed. Text that is not indented at all says nothing, so then the reading
 * that makes better sense is taken, and neither is sure.
 */
function prefer(
  second: Reading,
  first: Reading,
  guess: readonly IndentedCloser[],
  options: RecoveryOptions,
): 'sure' | 'likely' | 'no' {
  const errors = options.judge(second.forms) + second.diagnostics.errorCount
  const others = options.judge(first.forms) + first.diagnostics.errorCount
  if (errors > others) return 'no'
  if (guess.every(closer => closer.indented)) return 'sure'
  return errors < others ? 'likely' : 'no'
}

function readOnce(text: string, missing: readonly MissingCloser[], options: RecoveryOptions): Reading {
  const diagnostics = new Diagnostics(options.maxErrors)
  const { maxDepth, keepComments } = options
  return { ...new Reader(text, diagnostics, { maxDepth, keepComments, missing }).read(), diagnostics }
}

/** A closer that the indentation asks for: `at` is the end of the code before it. */
export interface IndentedCloser extends MissingCloser {
  readonly open: number
  /** Offset of the code whose indentation shows that the form was meant to end. */
  readonly next: number
  /** True when a line of the form is indented, or the form has its place on one line: then the margin means something. */
  readonly indented: boolean
}

function toMissing(closer: IndentedCloser): MissingCloser {
  return { at: closer.at, closer: closer.closer }
}

function missingCloser(
  text: string,
  closer: IndentedCloser,
  safe: boolean,
  options: RecoveryOptions,
): Diagnostic {
  const source = new SourceText(text)
  const from = source.positionAt(closer.open).line
  const next = source.positionAt(closer.next).line
  const likely = source.positionAt(closer.at).line
  const where =
    next > likely
      ? `Line ${next} is not indented as a part of it, so ${closer.closer} is probably missing at the end of line ${likely}.`
      : `Put ${closer.closer} ${closer.next === closer.at ? 'at the end of' : 'on'} line ${likely}.`
  return diagnostic(
    'P008',
    `${opening(text, closer.open)} on line ${from} is not closed: ${closer.closer} is missing`,
    { start: closer.open, end: closer.open + 1 },
    {
      severity: safe && options.repair ? 'warning' : 'error',
      hint: where,
      fixes: [insertion(closer.closer, closer.at, safe)],
      related: [{ start: closer.at, end: closer.at, message: `${closer.closer} is probably missing here` }],
    },
  )
}

function insertion(closer: string, at: number, safe: boolean): Fix {
  return { title: `Insert ${closer}`, edits: [{ start: at, end: at, text: closer }], safe }
}

/** `(defn area …`, as much of a form as names it. */
function opening(text: string, open: number): string {
  const rest = text.slice(open, open + 60)
  const head = /^#?[([{][^\s()[\]{}";]*(?:[ \t]+[^\s()[\]{}";]+)?/.exec(rest)?.[0] ?? rest.slice(0, 1)
  return shorten(`${head} …`)
}

function* explain(
  text: string,
  problems: readonly DelimiterProblem[],
  options: RecoveryOptions,
): Iterable<Diagnostic> {
  const source = new SourceText(text)
  const severity = (safe: boolean) => (safe && options.repair ? 'warning' : 'error') as 'warning' | 'error'
  const end = endOfCode(text)
  // What is open at the end is one message: the innermost form, which is the likeliest, and all missing closers.
  const atEnd = problems.filter(problem => problem.kind === 'unclosed' && problem.at.start >= text.length)
  if (atEnd.length > 0) {
    const inner = atEnd[0]!
    const closers = atEnd.map(problem => problem.closer).join('')
    const line = source.positionAt(inner.open.start).line
    yield diagnostic(
      'P008',
      `${opening(text, inner.open.start)} on line ${line} is not closed: the text ends, and ${closers} ${closers.length === 1 ? 'is' : 'are'} missing`,
      inner.open,
      {
        severity: severity(true),
        hint: `${closers} would close ${plural(closers.length, 'open form')} at the end.`,
        fixes: [insertion(closers, end, true)],
        related: atEnd.slice(1, 9).map(problem => ({
          start: problem.open.start,
          end: problem.open.end,
          message: `${opening(text, problem.open.start)} is not closed either`,
        })),
      },
    )
  }
  for (const problem of problems) {
    if (problem.kind === 'unclosed') {
      if (problem.at.start >= text.length) continue
      const found = text[problem.at.start]!
      const line = source.positionAt(problem.open.start).line
      yield diagnostic(
        'P008',
        `${opening(text, problem.open.start)} on line ${line} is not closed before ${found}: ${problem.closer} is missing`,
        problem.open,
        {
          severity: severity(true),
          hint: `Put ${problem.closer} before the ${found} on line ${source.positionAt(problem.at.start).line}.`,
          fixes: [insertion(problem.closer, problem.at.start, true)],
          related: [
            {
              start: problem.at.start,
              end: problem.at.start + 1,
              message: `${problem.closer} is missing before this`,
            },
          ],
        },
      )
    } else if (problem.kind === 'wrong') {
      const found = text.slice(problem.at.start, problem.at.end)
      const line = source.positionAt(problem.open.start).line
      yield diagnostic(
        'P008',
        `${found} cannot close ${opening(text, problem.open.start)} on line ${line}: ${problem.closer} belongs there`,
        problem.at,
        {
          severity: severity(true),
          hint: `Write ${problem.closer} instead of ${found}.`,
          fixes: [
            {
              title: `Replace ${found} by ${problem.closer}`,
              edits: [{ start: problem.at.start, end: problem.at.end, text: problem.closer }],
              safe: true,
            },
          ],
          related: [{ start: problem.open.start, end: problem.open.end, message: 'opened here' }],
        },
      )
    } else {
      const found = text.slice(problem.at.start, problem.at.end)
      const safe = !endsTooEarly(text, problem.at.start)
      yield diagnostic('P008', `nothing is open that this ${found} could close`, problem.at, {
        severity: severity(safe),
        hint: safe
          ? `Remove the ${found}.`
          : `Remove this ${found}, or one that closes a form too early above.`,
        fixes: [
          {
            title: `Remove ${found}`,
            edits: [{ start: problem.at.start, end: problem.at.end, text: '' }],
            safe,
          },
        ],
      })
    }
  }
}

/**
 * True when code stands indented at the top level between the last form that starts at the margin and `at`: then
 * a closer above is the one too many, and removing this one would hide it.
 */
function endsTooEarly(text: string, at: number): boolean {
  const lineStart = Math.max(text.lastIndexOf('\n', at - 1), text.lastIndexOf('\r', at - 1)) + 1
  const before = text.slice(lineStart, at)
  return /^[ \t]+[^ \t)\]};]/.test(before)
}

/** The end of the last code: before a comment or white space that ends the text. */
function endOfCode(text: string): number {
  let end = text.length
  for (;;) {
    end = text.slice(0, end).trimEnd().length
    const lineStart = Math.max(text.lastIndexOf('\n', end - 1), text.lastIndexOf('\r', end - 1)) + 1
    const line = text.slice(lineStart, end)
    if (line.trimStart().startsWith(';')) end = lineStart
    else if (line.includes(';')) return text.length
    else return end
    if (end === 0) return text.length
  }
}
