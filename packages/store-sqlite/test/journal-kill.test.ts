import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSqliteJournalStore } from '../src/index.js'
import { bundleChild, removeBundles, startChild } from './children.js'

const home = mkdtempSync(join(tmpdir(), 'rtfs-journalled-'))
let script: string

beforeAll(async () => {
  script = await bundleChild('journalled.child')
})

afterAll(() => {
  removeBundles()
  rmSync(home, { recursive: true, force: true })
})

const happened = (log: string) => (existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(0, -1) : [])

/** Positions that have an intent and no result. */
async function countInDoubt(dir: string): Promise<number> {
  const store = await openSqliteJournalStore({ dir })
  const entries = await store.load('run')
  await store.close()
  const results = entries.filter(entry => entry.kind === 'result').length
  return entries.length - 2 * results
}

test('a run that is killed again and again ends as one that is not, and repeats nothing it recorded', {
  timeout: 60_000,
}, async () => {
  const dir = mkdtempSync(join(home, 'kills-'))
  const log = join(dir, 'log')
  let seed = 7
  let doubts = 0
  let kills = 0
  for (let round = 0; round < 5; round++) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    const until = happened(log).length + 5 + Math.floor((seed / 2 ** 32) * 25)
    const child = startChild(script, [dir, log])
    while (happened(log).length < until && child.process.exitCode === null) await setTimeout(1)
    child.process.kill('SIGKILL')
    const { lines } = await child.ended
    if (lines.length === 0) kills++
    doubts += await countInDoubt(dir)
  }
  expect(kills).toBeGreaterThan(2)
  const numbers = Array.from({ length: 40 }, (_, i) => [3 * i, 3 * i + 1, 3 * i + 2, 1000 + 3 * i]).flat()
  const { lines, errors } = await startChild(script, [dir, log]).ended
  expect([lines, errors]).toEqual([[String(numbers.reduce((sum, each) => sum + each))], ''])

  const all = happened(log)
  expect(new Set(all)).toEqual(new Set(numbers.map(String)))
  // Only what was in doubt when a process was killed may have happened twice.
  expect(all.length - numbers.length).toBeLessThanOrEqual(doubts)

  const before = all.length
  await startChild(script, [dir, log]).ended
  expect(happened(log)).toHaveLength(before)
})

test.each([
  ['at once', '1030', 'test.now'],
  ['later', '31', 'test.later'],
])(
  'an effect that answers %s, is in doubt and may not be repeated is reported',
  {
    timeout: 60_000,
  },
  async (_, argument, capability) => {
    const dir = mkdtempSync(join(home, 'doubt-'))
    const log = join(dir, 'log')
    await startChild(script, [dir, log, argument]).ended
    const before = happened(log)
    expect(before).toContain(argument)
    const { lines } = await startChild(script, [dir, log, argument]).ended
    expect(lines.join()).toMatch(new RegExp(`^JournalMismatch .*${capability} was begun and has no result`))
    expect(happened(log)).toEqual(before)
  },
)
