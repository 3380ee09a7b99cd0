import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seeded } from './arbitrary.test-util.js'
import {
  RtfsList,
  type RtfsSequence,
  RtfsVector,
  RtfsVectorBuilder,
  SequenceCursor,
  type Value,
} from './index.js'

function itemsOf(sequence: RtfsSequence): Value[] {
  const items = [...sequence]
  expect(sequence.toArray()).toEqual(items)
  expect(sequence.size).toBe(items.length)
  const cursor = new SequenceCursor()
  const walked: Value[] = []
  while (walked.length < items.length) {
    sequence.moveTo(walked.length, cursor)
    expect(cursor.to).toBeGreaterThan(cursor.from)
    walked.push(...cursor.array.slice(cursor.from, cursor.to))
  }
  expect(walked).toEqual(items)
  return items
}

const count = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

type Step =
  | { readonly kind: 'append'; readonly value: number }
  | { readonly kind: 'set'; readonly at: number; readonly value: number }
  | { readonly kind: 'slice'; readonly from: number; readonly to: number }

const fraction = fc.double({ min: 0, max: 1, noNaN: true })
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('append' as const), value: fc.integer() }),
  fc.record({ kind: fc.constant('set' as const), at: fraction, value: fc.integer() }),
  fc.record({
    kind: fc.constant('slice' as const),
    from: fraction.map(x => x / 20),
    to: fraction.map(x => 1 - x / 20),
  }),
)

/** Sizes around where windows, chunks and full chunks begin. */
const sizes = fc.constantFrom(0, 1, 2, 5, 511, 512, 513, 2047, 2048, 2049, 2560, 2561, 3000)

/** The ways to come by a vector of the first integers. */
const makers = {
  'of an array': (size: number) => RtfsVector.from(count(size)),
  'a range': (size: number) => RtfsVector.range(0, 1, size),
  built: (size: number) => built(count(size), 0),
  'built in its size': (size: number) => built(count(size), size),
}

function built(items: readonly number[], expected: number): RtfsVector {
  const builder = new RtfsVectorBuilder(expected)
  for (const item of items) builder.push(item)
  expect(builder.size).toBe(items.length)
  return builder.build()
}

test.each(Object.entries(makers))(
  'every version of a vector stays what it was, whatever is made from it: %s',
  (_, make) => {
    fc.assert(
      fc.property(sizes, fc.array(fc.tuple(step, fraction), { maxLength: 40 }), (size, steps) => {
        const versions: [RtfsVector, number[]][] = [[make(size), count(size)]]
        for (const [change, which] of steps) {
          // Any earlier version may be the one that goes on.
          const [vector, reference] = versions[Math.floor(which * (versions.length - 1))]!
          if (change.kind === 'append') {
            versions.push([vector.append(change.value), [...reference, change.value]])
          } else if (change.kind === 'set') {
            const at = Math.floor(change.at * reference.length)
            const expected = [...reference]
            expected[at] = change.value
            versions.push([vector.set(at, change.value), expected])
          } else {
            const from = Math.floor(change.from * reference.length)
            const to = Math.max(from, Math.floor(change.to * reference.length))
            versions.push([vector.slice(from, to), reference.slice(from, to)])
          }
        }
        for (const [vector, reference] of versions) expect(itemsOf(vector)).toEqual(reference)
      }),
      { ...seeded, numRuns: 100 },
    )
  },
)

test.each([
  [0, 700],
  [700, 0],
  [512, 512],
  [512, 513],
  [600, 1100],
  [1024, 1024],
  [5000, 2],
])('a builder that expects %i elements takes %i', (expected, size) => {
  expect(itemsOf(built(count(size), expected))).toEqual(count(size))
})

test('a range counts down, and parts of it are ranges', () => {
  const range = RtfsVector.range(7, -3, 5)
  expect(itemsOf(range)).toEqual([7, 4, 1, -2, -5])
  expect(itemsOf(range.slice(1, 4))).toEqual([4, 1, -2])
  expect(itemsOf(range.slice(1, 4).slice(1).append(9))).toEqual([1, -2, 9])
  expect(Object.is(RtfsVector.range(0, -1, 1).at(0), 0)).toBe(true)
  expect(RtfsVector.range(5, 1, 0)).toBe(RtfsVector.empty)
})

test('a list behaves as an array with its front end', () => {
  fc.assert(
    fc.property(sizes, fc.array(fc.tuple(step, fraction), { maxLength: 20 }), (size, steps) => {
      const versions: [RtfsList, number[]][] = [[RtfsList.from(count(size)), count(size)]]
      for (const [change, which] of steps) {
        const [list, reference] = versions[Math.floor(which * (versions.length - 1))]!
        if (change.kind === 'slice') {
          const from = Math.floor(change.from * reference.length)
          const to = Math.max(from, Math.floor(change.to * reference.length))
          versions.push([list.slice(from, to), reference.slice(from, to)])
        } else {
          versions.push([list.prepend(change.value), [change.value, ...reference]])
        }
      }
      for (const [list, reference] of versions) expect(itemsOf(list)).toEqual(reference)
    }),
    { ...seeded, numRuns: 200 },
  )
})

test('empty ones are shared and stay empty', () => {
  RtfsVector.empty.append(1)
  RtfsList.empty.prepend(1)
  expect(RtfsVector.from([])).toBe(RtfsVector.empty)
  expect(RtfsVector.from([1]).slice(1)).toBe(RtfsVector.empty)
  expect(RtfsList.from([])).toBe(RtfsList.empty)
  expect(RtfsList.from([1]).slice(1)).toBe(RtfsList.empty)
  expect(RtfsVector.empty.size + RtfsList.empty.size).toBe(0)
})

test('from copies an array, adopt keeps it', () => {
  const array: Value[] = [1, 2]
  const copied = RtfsVector.from(array)
  array.push(3)
  expect(itemsOf(copied)).toEqual([1, 2])
  expect(itemsOf(RtfsVector.adopt([1, 2]))).toEqual([1, 2])
})

test('a list made from a vector does not change it', () => {
  const vector = RtfsVector.from([1, 2, 3])
  const list = RtfsList.from(vector).prepend(0)
  expect(itemsOf(list)).toEqual([0, 1, 2, 3])
  expect(itemsOf(vector.append(4))).toEqual([1, 2, 3, 4])
  expect(itemsOf(list)).toEqual([0, 1, 2, 3])
})

test.each<[string, () => void]>([
  [
    'walking down a vector',
    () => {
      for (let rest = RtfsVector.from(count(200_000)); rest.size > 0; rest = rest.slice(1)) rest.at(0)
    },
  ],
  [
    'walking down a list',
    () => {
      for (let rest = RtfsList.from(count(200_000)); rest.size > 0; rest = rest.slice(1)) rest.at(0)
    },
  ],
  [
    'setting every element',
    () => {
      let vector = RtfsVector.from(count(100_000))
      for (let i = 0; i < 20_000; i++) vector = vector.set(i * 5, 0)
    },
  ],
  [
    'many branches of one vector',
    () => {
      const vector = RtfsVector.from(count(100_000))
      for (let i = 0; i < 20_000; i++) vector.append(i)
    },
  ],
  [
    'a queue',
    () => {
      let queue = RtfsVector.from(count(1000))
      for (let i = 0; i < 200_000; i++) queue = queue.append(i).slice(1)
    },
  ],
])('%s does not take quadratic time', (_, run) => {
  const started = performance.now()
  run()
  expect(performance.now() - started).toBeLessThan(2000)
})
