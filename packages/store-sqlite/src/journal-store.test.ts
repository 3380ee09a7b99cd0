import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { journalStoreSuite } from '@rtfs/conformance/suites'
import { afterAll, describe, expect, test } from 'vitest'
import { openSqliteJournalStore } from './index.js'

const home = mkdtempSync(join(tmpdir(), 'rtfs-journal-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const fresh = () => mkdtempSync(join(home, 'store-'))

describe('in a file', () => {
  let dir = home
  const create = () => openSqliteJournalStore({ dir: (dir = fresh()) })
  journalStoreSuite({ test, expect }, create, { reopen: () => openSqliteJournalStore({ dir }) })
})

const intent = { kind: 'intent', position: '0', capability: 'a', argsHash: 'h', idempotent: false } as const

test('of two that run the same run, the second cannot begin an effect', async () => {
  const dir = fresh()
  const [one, two] = [await openSqliteJournalStore({ dir }), await openSqliteJournalStore({ dir })]
  expect(await one.load('run')).toEqual([])
  expect(await two.load('run')).toEqual([])
  one.appendSync('run', intent)
  expect(() => two.appendSync('run', intent)).toThrow('goes on in another process')
  expect(await two.load('run')).toEqual([intent])
  await one.close()
  await two.close()
})

test('runs are listed and forgotten', async () => {
  const store = await openSqliteJournalStore({ dir: fresh() })
  await store.append('b', intent)
  await store.append('a', intent)
  expect(await store.list()).toEqual(['a', 'b'])
  await store.delete('b')
  expect(await store.list()).toEqual(['a'])
  expect(await store.load('b')).toEqual([])
  await store.append('b', intent)
  await store.close()
})
