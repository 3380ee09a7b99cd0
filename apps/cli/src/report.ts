import { formatRtfsError, isRtfsError, keyword, type RtfsError, type SourceText } from '@rtfs/core'
import { RtfsParseError, type RunResult, sourceOfError } from '@rtfs/runtime'
import { failureJson } from './error-json.js'
import type { ExitCode } from './exit-codes.js'
import { exitCodeOf } from './failure.js'
import type { Io } from './io.js'
import { valueText } from './value-text.js'
import { printDiagnostics } from './warnings.js'

/** Parse errors of one text that are shown. */
const maxErrors = 50

/** Prints JSON as the one document of a command. */
export function printJson(document: unknown, io: Io): void {
  io.out(`${JSON.stringify(document, undefined, 2)}\n`)
}

/** Prints the value of a run: its readable text, or a document. */
export function printResult({ value, tier, fuel }: RunResult, json: boolean, io: Io): void {
  const text = valueText(value)
  if (json) printJson({ ok: true, value: text, tier, fuel }, io)
  else io.out(`${text}\n`)
}

/**
 * Reports what a program did wrong, with code frame and call stack, and says with which code to exit. Anything that
 * is not the program's fault is thrown again. Without a `source` (`null`) no place is shown.
 */
export function reportFailure(
  error: unknown,
  json: boolean,
  io: Io,
  source: SourceText | null | undefined = sourceOfError(error),
): ExitCode {
  if (!isRtfsError(error)) throw error
  const ofProgram = error instanceof RtfsParseError || error.value !== undefined
  if (!ofProgram) throw error
  if (error instanceof RtfsParseError) printDiagnostics(error.diagnostics, error.source, io, maxErrors)
  else {
    io.err(`${formatRtfsError(error, source ?? undefined, { color: io.errorColor })}\n`)
    io.err(grantHint(error))
  }
  if (json) printJson(failureJson(error, source), io)
  return exitCodeOf(error)
}

/** How to grant what a program was not allowed to do. */
function grantHint({ code, value }: RtfsError): string {
  const operation = value?.details.get(keyword('operation'))
  const capability = value?.details.get(keyword('capability'))
  if (code !== 'SecurityViolation' || operation !== 'call' || typeof capability !== 'string') return ''
  return `  hint: --allow ${capability} grants it; with =SCOPE for a path, host or name prefix only\n`
}
