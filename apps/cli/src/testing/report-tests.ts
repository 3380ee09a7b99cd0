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
import { failuresOf, type TestOutcome, type Tier, type TierOutcome } from './outcomes.js'

/** The tests of one file, in every tier that they ran in. */
export interface FileOutcome {
  readonly file: string
  readonly source: SourceText
  readonly tiers: readonly TierOutcome[]
}

/** Failures with their places on standard error, one that is the same in several tiers once. */
export function reportFailures({ file, source, tiers }: FileOutcome, io: Io): void {
  const groups = new Map<string, { readonly failure: TestOutcome; readonly in: Tier[] }>()
  for (const outcome of tiers) {
    for (const failure of failuresOf(outcome)) {
      const key = JSON.stringify([failure.kind, failure.name, failure.message])
      const group = groups.get(key)
      if (group === undefined) groups.set(key, { failure, in: [outcome.tier] })
      else group.in.push(outcome.tier)
    }
  }
  for (const group of groups.values()) {
    io.err(`FAILED ${file} ${group.failure.name} in ${group.in.join(', ')}\n`)
    io.err(`${failureText(group.failure, source, io)}\n`)
  }
}

/** What a tier came to, in a line. */
export function tierLine(outcome: TierOutcome): string {
  const { file, tier, notCovered, cached, results } = outcome
  const failed = failuresOf(outcome).length
  const parts = [
    ...(results.length > 0 || notCovered === undefined ? [`${results.length - failed} passed`] : []),
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...(cached === true ? ['cached'] : []),
    ...(notCovered === undefined ? [] : [notCovered]),
  ]
  return `${file}: ${tier}: ${parts.join(', ')}`
}

function failureText({ kind, message = kind, error, span }: TestOutcome, source: SourceText, io: Io): string {
  const format = { color: io.errorColor }
  if (isRtfsError(error)) return formatRtfsError(error, sourceOfError(error) ?? source, format)
  if (span === undefined) return message
  return formatDiagnostic(exampleDiagnostic(message, span.start, source), source, format)
}

/** The place of an example is the first line of its function: nothing tells where the example itself stands. */
function exampleDiagnostic(message: string, start: number, source: SourceText): Diagnostic {
  const end = source.text.slice(start).search(/\s*(\r|\n|$)/)
  return diagnostic('example', message, { start, end: start + Math.max(1, end) })
}

/** The last line, when there is something to sum up. */
export function sumLine(files: readonly FileOutcome[], milliseconds: number): string | undefined {
  const outcomes = files.flatMap(({ tiers }) => tiers)
  const failed = outcomes.reduce((sum, outcome) => sum + failuresOf(outcome).length, 0)
  if (files.length === 1 && failed === 0) return undefined
  const all = outcomes.reduce((sum, { results }) => sum + results.length, 0)
  const text = `${files.length} ${files.length === 1 ? 'file' : 'files'}: ${all - failed} passed, ${failed} failed`
  return `${text} in ${(milliseconds / 1000).toFixed(2)} s`
}

/** Outcomes as `--json` tells them. */
export function outcomesJson(files: readonly FileOutcome[]): readonly object[] {
  return files.flatMap(({ source, tiers }) =>
    tiers.map(({ results, ...outcome }) => ({
      ...outcome,
      results: results.map(result => resultJson(result, source)),
    })),
  )
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
