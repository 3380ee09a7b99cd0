import { expect, test } from 'vitest'
import { cases } from './cases.js'
import { interleaved, median } from './measure.js'

test.each([
  [[3, 1, 2], 2],
  [[4, 1, 2, 3], 2.5],
  [[7], 7],
])('median of %o', (samples, expected) => expect(median(samples)).toBe(expected))

test('runs take turns and the warm-up is not counted', () => {
  const order: string[] = []
  const run = (name: string) => ({ name, run: () => order.push(name) })
  const samples = interleaved([run('a'), run('b')], 2, 1)
  expect(order.join('')).toBe('ababab')
  expect(samples.map(sample => sample.name)).toEqual(['a', 'b'])
})

test.each(cases.map(each => [each.name, each] as const))(
  '%s: the hand-written program is right',
  (_, each) => {
    expect(each.handwritten()).toBe(each.expected)
  },
)
