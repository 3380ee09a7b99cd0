import { mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cacheStoreSuite } from '@rtfs/conformance/suites'
import { afterAll, expect, test } from 'vitest'
import { openSqliteCacheStore } from './cache-store.js'

const root = mkdtempSync(join(tmpdir(), 'rtfs-cache-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

let count = 0
let dir = ''
const fresh = () => openSqliteCacheStore({ dir: (dir = join(root, String(++count))) })

cacheStoreSuite({ test, expect }, fresh, { reopen: () => openSqliteCacheStore({ dir }) })

test('what was used longest ago makes room, what expired goes before', async () => {
  let at = 1_000_000
  const store = await openSqliteCacheStore({ file: ':memory:', maxBytes: 3300, now: () => at })
  const kilobyte = new Uint8Array(1000)
  const step = () => void (at += 100_000)
  for (const key of ['a', 'b', 'c']) {
    await store.set(key, kilobyte, key === 'c' ? { expiresAt: at + 150_000 } : {})
    step()
  }
  await store.get('a')
  step()
  await store.set('d', kilobyte)
  expect(await store.get('c')).toBe(undefined)
  expect(store.usage()).toMatchObject({ entries: 3, evictions: 0 })
  step()
  await store.set('e', kilobyte)
  expect(
    await Promise.all(['a', 'b', 'd', 'e'].map(async key => (await store.get(key)) !== undefined)),
  ).toEqual([true, false, true, true])
  expect(store.usage()).toMatchObject({ entries: 3, evictions: 1 })
  await store.close()
})

test('two connections see what the other has acknowledged', async () => {
  const one = await fresh()
  const two = await openSqliteCacheStore({ dir })
  await one.set('a', new Uint8Array([1]))
  expect([...(await two.get('a'))!]).toEqual([1])
  await two.clear()
  expect(await one.get('a')).toBe(undefined)
  await one.close()
  await two.close()
})

test('a walk of more entries than are read at a time has each once', async () => {
  const store = await openSqliteCacheStore({ file: ':memory:' })
  const keys = Array.from({ length: 700 }, (_, i) => `k${1000 + i}`)
  await Promise.all(keys.map(key => store.set(key, new Uint8Array([1]))))
  const found: string[] = []
  for await (const [key] of store.entries('k')) {
    found.push(key)
    // Whoever walks may take out what they have seen.
    await store.delete(key)
  }
  expect(found).toEqual(keys)
  expect(store.usage().entries).toBe(0)
  await store.close()
})

test('a file that is no database is an error with a name', async () => {
  const file = join(root, 'bad.sqlite')
  await writeFile(file, 'x'.repeat(5000))
  await expect(openSqliteCacheStore({ file })).rejects.toMatchObject({ code: 'RTFS_STORE_CORRUPT' })
})
