import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { toJs } from '@rtfs/core'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRtfs, type Rtfs } from './rtfs.js'

const dir = mkdtempSync(join(tmpdir(), 'rtfs-isolated-'))
const entry = join(dir, 'process-entry.mjs')
let rtfs: Rtfs

beforeAll(async () => {
  await build({
    entryPoints: ['@rtfs/isolation/process-entry'],
    outfile: entry,
    absWorkingDir: new URL('..', import.meta.url).pathname,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@rtfs/source'],
    logLevel: 'error',
  })
  rtfs = createRtfs({ dir, workers: { entry: pathToFileURL(entry), graceMs: 100 } })
  const source = `
    (defn twice [n :int] :int (* 2 n))
    (defn spin [n :int] :int (loop [i n] (recur (+ i 1))))
    (defn divide [n :int] :any (/ 1 n))
    (defn shout [n :int] :any (println n))`
  for (const published of await rtfs.publish(source)) {
    expect(published.ok ? '' : published.error.message).toBe('')
  }
})
afterAll(() => rtfs.close())

test('a module of the cache runs in a process of its own', async () => {
  const { value, tier, fuel } = await rtfs.call('twice', [21], { isolation: 'process' })
  expect([toJs(value), tier]).toEqual([42, 'wasm'])
  expect(fuel).toBe((await rtfs.call('twice', [21])).fuel)
})

test('one that does not end is killed, and the next call works', async () => {
  const limits = { deadlineMs: 100, fuel: 1e15 }
  await expect(rtfs.call('spin', [0], { isolation: 'process', limits })).rejects.toMatchObject({
    code: 'BudgetExhausted',
  })
  expect(toJs((await rtfs.call('twice', [4], { isolation: 'process' })).value)).toBe(8)
})

test('errors are those of the language', async () => {
  await expect(rtfs.call('divide', [0], { isolation: 'process' })).rejects.toMatchObject({
    code: 'DivisionByZero',
  })
})

test('a module with effects says that it runs only inline', async () => {
  await expect(rtfs.call('shout', [1], { isolation: 'process' })).rejects.toMatchObject({
    code: 'RTFS_NOT_SUPPORTED',
  })
})
