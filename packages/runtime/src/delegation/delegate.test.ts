import { formatValue, isRtfsError, languageError, RtfsError } from '@rtfs/core'
import type {
  CallContext,
  DelegationDecision,
  DelegationEngine,
  ExecTarget,
  L4CacheHit,
  ModelProvider,
  PreparedModule,
} from '@rtfs/interfaces'
import { describe, expect, test } from 'vitest'
import {
  createMemoryJournalStore,
  createRuntime,
  type DelegationOptions,
  type RuntimeOptions,
} from '../index.js'

const security = { level: 'full' } as const

function decision(target: ExecTarget): DelegationDecision {
  return { target, source: 'test', reason: 'test', confidence: 1, trace: [] }
}

/** An engine with a table; notes what it is asked. */
function engineFor(
  targets: Readonly<Record<string, ExecTarget>>,
  later = false,
): DelegationEngine & { readonly asked: CallContext[] } {
  const asked: CallContext[] = []
  return {
    name: 'test',
    epoch: 0,
    asked,
    concerns: symbol => Object.hasOwn(targets, symbol),
    decide(context) {
      asked.push(context)
      const answer = decision(targets[context.fnSymbol] ?? { kind: 'local-pure' })
      return later ? Promise.resolve(answer) : answer
    },
  }
}

const echo: ModelProvider = {
  id: 'echo',
  infer: async ({ prompt }) => ({ text: `[ECHO] ${prompt}`, model: 'echo' }),
}
const json: ModelProvider = { id: 'json', infer: async () => ({ text: '{"total": 3}', model: 'json' }) }
const models = { find: (id: string) => [echo, json].find(model => model.id === id) }

const hit: L4CacheHit = {
  kind: 'l4-cache-hit',
  storagePointer: 'sha256:00',
  moduleId: 'm',
  exportName: 'x',
  signature: '',
}

function moduleThat(call: PreparedModule['call']): PreparedModule {
  return { call, run: () => null, sizeBytes: 0 }
}

async function run(
  program: string,
  delegation: DelegationOptions | undefined,
  tier: 'ast' | 'ir',
  more: RuntimeOptions = {},
): Promise<string> {
  try {
    const runtime = createRuntime({ security, ...(delegation === undefined ? {} : { delegation }), ...more })
    return formatValue((await runtime.run(program, { tier })).value)
  } catch (error) {
    if (!isRtfsError(error)) throw error
    return `! ${error.message}`
  }
}

describe.each(['ast', 'ir'] as const)('delegation, tier %s', tier => {
  test.each([
    [
      'a hint names a model',
      '(defn f ^:delegation :remote "echo" [x y] 1) (f 1 "a")',
      '"[ECHO] arg0: 1; arg1: \\"a\\""',
    ],
    ['a local model', '(defn f ^:delegation :local-model "echo" [x] 1) (f :k)', '"[ECHO] arg0: :k"'],
    [
      'the answer as the type asks',
      '(defn f ^:delegation :remote "json" [x] : [:map [:total :int]] {}) (f 1)',
      '{"total" 3}',
    ],
    [
      'an answer that does not fit',
      '(defn f ^:delegation :remote "json" [x] :int 1) (f 1)',
      '! Type validation error: f/return: expected :int, got map',
    ],
    [
      'an unknown model',
      '(defn f ^:delegation :remote "nobody" [x] 1) (f 1)',
      '! Not implemented: Model provider not found: nobody',
    ],
    ['local', '(defn f ^:delegation :local [x] (inc x)) (f 1)', '2'],
    ['anonymous functions stay', '((fn ^:delegation :remote "echo" [x] (inc x)) 1)', '2'],
    ['without a body', '(defn f ^:delegation :remote "echo" [x]) (f 1)', '"[ECHO] arg0: 1"'],
    [
      'through a callback',
      '(defn f ^:delegation :remote "echo" [x]) (map f [1 2])',
      '["[ECHO] arg0: 1" "[ECHO] arg0: 2"]',
    ],
    [
      'arity first',
      '(defn f ^:delegation :remote "echo" [x]) (f)',
      '! Arity mismatch in f: expected 1, got 0',
    ],
  ])('%s', async (_, program, expected) => {
    expect(await run(program, { models }, tier)).toBe(expected)
  })

  test('models need a grant, like any capability', async () => {
    const program = '(defn f ^:delegation :remote "echo" [x] 1) (f 1)'
    expect(await run(program, { models }, tier, { security: { level: 'pure' } })).toBe(
      "! Security violation: call on 'model-call:echo' not allowed in pure",
    )
    const allowed = { allowedCapabilities: ['model-call:echo'] }
    expect(await run(program, { models }, tier, { security: allowed })).toBe('"[ECHO] arg0: 1"')
  })

  test('a function without a body, and nothing that answers', async () => {
    const program =
      '(defn with-tax "Price with tax." ^:delegation :l4 [price :float rate :float] :float)\n(with-tax 1.0 2.0)'
    const expected = '! No implementation for with-tax: it has no body and no delegation is configured'
    expect(await run(program, undefined, tier)).toBe(expected)
    expect(await run(program, { engine: engineFor({}) }, tier)).toBe(expected)
  })

  test.each([
    ['at once', false],
    ['later', true],
  ])('an engine decides %s', async (_, later) => {
    const engine = engineFor({ f: { kind: 'remote-model', id: 'echo' }, h: { kind: 'local-pure' } }, later)
    const program = '(defn f [x] 1) (defn g [x] 2) (defn h [x] 3) [(f 1) (f 2) (f "a") (g 1) (h 1)]'
    expect(await run(program, { engine, models }, tier)).toBe(
      '["[ECHO] arg0: 1" "[ECHO] arg0: 2" "[ECHO] arg0: \\"a\\"" 2 3]',
    )
    expect(engine.asked.map(context => context.fnSymbol)).toEqual(['f', 'f', 'h'])
    expect(engine.asked[0]!.argTypeFingerprint).toMatch(/^[0-9a-f]{16}$/)
    expect(engine.asked[0]!.argTypeFingerprint).not.toBe(engine.asked[1]!.argTypeFingerprint)
  })

  test('the engine is told what the cache needs to know', async () => {
    const engine = engineFor({ f: { kind: 'local-pure' } })
    const program = `(defn f "Adds tax." ^{:examples [[[1] 2] [["x"] :throws TypeError]]} ^:delegation :l4 [x :int] :int (inc x))
      (f 1)`
    await run(program, { engine }, tier)
    expect(engine.asked[0]!.fn).toMatchObject({
      symbol: 'f',
      signature: '[:=> [:int] :int]',
      task: 'Adds tax.',
      examples: [
        { args: [1], expected: 2 },
        { args: ['x'], throws: 'TypeError' },
      ],
      allowsInterfaceHit: true,
    })
    expect(engine.asked[0]!.fn!.codeHash).toMatch(/^sha256:/)
    expect(engine.asked[0]!.fn!.interfaceHash).toMatch(/^sha256:/)
  })

  test('a cache hit runs the export of its module', async () => {
    const engine = engineFor({ f: hit, g: hit })
    let loads = 0
    const resolveHit = async () => {
      loads++
      return moduleThat((name, args, context) => {
        if (args[0] === 0) throw languageError('DivisionByZero', 'Division by zero')
        return `${name} of ${formatValue(args[0]!)} ${String(context.invoke(args[1]!, [1]))}`
      })
    }
    const program =
      '(defn f [x g] :never) [(f 1 (fn [y] (inc y))) (f 2 (fn [y] (+ y 9))) (try (f 0 nil) (catch DivisionByZero e :caught))]'
    expect(await run(program, { engine, resolveHit }, tier)).toBe('["x of 1 2" "x of 2 10" :caught]')
    expect(loads).toBe(1)
  })

  const missing = new RtfsError('RTFS_STORE_IO', 'down')
  const throwing = (error: Error) => () => {
    throw error
  }
  test.each<[string, DelegationOptions['resolveHit'] | undefined, number]>([
    ['nothing loads it', undefined, 0],
    ['it is gone', () => undefined, 0],
    ['it is not trusted', throwing(new RtfsError('RTFS_NOT_TRUSTED', 'no key')), 1],
    ['loading fails later', () => Promise.reject(missing), 1],
    [
      'it does not cover the call',
      () => moduleThat(throwing(new RtfsError('UnsupportedError', 'too deep', { fatal: true }))),
      1,
    ],
  ])('a hit that cannot be used: %s', async (_, resolveHit, faults) => {
    const seen: unknown[] = []
    const options: DelegationOptions = {
      engine: engineFor({ f: hit }),
      onFault: fault => void seen.push(fault.symbol),
      ...(resolveHit === undefined ? {} : { resolveHit }),
    }
    expect(await run('(defn f [x] [:here x]) (f 1)', options, tier)).toBe('[:here 1]')
    expect(seen).toEqual(new Array(faults).fill('f'))
  })

  test('an engine that fails is reported, and the body runs', async () => {
    const faults: string[] = []
    const engine = { ...engineFor({ f: hit }), decide: () => Promise.reject(new Error('no answer')) }
    const onFault = ({ symbol }: { symbol: string }) => void faults.push(symbol)
    expect(await run('(defn f [x] :here) (f 1)', { engine, onFault }, tier)).toBe(':here')
    expect(faults).toEqual(['f'])
  })

  test('decisions and answers of models are in the journal', async () => {
    const journal = createMemoryJournalStore()
    const program = '(defn f [x] 1) [(f 1) (f 2)]'
    const make = (engine: DelegationEngine) =>
      createRuntime({ security, journal, delegation: { engine, models } })
    const first = engineFor({ f: { kind: 'remote-model', id: 'echo' } }, true)
    await make(first).run(program, { runId: 'r', tier })
    const second = engineFor({ f: { kind: 'local-pure' } })
    const again = await make(second).run(program, { runId: 'r', tier })
    expect(formatValue(again.value)).toBe('["[ECHO] arg0: 1" "[ECHO] arg0: 2"]')
    expect(second.asked).toEqual([])
  })

  test('a million tail calls through a function the engine keeps here', async () => {
    const engine = engineFor({ f: { kind: 'local-pure' } })
    const program = '(defn f [n] (if (= n 0) :ok (f (- n 1)))) (f 100000)'
    expect(await run(program, { engine }, tier)).toBe(':ok')
    expect(engine.asked.length).toBe(1)
  })
})

test('names of local functions mean nothing to an engine', async () => {
  const engine = engineFor({ f: { kind: 'remote-model', id: 'echo' } })
  const program = '(let [] (defn f [x] (inc x)) (f 1))'
  expect(await run(program, { engine, models }, 'ast')).toBe('2')
  expect(await run(program, { engine, models }, 'ir')).toBe('2')
})
