import { RtfsVector, type Value } from '@rtfs/core'
import { expect, test } from 'vitest'
import { findBuiltin } from './index.js'
import { outcome, outcomeOf, Run } from './library.test-util.js'

test.each([
  [
    '(parse-json "[1, 1.0, 1e2, -0, 9223372036854775807, 9223372036854775808]")',
    '[1 1.0 100.0 0 9223372036854775807 9223372036854776000.0]',
  ],
  ['(parse-json "{\\":a\\":\\"b\\"}" {:keys :tagged})', '{:a "b"}'],
  ['(parse-json "{\\"a\\":1}" {})', '{"a" 1}'],
  ['(parse-json "{\\"a\\":1}" {:keys :string})', '{"a" 1}'],
  ['(parse-json "1" {:keys :other})', '! InvalidArgument'],
  ['(parse-json "1" {:keys "keyword"})', '! InvalidArgument'],
  ['(parse-json "1" 5)', '! TypeError'],
  ['(parse-json "1 2")', '! JsonError'],
  ['(parse-json "")', '! JsonError'],
  ['(parse-json nil)', '! TypeError'],
  ['(tool/parse-json "1")', '1'],
  ['(tool:parse-json "1")', '1'],
])('reading: %s => %s', (source, expected) => expect(outcome(source)).toBe(expected))

test.each([
  ['(serialize-json {:a :b "c" [1 nil true]})', '"{\\"a\\":\\"b\\",\\"c\\":[1,null,true]}"'],
  ['(serialize-json 9223372036854775807)', '"9223372036854775807"'],
  ["(serialize-json '(1.0 1e21))", '"[1.0,1.0e21]"'],
  ['(serialize-json 2026-01-31T08:00:00Z)', '"\\"2026-01-31T08:00:00Z\\""'],
  ['(serialize-json {:a 1 "a" 2})', '! JsonError'],
  ["(serialize-json 'a)", '! JsonError'],
  ['(serialize-json ##NaN)', '! JsonError'],
  ['(serialize-json (ex-info "m" {}))', '! JsonError'],
  ['(serialize-json :a {:keys :tagged})', '"\\":a\\""'],
  ['(serialize-json :a {:keys :keyword})', '! InvalidArgument'],
  ['(serialize-json-pretty [])', '"[]"'],
  ['(serialize-json-pretty {:a 1} {:keys :tagged})', '"{\\n  \\":a\\": 1\\n}"'],
  ['(parse-json (serialize-json {:a [:b "c"]} {:keys :tagged}) {:keys :tagged})', '{:a [:b "c"]}'],
  ['(serialize-json)', '! ArityMismatch'],
])('writing: %s => %s', (source, expected) => expect(outcome(source)).toBe(expected))

test('a value that shares its parts many times over ends as a budget', () => {
  let shared: Value = 1
  for (let i = 0; i < 60; i++) shared = RtfsVector.from([shared, shared])
  const run = new Run('fast', { collectionSize: 1e5 })
  expect(outcomeOf(() => run.call(findBuiltin('serialize-json')!, [shared]))).toBe('! BudgetExhausted')
})

test('what is read is accounted', () => {
  const run = new Run()
  run.evaluate('(parse-json "[1,2,3,[4]]")')
  expect(run.meter.allocatedBytes).toBeGreaterThanOrEqual(5 * 16)
})
