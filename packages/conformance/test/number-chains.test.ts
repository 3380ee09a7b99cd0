import { expect, test } from 'vitest'
import { printProgram } from '../src/generator/form.js'
import { numberChain } from '../src/generator/number-chain.js'
import { generatedLimits } from '../src/generator/program.js'
import { Random } from '../src/generator/random.js'
import { compareTiers, describeDisagreement } from '../src/index.js'
import { evaluateWithEffects, tiersAndVariants } from './tiers.js'

const count = Number(process.env['NUMBER_CHAINS'] ?? 200)

/** Compiled walks keep numbers in memory; value, error, fuel and account have to be those of the library. */
test('chains over numbers give what the evaluator gives', { timeout: 300_000 }, async () => {
  const random = new Random(20_261_125)
  const found: string[] = []
  const outcomes = new Map<string, number>()
  for (let i = 0; i < count; i++) {
    const source = printProgram([numberChain(random)])
    // Fuel and memory that are enough, or end somewhere in the middle.
    const fuel = random.chance(0.6) ? generatedLimits['fuel']! : random.between(10, 150)
    const limits = random.chance(0.8) ? { fuel } : { fuel, allocBytes: random.between(16, 1600) }
    const result = await compareTiers({ source, limits }, tiersAndVariants, evaluateWithEffects)
    const outcome = result.status === 'agreement' ? result.outcome : result.expected
    const kind = outcome.ok ? 'value' : outcome.kind
    outcomes.set(kind, (outcomes.get(kind) ?? 0) + 1)
    if (result.status !== 'agreement') found.push(describeDisagreement(result, source))
  }
  if (count > 200) console.log(outcomes)
  expect(found.slice(0, 3).join('\n\n')).toBe('')
  expect(outcomes.get('value')).toBeGreaterThan(count / 4)
  expect(outcomes.get('BudgetExhausted')).toBeGreaterThan(count / 20)
})
