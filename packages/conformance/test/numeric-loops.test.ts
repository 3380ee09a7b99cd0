import { expect, test } from 'vitest'
import { printProgram } from '../src/generator/form.js'
import { numericLoop } from '../src/generator/numeric-loop.js'
import { generatedLimits } from '../src/generator/program.js'
import { Random } from '../src/generator/random.js'
import { compareTiers, describeDisagreement } from '../src/index.js'
import { evaluateWithEffects, tiersAndPasses } from './tiers.js'

const count = Number(process.env['NUMERIC_LOOPS'] ?? 400)

/** Engines may run hot loops another way; where that ends, value, error and fuel have to be as they were. */
test('hot loops over numbers give what the evaluator gives', { timeout: 300_000 }, async () => {
  const random = new Random(20_261_124)
  const found: string[] = []
  const outcomes = new Map<string, number>()
  for (let i = 0; i < count; i++) {
    const source = printProgram([numericLoop(random)])
    // Fuel that is enough, or ends somewhere in a later round.
    const fuel = random.chance(0.5) ? generatedLimits['fuel']! : random.between(150, 700)
    const result = await compareTiers({ source, limits: { fuel } }, tiersAndPasses, evaluateWithEffects)
    const outcome = result.status === 'agreement' ? result.outcome : result.expected
    const kind = outcome.ok ? 'value' : outcome.kind
    outcomes.set(kind, (outcomes.get(kind) ?? 0) + 1)
    if (result.status !== 'agreement') found.push(describeDisagreement(result, source))
  }
  if (count > 400) console.log(outcomes)
  expect(found.slice(0, 3).join('\n\n')).toBe('')
  expect(outcomes.get('value')).toBeGreaterThan(count / 4)
  expect(outcomes.get('BudgetExhausted')).toBeGreaterThan(count / 10)
})
