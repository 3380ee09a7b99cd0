import { describeOutcome, type Evaluate, isUnsupported, type Outcome } from './outcome.js'
import { matchesReadable, parseReadable } from './readable.js'

/** A program as the comparison runs it. */
export interface ComparedProgram {
  readonly source: string
  readonly limits: Readonly<Record<string, number>>
  readonly context?: string | undefined
}

/** When the fuel that two tiers spent is compared; tiers that do not tell theirs are not. */
export type FuelComparison = 'always' | 'limits' | 'never'

/** Options of `compareTiers`. */
export interface CompareOptions {
  /** `limits`: only when the run ended at a limit. Default `always`. */
  readonly fuel?: FuelComparison
  /** Compare where errors are. Default true. */
  readonly spans?: boolean
}

/** The tiers that ran the program gave the same. */
export interface Agreement {
  readonly status: 'agreement'
  /** What the reference gave. */
  readonly outcome: Outcome
  /** Tiers that were compared with the reference. */
  readonly covered: readonly string[]
  /** Tiers that said UnsupportedError. */
  readonly unsupported: readonly string[]
}

/** The part of an outcome in which tiers differ. */
export type DifferentPart = 'outcome' | 'value' | 'kind' | 'code' | 'span' | 'fuel' | 'effects'

/** A tier gave something else than the reference. */
export interface Disagreement {
  readonly status: 'disagreement'
  readonly tier: string
  readonly part: DifferentPart
  /** What the reference tier gave. */
  readonly expected: Outcome
  readonly got: Outcome
  readonly unsupported: readonly string[]
}

/**
 * Runs a program in every tier and compares with the first, the reference: the value as text, or kind, code and span
 * of the error; fuel and effects where tiers tell them. A tier that says UnsupportedError is not compared.
 */
export async function compareTiers(
  program: ComparedProgram,
  tiers: readonly string[],
  evaluate: Evaluate,
  options: CompareOptions = {},
): Promise<Agreement | Disagreement> {
  const { source, limits, context } = program
  const run = (tier: string): Promise<Outcome> => evaluate(source, { tier, limits, context })
  const [reference, ...others] = tiers
  if (reference === undefined) throw new RangeError('at least one tier is needed')
  const expected = await run(reference)
  const covered: string[] = []
  const unsupported: string[] = []
  for (const tier of others) {
    const got = await run(tier)
    if (isUnsupported(got)) {
      unsupported.push(tier)
      continue
    }
    const part = differentPart(expected, got, options)
    if (part !== undefined) return { status: 'disagreement', tier, part, expected, got, unsupported }
    covered.push(tier)
  }
  return { status: 'agreement', outcome: expected, covered, unsupported }
}

/** The first part in which two outcomes differ, `undefined` when they do not. */
export function differentPart(
  expected: Outcome,
  got: Outcome,
  options: CompareOptions = {},
): DifferentPart | undefined {
  const { fuel = 'always', spans = true } = options
  if (expected.ok !== got.ok) return 'outcome'
  if (expected.ok && got.ok && !sameText(expected.value, got.value)) return 'value'
  if (!expected.ok && !got.ok) {
    if (expected.kind !== got.kind) return 'kind'
    if (expected.kind === 'ParseError' && expected.code !== got.code) return 'code'
    if (spans && !sameSpan(expected.span, got.span)) return 'span'
  }
  if (fuel === 'always' || (fuel === 'limits' && endedAtLimit(expected))) {
    if (expected.fuel !== undefined && got.fuel !== undefined && expected.fuel !== got.fuel) return 'fuel'
  }
  if (
    expected.effects !== undefined &&
    got.effects !== undefined &&
    !sameItems(expected.effects, got.effects)
  ) {
    return 'effects'
  }
  return undefined
}

/** Functions are alike whatever they are called; everything else is compared as it is printed. */
function sameText(expected: string, got: string): boolean {
  if (expected === got) return true
  try {
    return matchesReadable(parseReadable(expected), parseReadable(got))
  } catch {
    return false
  }
}

function sameSpan(
  a: { readonly start: number; readonly end: number } | undefined,
  b: { readonly start: number; readonly end: number } | undefined,
): boolean {
  return a?.start === b?.start && a?.end === b?.end
}

function endedAtLimit(outcome: Outcome): boolean {
  return !outcome.ok && (outcome.kind === 'BudgetExhausted' || outcome.kind === 'StackOverflow')
}

function sameItems(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i])
}

/** A disagreement as text for a report: the program, what was expected, what came. */
export function describeDisagreement(disagreement: Disagreement, source: string): string {
  const { tier, part, expected, got } = disagreement
  return [
    source,
    `  ${part} differs in ${tier}`,
    `  expected ${describeWithFuel(expected, source)}`,
    `  got      ${describeWithFuel(got, source)}`,
  ].join('\n')
}

function describeWithFuel(outcome: Outcome, source: string): string {
  const fuel = outcome.fuel === undefined ? '' : ` [fuel ${outcome.fuel}]`
  const effects =
    outcome.effects === undefined || outcome.effects.length === 0
      ? ''
      : ` [effects ${outcome.effects.join('; ')}]`
  return describeOutcome(outcome, source) + fuel + effects
}
