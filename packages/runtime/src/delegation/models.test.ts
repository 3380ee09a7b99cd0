import { formatValue, isRtfsError } from '@rtfs/core'
import type {
  CallContext,
  DelegationDecision,
  DelegationEngine,
  ExecTarget,
  InferenceOptions,
  InferenceRequest,
  JournalEntry,
  JournalStore,
  ModelProvider,
} from '@rtfs/interfaces'
import { describe, expect, test } from 'vitest'
import { createRuntime, type DelegationOptions, type RuntimeOptions } from '../index.js'

const full = { level: 'full' } as const
const local: ExecTarget = { kind: 'local-pure' }

interface TestEngine extends DelegationEngine {
  epoch: number
  readonly asked: CallContext[]
}

function engineFor(target: ExecTarget, veto?: DelegationEngine['veto']): TestEngine {
  const asked: CallContext[] = []
  return {
    name: 'test',
    epoch: 0,
    asked,
    concerns: () => true,
    decide(context) {
      asked.push(context)
      return { target, source: 'test', reason: 'test', confidence: 1, trace: [] }
    },
    ...(veto === undefined ? {} : { veto }),
  }
}

/** Answers in order, and notes what it was asked. */
function scripted(...answers: readonly string[]) {
  const asked: { readonly request: InferenceRequest; readonly options: InferenceOptions | undefined }[] = []
  const provider: ModelProvider = {
    id: 'm',
    async infer(request, options) {
      const text = answers[asked.length] ?? 'none'
      asked.push({ request, options })
      return { text, model: 'm-1', usage: { inputTokens: 1, outputTokens: 2 } }
    },
  }
  return { asked, models: { find: (id: string) => (id === 'm' ? provider : undefined) } }
}

async function run(
  program: string,
  delegation: DelegationOptions,
  tier: 'ast' | 'ir',
  more: RuntimeOptions = {},
) {
  try {
    const runtime = createRuntime({ security: full, delegation, ...more })
    return formatValue((await runtime.run(program, { tier })).value)
  } catch (error) {
    if (!isRtfsError(error)) throw error
    return `! ${error.message}`
  }
}

describe.each(['ast', 'ir'] as const)('models, tier %s', tier => {
  test('a data class stops a hint: the body runs, and without one it is said why', async () => {
    const { asked, models } = scripted('never')
    const veto: DelegationEngine['veto'] = ({ dataClass }, target) =>
      dataClass === 'pii' && target.kind === 'remote-model' ? `${dataClass} stays here` : undefined
    const decisions: DelegationDecision[] = []
    const delegation: DelegationOptions = {
      models,
      engine: engineFor(local, veto),
      onDecision: ({ decision }) => decisions.push(decision),
    }
    const withBody = '(defn f ^{:data-class :pii} ^:delegation :remote "m" [x] (inc x)) [(f 1) (f 2)]'
    expect(await run(withBody, delegation, tier)).toBe('[2 3]')
    expect(decisions.map(({ source, reason }) => `${source}: ${reason}`)).toEqual(['veto: pii stays here'])
    const without = '(defn f ^{:data-class :pii} ^:delegation :remote "m" [x]) (f 1)'
    expect(await run(without, delegation, tier)).toBe('! No implementation for f: pii stays here')
    expect(
      await run('(defn f ^:delegation :remote "m" [x]) (f 1)', { ...delegation, dataClass: 'pii' }, tier),
    ).toBe('! No implementation for f: pii stays here')
    expect(asked).toEqual([])
    expect(await run('(defn f ^:delegation :remote "m" [x] 1) (f 1)', delegation, tier)).toBe('"never"')
  })

  test('every decision is told once, also those of hints where nothing may forbid them', async () => {
    const { models } = scripted('a', 'b', 'c', 'd')
    const told: unknown[] = []
    const onDecision: DelegationOptions['onDecision'] = ({ symbol, decision }) =>
      told.push([symbol, decision.source, decision.trace.join()])
    const program = `(defn f ^:delegation :remote "m" [x]) (defn g ^:delegation :local [x] x) (defn h [x] x)
      [(f 1) (f "a") (f 2) (f "b") (g 1) (g 2) (h 1)]`
    const expected = [
      ['f', 'hint', 'hint: the author names a model'],
      ['f', 'hint', 'hint: the author names a model'],
      ['g', 'hint', 'hint: the author wants it here'],
    ]
    const value = '["a" "b" "c" "d" 1 2 1]'
    expect(await run(program, { models, onDecision }, tier)).toBe(value)
    expect(told.splice(0)).toEqual(expected)
    const veto = { engine: { ...engineFor(local, () => undefined), concerns: () => false } }
    expect(
      await run(program, { ...veto, models: scripted('a', 'b', 'c', 'd').models, onDecision }, tier),
    ).toBe(value)
    expect(told).toEqual(expected)
  })

  test('functions of one name in different places keep their own classes of data', async () => {
    const veto: DelegationEngine['veto'] = ({ dataClass }) => (dataClass === 'pii' ? 'stays' : undefined)
    const { asked, models } = scripted('a', 'b')
    const program = `[(let [] (defn f ^:delegation :remote "m" [x] [:there]) (f 1))
      (let [] (defn f ^{:data-class :pii} ^:delegation :remote "m" [x] [:here]) (f 1))]`
    expect(await run(program, { models, engine: engineFor(local, veto) }, tier)).toBe('["a" [:here]]')
    expect(asked.length).toBe(1)
  })

  test('an answer of another type is repaired once', async () => {
    const typed = '(defn f "Counts words." ^:delegation :remote "m" [t :string] :int) (f "a b")'
    const { asked, models } = scripted('two', '2')
    const answers: unknown[] = []
    expect(await run(typed, { models, onAnswer: answer => answers.push(answer) }, tier)).toBe('2')
    expect(asked.map(({ request }) => request.prompt.split('\n')[0])).toEqual(['arg0: "a b"', 'arg0: "a b"'])
    expect(asked[1]!.request.prompt).toContain('Your answer was:\ntwo')
    expect(asked[0]!.request.system).toContain(
      'You compute the function f [:=> [:string] :int].\nCounts words.',
    )
    expect(asked[0]!.request.schema).toMatchObject({ type: 'integer' })
    expect(answers[0]).toEqual({ asked: 'm', model: 'm-1', usage: { inputTokens: 1, outputTokens: 2 } })
    const twice = scripted('two', 'three', '3')
    expect(await run(typed, twice, tier)).toContain('! JSON error')
    expect(twice.asked.length).toBe(2)
  })

  test('scope: tenants and grants have answers of their own', async () => {
    const program = '(defn f ^:delegation :remote "m" [x]) (f 1)'
    const scopes: unknown[] = []
    for (const tenant of ['a', 'b']) {
      for (const security of [full, { allowedCapabilities: ['model-call:m'] }]) {
        const { asked, models } = scripted('x')
        await run(program, { models, tenant }, tier, { security })
        scopes.push(JSON.stringify(asked[0]!.options?.scope))
      }
    }
    expect(new Set(scopes).size).toBe(4)
  })

  test('the context: types, class, metadata, tenant, an embedding on demand', async () => {
    const engine = engineFor(local)
    const embedded: string[] = []
    const embedder: DelegationOptions['embedder'] = {
      model: { id: 'e', revision: '1', dimension: 1 },
      embed: async texts => {
        embedded.push(...texts)
        return texts.map(() => new Float32Array([1]))
      },
    }
    const metadata = () => ({ source: 'planner', confidence: 0.5 })
    const program = '(defn f "Adds." ^{:data-class "x"} [a b] 1) (f 1 "s")'
    await run(program, { engine, embedder, metadata }, tier)
    await run(program, { engine, tenant: 't' }, tier)
    const [first, second] = engine.asked
    expect(first).toMatchObject({ argTypes: ['integer', 'string'], dataClass: 'x', metadata: metadata() })
    expect(embedded).toEqual([])
    expect(await first!.semanticEmbedding?.()).toEqual(new Float32Array([1]))
    expect(embedded).toEqual(['Adds.'])
    expect(first!.runtimeContextHash).not.toBe(second!.runtimeContextHash)
  })

  test('decisions hold from run to run until the epoch changes', async () => {
    const engine = engineFor(local)
    const session = createRuntime({ security: full, delegation: { engine } }).session()
    await session.run('(defn f [x] (inc x)) (defn g [n] (f n))', { tier })
    for (let i = 0; i < 5; i++) await session.call('g', [i], { tier })
    expect(engine.asked.map(({ fnSymbol }) => fnSymbol)).toEqual(['g', 'f'])
    engine.epoch++
    await session.call('g', [1], { tier })
    expect(engine.asked.length).toBe(4)
  })

  test('a rule that comes later reaches functions that were compiled before, and leaves them again', async () => {
    const { models } = scripted('A', 'B', 'C', 'D')
    const concerned = new Set<string>()
    const engine = {
      ...engineFor({ kind: 'remote-model', id: 'm' }),
      concerns: (symbol: string) => concerned.has(symbol),
    }
    const session = createRuntime({ security: full, delegation: { engine, models } }).session()
    const program = '(defn f [n] (if (= n 0) "end" (f (- n 1)))) (defn g [n] [(f n) (f n)])'
    await session.run(program, { tier })
    const call = async () => formatValue((await session.call('g', [3], { tier })).value)
    expect(await call()).toBe('["end" "end"]')
    concerned.add('f')
    engine.epoch++
    expect(await call()).toBe('["A" "B"]')
    concerned.delete('f')
    engine.epoch++
    expect(await call()).toBe('["end" "end"]')
  })

  test('50 calls of a model, killed at any point: no recorded call is repeated, the one in doubt is asked again', async () => {
    const program = `(defn f ^:delegation :remote "m" [x])
      (reduce (fn [acc i] (+ acc (count (f i)))) 0 (range 50))`
    for (const at of [1, 7, 40, 99]) {
      const disk: JournalEntry[] = []
      const recorded = () => disk.filter(entry => entry.kind === 'result').length
      const asked: string[] = []
      const provider: ModelProvider = {
        id: 'm',
        infer: async ({ prompt }) => {
          asked.push(prompt)
          return { text: 'abc', model: 'm' }
        },
      }
      const models = { find: () => provider }
      const start = (limit: number) =>
        createRuntime({ security: full, delegation: { models }, journal: journalOn(disk, limit) }).run(
          program,
          {
            runId: 'r',
            tier,
          },
        )
      await expect(start(at)).rejects.toThrow('power cut')
      const done = recorded()
      const before = asked.splice(0).length
      expect(before - done).toBeLessThanOrEqual(1)
      expect(formatValue((await start(Infinity)).value)).toBe('150')
      expect(asked.length).toBe(50 - done)
    }
  })
})

/** A store of entries that survive; after so many appends the process "dies". */
function journalOn(disk: JournalEntry[], limit: number): JournalStore {
  let appended = 0
  return {
    load: async () => [...disk],
    async append(_runId, entry) {
      if (++appended > limit) throw new Error('power cut')
      disk.push({ ...entry })
    },
    close: async () => {},
  }
}
