import {
  closeSync,
  copyFileSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sampleRecord } from '@rtfs/conformance/suites'
import type { Logger, NewModuleRecord } from '@rtfs/interfaces'
import { afterAll, describe, expect, test } from 'vitest'
import { loadSqliteDriver, openSqliteRecordStore, type SqliteDatabase, type SqliteDriver } from './index.js'

const home = mkdtempSync(join(tmpdir(), 'rtfs-damage-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const fresh = () => join(mkdtempSync(join(home, 'store-')), 'records.sqlite')

function testLogger() {
  const events: Readonly<Record<string, unknown>>[] = []
  const logger: Logger = { log: (_, event, fields) => void events.push({ event, ...fields }) }
  return { logger, events }
}

async function filled(file: string, ...records: readonly NewModuleRecord[]): Promise<void> {
  const store = await openSqliteRecordStore({ file })
  for (const record of records) await store.insert(record)
  await store.close()
}

/** Changes the database behind the store's back. */
async function behind(file: string, change: (database: SqliteDatabase) => void): Promise<void> {
  const database = (await loadSqliteDriver()).open(file)
  change(database)
  database.close()
}

describe('a row that cannot be read', () => {
  test.each([
    ["interface_hash = 'sha256:short'", 'interface_hash is no digest'],
    ["storage_pointer = '../../etc/passwd'", 'storage_pointer is no digest'],
    ["ir_pointer = ''", 'ir_pointer is no digest'],
    ["effects = '{}'", 'effects is no list of texts'],
    ["effects = '[1]'", 'effects is no list of texts'],
    ["effects = '['", 'effects is no JSON'],
    ["validation_status = 'Verifed'", 'validation_status is none of Verified, Pending, Revoked'],
    ["semantic_embedding = x'0000803f'", 'semantic_embedding is no vector of its dimension'],
    ["semantic_embedding = x'0000c07f0000803f0000803f'", 'semantic_embedding is no vector of its dimension'],
    ['embedding_model = NULL', 'embedding_model is no text'],
    ['creation_timestamp = -1', 'creation_timestamp is no count'],
    ['uses = 9007199254740993', 'uses is no count'],
  ])('with %s is a miss that is reported and listed', async (change, problem) => {
    const file = fresh()
    await filled(file, sampleRecord('a'), sampleRecord('b'))
    await behind(file, database => database.exec(`UPDATE rtfs_modules SET ${change} WHERE id = 'a'`))
    const { logger, events } = testLogger()
    const store = await openSqliteRecordStore({ file, logger })
    expect(await store.get('a')).toBe(undefined)
    expect((await store.find({})).map(record => record.id)).toEqual(['b'])
    expect(events[0]).toEqual({ event: 'records.unreadable', file, subject: 'record a', problem })
    expect(await store.check()).toEqual([{ subject: 'record a', problem }])
    await store.close()
  })

  test('makes room for the next publication', async () => {
    const file = fresh()
    await filled(file, sampleRecord('a'))
    await behind(file, database => database.exec("UPDATE rtfs_modules SET code_hash = 'x'"))
    const store = await openSqliteRecordStore({ file })
    expect((await store.insert(sampleRecord('a'))).inserted).toBe(true)
    expect((await store.get('a'))?.id).toBe('a')
    await store.close()
  })

  test('but not when it was revoked; and it can still be revoked', async () => {
    const file = fresh()
    await filled(file, sampleRecord('a'))
    await behind(file, database => database.exec("UPDATE rtfs_modules SET code_hash = 'x'"))
    const store = await openSqliteRecordStore({ file })
    await expect(store.setStatus('a', 'Pending')).rejects.toMatchObject({ code: 'RTFS_STORE_CORRUPT' })
    expect(await store.setStatus('a', 'Revoked')).toBe(true)
    await expect(store.insert(sampleRecord('a'))).rejects.toMatchObject({ code: 'RTFS_STORE_CORRUPT' })
    await store.close()
  })
})

describe('a database that is damaged', () => {
  test.each<[string, (file: string) => void]>([
    ['another file', file => writeFileSync(file, 'This is a letter to somebody.\n'.repeat(200))],
    ['a damaged header', file => overwrite(file, 0, 16)],
  ])('%s is a clear error', async (_, damage) => {
    const file = fresh()
    await filled(file, sampleRecord('a'))
    damage(file)
    await expect(openSqliteRecordStore({ file })).rejects.toMatchObject({
      code: 'RTFS_STORE_CORRUPT',
      message: expect.stringContaining(file),
    })
  })

  test('damage inside throws nothing but our errors, and check finds it', async () => {
    const file = fresh()
    await filled(file, ...Array.from({ length: 300 }, (_, i) => sampleRecord(`r${i}`)))
    const sound = `${file}.sound`
    copyFileSync(file, sound)
    const pages = statSync(file).size / 4096
    expect(pages).toBeGreaterThan(40)
    const unnoticed: number[] = []
    for (let page = 1; page < pages; page += 3) {
      copyFileSync(sound, file)
      overwrite(file, page * 4096, 4096)
      const codes = new Set<string>()
      const attempt = async (call: () => Promise<unknown>) =>
        call().catch(error => {
          codes.add(String(error.code))
        })
      const store = await openSqliteRecordStore({ file }).catch(error => {
        codes.add(String(error.code))
        return undefined
      })
      if (store !== undefined) {
        for (let i = 0; i < 300; i += 10) await attempt(() => store.get(`r${i}`))
        await attempt(() => store.find({ namespace: 'acme' }))
        await attempt(() => store.insert(sampleRecord(`new ${page}`)))
        await attempt(async () => {
          if ((await store.check()).length > 0) codes.add('RTFS_STORE_CORRUPT')
        })
        await store.close()
      }
      if (codes.size === 0) unnoticed.push(page)
      else expect([...codes], `page ${page}`).toEqual(['RTFS_STORE_CORRUPT'])
    }
    expect(unnoticed).toEqual([])
  })

  function overwrite(file: string, from: number, length: number): void {
    const open = openSync(file, 'r+')
    writeSync(open, Buffer.alloc(length, 0xa5), 0, length, from)
    closeSync(open)
  }
})

test('tables of a later version are not touched', async () => {
  const file = fresh()
  await filled(file, sampleRecord('a'))
  await behind(file, database => database.exec('PRAGMA user_version = 99'))
  const before = readFileSync(file)
  await expect(openSqliteRecordStore({ file })).rejects.toMatchObject({ code: 'RTFS_NOT_SUPPORTED' })
  expect(readFileSync(file)).toEqual(before)
})

test('tables of the version before are brought up to date, and keep what they hold', async () => {
  const file = fresh()
  await filled(file, sampleRecord('a'))
  await behind(file, database => {
    database.exec('ALTER TABLE rtfs_modules DROP COLUMN pinned; PRAGMA user_version = 1')
  })
  const store = await openSqliteRecordStore({ file })
  expect(await store.get('a')).toMatchObject({ id: 'a', pinned: false })
  expect(await store.setPinned('a', true)).toBe(true)
  expect((await store.get('a'))?.pinned).toBe(true)
  await store.close()
})

test.each([
  [13, 'RTFS_STORE_FULL', 'the disk is full'],
  [8, 'RTFS_STORE_READ_ONLY', 'it may not be written'],
  [8 | (4 << 8), 'RTFS_STORE_READ_ONLY', 'it may not be written'],
  [10 | (3 << 8), 'RTFS_STORE_IO', 'the disk reports a fault'],
  [5, 'RTFS_STORE_IO', 'locked for too long'],
  [11, 'RTFS_STORE_CORRUPT', 'damaged'],
  [99, 'RTFS_STORE_IO', 'SQLite answers 99'],
])('result %s of SQLite is %s', async (errcode, code, text) => {
  const inner = await loadSqliteDriver()
  let failing = false
  const driver: SqliteDriver = {
    name: 'failing',
    open(file) {
      const database = inner.open(file)
      return {
        close: () => database.close(),
        prepare: sql => database.prepare(sql),
        exec(sql) {
          if (failing && sql === 'COMMIT') throw Object.assign(new Error('simulated'), { errcode })
          database.exec(sql)
        },
      }
    },
  }
  const store = await openSqliteRecordStore({ file: fresh(), driver })
  failing = true
  await expect(store.insert(sampleRecord('a'))).rejects.toMatchObject({
    code,
    message: expect.stringContaining(text),
  })
  failing = false
  expect(await store.get('a')).toBe(undefined)
  expect((await store.insert(sampleRecord('a'))).inserted).toBe(true)
  await store.close()
})

test('every connection waits, writes ahead and flushes', async () => {
  const inner = await loadSqliteDriver()
  let database: SqliteDatabase | undefined
  const driver: SqliteDriver = { name: 'noting', open: file => (database = inner.open(file)) }
  const store = await openSqliteRecordStore({ file: fresh(), driver })
  const setting = (name: string) => Object.values(database!.prepare(`PRAGMA ${name}`).get()!)[0]
  expect([setting('journal_mode'), setting('synchronous'), setting('busy_timeout')]).toEqual([
    'wal',
    2,
    10_000,
  ])
  await store.close()
})

test('closing leaves everything in one file and happens once; a closed store says so', async () => {
  const file = fresh()
  const store = await openSqliteRecordStore({ file })
  await store.insert(sampleRecord('a'))
  await store.close()
  await store.close()
  // One driver keeps the file until its statements are collected, but nothing is in it any more.
  expect(statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0).toBe(0)
  await expect(store.get('a')).rejects.toMatchObject({ code: 'RTFS_USAGE' })
})

test('it needs a place', async () => {
  await expect(openSqliteRecordStore({})).rejects.toMatchObject({ code: 'RTFS_USAGE' })
})
