import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MergeSort } from './merge-sort.js'

function sorted<Item>(items: readonly Item[], compare: (a: Item, b: Item) => number): [Item[], number] {
  const sort = new MergeSort(items)
  let comparisons = 0
  while (!sort.done) {
    comparisons++
    sort.answer(compare(sort.right, sort.left) < 0)
  }
  return [sort.sorted, comparisons]
}

test('sorts like the engine, equal ones as they stood', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ key: fc.integer({ min: 0, max: 5 }), at: fc.nat() }), { maxLength: 70 }),
      items => {
        const byKey = (a: { key: number }, b: { key: number }): number => a.key - b.key
        expect(sorted(items, byKey)[0]).toEqual([...items].sort(byKey))
      },
    ),
  )
})

test.each([0, 1, 2, 3, 8, 100, 1000])('%i items take at most n log n comparisons', n => {
  const items = Array.from({ length: n }, (_, i) => (i * 7919) % 1009)
  const [got, comparisons] = sorted(items, (a, b) => a - b)
  expect(got).toEqual([...items].sort((a, b) => a - b))
  expect(comparisons).toBeLessThanOrEqual(n * Math.ceil(Math.log2(Math.max(1, n))))
})

test('an answer that makes no sense still comes to an end', () => {
  let odd = false
  const [got] = sorted([3, 1, 2, 5, 4], () => ((odd = !odd) ? -1 : 1))
  expect([...got].sort()).toEqual([1, 2, 3, 4, 5])
})
