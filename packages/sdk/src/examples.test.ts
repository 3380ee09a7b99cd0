import { divisionByZero, float, fromJs, type Value } from '@rtfs/core'
import type { FunctionExample } from '@rtfs/interfaces'
import { expect, test } from 'vitest'
import { matchesExample, runExample } from './examples.js'

test.each<[string, Value, Value, boolean]>([
  ['floats within 1e-9 relative', float(0.1 + 0.2), float(0.3), true],
  ['floats beyond', float(1.000001), float(1), false],
  ['an Integer is no Float', 1, float(1), false],
  ['floats inside collections', fromJs([{ a: 0.1 + 0.2 }]), fromJs([{ a: 0.3 }]), true],
  ['another length', fromJs([1]), fromJs([1, 2]), false],
  ['another key', fromJs({ a: 1 }), fromJs({ b: 1 }), false],
  ['NaN is what NaN was expected to be', float(Number.NaN), float(Number.NaN), true],
])('%s', (_, got, expected, same) => expect(matchesExample(got, expected)).toBe(same))

test('very deep values are compared without recursion', () => {
  let deep: Value = 1
  for (let i = 0; i < 50_000; i++) deep = fromJs([deep])
  expect(matchesExample(deep, deep)).toBe(true)
})

const failing = (): Value => {
  throw divisionByZero()
}

test.each<[string, FunctionExample, () => Value, boolean]>([
  ['the value', { args: [1], expected: 2 }, () => 2, true],
  ['another value', { args: [1], expected: 2 }, () => 3, false],
  ['the error', { args: [], throws: 'DivisionByZero' }, failing, true],
  ['another error', { args: [], throws: 'TypeError' }, failing, false],
  ['a value instead of an error', { args: [], throws: 'TypeError' }, () => 1, false],
])('an example with %s', async (_, example, call, passed) => {
  expect((await runExample(example, call)).passed).toBe(passed)
})

test('a fault that is none of the language is not an answer', async () => {
  const call = (): Value => {
    throw new Error('disk gone')
  }
  await expect(runExample({ args: [], expected: 1 }, call)).rejects.toThrow('disk gone')
})
