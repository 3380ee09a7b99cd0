import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { processIo } from './io.js'
import { whileWorking, withProgress } from './progress.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function terminal(errIsTerminal = true) {
  const written: string[] = []
  return { written, io: { ...processIo([]), errIsTerminal, err: (text: string) => void written.push(text) } }
}

test('long work shows a line with its time, and takes it away', async () => {
  const { io, written } = terminal()
  const work = whileWorking(io, 'verifying', () => new Promise(done => setTimeout(done, 2_450, 7)))
  await vi.advanceTimersByTimeAsync(3_000)
  expect(await work).toBe(7)
  expect(written[0]).toBe('\r\u001b[Kverifying')
  expect(written.at(-2)).toBe('\r\u001b[Kverifying (2 s)')
  expect(written.at(-1)).toBe('\r\u001b[K')
})

test('quick work shows nothing, work elsewhere than on a terminal neither', async () => {
  const quick = terminal()
  await whileWorking(quick.io, 'verifying', async () => 1)
  const piped = terminal(false)
  const work = whileWorking(piped.io, 'verifying', () => new Promise(done => setTimeout(done, 5_000)))
  await vi.advanceTimersByTimeAsync(6_000)
  await work
  expect([...quick.written, ...piped.written]).toEqual([])
})

test('steps of work that never waits are shown, and make room for what is printed', async () => {
  const { io, written } = terminal()
  await withProgress(io, async progress => {
    progress.step('one')
    vi.setSystemTime(Date.now() + 1_000)
    progress.step('two')
    progress.clear()
    progress.clear()
  })
  expect(written).toEqual(['\r\u001b[Ktwo (1 s)', '\r\u001b[K'])
})
