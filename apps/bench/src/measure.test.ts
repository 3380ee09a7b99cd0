import { expect, test } from 'vitest'
import { measureInTurns, median } from './measure.js'
import { cases } from './programs/index.js'

test.each([
  [[3, 1, 2], 2],
  [[4, 1, 2, 3], 2.5],
  [[7], 7],
])('median of %o', (samples, expected) => expect(median(samples)).toBe(expected))

/** Writes down each call, and says that a single one takes so many milliseconds. */
function recorder(name: string, ms: number, note: (name: string, calls: number) => void) {
  return {
    name,
    async measure(calls: number): Promise<number> {
      note(name, calls)
      return ms * calls
    },
  }
}

test('runs take turns after each was warmed up for itself', async () => {
  const order: string[] = []
  const note = (name: string) => void order.push(name)
  const samples = await measureInTurns([recorder('a', 30, note), recorder('b', 40, note)], 3)
  expect(order.join('')).toBe('aabbababab')
  expect(samples.map(({ name, medianMs }) => [name, medianMs])).toEqual([
    ['a', 30],
    ['b', 40],
  ])
})

test('a short run is called so often that a sample is long', async () => {
  const asked: number[] = []
  await measureInTurns([recorder('a', 4, (_, calls) => void asked.push(calls))], 1)
  expect(asked).toEqual([1, 1, 2, 4, 8, 5])
})

test.each(cases.map(each => [each.id, each] as const))('%s: the hand-written program is right', (_, each) => {
  const { data, run } = each.handwritten
  expect(run(data?.() as never)).toBe(each.expected)
})

test('ids are names of programs and of namespaces', () => {
  expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length)
  for (const { id } of cases) expect(id).toMatch(/^[a-z-]+$/)
})
