import { compareValues, equals, RtfsVector, type Value } from '@rtfs/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findBuiltin } from './index.js'
import { outcome, Run } from './library.test-util.js'
import { anyValue } from './values.test-util.js'

test.each([
  ["(rest '(1 2))", '[2]'],
  ['(rest nil)', '[]'],
  ['(rest {:a 1 :b 2})', '[[:b 2]]'],
  ['(rest "🙂b")', '"b"'],
  ['(rest 5)', '! TypeError'],
  ['(subvec [1 2 3] 3)', '[]'],
  ['(subvec [1 2 3] 1 2)', '[2]'],
  ['(subvec [1 2 3] 2 1)', '! IndexOutOfBounds'],
  ['(subvec [1 2 3] -1)', '! IndexOutOfBounds'],
  ['(subvec [1] 0 2)', '! IndexOutOfBounds'],
  ["(subvec '(1) 0)", '! TypeError'],
  ['(subvec nil 0)', '! TypeError'],
  ['(take 2 "🙂bc")', '"🙂b"'],
  ['(take 1 {:a 1 :b 2})', '[[:a 1]]'],
  ['(take 9223372036854775807 [1])', '[1]'],
  ['(take "1" [1])', '! TypeError'],
  ['(take 1 5)', '! TypeError'],
  ['(drop -1 [1])', '[1]'],
  ['(drop 1 "🙂b")', '"b"'],
  ['(drop 9 "ab")', '""'],
  ["(drop 1 '(1 2))", '[2]'],
  ['(drop 1.0 [1])', '! TypeError'],
  ["(reverse '(1 2))", '[2 1]'],
  ['(reverse nil)', '[]'],
  ['(reverse {:a 1 :b 2})', '[[:b 2] [:a 1]]'],
  ['(reverse 5)', '! TypeError'],
  ['(distinct nil)', '[]'],
  ['(distinct [1 1.0 1 "1" :1])', '[1 1.0 "1" :1]'],
  ['(distinct [0.0 -0.0])', '[0.0]'],
  ['(distinct [##NaN ##NaN [##NaN] [##NaN]])', '[##NaN ##NaN [##NaN] [##NaN]]'],
  ["(distinct [{:a 1 :b [2]} {:b '(2) :a 1}])", '[{:a 1 :b [2]}]'],
  ['(distinct [inc inc dec length count])', '[#<function inc> #<function dec> #<function count>]'],
  ['(distinct "🙂a🙂")', '"🙂a"'],
  ['(distinct [nil false nil true])', '[nil false true]'],
  ['(partition 3 [1 2])', '[[1 2]]'],
  ['(partition 2 "abc")', '[["a" "b"] ["c"]]'],
  ['(partition 9223372036854775807 [1])', '[[1]]'],
  ['(partition -1 [])', '! InvalidArgument'],
  ['(partition 1.0 [])', '! TypeError'],
  ['(partition 0 5)', '! TypeError'],
])('%s => %s', (source, expected) => expect(outcome(source)).toBe(expected))

test('distinct keeps the first of equal values, whatever they are', () => {
  const distinct = findBuiltin('distinct')!
  fc.assert(
    fc.property(fc.array(anyValue, { maxLength: 12 }), items => {
      const kept: Value[] = []
      for (const item of items) if (!kept.some(other => equals(other, item))) kept.push(item)
      const got = new Run().call(distinct, [RtfsVector.from(items)])
      expect(compareValues(got, RtfsVector.from(kept))).toBe(0)
      expect((got as RtfsVector).size).toBe(kept.length)
    }),
    { numRuns: 500 },
  )
})

test('a value that shares its parts many times over is looked at once', () => {
  let shared: Value = 1
  for (let i = 0; i < 60; i++) shared = RtfsVector.from([shared, shared])
  const run = new Run()
  expect((run.call(findBuiltin('distinct')!, [RtfsVector.from([shared, shared])]) as RtfsVector).size).toBe(1)
  expect(run.meter.spentFuel).toBeLessThan(200)
})

test('depth does not matter', () => {
  let deep: Value = 1
  for (let i = 0; i < 200_000; i++) deep = RtfsVector.from([deep])
  expect((new Run().call(findBuiltin('distinct')!, [RtfsVector.from([deep])]) as RtfsVector).size).toBe(1)
})
