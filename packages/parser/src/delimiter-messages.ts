import { type Diagnostic, diagnostic, type Fix, type Severity, SourceText, type Span } from '@rtfs/core'
import { plural, shorten } from './diagnostics.js'
import type { DelimiterProblem } from './form-builder.js'
import type { IndentedCloser } from './indentation.js'

/*
 * What is said about delimiters that do not fit. Closers that are missing at one place are one message and one fix,
 * since two insertions at the same place could be made in the wrong order.
 */

/** Closers missing at one place. */
interface Missing {
  readonly at: number
  /** Innermost first. */
  readonly opens: readonly number[]
  readonly closers: string
}

/** Messages for closers that the indentation asks for. */
export function explainMissing(
  text: string,
  guess: readonly IndentedCloser[],
  safe: boolean,
  repair: boolean,
): Diagnostic[] {
  const source = new SourceText(text)
  return groupByPlace(guess).map(missing => {
    const next = guess.find(closer => closer.at === missing.at)!.next
    const line = source.positionAt(missing.at).line
    const nextLine = source.positionAt(next).line
    const hint =
      nextLine > line
        ? `Line ${nextLine} is not indented as a part of it, so ${missing.closers} is probably missing at the end of line ${line}.`
        : `Put ${missing.closers} ${next === missing.at ? 'at the end of' : `before the ${text[next]} on`} line ${line}.`
    return missingDiagnostic(text, source, missing, 'is not closed', hint, safe, repair)
  })
}

/** Messages for what the reader met, where the indentation says nothing. */
export function explainProblems(
  text: string,
  problems: readonly DelimiterProblem[],
  repair: boolean,
): Diagnostic[] {
  const source = new SourceText(text)
  const unclosed = problems.filter(problem => problem.kind === 'unclosed')
  const places = groupByPlace(
    unclosed.map(({ at, open, closer }) => ({ at: at.start, open: open.start, closer })),
  )
  return [
    ...places.map(missing => {
      if (missing.at < text.length) {
        const found = text[missing.at]!
        const hint = `Put ${missing.closers} before the ${found} on line ${source.positionAt(missing.at).line}.`
        return missingDiagnostic(text, source, missing, `is not closed before ${found}`, hint, true, repair)
      }
      const hint = `${missing.closers} would close ${plural(missing.opens.length, 'open form')} at the end.`
      const atEnd = { ...missing, at: endOfCode(text) }
      return missingDiagnostic(text, source, atEnd, 'is not closed before the text ends', hint, true, repair)
    }),
    ...problems.flatMap(problem => {
      if (problem.kind === 'wrong') return [wrongCloser(text, source, problem, repair)]
      return problem.kind === 'stray' ? [strayCloser(text, problem.at, repair)] : []
    }),
  ]
}

function groupByPlace(
  closers: readonly { readonly at: number; readonly open: number; readonly closer: string }[],
): Missing[] {
  const places = new Map<number, { at: number; opens: number[]; closers: string }>()
  for (const { at, open, closer } of closers) {
    const place = places.get(at)
    if (place === undefined) places.set(at, { at, opens: [open], closers: closer })
    else {
      place.opens.push(open)
      place.closers += closer
    }
  }
  return [...places.values()]
}

function severityOf(safe: boolean, repair: boolean): Severity {
  return safe && repair ? 'warning' : 'error'
}

function missingDiagnostic(
  text: string,
  source: SourceText,
  { at, opens, closers }: Missing,
  problem: string,
  hint: string,
  safe: boolean,
  repair: boolean,
): Diagnostic {
  const open = opens[0]!
  const line = source.positionAt(open).line
  const verb = closers.length === 1 ? 'is' : 'are'
  const fix: Fix = { title: `Insert ${closers}`, edits: [{ start: at, end: at, text: closers }], safe }
  return diagnostic(
    'P008',
    `${opening(text, open)} on line ${line} ${problem}: ${closers} ${verb} missing`,
    { start: open, end: open + openerLength(text, open) },
    {
      severity: severityOf(safe, repair),
      hint,
      fixes: [fix],
      related: [
        { start: at, end: at, message: `${closers} ${verb} probably missing here` },
        ...opens.slice(1, 9).map(outer => ({
          start: outer,
          end: outer + openerLength(text, outer),
          message: `${opening(text, outer)} is not closed either`,
        })),
      ],
    },
  )
}

function wrongCloser(
  text: string,
  source: SourceText,
  problem: DelimiterProblem,
  repair: boolean,
): Diagnostic {
  const { open, at, closer } = problem
  const found = text.slice(at.start, at.end)
  const line = source.positionAt(open.start).line
  return diagnostic('P008', `${found} cannot close ${opening(text, open.start)} on line ${line}`, at, {
    severity: severityOf(true, repair),
    hint: `Write ${closer} instead of ${found}.`,
    fixes: [
      {
        title: `Replace ${found} by ${closer}`,
        edits: [{ start: at.start, end: at.end, text: closer }],
        safe: true,
      },
    ],
    related: [{ start: open.start, end: open.end, message: 'opened here' }],
  })
}

function strayCloser(text: string, at: Span, repair: boolean): Diagnostic {
  const found = text.slice(at.start, at.end)
  const safe = !endsTooEarly(text, at.start)
  return diagnostic('P008', `nothing is open that this ${found} could close`, at, {
    severity: severityOf(safe, repair),
    hint: safe ? `Remove the ${found}.` : `Remove this ${found}, or one that closes a form too early above.`,
    fixes: [{ title: `Remove ${found}`, edits: [{ start: at.start, end: at.end, text: '' }], safe }],
  })
}

/** `(defn area …`, as much of a form as names it. */
function opening(text: string, open: number): string {
  const rest = text.slice(open, open + 60)
  const head = /^#?[([{][^\s()[\]{}";]*(?:[ \t]+[^\s()[\]{}";]+)?/.exec(rest)?.[0] ?? rest.slice(0, 1)
  return shorten(`${head} …`)
}

function openerLength(text: string, open: number): number {
  return text[open] === '#' ? 2 : 1
}

/** True when the line of a stray closer is indented: then a closer above may be the one too many. */
function endsTooEarly(text: string, at: number): boolean {
  const lineStart = Math.max(text.lastIndexOf('\n', at - 1), text.lastIndexOf('\r', at - 1)) + 1
  return /^[ \t]+[^ \t)\]};]/.test(text.slice(lineStart, at))
}

/** The end of the last code: before a comment or white space that ends the text. */
function endOfCode(text: string): number {
  let end = text.length
  for (;;) {
    end = text.slice(0, end).trimEnd().length
    const lineStart = Math.max(text.lastIndexOf('\n', end - 1), text.lastIndexOf('\r', end - 1)) + 1
    const line = text.slice(lineStart, end)
    if (!line.includes(';')) return end
    // A `;` may stand in a string; then a new line is the safe place.
    if (!line.trimStart().startsWith(';') || lineStart === 0) return text.length
    end = lineStart
  }
}
