import { HostFunction, invalidArgument, keyword, RtfsList, RtfsMap, RtfsVector, type Value } from '@rtfs/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { definitions, findBuiltin } from './index.js'
import { outcome, outcomeOf, Run, type Way } from './library.test-util.js'

test.each([
  ["(map inc '(1 2))", '[2 3]'],
  ['(map inc [])', '[]'],
  ['(map :a [{:a 1} nil])', '[1 nil]'],
  ['(map inc ["a"])', '! TypeError'],
  ['(map 5 [])', '[]'],
  ['(map 5 [1])', '! NotCallable'],
  ['(map {:a 1} [:a])', '! NotCallable'],
  ['(map inc 5)', '! TypeError'],
  ['(map inc [1] [2])', '! ArityMismatch'],
  ['(map + [1])', '[1]'],
  ['(map (fn [a b] a) [1])', '! ArityMismatch'],
  ['(mapv inc {:a 1})', '! TypeError'],
  ['(mapcat vec ["ab" nil])', '["a" "b"]'],
  ['(mapcat identity ["ab" {:a 1}])', '["a" "b" [:a 1]]'],
  ['(mapcat inc [1])', '! TypeError'],
  ['(mapcat identity {:a 1})', '! TypeError'],
  ['(map-indexed (fn [i c] [i c]) "añ")', '[[0 "a"] [1 "ñ"]]'],
  ['(map-indexed vector {:a 1})', '! TypeError'],
])('one result for each: %s => %s', (source, expected) => expect(outcome(source)).toBe(expected))

test.each([
  ['(filter nil? [nil 1 nil])', '[nil nil]'],
  ['(filter identity [nil false 0 ""])', '[0 ""]'],
  ['(filter (fn [c] (!= c "l")) "hello")', '["h" "e" "o"]'],
  ['(filter odd? nil)', '[]'],
  ['(filter odd? 5)', '! TypeError'],
  ['(remove nil? [nil 1])', '[1]'],
  ['(remove second {:a nil :b 1})', '[[:a nil]]'],
  ['(take-while odd? [])', '[]'],
  ['(take-while odd? [1 3])', '[1 3]'],
  ['(take-while odd? [2 3])', '[]'],
  ['(take-while second {:a 1 :b nil :c 2})', '[[:a 1]]'],
  ['(drop-while odd? [1 3])', '[]'],
  ['(drop-while (fn [c] (= c "🙂")) "🙂🙂b🙂")', '"b🙂"'],
  ['(drop-while odd? "")', '""'],
])('some of the elements: %s => %s', (source, expected) => expect(outcome(source)).toBe(expected))

test.each([
  ['(reduce + [5])', '5'],
  ['(reduce + ["a"])', '"a"'],
  ['(reduce + nil)', '! InvalidArgument'],
  ['(reduce + "")', '! InvalidArgument'],
  ['(reduce + 1 nil)', '1'],
  ['(reduce str "abc")', '"abc"'],
  ['(reduce str "" "añ")', '"añ"'],
  ['(reduce (fn [m e] (assoc m (second e) (first e))) {} {:a 1 :b 2})', '{1 :a 2 :b}'],
  ['(reduce - 10 [1 2])', '7'],
  ['(reduce + 1 2)', '! TypeError'],
  ['(reduce +)', '! ArityMismatch'],
  ['(every? odd? nil)', 'true'],
  ['(every? identity [1 nil 5])', 'false'],
  ['(every? odd? [1 2 "a"])', 'false'],
  ['(every? odd? [1 "a" 2])', '! TypeError'],
  ['(some? 0)', 'true'],
  ['(some? false)', 'true'],
  ['(some? odd? nil)', 'false'],
  ['(some? odd? [2 3 "a"])', 'true'],
  ['(some? odd? 5)', '! TypeError'],
  ['(some identity [nil false])', 'nil'],
  ['(some (fn [c] (if (= c "b") 7 nil)) "abc")', '7'],
])('one answer: %s => %s', (source, expected) => expect(outcome(source)).toBe(expected))

test.each([
  ['(group-by count ["a" "bb" "c"])', '{1 ["a" "c"] 2 ["bb"]}'],
  ['(group-by identity "aba")', '{"a" ["a" "a"] "b" ["b"]}'],
  ['(group-by first {:a 1})', '{:a [[:a 1]]}'],
  ['(group-by identity [nil])', '! TypeError'],
  ['(group-by inc nil)', '{}'],
])('groups: %s => %s', (source, expected) => expect(outcome(source)).toBe(expected))

test('an error of a callback comes through as it is, after the calls before it', () => {
  const error = invalidArgument('no')
  const fails = new HostFunction('fails', ([x]) => {
    if (x === 2) throw error
    return x!
  })
  for (const way of ['fast', 'plain'] as const) {
    const run = new Run(way)
    expect(() => run.call(findBuiltin('map')!, [fails, RtfsVector.from([1, 2, 3])])).toThrow(error)
    expect(run.callbacks).toEqual([[1], [2]])
  }
})

const callback: fc.Arbitrary<Value> = fc.constantFrom<Value>(
  findBuiltin('identity')!,
  findBuiltin('odd?')!,
  findBuiltin('count')!,
  findBuiltin('str')!,
  findBuiltin('vector')!,
  findBuiltin('<')!,
  findBuiltin('compare')!,
  keyword('a'),
  null,
)
const element: fc.Arbitrary<Value> = fc.constantFrom<Value>(
  1,
  2,
  3,
  'b',
  'aa',
  null,
  true,
  RtfsVector.from([1]),
)
const collection: fc.Arbitrary<Value> = fc.oneof(
  fc.array(element, { maxLength: 6 }).map(items => RtfsVector.from(items)),
  fc.array(element, { maxLength: 6 }).map(items => RtfsList.from(items)),
  fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 9 }).map(items => RtfsVector.from(items)),
  fc.constantFrom<Value>(null, '', 'ab🙂b', 5, RtfsMap.from([[keyword('a'), 1]])),
)

describe.each(
  definitions()
    .filter(({ implementation }) => implementation.kind === 'steps' && implementation.direct !== undefined)
    .map(({ name }) => name),
)('%s', name => {
  test('gives, charges and calls the same by steps and by native calls', () => {
    const fn = findBuiltin(name)!
    const { min, max } = fn.definition.arity
    const args = fc
      .integer({ min, max: Math.min(max, min + 2) })
      .chain(count =>
        fc.tuple(callback, ...Array.from({ length: count - 1 }, () => fc.oneof(callback, collection))),
      )
      .chain(given => collection.map(last => [...given, last].slice(-Math.max(given.length, 1))))
    const observe = (way: Way, given: readonly Value[], fuel: number) => {
      const run = new Run(way, { fuel })
      const outcome = outcomeOf(() => run.call(fn, given))
      return { outcome, fuel: run.meter.spentFuel, bytes: run.meter.allocatedBytes, callbacks: run.callbacks }
    }
    fc.assert(
      fc.property(args, fc.integer({ min: 0, max: 40 }), (given, fuel) => {
        const plain = observe('plain', given, fuel)
        expect(observe('fast', given, fuel)).toEqual(plain)
        expect(observe('unprepared', given, fuel)).toEqual(plain)
      }),
      { numRuns: 300 },
    )
  })
})
