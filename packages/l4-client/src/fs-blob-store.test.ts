import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Digest, digestOf, encodeUtf8 } from '@rtfs/core'
import type { FileSystem } from '@rtfs/interfaces'
import { afterAll, describe, expect, test } from 'vitest'
import { failingFileSystem } from './failing-file-system.test-util.js'
import { createFileBlobStore, createNodeFileSystem } from './fs.js'
import { createMemoryRecordStore } from './memory-record-store.js'
import { binaryHash, request, testCache, testClock } from './testing.test-util.js'

const home = mkdtempSync(join(tmpdir(), 'rtfs-blobs-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const fresh = () => mkdtempSync(join(home, 'store-'))
const bytes = encodeUtf8('hello')
const digest = digestOf(bytes)
const hex = digest.slice(7)
const pathIn = (dir: string) => join(dir, 'blobs-v1', hex.slice(0, 2), hex)

/** Notes what was done, in order, and with which file. */
function noting(inner: FileSystem): { readonly fileSystem: FileSystem; readonly done: string[] } {
  const done: string[] = []
  const short = (path: string) =>
    path
      .replace(/\.tmp-[0-9a-f]+$/, 'TMP')
      .split('/')
      .at(-1)!
  return {
    done,
    fileSystem: {
      ...inner,
      writeNew: async (path, content) => {
        done.push(`write ${short(path)}`)
        await inner.writeNew(path, content)
      },
      rename: async (from, to) => {
        done.push(`rename ${short(from)} ${short(to)}`)
        await inner.rename(from, to)
      },
      syncDirectory: async path => {
        done.push(`sync ${short(path)}`)
        await inner.syncDirectory(path)
      },
      makeDirectory: async path => {
        done.push(`make ${short(path)}`)
        await inner.makeDirectory(path)
      },
    },
  }
}

test('writes beside, renames, and flushes the directory and every parent that it made', async () => {
  const parent = fresh()
  const { fileSystem, done } = noting(createNodeFileSystem())
  const store = createFileBlobStore({ dir: join(parent, 'a', 'store'), fileSystem })
  await store.put(digest, bytes)
  const ab = hex.slice(0, 2)
  expect(done).toEqual([
    'make a',
    `sync ${parent.split('/').at(-1)}`,
    'make store',
    'sync a',
    'make blobs-v1',
    'sync store',
    `make ${ab}`,
    'sync blobs-v1',
    'write TMP',
    `rename TMP ${hex}`,
    `sync ${ab}`,
  ])
  done.length = 0
  await store.put(digest, bytes)
  expect(done).toEqual([`sync ${ab}`])
})

test('a directory that another process has made is flushed all the same', async () => {
  const dir = fresh()
  mkdirSync(join(dir, 'blobs-v1', hex.slice(0, 2)), { recursive: true })
  const { fileSystem, done } = noting(createNodeFileSystem())
  await createFileBlobStore({ dir, fileSystem }).put(digest, bytes)
  expect(done.slice(0, 1)).toEqual(['sync blobs-v1'])
})

test('the layout is blobs-v1/ab/<hex>, one file a blob', async () => {
  const dir = fresh()
  await createFileBlobStore({ dir }).put(digest, bytes)
  expect(readFileSync(pathIn(dir), 'utf8')).toBe('hello')
  expect(readdirSync(join(dir, 'blobs-v1', hex.slice(0, 2)))).toEqual([hex])
})

describe('a blob that is damaged', () => {
  test.each<[string, (path: string) => void]>([
    [
      'in one bit',
      path =>
        writeFileSync(
          path,
          Uint8Array.from(bytes, (byte, i) => (i === 2 ? byte ^ 1 : byte)),
        ),
    ],
    ['by a cut', path => truncateSync(path, 3)],
    ['by becoming empty', path => truncateSync(path, 0)],
    ['by what was added', path => writeFileSync(path, 'hello!')],
  ])('%s is an error of its own, and mended by the next put', async (_, damage) => {
    const dir = fresh()
    const store = createFileBlobStore({ dir })
    await store.put(digest, bytes)
    damage(pathIn(dir))
    await expect(store.get(digest)).rejects.toMatchObject({ code: 'RTFS_BLOB_CORRUPT' })
    await store.put(digest, bytes)
    expect(await store.get(digest)).toEqual(bytes)
  })

  test('is a miss of the cache, and is put aside', async () => {
    const dir = fresh()
    const made = testCache({ blobs: createFileBlobStore({ dir }) })
    const { record } = await made.cache.publish(request('add', 'Add'))
    const name = record.storagePointer.slice(7)
    truncateSync(join(dir, 'blobs-v1', name.slice(0, 2), name), 2)
    expect(await made.cache.load(record.id, { interfaceHash: binaryHash })).toMatchObject({ loaded: true })
    const other = testCache({ blobs: createFileBlobStore({ dir }), records: made.records, trust: made.trust })
    expect(await other.cache.load(record.id, {})).toMatchObject({ loaded: false, gate: 'blob' })
    expect((await other.cache.stats()).quarantined).toHaveLength(1)
    expect((await other.cache.publish(request('add', 'Add'))).outcome).toBe('replaced')
    expect((await other.cache.load(record.id, {})).loaded).toBe(true)
  })
})

test('a directory in the place of a blob is a fault, not a miss', async () => {
  const dir = fresh()
  mkdirSync(pathIn(dir), { recursive: true })
  await expect(createFileBlobStore({ dir }).get(digest)).rejects.toMatchObject({ code: 'RTFS_STORE_IO' })
})

test('unfinished and foreign files are no blobs', async () => {
  const dir = fresh()
  const store = createFileBlobStore({ dir })
  await store.put(digest, bytes)
  for (const name of ['.tmp-0123', 'README', `${hex}.bak`, 'f'.repeat(64)]) {
    writeFileSync(join(dir, 'blobs-v1', hex.slice(0, 2), name), 'x')
  }
  mkdirSync(join(dir, 'blobs-v1', 'lost+found'))
  const found: Digest[] = []
  for await (const each of store.list()) found.push(each)
  expect(found).toEqual([digest])
})

test('an old blob that is put again looks new, so that collectors leave it alone', async () => {
  const dir = fresh()
  const store = createFileBlobStore({ dir })
  await store.put(digest, bytes)
  utimesSync(pathIn(dir), 1, 1)
  await store.put(digest, bytes)
  expect(Date.now() - statSync(pathIn(dir)).mtimeMs).toBeLessThan(60_000)
  expect(await store.get(digest)).toEqual(bytes)
})

test('a young one is not written again', async () => {
  const dir = fresh()
  const store = createFileBlobStore({ dir, clock: testClock(Date.now()) })
  await store.put(digest, bytes)
  const { ino } = statSync(pathIn(dir))
  await store.put(digest, bytes)
  expect(statSync(pathIn(dir)).ino).toBe(ino)
})

test.each(['../../../etc/passwd', 'sha256:../../x', ''])('%j is no digest and names no file', async name => {
  const store = createFileBlobStore({ dir: fresh() })
  await expect(store.get(name as Digest)).rejects.toMatchObject({ code: 'RTFS_USAGE' })
  await expect(store.delete(name as Digest)).rejects.toMatchObject({ code: 'RTFS_USAGE' })
})

describe('what the file system answers', () => {
  test.each([
    ['ENOSPC', 'RTFS_STORE_FULL', 'the disk is full'],
    ['EDQUOT', 'RTFS_STORE_FULL', 'the disk quota is used up'],
    ['EROFS', 'RTFS_STORE_READ_ONLY', 'the file system is read-only'],
    ['EACCES', 'RTFS_STORE_READ_ONLY', 'this user may not write there'],
    ['EIO', 'RTFS_STORE_IO', 'EIO'],
  ])('%s is %s', async (code, expected, text) => {
    const fileSystem = failingFileSystem(createNodeFileSystem())
    const store = createFileBlobStore({ dir: fresh(), fileSystem })
    fileSystem.failFrom(1, code)
    const failed = {
      code: expected,
      message: expect.stringMatching(new RegExp(`^cannot write .*: ${text}$`)),
    }
    await expect(store.put(digest, bytes)).rejects.toMatchObject(failed)
  })
})

test('a disk that fills up at any operation leaves the whole module or none, and nothing that is torn', {
  timeout: 60_000,
}, async () => {
  const whole = failingFileSystem(createNodeFileSystem())
  const records = createMemoryRecordStore()
  // What comes after the row is added only looks whether all is there.
  let operations = 0
  const insert: typeof records.insert = (record, options) => {
    operations = whole.operations
    return records.insert(record, options)
  }
  const blobs = createFileBlobStore({ dir: fresh(), fileSystem: whole })
  await testCache({ blobs, records: { ...records, insert } }).cache.publish(request('add', 'Add'))
  expect(operations).toBeGreaterThan(20)

  for (let failAt = 1; failAt <= operations; failAt++) {
    const dir = fresh()
    const fileSystem = failingFileSystem(createNodeFileSystem())
    const made = testCache({ blobs: createFileBlobStore({ dir, fileSystem }) })
    fileSystem.failFrom(failAt, 'ENOSPC')
    const answer = await made.cache.publish(request('add', 'Add')).catch(error => error)
    expect(answer, `operation ${failAt}`).toMatchObject({ code: 'RTFS_STORE_FULL' })

    fileSystem.mend()
    const { hit } = await made.cache.query({ interfaceHash: binaryHash, modes: ['same-interface'] })
    expect(hit, `operation ${failAt}`).toBe(undefined)
    const report = await made.cache.verifyStore()
    expect(report.sound, `operation ${failAt}`).toBe(true)

    const again = await made.cache.publish(request('add', 'Add'))
    expect(again.outcome).toBe('published')
    expect((await made.cache.load(again.record.id, {})).loaded).toBe(true)
    expect(existsSync(dir)).toBe(true)
  }
})

test('what unfinished puts have left is tidied up when it is old', async () => {
  const dir = fresh()
  const store = createFileBlobStore({ dir })
  const bytes = encodeUtf8('whole')
  await store.put(digestOf(bytes), bytes)
  const directory = join(dir, 'blobs-v1', digestOf(bytes).slice(7, 9))
  for (const name of ['.tmp-old', '.tmp-new']) writeFileSync(join(directory, name), 'half')
  const old = Date.now() - 3_600_000
  utimesSync(join(directory, '.tmp-old'), old / 1000, old / 1000)
  expect(await store.tidy(old + 1000)).toBe(1)
  expect(readdirSync(directory).sort()).toEqual(['.tmp-new', digestOf(bytes).slice(7)])
})
