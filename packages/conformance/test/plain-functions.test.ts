import { expect, test } from 'vitest'
import { printProgram } from '../src/generator/form.js'
import { plainFunctions } from '../src/generator/plain-functions.js'
import { generatedLimits } from '../src/generator/program.js'
import { Random } from '../src/generator/random.js'
import { compareTiers, describeDisagreement } from '../src/index.js'
import { evaluateWithEffects } from './tiers.js'

const count = Number(process.env['PLAIN_FUNCTIONS'] ?? 60)
const seed = Number(process.env['PLAIN_FUNCTIONS_SEED'] ?? 20_261_126)

/** Functions are compiled once for each kind of arguments; that shows in nothing but speed. */
test('functions without annotations give what the evaluator gives', { timeout: 3_000_000 }, async () => {
  const random = new Random(seed)
  const found: string[] = []
  const outcomes = new Map<string, number>()
  for (let i = 0; i < count; i++) {
    const source = printProgram(plainFunctions(random))
    const fuel = random.chance(0.7) ? generatedLimits['fuel']! : random.between(3, 120)
    const depth = random.chance(0.8) ? 200 : random.between(2, 8)
    const tiers = ['ast', 'wasm', 'wasm-optimized', 'wasm-split']
    const result = await compareTiers({ source, limits: { fuel, depth } }, tiers, evaluateWithEffects)
    const outcome = result.status === 'agreement' ? result.outcome : result.expected
    const kind = outcome.ok ? 'value' : outcome.kind
    outcomes.set(kind, (outcomes.get(kind) ?? 0) + 1)
    if (result.status !== 'agreement') found.push(describeDisagreement(result, source))
    else if (result.unsupported.length > 0) found.push(`not covered: ${source}`)
  }
  if (count > 60) console.log(outcomes, found.length)
  expect(found.slice(0, 3).join('\n\n')).toBe('')
  expect(outcomes.get('value')).toBeGreaterThan(count / 3)
  expect(outcomes.has('BudgetExhausted')).toBe(true)
})
