import {
  type Diagnostic,
  diagnostic,
  formatDiagnostic,
  formatRtfsError,
  isRtfsError,
  type SourceText,
} from '@rtfs/core'
import { sourceOfError } from '@rtfs/runtime'
import { failureJson } from '../error-json.js'
import type { Io } from '../io.js'
import { failuresOf, type TestOutcome, type TierOutcome } from './outcomes.js'

/** Failures with their places on standard error, then the line of the tier on standard output. */
export function reportOutcome(outcome: TierOutcome, source: SourceText, json: boolean, io: Io): void {
  const { file, tier, notCovered, cached, results } = outcome
  const failures = failuresOf(outcome)
  for (const failure of failures) io.err(failureText(failure, outcome, source, io))
  if (json) return
  const parts = [
    ...(results.length > 0 || notCovered === undefined ? [`${results.length - failures.length} passed`] : []),
    ...(failures.length === 0 ? [] : [`${failures.length} failed`]),
    ...(cached === true ? ['cached'] : []),
    ...(notCovered === undefined ? [] : [notCovered]),
  ]
  io.out(`${file}: ${tier}: ${parts.join(', ')}\n`)
}

function failureText(failure: TestOutcome, { file, tier }: TierOutcome, source: SourceText, io: Io): string {
  const { kind, name, message, error, span } = failure
  const head = `FAILED ${file} ${name} in ${tier}`
  const format = { color: io.errorColor }
  if (isRtfsError(error)) {
    return `${head}\n${formatRtfsError(error, sourceOfError(error) ?? source, format)}\n`
  }
  if (span === undefined) return `${head}: ${message}\n`
  return `${head}\n${formatDiagnostic(exampleDiagnostic(message ?? kind, span.start, source), source, format)}\n`
}

/** The place of an example is the first line of its function: nothing tells where the example itself stands. */
function exampleDiagnostic(message: string, start: number, source: SourceText): Diagnostic {
  const end = source.text.slice(start).search(/\s*(\r|\n|$)/)
  return diagnostic('example', message, { start, end: start + Math.max(1, end) })
}

/** The last lines, when there is something to sum up. */
export function reportSum(outcomes: readonly TierOutcome[], milliseconds: number, io: Io): void {
  const files = new Set(outcomes.map(({ file }) => file)).size
  const failed = outcomes.reduce((sum, outcome) => sum + failuresOf(outcome).length, 0)
  if (files === 1 && failed === 0) return
  const all = outcomes.reduce((sum, { results }) => sum + results.length, 0)
  const text = `${files} ${files === 1 ? 'file' : 'files'}: ${all - failed} passed, ${failed} failed`
  io.out(`${text} in ${(milliseconds / 1000).toFixed(2)} s\n`)
}

/** An outcome as `--json` tells it. */
export function outcomeJson({ results, ...outcome }: TierOutcome, source: SourceText): object {
  return { ...outcome, results: results.map(result => resultJson(result, source)) }
}

function resultJson({ error, span, ...result }: TestOutcome, source: SourceText): object {
  if (isRtfsError(error)) {
    const { kind, span: place, file } = failureJson(error, sourceOfError(error) ?? source).error
    return {
      ...result,
      error: kind,
      span: place,
      ...(file === undefined || file === source.file ? {} : { file }),
    }
  }
  return span === undefined ? result : { ...result, span: source.positionsOf(span) }
}
