import { expect, test } from 'vitest'
import { describeDisagreement, runDifferential } from '../src/index.js'
import { evaluateWithEffects, tiersAndVariants } from './tiers.js'

/** Long runs with other seeds: `node scripts/differential.mjs --count 100000 --seed 7`. */
test.each([
  { name: 'every tier', seed: 20_260_105, count: 2_000, tiers: tiersAndVariants },
  // The interpreters alone are fast enough for many more.
  { name: 'the IR runtime', seed: 20_261_201, count: 20_000, tiers: ['ast', 'ir-kernels', 'ir-optimized'] },
])('$name gives what the evaluator gives', { timeout: 600_000 }, async ({ seed, count, tiers }) => {
  const report = await runDifferential({
    seed,
    count,
    tiers,
    evaluate: evaluateWithEffects,
    generator: { effects: true },
    maxDisagreements: 5,
  })
  for (const [tier, counts] of report.tiers) {
    const { covered, unsupported, disagreements } = counts
    console.log(
      `generated programs in ${tier}: ${covered} agree, ${unsupported} not covered, ${disagreements} differ`,
    )
  }
  const found = report.disagreements.map(({ disagreement, source }) =>
    describeDisagreement(disagreement, source),
  )
  expect(found.join('\n\n')).toBe('')
  // A run that ends in errors only would show little.
  expect(report.outcomes.get('value')! / report.programs).toBeGreaterThan(0.5)
  expect(report.outcomes.size).toBeGreaterThan(10)
  expect(report.outcomes.has('ParseError')).toBe(false)
  expect(report.outcomes.has('InternalError')).toBe(false)
})
