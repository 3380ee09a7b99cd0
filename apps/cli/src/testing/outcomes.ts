import type { Span } from '@rtfs/core'

export const allTiers = ['ast', 'ir', 'wasm'] as const

export type Tier = (typeof allTiers)[number]

/** What one test, or one example, came to. */
export interface TestOutcome {
  readonly kind: 'test' | 'example'
  readonly name: string
  readonly passed: boolean
  /** What a failure says. */
  readonly message?: string
  /** What a test raised. */
  readonly error?: unknown
  /** The function that an example is of. */
  readonly span?: Span
}

/** What the tests of a file came to in one tier. */
export interface TierOutcome {
  readonly file: string
  readonly tier: Tier
  /** Why the tier did not run the file, or some of it, when it does not cover it. */
  readonly notCovered?: string
  /** True when nothing ran, because the same code passed before. */
  readonly cached?: boolean
  readonly results: readonly TestOutcome[]
}

export function failuresOf({ results }: TierOutcome): readonly TestOutcome[] {
  return results.filter(({ passed }) => !passed)
}
