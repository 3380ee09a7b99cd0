import { isRtfsError, type Limits, type RtfsError } from '@rtfs/core'
import { expect, test } from 'vitest'
import { bytesOf, fuelOf, Run, type Way } from './library.test-util.js'

test.each([
  ['(range 10)', 10],
  ['(repeat 3 1)', 3],
  ['(first [1 2 3])', 0],
  ['(nth [1 2 3] 2)', 0],
  ['(get {:a 1} :a)', 0],
  ['(count [1 2 3])', 0],
  ['(map inc [1 2 3])', 3],
  ['(filter odd? [1 2 3])', 3],
  ['(reduce + [1 2 3])', 2],
  ['(reduce + 0 [1 2 3])', 3],
  ['(every? odd? [2 3 5])', 1],
  ['(map str "ab")', 4],
  ['(reverse [1 2 3])', 3],
  ['(take 1 [1 2 3 4])', 1],
  ['(rest [1 2 3])', 0],
  ['(drop-while odd? [1 2 3 4])', 4],
  ['(take-while odd? [1 3 4 5])', 3],
  ['(cons 1 [2 3])', 3],
  ['(conj [1 2 3] 4 5)', 2],
  ['(concat [1 2] [3])', 3],
  ['(assoc {} :a 1 :b 2)', 2],
  ['(merge {:a 1} {:b 2 :c 3})', 2],
  ['(keys {:a 1 :b 2})', 2],
  ['(contains? [1 2 3] 2)', 2],
  ['(= [1 [2 3]] [1 [2 3]])', 4],
  ['(str [1 [2 3]])', 4],
  ['(+ 1 2 3 4)', 0],
  ['(distinct [1 [2 3]])', 4],
  ['(group-by odd? [1 2 3])', 3],
  ['(apply + [1 2 3])', 3],
])('%s costs %i', (source, fuel) => expect(fuelOf(source)).toBe(fuel))

test.each([
  ['(range 10)', 160],
  ['(conj [1 2 3] 4)', 16],
  ['(assoc {:a 1} :b 2)', 32],
  ['(assoc {:a 1} :a 2)', 0],
  ['(merge {:a 1} {:a 2 :b 3})', 32],
  ['(rest [1 2 3 4])', 0],
  ['(str "ab" "cd")', 8],
  ['(map inc [1 2])', 32],
  ['(filter odd? [1 2])', 16],
  ['(string-upper "abc")', 6],
])('%s accounts %i bytes', (source, bytes) => expect(bytesOf(source)).toBe(bytes))

/** The dimension of the budget that a program exhausts. */
function exhausted(source: string, limits: Partial<Limits> = {}, way: Way = 'fast'): string {
  try {
    new Run(way, limits).evaluate(source)
  } catch (error) {
    if (isRtfsError(error, 'BudgetExhausted')) return /: ([\w-]+) /.exec((error as RtfsError).message)![1]!
    throw error
  }
  return 'nothing'
}

test.each([
  ['(range 1000000000000)', {}, 'collection'],
  ['(numbers 0 9223372036854775807)', {}, 'collection'],
  ['(repeat 1000000000 "x")', {}, 'collection'],
  ['(range 10000000)', { allocBytes: 1e6 }, 'memory'],
  ['(range 1000)', { fuel: 999 }, 'fuel'],
  ['(range 1000)', { fuel: 1000 }, 'nothing'],
  ['(conj [1 2 3] 4)', { collectionSize: 3 }, 'collection'],
  ['(into [1] [2 3 4])', { collectionSize: 3 }, 'collection'],
  ['(concat [1 2] [3 4])', { collectionSize: 3 }, 'collection'],
  ['(mapcat identity [[1 2] [3 4]])', { collectionSize: 3 }, 'collection'],
  ['(assoc {1 1 2 2 3 3} 4 4)', { collectionSize: 3 }, 'collection'],
  ['(merge {1 1 2 2} {3 3 4 4})', { collectionSize: 3 }, 'collection'],
  ['(str "ab" "cd")', { collectionSize: 3 }, 'collection'],
  ['(join "," "ab" )', { collectionSize: 2 }, 'collection'],
  ['(string-replace "aaaa" "a" "bb")', { collectionSize: 7 }, 'collection'],
  ['(str (map (fn [i] "xxxxxxxx") [1 2 3]))', { collectionSize: 20 }, 'print-length'],
  ['(vec "abcd")', { collectionSize: 3 }, 'collection'],
  ['(sort [1 2 3 4])', { fuel: 7 }, 'fuel'],
  ['(map inc [1 2 3])', { fuel: 2 }, 'fuel'],
  ['(re-seq "a" "aaaa")', { collectionSize: 3 }, 'collection'],
  ['(parse-json "[1,2,3]")', { allocBytes: 16 }, 'memory'],
])('%s within %j exhausts %s', (source, limits, dimension) => {
  expect(exhausted(source, limits)).toBe(dimension)
})

test('what is too large fails before it is made', () => {
  const started = performance.now()
  for (let i = 0; i < 1000; i++) exhausted('(range 1000000000000)')
  expect(performance.now() - started).toBeLessThan(1000)
})

test('values that share parts cannot be printed for ever', () => {
  let source = '[1 2]'
  for (let i = 0; i < 40; i++) source = `((fn [x] [x x]) ${source})`
  expect(exhausted(`(str ${source})`, { fuel: 100_000 })).toBe('fuel')
  expect(exhausted(`(join "" ${source})`, { collectionSize: 1000 })).toBe('print-length')
})

test('walking down a vector by rest is no new collection at every step', () => {
  let source = '(range 64)'
  for (let i = 0; i < 64; i++) source = `(rest ${source})`
  expect(bytesOf(source)).toBe(64 * 16)
})

test.each(['(str [1] [2])', '(str 123 [2])', '(str 12 [3] [4])', '(str [1] 23 [4])', '(str 1234)'])(
  '%s meets its limits where it does with any number of arguments',
  source => {
    for (const fuel of [0, 1, 2, 3]) {
      for (const collectionSize of [1, 2, 3, 4, 5, 6, 9]) {
        const limits = { fuel, collectionSize }
        expect(exhausted(source, limits, 'fast'), JSON.stringify(limits)).toBe(
          exhausted(source, limits, 'plain'),
        )
      }
    }
  },
)
