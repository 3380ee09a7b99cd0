import {
  defaultLimits,
  float,
  isRtfsError,
  keyword,
  Meter,
  RtfsMap,
  RtfsVector,
  type Value,
} from '@rtfs/core'
import { callPlain, findBuiltin } from '@rtfs/stdlib'
import { expect, test } from 'vitest'
import { unmeteredFunctions } from './abi.js'

const values: readonly Value[] = [
  0,
  7,
  -3,
  9007199254740993n,
  float(2.5),
  float(Number.NaN),
  null,
  true,
  'a text of more than sixty-four code units, so that looking through it would cost something',
  keyword('k'),
  RtfsVector.from([1, 2, 3]),
  RtfsMap.from([['a', 1]]),
]

// Compiled code keeps its own account across calls of these: what they charged would be lost.
test.each([...unmeteredFunctions])('%s charges nothing', name => {
  const builtin = findBuiltin(name)
  expect(builtin?.name).toBe(name)
  const { arity, implementation } = builtin!.definition
  expect(implementation.kind).toBe('plain')
  for (const a of values) {
    for (const b of values) {
      for (const args of [[a], [a, b], [a, b, 1]]) {
        if (args.length < arity.min || args.length > arity.max) continue
        const meter = new Meter(defaultLimits, () => 0)
        const context = { meter, taskContext: null, expansion: undefined, perform: () => null }
        try {
          callPlain(builtin!, args, context)
        } catch (error) {
          if (!isRtfsError(error)) throw error
        }
        expect(meter.spentFuel).toBe(0)
      }
    }
  }
})
