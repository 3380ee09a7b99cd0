import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createDecisionCache,
  createInferenceCache,
  createSemanticCache,
  createStaticDelegationEngine,
} from '@rtfs/delegation'
import type { CallContext, InferenceRequest, ModelProvider } from '@rtfs/interfaces'
import { createExactIndex, createHashEmbedder } from '@rtfs/l4-client'
import { createRuntime, type Session } from '@rtfs/runtime'
import { openSqliteCacheStore } from '@rtfs/store-sqlite'
import { LRUCache } from 'lru-cache'

/** `main.js delegation`: what decisions and caches cost, in CPU time, against what they may cost. */
export async function delegation(): Promise<void> {
  await decisions()
  callSites()
  await answers()
}

const rounds = 9

/** CPU nanoseconds of one call: the least of all rounds, the runs in turns. */
async function inTurns(calls: number, ...runs: readonly ((calls: number) => unknown)[]): Promise<number[]> {
  const best = runs.map(() => Infinity)
  for (let round = 0; round < rounds; round++) {
    for (const [i, run] of runs.entries()) {
      const before = process.cpuUsage()
      await run(calls)
      const { user, system } = process.cpuUsage(before)
      best[i] = Math.min(best[i]!, ((user + system) * 1000) / calls)
    }
  }
  return best
}

function report(name: string, got: number, atMost: number, unit: string): void {
  const verdict = got <= atMost ? 'met   ' : 'MISSED'
  console.log(`${verdict} ${name.padEnd(44)} ${got.toFixed(2).padStart(9)} ${unit}, at most ${atMost}`)
}

async function decisions(): Promise<void> {
  const contexts: readonly CallContext[] = Array.from({ length: 1000 }, (_, i) => ({
    fnSymbol: `shop/f${i}`,
    argTypeFingerprint: (i * 7919).toString(16).padStart(16, '0'),
    runtimeContextHash: 'fedcba9876543210',
  }))
  const engine = createStaticDelegationEngine({
    targets: new Map(contexts.map(({ fnSymbol }) => [fnSymbol, { kind: 'remote-model', id: 'm' } as const])),
  })
  const made = engine.decide(contexts[0]!)
  const l1 = createDecisionCache()
  const peer = new LRUCache<string, typeof made>({ max: 10_000 })
  const keys = contexts.map(({ fnSymbol, argTypeFingerprint }) => `${fnSymbol}:${argTypeFingerprint}`)
  for (const context of contexts) l1.set(context, made)
  for (const key of keys) peer.set(key, made)
  let found = 0
  const [rule, ours, theirs] = await inTurns(
    1_000_000,
    calls => {
      for (let i = 0; i < calls; i++) found += engine.decide(contexts[i % 1000]!).confidence
    },
    calls => {
      for (let i = 0; i < calls; i++) found += l1.get(contexts[i % 1000]!)!.confidence
    },
    calls => {
      for (let i = 0; i < calls; i++) found += peer.get(keys[i % 1000]!)!.confidence
    },
  )
  if (found !== 3 * rounds * 1_000_000) throw new Error('a decision was not found')
  report('a decision by a rule', rule!, 200, 'ns')
  report('L1 get, times that of lru-cache with ready keys', ours! / theirs!, 2, '')
}

/** Calls of `fib(22)`. */
const fibCalls = 57_313

function callSites(): void {
  const source = '(defn fib [n] (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2)))))'
  const open = (engine?: ReturnType<typeof createStaticDelegationEngine>): Session => {
    const session = createRuntime(engine === undefined ? {} : { delegation: { engine } }).session()
    session.runSync(source)
    return session
  }
  const sessions = [
    open(),
    open(createStaticDelegationEngine()),
    open(createStaticDelegationEngine({ targets: new Map([['fib', { kind: 'local-pure' }]]) })),
  ]
  const best = sessions.map(() => Infinity)
  for (let round = 0; round < 3 * rounds; round++) {
    for (const [i, session] of sessions.entries()) {
      const before = process.cpuUsage()
      session.callSync('fib', [22])
      const { user, system } = process.cpuUsage(before)
      best[i] = Math.min(best[i]!, user + system)
    }
  }
  const [none, idle, ruled] = best
  report('fib with an engine that has no rules', (idle! / none! - 1) * 100, 3, '%')
  report('a call site that knows its decision', ((ruled! - none!) * 1000) / fibCalls, 100, 'ns')
}

async function answers(): Promise<void> {
  const model: ModelProvider = { id: 'm', infer: async () => ({ text: 'x'.repeat(1000), model: 'm' }) }
  const request = (i: number): InferenceRequest => ({
    model: 'm',
    prompt: `arg0: "text number ${i} ${'word '.repeat(40)}"`,
  })
  const dir = mkdtempSync(join(tmpdir(), 'rtfs-bench-'))
  const cold = await openSqliteCacheStore({ dir })
  try {
    const hot = createInferenceCache({ cold, maxEntries: 5000 })
    for (let i = 0; i < 2000; i++) await hot.infer(model, request(i))
    await hot.flush()
    const forgetful = createInferenceCache({ cold, maxEntries: 1 })
    const askAll = (cache: { infer: typeof hot.infer }) => async (calls: number) => {
      for (let i = 0; i < calls; i++) await cache.infer(model, request(i))
    }
    const [hotHit, coldHit] = await inTurns(2000, askAll(hot), askAll(forgetful))
    report('L2 hit in memory', hotHit! / 1000, 20, 'us')
    report('L2 hit in SQLite', coldHit! / 1e6, 1, 'ms')
    const l3 = createSemanticCache({
      inferences: createInferenceCache({ maxEntries: 20_000 }),
      embedder: createHashEmbedder(),
      createIndex: ({ dimension }) => createExactIndex({ dimension }),
    })
    await askAll(l3)(10_000)
    const [l3Hit] = await inTurns(300, async calls => {
      for (let i = 0; i < calls; i++) {
        const { prompt } = request(i * 7)
        await l3.infer(model, { model: 'm', prompt: `${prompt} ` })
      }
    })
    if (l3.statistics.hits !== 300 * rounds) throw new Error('a text was not found')
    report('L3 hit over 10,000 entries', l3Hit! / 1e6, 2, 'ms')
  } finally {
    await cold.close()
    rmSync(dir, { recursive: true, force: true })
  }
}
