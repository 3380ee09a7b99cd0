import { createWasmBackend, createWasmExecutor } from '@rtfs/bytecode-backend'
import { defaultLimits, formatValue, isRtfsError, Meter } from '@rtfs/core'
import { lower } from '@rtfs/ir'
import { parse } from '@rtfs/parser'
import { expect, test } from 'vitest'
import { printProgram } from '../src/generator/form.js'
import { Random } from '../src/generator/random.js'
import { recordWalk } from '../src/generator/record-walk.js'
import { compareTiers, describeDisagreement, type Outcome } from '../src/index.js'
import { evaluateWithEffects } from './tiers.js'

const count = Number(process.env['RECORD_WALKS'] ?? 200)
const backends = [createWasmBackend(), createWasmBackend({ split: 'always' })]
const executor = createWasmExecutor()

/** As compiled code that stands alone, whose names of types are fixed. */
function alone(source: string, fuel: number, backend: (typeof backends)[number]): Outcome | undefined {
  const { program, diagnostics } = parse(source)
  if (diagnostics.some(({ severity }) => severity === 'error')) return undefined
  const meter = new Meter({ ...defaultLimits, fuel, deadlineMs: 120_000 }, () => performance.now())
  const context = { meter, taskContext: null, perform: () => null, invoke: () => null }
  try {
    const { bytes, imports, debug } = backend.compile(lower(program).unit, {
      program: true,
      closed: true,
      exports: [],
    })
    const value = executor.prepare(bytes, { imports, exports: [], debug }).run(context)
    return { ok: true, value: formatValue(value), fuel: meter.spentFuel }
  } catch (error) {
    if (!isRtfsError(error)) throw error
    return { ok: false, kind: error.code, span: error.span, message: error.message, fuel: undefined }
  }
}

/** Records may lie in memory while code works on them; where that ends, value, error and fuel have to be as they were. */
test('walks over records give what the evaluator gives', { timeout: 300_000 }, async () => {
  const random = new Random(Number(process.env['RECORD_SEED'] ?? 20_261_125))
  const found: string[] = []
  const outcomes = new Map<string, number>()
  for (let i = 0; i < count; i++) {
    const source = printProgram(recordWalk(random))
    // Fuel that is enough, or ends somewhere.
    const fuel = random.chance(0.4) ? 100_000 : random.between(10, 300)
    const limits = { fuel, ...(random.chance(0.1) ? { allocBytes: random.between(100, 900) } : {}) }
    const result = await compareTiers(
      { source, limits },
      ['ast', 'ir', 'wasm', 'wasm-optimized'],
      evaluateWithEffects,
    )
    const outcome = result.status === 'agreement' ? result.outcome : result.expected
    const kind = outcome.ok ? 'value' : outcome.kind
    outcomes.set(kind, (outcomes.get(kind) ?? 0) + 1)
    if (result.status !== 'agreement') found.push(describeDisagreement(result, source))
    else if (!('allocBytes' in limits)) {
      const compiled = alone(source, fuel, backends[i % 2]!)
      if (compiled === undefined) continue
      const same = compiled.ok
        ? outcome.ok && outcome.value === compiled.value && outcome.fuel === compiled.fuel
        : !outcome.ok && outcome.kind === compiled.kind && outcome.span?.start === compiled.span?.start
      if (!same)
        found.push(
          `${source}\nfuel ${fuel}\nalone ${JSON.stringify(compiled)}\nelse ${JSON.stringify(outcome)}`,
        )
    }
  }
  if (count > 200) console.log(outcomes)
  expect(found.slice(0, 3).join('\n\n')).toBe('')
  expect(outcomes.get('value')).toBeGreaterThan(count / 4)
  expect(outcomes.get('BudgetExhausted')).toBeGreaterThan(count / 12)
})
