import { formatValue, RtfsError, type Value } from '@rtfs/core'
import type { BytecodeBackend, BytecodeExecutor, ExecutionContext, PreparedModule } from '@rtfs/interfaces'
import type { Unit } from '@rtfs/ir'
import { expect, test } from 'vitest'
import { createRuntime } from '../index.js'

const bytes = new Uint8Array([1])

/** A backend that compiles nothing; its executor runs what the test says. */
function fake(module: Partial<PreparedModule>, exportNames: readonly string[] = []) {
  const asked: unknown[] = []
  const backend: BytecodeBackend<Unit> = {
    targetId: 'fake',
    abiVersion: '1',
    id: 'fake',
    version: '1',
    compile(unit, options) {
      asked.push({ forms: unit.forms.length, ...options })
      const exports = exportNames.map(name => ({ name, exportName: `@${name}`, signature: ':any' }))
      return { ...backend, backend, bytes, imports: [], exports, debug: bytes }
    },
  }
  const prepared: PreparedModule = { call: () => null, run: () => null, sizeBytes: 1, ...module }
  const executor: BytecodeExecutor = { targetId: 'fake', abiVersion: '1', prepare: () => prepared }
  return { bytecode: { backend, executor }, asked }
}

const security = { level: 'full' } as const

test('a program runs as a whole, and its functions are called by name', async () => {
  const contexts: ExecutionContext[] = []
  const { bytecode, asked } = fake(
    {
      run: context => {
        contexts.push(context)
        return 5
      },
      call: (name, args, context) => {
        contexts.push(context)
        return `${name} ${args.map(arg => formatValue(arg)).join(' ')}`
      },
    },
    ['f'],
  )
  const runtime = createRuntime({ bytecode })
  const result = await runtime.run('(defn f [x] x) 5', { tier: 'wasm', call: 'f', args: [1, 'a'] })
  expect(result).toMatchObject({ value: '@f 1 "a"', tier: 'wasm', fuel: 1 })
  expect(asked).toEqual([{ forms: 2, program: true, closed: true }])
  expect(contexts[0]).toBe(contexts[1])
})

test('it runs again after a suspension, with the effects recorded', async () => {
  const run = (context: ExecutionContext): Value =>
    [context.perform('a', [1]), context.perform('b', [2])].join(' ')
  const { bytecode, asked } = fake({ run })
  const host = { executeCapability: async (id: string) => `${id}!` }
  const result = await createRuntime({ bytecode, host, security }).run('(def x 1)', { tier: 'wasm' })
  expect(result).toMatchObject({ value: 'a! b!', attempts: 3 })
  expect(asked.length).toBe(1)
})

test('forms that report to the host reach it', async () => {
  const told: string[] = []
  const run = ({ forms }: ExecutionContext): Value => {
    const step = forms!.openStep('s', { exposeContext: undefined, contextKeys: undefined })
    forms!.log('info', ['x'], { start: 2, end: 3 })
    step.complete(1)
    return forms!.contextValue('city')
  }
  const host = {
    executeCapability: () => null,
    log: (level: string, values: readonly Value[]) => void told.push(`${level} ${values}`),
    notifyStepStarted: (name: string) => {
      told.push(name)
      return 's1'
    },
    getContextValue: (key: string) => `value of ${key}`,
  }
  const { bytecode } = fake({ run })
  expect((await createRuntime({ bytecode, host }).run('1', { tier: 'wasm' })).value).toBe('value of city')
  expect(told).toEqual(['s', 'info x'])
})

test('functions of the runtime itself are not covered', async () => {
  const running = createRuntime({ bytecode: fake({}).bytecode }).run('(validate-object {})', { tier: 'wasm' })
  await expect(running).rejects.toThrow('fake does not cover validate-object')
})

test('a program that builds on an earlier one is not covered', async () => {
  const session = createRuntime({ bytecode: fake({}).bytecode }).session()
  await session.run('(def a 1)', { tier: 'wasm' })
  await expect(session.run('(+ a 1)', { tier: 'wasm' })).rejects.toThrow(/builds on an earlier one/)
  expect(await session.run('(+ a 1)', { tier: 'wasm', fallback: true })).toMatchObject({
    value: 2,
    tier: 'ast',
  })
})

test.each([
  ['pure', '(defn f [x] x)', 'wasm'],
  ['with effects', '(defn f [x] (call :a x)) (call :a 1)', 'ast'],
])('functions of an earlier run of a program that is %s', async (_, program, tier) => {
  let count = 0
  const run = (context: ExecutionContext): Value => (program.includes('call') ? context.perform('a', [1]) : 1)
  const { bytecode } = fake({ run, call: () => 'compiled' }, ['f'])
  const capabilities = { a: () => ++count }
  const session = createRuntime({ bytecode, capabilities, security }).session()
  await session.run(program, { tier: 'wasm' })
  const before = count
  const result = await session.call('f', [7], { tier: 'wasm', fallback: true })
  expect(result.tier).toBe(tier)
  expect(result.value).toBe(tier === 'wasm' ? 'compiled' : 2)
  expect(count).toBe(tier === 'wasm' ? before : before + 1)
})

test('a native stack that ends is the evaluator’s to continue', async () => {
  const unsupported = new RtfsError('UnsupportedError', 'too deep', { fatal: true })
  const { bytecode } = fake({
    run: () => {
      throw unsupported
    },
  })
  const runtime = createRuntime({ bytecode })
  expect(await runtime.run('(+ 1 2)', { tier: 'wasm', fallback: true })).toMatchObject({
    value: 3,
    tier: 'ast',
  })
  await expect(runtime.run('(+ 1 2)', { tier: 'wasm' })).rejects.toThrow('too deep')
})
