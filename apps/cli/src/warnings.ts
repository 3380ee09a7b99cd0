import { type Diagnostic, formatDiagnostic, isRtfsError, type SourceText } from '@rtfs/core'
import { checkTypes, lower } from '@rtfs/ir'
import type { Program } from '@rtfs/parser'
import type { Io } from './io.js'

/** Warnings of one program that are shown; a generated program may have thousands. */
const maxShown = 20

/** What is provably wrong in a program that is going to run all the same: types, names that nothing defines. */
export function warningsOf(program: Program): readonly Diagnostic[] {
  try {
    const { unit, diagnostics } = lower(program)
    return [...diagnostics, ...checkTypes(unit)]
  } catch (error) {
    // Too deep for the IR: the evaluator runs it, and nothing is known beforehand.
    if (isRtfsError(error, 'UnsupportedError')) return []
    throw error
  }
}

/** Prints diagnostics with code frames on standard error, in the order of the text. */
export function printDiagnostics(
  diagnostics: readonly Diagnostic[],
  source: SourceText,
  io: Io,
  max = maxShown,
): void {
  const sorted = [...diagnostics].sort((a, b) => a.start - b.start)
  for (const item of sorted.slice(0, max)) {
    io.err(`${formatDiagnostic(item, source, { color: io.errorColor })}\n`)
  }
  if (sorted.length > max) io.err(`… ${sorted.length - max} more\n`)
}
