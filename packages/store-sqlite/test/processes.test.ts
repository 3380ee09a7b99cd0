import { chmodSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSqliteRecordStore, type SqliteRecordStore } from '../src/index.js'
import { interfaceHash, openCache, publication } from './cache-of.js'
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

async function records(dir: string, work: (store: SqliteRecordStore) => Promise<unknown>): Promise<void> {
  const store = await openSqliteRecordStore({ dir })
  await work(store)
  await store.close()
}

function filesBelow(dir: string): readonly string[] {
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true })
  return entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
}

/** Numbers that are the same in every run. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

test('16 processes that publish the same functions, and some of their own', {
  timeout: 120_000,
}, async () => {
  const dir = fresh()
  const shared = Array.from({ length: 12 }, (_, i) => `shared-${i}`)
  const writers = [...'abcdefghijklmnop']
  const children = writers.map(child =>
    startChild(publisher, [dir, ...shared, ...[1, 2, 3].map(i => `own-${child}-${i}`)]),
  )
  const answers = await Promise.all(children.map(child => child.ended))
  expect(answers.map(({ code, errors }) => [code, errors])).toEqual(writers.map(() => [0, '']))

  const lines = answers.flatMap(answer => answer.lines.map(line => line.split(' ')))
  for (const name of shared) {
    const about = lines.filter(line => line[2] === name)
    const outcomes = [...Array(writers.length - 1).fill('existing'), 'published']
    expect(about.map(line => line[0]).sort(), name).toEqual(outcomes)
    expect(new Set(about.map(line => line[1])).size).toBe(1)
  }
  const { cache, close } = await openCache(dir)
  expect(await cache.list()).toHaveLength(shared.length + 3 * writers.length)
  expect(await cache.verifyStore()).toMatchObject({ sound: true })
  const { hit } = await cache.query({
    interfaceHash,
    modes: ['semantic'],
    description: 'the function own-c-2',
  })
  expect(hit?.record.name).toBe('own-c-2')
  await close()
})

/** How often a publisher is killed; `RTFS_TEST_KILLS=1000` for a long look. */
const kills = Number(process.env['RTFS_TEST_KILLS'] ?? 200)

test(`a publisher that is killed ${kills} times loses nothing that it acknowledged`, {
  timeout: kills * 10_000,
}, async () => {
  const dir = fresh()
  const random = numbers(20)
  const acknowledged = new Map<string, string>()
  let next = 0
  let atWork = 0
  for (let round = 1; round <= kills; round++) {
    const names = Array.from({ length: 400 }, () => `f${next++}`)
    // Killed at a moment that has nothing to do with what it is doing: some time after its first word.
    let killed = false
    const child = startChild(publisher, [dir, ...names], {
      onLine: () => {
        if (killed) return
        killed = true
        setTimeout(() => child.process.kill('SIGKILL'), random() * 25)
      },
    })
    const { code, lines, errors } = await child.ended
    expect([code, errors], 'it was killed while it was at work').toEqual([null, ''])
    atWork += lines.length
    const fresh = lines.map(line => line.split(' ') as [string, string, string])
    for (const [, id, name] of fresh) acknowledged.set(id, name)

    const { cache, close } = await openCache(dir)
    for (const [, id, name] of fresh) {
      const answer = await cache.load(id, { interfaceHash })
      expect(answer.loaded && answer.manifest.name, `round ${round}`).toBe(name)
    }
    if (round % 50 === 0 || round === kills) {
      for (const [id, name] of acknowledged) {
        const answer = await cache.load(id, { interfaceHash })
        expect(answer.loaded && answer.manifest.name, `round ${round}`).toBe(name)
      }
      // Also what was not acknowledged is there in whole or not at all.
      const report = await cache.verifyStore()
      expect(report.checks.flatMap(check => check.failures)).toEqual([])
    }
    await close()
  }
  expect(acknowledged.size).toBe(atWork)
  expect(acknowledged.size).toBeGreaterThan(kills)
})

test('a collector beside eight publishers takes nothing that any of them acknowledged', {
  timeout: 120_000,
}, async () => {
  const dir = fresh()
  const { cache, blobs, close } = await openCache(dir)
  const names = Array.from({ length: 30 }, (_, i) => `f${i}`)
  // Everything is stored and unnamed, and so old that it may go at any moment.
  for (const name of names) {
    const { record } = await cache.publish(publication(name))
    await cache.lower(record.id, 'Revoked')
    await records(dir, store => store.delete(record.id))
  }
  const old = Date.now() / 1000 - 86_400
  for (const file of filesBelow(join(dir, 'blobs-v1'))) utimesSync(file, old, old)
  const children = [...'abcdefgh'].map(() => startChild(publisher, [dir, ...names]))
  let collected = 0
  let running = children.length
  for (const child of children) void child.ended.then(() => running--)
  while (running > 0) collected += (await cache.collect({ graceMs: 60_000 })).blobs.length
  const answers = await Promise.all(children.map(child => child.ended))
  expect(answers.map(({ code, errors }) => [code, errors])).toEqual(children.map(() => [0, '']))
  expect(collected).toBeGreaterThan(0)
  expect((await cache.list()).length).toBe(names.length)
  expect(await cache.verifyStore()).toMatchObject({ sound: true })
  await blobs.close()
  await close()
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
