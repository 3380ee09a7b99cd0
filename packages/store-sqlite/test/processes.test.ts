import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { interfaceHash, openCache } from './cache-of.js'
import { bundleChild, removeBundles, startChild } from './children.js'

const home = mkdtempSync(join(tmpdir(), 'rtfs-processes-'))
let publisher: string

beforeAll(async () => {
  publisher = await bundleChild('publisher.child')
})

afterAll(() => {
  removeBundles()
  rmSync(home, { recursive: true, force: true })
})

const fresh = () => mkdtempSync(join(home, 'store-'))

/** Numbers that are the same in every run. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

test('four processes that publish the same functions, and some of their own', {
  timeout: 120_000,
}, async () => {
  const dir = fresh()
  const shared = Array.from({ length: 12 }, (_, i) => `shared-${i}`)
  const children = ['a', 'b', 'c', 'd'].map(child =>
    startChild(publisher, [dir, ...shared, ...[1, 2, 3].map(i => `own-${child}-${i}`)]),
  )
  const answers = await Promise.all(children.map(child => child.ended))
  expect(answers.map(({ code, errors }) => [code, errors])).toEqual(Array(4).fill([0, '']))

  const lines = answers.flatMap(answer => answer.lines.map(line => line.split(' ')))
  for (const name of shared) {
    const about = lines.filter(line => line[2] === name)
    expect(about.map(line => line[0]).sort(), name).toEqual(['existing', 'existing', 'existing', 'published'])
    expect(new Set(about.map(line => line[1])).size).toBe(1)
  }
  const { cache, close } = await openCache(dir)
  expect(await cache.list()).toHaveLength(24)
  expect(await cache.verifyStore()).toMatchObject({ sound: true })
  const { hit } = await cache.query({
    interfaceHash,
    modes: ['semantic'],
    description: 'the function own-c-2',
  })
  expect(hit?.record.name).toBe('own-c-2')
  await close()
})

test('a publisher that is killed 20 times loses nothing that it acknowledged', {
  timeout: 300_000,
}, async () => {
  const dir = fresh()
  const random = numbers(20)
  const acknowledged = new Map<string, string>()
  let next = 0
  for (let round = 0; round < 20; round++) {
    const names = Array.from({ length: 400 }, () => `f${next++}`)
    // Killed at a moment that has nothing to do with what it is doing: some time after its first word.
    let killed = false
    const child = startChild(publisher, [dir, ...names], {
      onLine: () => {
        if (killed) return
        killed = true
        setTimeout(() => child.process.kill('SIGKILL'), random() * 60)
      },
    })
    const { code, lines } = await child.ended
    expect(code, 'it was killed while it was at work').toBe(null)
    for (const line of lines) acknowledged.set(line.split(' ')[1]!, line.split(' ')[2]!)

    const { cache, close } = await openCache(dir)
    for (const [id, name] of acknowledged) {
      const answer = await cache.load(id, { interfaceHash })
      expect(answer.loaded && answer.manifest.name, `round ${round}`).toBe(name)
    }
    // Also what was not acknowledged is there in whole or not at all.
    const report = await cache.verifyStore()
    expect(report.checks.flatMap(check => check.failures)).toEqual([])
    await close()
  }
  expect(acknowledged.size).toBeGreaterThan(20)
})

test('a directory that may only be read is a clear error', async () => {
  const dir = fresh()
  // The super-user may write anywhere; a child that has become another user may not.
  const options = { env: { RTFS_TEST_AS_NOBODY: '1' } }
  chmodSync(home, 0o755)
  chmodSync(dir, 0o555)
  const missing = await startChild(publisher, [join(dir, 'store'), 'f'], options).ended
  expect([missing.code, missing.errors]).toEqual([
    1,
    expect.stringMatching(/^RTFS_STORE_READ_ONLY: cannot make /),
  ])
  chmodSync(dir, 0o755)

  const store = join(dir, 'store')
  const { close } = await openCache(store)
  await close()
  for (const name of readdirSync(store)) chmodSync(join(store, name), 0o444)
  chmodSync(store, 0o555)
  const existing = await startChild(publisher, [store, 'f'], options).ended
  chmodSync(store, 0o755)
  expect([existing.code, existing.errors]).toEqual([1, expect.stringMatching(/^RTFS_STORE_READ_ONLY: /)])
})
