import { expect, test } from 'vitest'
import { describeDisagreement, runDifferential } from '../src/index.js'
import { evaluateWithEffects, tiersAndPasses } from './tiers.js'

/** Long runs with other seeds: `node scripts/differential.mjs --count 100000 --seed 7`. */
test('every tier gives what the evaluator gives', { timeout: 300_000 }, async () => {
  const report = await runDifferential({
    seed: 20_260_105,
    count: 2000,
    tiers: tiersAndPasses,
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
