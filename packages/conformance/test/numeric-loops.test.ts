import { expect, test } from 'vitest'
import { type Form, printProgram } from '../src/generator/form.js'
import { numericLoop } from '../src/generator/numeric-loop.js'
import { numericProgram, numericRecursion } from '../src/generator/numeric-recursion.js'
import { generatedLimits } from '../src/generator/program.js'
import { Random } from '../src/generator/random.js'
import { compareTiers, describeDisagreement } from '../src/index.js'
import { evaluateWithEffects, tiersAndVariants } from './tiers.js'

const given = process.env['NUMERIC_LOOPS']

/** Engines may run what is hot another way; where that ends, value, error and fuel have to be as they were. */
test.each<[string, number, (random: Random) => readonly Form[], number, number]>([
  ['loops', 20_261_124, random => [numericLoop(random)], 150, 400],
  ['functions', 20_261_125, random => [numericRecursion(random)], 20, 200],
  ['programs', 20_261_126, numericProgram, 20, 200],
])(
  'hot %s over numbers give what the evaluator gives',
  {
    timeout: 300_000,
  },
  async (_name, seed, generate, leastFuel, usual) => {
    const count = Number(given ?? usual)
    const random = new Random(seed)
    const found: string[] = []
    const outcomes = new Map<string, number>()
    for (let i = 0; i < count; i++) {
      const source = printProgram(generate(random))
      // Fuel and depth that are enough, or end somewhere in a later round.
      const fuel = random.chance(0.5) ? generatedLimits['fuel']! : random.between(leastFuel, 700)
      const depth = random.chance(0.7) ? generatedLimits['depth']! : random.between(1, 14)
      const result = await compareTiers(
        { source, limits: { fuel, depth } },
        tiersAndVariants,
        evaluateWithEffects,
      )
      const outcome = result.status === 'agreement' ? result.outcome : result.expected
      const kind = outcome.ok ? 'value' : outcome.kind
      outcomes.set(kind, (outcomes.get(kind) ?? 0) + 1)
      if (result.status !== 'agreement') found.push(describeDisagreement(result, source))
    }
    if (given !== undefined) console.log(outcomes)
    expect(found.slice(0, 3).join('\n\n')).toBe('')
    expect(outcomes.get('value')).toBeGreaterThan(count / 4)
    expect(outcomes.get('BudgetExhausted')).toBeGreaterThan(count / 10)
  },
)
