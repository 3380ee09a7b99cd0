import { createWasmBackend, createWasmExecutor } from '@rtfs/bytecode-backend'
import { formatValue, type RtfsError } from '@rtfs/core'
import { createMemoryJournalStore, createRuntime, runOfError } from '@rtfs/runtime'
import { describe, expect, test } from 'vitest'
import { tiers } from './tiers.js'

const bytecode = { backend: createWasmBackend(), executor: createWasmExecutor() }
const security = { level: 'full' } as const

describe.each(tiers)('the host boundary in tier %s', tier => {
  test('a capability that does not answer in time', async () => {
    let asked = 0
    const capabilities = {
      never: () => {
        asked++
        return new Promise(() => {})
      },
      patient: { timeoutMs: Number.POSITIVE_INFINITY, execute: async () => 1 },
    }
    const journal = createMemoryJournalStore()
    const runtime = createRuntime({ security, bytecode, capabilities, journal, capabilityTimeoutMs: 5 })
    const program = `(defn ask [n] (try (+ n (call :never n)) (catch :timeout e (:timeout-ms (:details e)))))
      [(parallel [a (ask 1)] [b (ask 2)]) (call :patient) (try (call :never 3) (catch ApplicationError e (:type e)))]`
    for (let i = 0; i < 2; i++) {
      const result = await runtime.run(program, { tier, runId: 'r' })
      expect(result.tier).toBe(tier)
      expect(formatValue(result.value)).toBe('[{:a 5 :b 5} 1 :error/timeout]')
      expect(asked).toBe(3)
    }
  })

  test('each test has an account of its own', async () => {
    const session = createRuntime({ bytecode }).session()
    const body = '(loop [i 0] (if (< i 300) (recur (inc i)) nil))'
    await session.run(`(deftest a ${body}) (deftest b ${body}) (deftest c (do ${body} ${body}))`, { tier })
    const results = await session.runTests({ limits: { fuel: 1500 } })
    const outcomes = results.map(({ name, error }) => [name, (error as RtfsError | undefined)?.code])
    expect(outcomes).toEqual([
      ['a', undefined],
      ['b', undefined],
      ['c', 'BudgetExhausted'],
    ])
    expect(runOfError(results[2]!.error)).toEqual({ tier, fuel: 1500, attempts: 1 })
  })
})
