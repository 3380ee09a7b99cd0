import { explainMissing, explainProblems } from './delimiter-messages.js'
import { Diagnostics } from './diagnostics.js'
import type { Form } from './forms.js'
import { closersByIndentation, type IndentedCloser } from './indentation.js'
import { type MissingCloser, Reader, type ReadForms } from './reader.js'

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
  /** True when reading ended before the text did, so that what is missing means nothing. */
  readonly stopped: boolean
}

/** Texts longer than this are not read a second time. */
const longestGuess = 300_000

/** Reads a text; delimiters that do not fit are reported, each with a fix. */
export function readWithRecovery(text: string, options: RecoveryOptions): Recovered {
  const first = readOnce(text, [], options)
  if (first.problems.length === 0) return first
  const guess = first.stopped || text.length > longestGuess ? undefined : closersByIndentation(text)
  if (guess !== undefined && guess.length > 0) {
    const second = readOnce(text, guess, options)
    const verdict =
      second.problems.length > 0 || second.stopped ? 'no' : compareReadings(second, first, guess, options)
    if (verdict !== 'no') {
      for (const item of explainMissing(text, guess, verdict === 'sure', options.repair)) {
        second.diagnostics.add(item)
      }
      return second
    }
  }
  const problems = first.endsInText
    ? first.problems.filter(({ kind, at }) => kind !== 'unclosed' || at.start < text.length)
    : first.problems
  for (const item of explainProblems(text, problems, options.repair)) first.diagnostics.add(item)
  return first
}

type Reading = ReadForms & { readonly diagnostics: Diagnostics }

function readOnce(text: string, missing: readonly MissingCloser[], options: RecoveryOptions): Reading {
  const diagnostics = new Diagnostics(options.maxErrors)
  const { maxDepth, keepComments } = options
  return { ...new Reader(text, diagnostics, { maxDepth, keepComments, missing }).read(), diagnostics }
}

/**
 * Whether the reading by indentation is to be believed. Text that is not indented at all says nothing, so then the
 * reading that makes better sense is taken, and neither is sure.
 */
function compareReadings(
  indented: Reading,
  plain: Reading,
  guess: readonly IndentedCloser[],
  { judge }: RecoveryOptions,
): 'sure' | 'likely' | 'no' {
  const errors = judge(indented.forms) + indented.diagnostics.errorCount
  const others = judge(plain.forms) + plain.diagnostics.errorCount
  if (errors > others) return 'no'
  if (guess.every(closer => closer.indented)) return 'sure'
  return errors < others ? 'likely' : 'no'
}
