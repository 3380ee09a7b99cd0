import type { Span } from '@rtfs/core'

/** What a tier is asked to do besides running the source. */
export interface EvaluateOptions {
  /** Name of the tier: `ast`, `ir`, `wasm`, or one of your own. */
  readonly tier: string
  /** Limits by the names of `Limits` in `@rtfs/core`; those left out keep the tier's defaults. */
  readonly limits: Readonly<Record<string, number>>
  /** Readable text of the task context (LANGUAGE §16); `undefined` for a run without one. */
  readonly context: string | undefined
}

/** Runs a program in one tier. It must not reject: whatever happens is an outcome. */
export type Evaluate = (source: string, options: EvaluateOptions) => Promise<Outcome>

/** How a run ended, in a form that any implementation can give. */
export type Outcome = ValueOutcome | ErrorOutcome

/** What both outcomes may tell besides. What a tier does not know it leaves out; then it is not compared. */
export interface Observations {
  /** Fuel spent, also by a run that failed. */
  readonly fuel?: number | undefined
  /** What was asked of the host, in order, one text each. */
  readonly effects?: readonly string[] | undefined
}

export interface ValueOutcome extends Observations {
  readonly ok: true
  /** Readable text of the value. */
  readonly value: string
}

export interface ErrorOutcome extends Observations {
  readonly ok: false
  /** A kind of LANGUAGE §9.2, or `ParseError`. */
  readonly kind: string
  /** `P001`…`P008`, `V001` for a `ParseError`. */
  readonly code?: string | undefined
  /** Where it happened: UTF-16 offsets into the source. */
  readonly span?: Span | undefined
  readonly message?: string | undefined
}

/** True when the tier says that it does not cover the program; this is neither agreement nor disagreement. */
export function isUnsupported(outcome: Outcome): boolean {
  return !outcome.ok && outcome.kind === 'UnsupportedError'
}

/** One line for reports: the value, or the error with its place. */
export function describeOutcome(outcome: Outcome, source?: string): string {
  if (outcome.ok) return outcome.value
  const code = outcome.code === undefined || outcome.code === outcome.kind ? '' : ` ${outcome.code}`
  const place = outcome.span === undefined ? '' : ` ${describeSpan(outcome.span, source)}`
  const message = outcome.message === undefined ? '' : ` (${outcome.message})`
  return `error ${outcome.kind}${code}${place}${message}`
}

function describeSpan(span: Span, source: string | undefined): string {
  if (source === undefined) return `at offsets ${span.start}-${span.end}`
  const text = source.slice(span.start, span.end)
  return `at offsets ${span.start}-${span.end} ${JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text)}`
}
