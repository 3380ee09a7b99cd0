import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createDecisionCache,
  createInferenceCache,
  createPolicyDelegationEngine,
  createSemanticCache,
  createStaticDelegationEngine,
  parsePolicy,
  type SemanticCache,
} from '@rtfs/delegation'
import type {
  CallContext,
  DelegationDecision,
  DelegationEngine,
  InferenceRequest,
  ModelProvider,
} from '@rtfs/interfaces'
import { createExactIndex, createHashEmbedder } from '@rtfs/l4-client'
import { createBytecodeTier, createRuntime, type Session } from '@rtfs/runtime'
import { wasmBytecode } from '@rtfs/sdk'
import { openSqliteCacheStore } from '@rtfs/store-sqlite'
import { LRUCache } from 'lru-cache'
import { versionOf } from './peers/peer.js'

const lruCache = `lru-cache ${versionOf('lru-cache')}`

/** `main.js delegation`: what decisions and caches cost, in CPU time, against what they may cost, and beside peers. */
export async function delegation(): Promise<void> {
  await decisions()
  callSites()
  await answers()
}

const rounds = 9

/** CPU nanoseconds of one call: the least of all rounds, the runs in turns. */
export async function inTurns(
  calls: number,
  ...runs: readonly ((calls: number) => unknown)[]
): Promise<number[]> {
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

/** A line that says whether a target is met. */
export function report(name: string, got: number, atMost: number, unit: string): void {
  const verdict = got <= atMost ? 'met   ' : 'MISSED'
  console.log(`${verdict} ${name.padEnd(44)} ${got.toFixed(2).padStart(9)} ${unit}, at most ${atMost}`)
}

/** A line that only says what something costs. */
function remark(name: string, got: number, unit: string): void {
  console.log(`       ${name.padEnd(44)} ${got.toFixed(2).padStart(9)} ${unit}`)
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
  const plain = new Map(keys.map(key => [key, made]))
  for (const context of contexts) l1.set(context, made)
  for (const key of keys) peer.set(key, made)
  const policies = [1, 10].map(count => createPolicyDelegationEngine({ policy: policyOf(count) }))
  let found = 0
  const decide =
    ({ decide }: DelegationEngine) =>
    (calls: number) => {
      for (let i = 0; i < calls; i++) found += (decide(contexts[i % 1000]!) as DelegationDecision).confidence
    }
  const [rule, one, ten] = await inTurns(500_000, decide(engine), ...policies.map(decide))
  const [ours, theirs] = await inTurns(
    1_000_000,
    calls => {
      for (let i = 0; i < calls; i++) found += l1.get(contexts[i % 1000]!)!.confidence
    },
    calls => {
      for (let i = 0; i < calls; i++) found += peer.get(keys[i % 1000]!)!.confidence
    },
  )
  const [joined, map] = await inTurns(
    500_000,
    calls => {
      for (let i = 0; i < calls; i++) {
        const { fnSymbol, argTypeFingerprint } = contexts[i % 1000]!
        found += peer.get(`${fnSymbol}:${argTypeFingerprint}`)!.confidence
      }
    },
    calls => {
      for (let i = 0; i < calls; i++) found += plain.get(keys[i % 1000]!)!.confidence
    },
  )
  if (found !== 9 * rounds * 500_000) throw new Error('a decision was not found')
  report('a decision by a rule of the static table', rule!, 200, 'ns')
  report('a decision by the rule of a policy', one!, 200, 'ns')
  remark('… by the last of ten rules', ten!, 'ns')
  report(`L1 get, times ${lruCache} with ready keys`, ours! / theirs!, 2, '')
  remark('L1 get', ours!, 'ns')
  remark(`${lruCache}, ready keys`, theirs!, 'ns')
  remark(`${lruCache}, keys joined first`, joined!, 'ns')
  remark('Map, ready keys', map!, 'ns')
}

/** Rules of which the last applies to everything. */
function policyOf(count: number) {
  const others = Array.from(
    { length: count - 1 },
    (_, i) => `[[rules]]\nsymbol = "other${i}/*"\ntarget = "local"\n`,
  )
  return parsePolicy(`version = 1\n${others.join('')}[[rules]]\nsymbol = "shop/*"\ntarget = "remote:m"`)
}

/** Calls of `fib(22)`. */
const fibCalls = 57_313

function callSites(): void {
  for (const tier of ['ir', 'wasm'] as const) {
    const [idle, ruled, perCall] = fibWith(tier)
    report(`fib in ${tier}, an engine that has no rules`, (idle - 1) * 100, 3, '%')
    if (tier === 'ir') report('a call site that knows its decision', (ruled - 1) * perCall, 100, 'ns')
  }
}

/** Medians over the rounds: time with an idle engine and with a rule, times that without one; and ns of a call then. */
function fibWith(tier: 'ir' | 'wasm'): readonly [number, number, number] {
  const source = '(defn fib [n] (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2)))))'
  const { backend, executor } = wasmBytecode()
  const open = (engine?: DelegationEngine): Session => {
    const delegation = engine === undefined ? {} : { delegation: { engine } }
    const session = createRuntime({
      tiers: [() => createBytecodeTier(backend, executor)],
      ...delegation,
    }).session()
    session.runSync(source, { tier })
    return session
  }
  const sessions = [
    open(),
    open(createStaticDelegationEngine()),
    open(createStaticDelegationEngine({ targets: new Map([['fib', { kind: 'local-pure' }]]) })),
  ]
  const calls = tier === 'ir' ? 3 : 40
  const times: number[][] = sessions.map(() => [])
  for (let round = 0; round < 39; round++) {
    // Each begins as often as the others: what one leaves to be collected, the next one pays.
    for (let turn = 0; turn < sessions.length; turn++) {
      const i = (round + turn) % sessions.length
      const before = process.cpuUsage()
      for (let call = 0; call < calls; call++) sessions[i]!.callSync('fib', [22], { tier })
      const { user, system } = process.cpuUsage(before)
      // The first rounds are those in which the machine learns.
      if (round >= 9) times[i]!.push((user + system) / calls)
    }
  }
  const [none, idle, ruled] = times as [number[], number[], number[]]
  const ratio = (them: number[]) => median(them.map((time, round) => time / none[round]!))
  return [ratio(idle), ratio(ruled), (median(none) * 1000) / fibCalls]
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!
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
    const known = new LRUCache<string, string>({ max: 5000 })
    for (let i = 0; i < 2000; i++) known.set(hashOf(request(i)), 'x')
    const [hotHit, coldHit, peerHit] = await inTurns(2000, askAll(hot), askAll(forgetful), async calls => {
      for (let i = 0; i < calls; i++) await known.get(hashOf(request(i)))
    })
    report('L2 hit in memory', hotHit! / 1000, 20, 'us')
    remark(`${lruCache}, SHA-256 of the JSON`, peerHit! / 1000, 'us')
    report('L2 hit in SQLite', coldHit! / 1e6, 1, 'ms')
    await similar(request, model, dir)
  } finally {
    await cold.close()
    rmSync(dir, { recursive: true, force: true })
  }
}

function hashOf(request: InferenceRequest): string {
  return createHash('sha256').update(JSON.stringify(request)).digest('hex')
}

async function similar(
  request: (i: number) => InferenceRequest,
  model: ModelProvider,
  dir: string,
): Promise<void> {
  const inferences = createInferenceCache({ maxEntries: 20_000 })
  const open = async () =>
    createSemanticCache({
      inferences,
      texts: await openSqliteCacheStore({ file: join(dir, 'texts.sqlite') }),
      embedder: createHashEmbedder(),
      createIndex: ({ dimension }) => createExactIndex({ dimension }),
    })
  const askSpaced = (cache: SemanticCache, by: number) => async (calls: number) => {
    for (let i = 0; i < calls; i++) {
      const { prompt } = request(i * by)
      await cache.infer(model, { model: 'm', prompt: `${prompt} ` })
    }
  }
  const first = await open()
  for (let i = 0; i < 10_000; i++) await first.infer(model, request(i))
  const [hit] = await inTurns(300, askSpaced(first, 7))
  if (first.statistics.hits !== 300 * rounds) throw new Error('a text was not found')
  report('L3 hit over 10,000 entries', hit! / 1e6, 2, 'ms')
  await first.flush()
  const again = await open()
  const before = process.cpuUsage()
  await askSpaced(again, 7)(1)
  const { user, system } = process.cpuUsage(before)
  if (again.statistics.hits !== 1) throw new Error('a text did not outlive its process')
  remark('… the first one of a new process', (user + system) / 1000, 'ms')
}
