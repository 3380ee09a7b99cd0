import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { defaultLimits, isRtfsError } from '@rtfs/core'
import type { IsolatedExecutor } from '@rtfs/interfaces'
import { afterAll, describe, expect, test } from 'vitest'
import { bundledEntries, compile } from './compile.test-util.js'
import { createProcessExecutor, createThreadExecutor } from './index.js'

/*
 * Executors whose "modules" do what compiled code must not be able to do. They stand for a fault of the code
 * generator or of the engine: the isolation has to hold without the help of what it isolates.
 */
const executors = join(mkdtempSync(join(tmpdir(), 'rtfs-hostile-')), 'hostile.mjs')
writeFileSync(
  executors,
  `export function createExecutors() {
    const held = []
    const modules = {
      spin: () => { for (;;) ; },
      hoard: () => { for (;;) held.push(new Uint8Array(8 << 20).fill(1)) },
      grow: () => { const map = new Map(); for (let i = 0; ; i++) map.set(i, { i, text: 'x' + i }) },
      exit: () => process.exit(3),
      crash: () => process.abort(),
      fault: () => { throw new TypeError('secret path /home/someone') },
      environment: () => Object.keys(process.env).length,
      code: () => { try { return Function('return 1')() } catch { return 'refused' } },
      fine: () => 7,
    }
    const call = name => modules[name]()
    return [{ targetId: 'hostile', abiVersion: '1', prepare: () => ({ sizeBytes: 0, call, run: call }) }]
  }`,
)

const entries = await bundledEntries()
const options = { executors: pathToFileURL(executors), size: 1, graceMs: 100, memoryBytes: 256 * 2 ** 20 }
const levels: Record<string, IsolatedExecutor> = {
  thread: createThreadExecutor({ ...options, entry: entries.thread }),
  process: createProcessExecutor({ ...options, entry: entries.process }),
}
afterAll(() => Promise.all(Object.values(levels).map(each => each.close())))

async function outcome(level: string, exportName: string, deadlineMs = 10_000): Promise<unknown> {
  const limits = { ...defaultLimits, deadlineMs }
  const module = { bytes: new Uint8Array(8), prepare: { imports: [], exports: [] }, targetId: 'hostile' }
  try {
    return (await levels[level]!.call({ ...module, exportName, args: [], limits })).value
  } catch (error) {
    return isRtfsError(error) ? `${error.code}: ${error.message}` : error
  }
}

test.each([
  ['thread', 'spin', 'BudgetExhausted: Budget exhausted: time (limit 300)'],
  ['thread', 'exit', 'RTFS_ISOLATION: the isolated code took its worker down: the thread ended'],
  ['thread', 'fault', 'InternalError: Internal error: TypeError'],
  ['thread', 'environment', 0],
  ['process', 'spin', 'BudgetExhausted: Budget exhausted: time (limit 300)'],
  ['process', 'hoard', `BudgetExhausted: Budget exhausted: memory (limit ${256 * 2 ** 20})`],
  ['process', 'exit', 'RTFS_ISOLATION: the isolated code took its worker down: the process ended (3)'],
  ['process', 'crash', 'RTFS_ISOLATION: the isolated code took its worker down: the process ended (SIGABRT)'],
  ['process', 'fault', 'InternalError: Internal error: TypeError'],
  ['process', 'environment', 0],
  ['process', 'code', 'refused'],
])('%s: %s, and the next call works', async (level, name, expected) => {
  expect(await outcome(level, name, name === 'spin' ? 300 : 10_000)).toBe(expected)
  expect(await outcome(level, 'fine')).toBe(7)
})

test('process: a heap that grows without end is over its memory, and the host lives', async () => {
  // Whether the watchdog or the engine's own limit is first depends on the machine.
  expect(await outcome('process', 'grow')).toMatch(/^BudgetExhausted: .*memory|^RTFS_ISOLATION: .*SIGABRT/)
  expect(await outcome('process', 'fine')).toBe(7)
})

describe('waiting', () => {
  test('a full queue refuses, an aborted wait leaves it', async () => {
    const executor = createThreadExecutor({ entry: entries.thread, size: 1, maxWaiting: 1 })
    const slow = compile('(defn f [n] (loop [i 0] (if (< i n) (recur (+ i 1)) i)))')
    const call = (n: number, signal?: AbortSignal) =>
      executor.call({
        ...slow,
        args: [n],
        limits: defaultLimits,
        ...(signal === undefined ? {} : { signal }),
      })
    const leaving = new AbortController()
    const first = call(3_000_000)
    const second = call(1, leaving.signal)
    await expect(call(1)).rejects.toMatchObject({ code: 'RTFS_ISOLATION' })
    leaving.abort()
    await expect(second).rejects.toMatchObject({ code: 'RTFS_ABORTED' })
    expect((await first).value).toBe(3_000_000)
    expect((await call(5)).value).toBe(5)
    await executor.close()
  })

  test('aborting a call in progress ends it, and the next one works', async () => {
    const executor = createProcessExecutor({ entry: entries.process, size: 1 })
    const endless = compile('(defn f [n] (loop [i n] (recur (+ i 1))))')
    const stop = new AbortController()
    const running = executor.call({
      ...endless,
      args: [0],
      limits: { ...defaultLimits, fuel: 1e15 },
      signal: stop.signal,
    })
    setTimeout(() => stop.abort(), 50)
    await expect(running).rejects.toMatchObject({ code: 'RTFS_ABORTED' })
    expect(
      (await executor.call({ ...compile('(defn f [] 1)'), args: [], limits: defaultLimits })).value,
    ).toBe(1)
    await executor.close()
  })
})
