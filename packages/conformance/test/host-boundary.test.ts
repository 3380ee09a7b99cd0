import { createWasmBackend, createWasmExecutor } from '@rtfs/bytecode-backend'
import { formatValue, type RtfsError, type Value } from '@rtfs/core'
import type { Host } from '@rtfs/interfaces'
import {
  createMemoryJournalStore,
  createMemoryModuleLoader,
  createRuntime,
  type RuntimeOptions,
  runOfError,
} from '@rtfs/runtime'
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

  test('agents are looked for where somebody may know some', () => {
    const found = (options: RuntimeOptions, program = '(discover-agents {:limit 1})') => {
      try {
        return formatValue(createRuntime({ bytecode, ...options }).runSync(program, { tier }).value)
      } catch (error) {
        return (error as RtfsError).code
      }
    }
    const executeCapability = () => [{ 'agent-id': 'a' }] as unknown as Value
    const logOnly = { executeCapability, hasCapability: () => false, log: () => {} }
    expect(found({})).toBe('[]')
    expect(found({ host: logOnly })).toBe('[]')
    expect(found({ host: logOnly, security })).toBe('[]')
    expect(found({ host: logOnly, security }, '(call :other)')).toBe('UnknownCapability')
    expect(found({ host: { executeCapability } })).toBe('SecurityViolation')
    expect(found({ host: { executeCapability }, security })).toBe('[{"agent-id" "a"}]')
    const failing = (): never => {
      throw new Error('down')
    }
    const program = `(try (discover-agents {:limit 1} {:registry-uri "reg://a"})
      (catch AgentDiscoveryError e [(:message (:details e)) (:registry-uri (:details e))]))`
    expect(found({ capabilities: { 'ccos.agent.discover-agents': failing }, security }, program)).toBe(
      '["down" "reg://a"]',
    )
  })

  test('the context is shown to whom the runtime names, and to nobody else', () => {
    const seen: string[] = []
    const host: Host = {
      executeCapability: (id, _args, call) => {
        const { context } = call.metadata
        seen.push(`${id} ${context === undefined ? '-' : formatValue(context)}`)
        return null
      },
      getCapabilitySchema: id => (id === 'tagged' ? { tags: ['trusted'] } : undefined),
      getContextValue: key => (key === 'city' ? 'Rome' : undefined),
    }
    const show = (more: Partial<Host>, program: string) => {
      seen.length = 0
      const exposed = { ids: ['one'], prefixes: ['acme.'], tags: ['trusted'] }
      createRuntime({
        bytecode,
        host: { ...host, ...more },
        security: { ...security, exposeReadonlyContext: exposed },
      }).runSync(program, { tier })
      return seen
    }
    const calls = '(call :one) (call :acme.x) (call :tagged) (call :two)'
    const named = `(step "s" :context-keys ["city" "none"] :expose-context true ${calls})`
    expect(show({}, named)).toEqual([
      'one {:city "Rome"}',
      'acme.x {:city "Rome"}',
      'tagged {:city "Rome"}',
      'two -',
    ])
    expect(show({}, calls)).toEqual(['one -', 'acme.x -', 'tagged -', 'two -'])
    const contextSnapshot = (keys?: readonly string[]) => `all but ${keys?.length ?? 'none'}`
    expect(
      show({ contextSnapshot }, `(call :one) (step "s" :expose-context false (call :one)) (call :two)`),
    ).toEqual(['one "all but none"', 'one -', 'two -'])
  })

  test('a qualified name imports its module where that is allowed', () => {
    const modules = createMemoryModuleLoader({
      'geo/shapes.rtfs': '(module geo.shapes (:exports [area]) (defn area [w h] (* w h)) (defn hidden [] 1))',
      'broken.rtfs': '(module broken (defn f [] (nope/x)) (def y (/ 1 0)))',
    })
    const outcome = (program: string, autoload: boolean) => {
      try {
        return formatValue(createRuntime({ bytecode, modules, autoload }).runSync(program, { tier }).value)
      } catch (error) {
        return (error as RtfsError).code
      }
    }
    expect(outcome('(geo.shapes/area 2 3)', false)).toBe('UndefinedSymbol')
    expect(outcome('(+ (geo.shapes/area 2 3) (geo.shapes/area 1 1))', true)).toBe('7')
    expect(outcome('(defn f [] (map geo.shapes/area [1 2] [3])) (if false (f) :no)', true)).toBe(':no')
    expect(outcome('(geo.shapes/hidden)', true)).toBe('ModuleError')
    expect(outcome('(geo.nothing/f)', true)).toBe('UndefinedSymbol')
    expect(outcome('(broken/f)', true)).toBe('ModuleError')
    expect(outcome('(try (nothing/f) (catch UndefinedSymbol e (:symbol (:details e))))', true)).toBe(
      '"nothing/f"',
    )
    expect(outcome('[(stdlib/inc 1) (kv/nothing)]', true)).toBe('ModuleError')
  })

  test('the host is told where a run comes from', async () => {
    const told: unknown[] = []
    const host: Host = {
      executeCapability: () => null,
      setExecutionContext: (...context) => void told.push(context),
      clearExecutionContext: () => void told.push('clear'),
    }
    const causalContext = { planId: 'p', intentId: 'i' }
    await createRuntime({ bytecode, host, causalContext }).run('1', { tier })
    await createRuntime({ bytecode, host }).run('1', { tier })
    expect(told).toEqual([['p', ['i'], undefined], 'clear'])
  })
})
