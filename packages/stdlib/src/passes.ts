import type { RtfsSequence, Value } from '@rtfs/core'
import {
  callerOfOne,
  callerOfTwo,
  type Invoke,
  type LibraryContext,
  type PreparedCalls,
  type StepImplementation,
} from './builtin.js'

/**
 * One walk over a collection with a call for each element: what `map`, `filter`, `reduce` and their kin have in
 * common. Both ways of running one are made from this description, so they cannot differ.
 */
export interface Pass {
  readonly fn: Value
  readonly items: RtfsSequence
  /** Position of the first element that is called for; default 0. */
  readonly from?: number
  /** The argument before the element; without it the element is the only one. */
  readonly before?: (index: number) => Value
  /** Takes the result of a call. Giving `true` ends the walk early, giving anything else or nothing goes on. */
  readonly take: (result: Value, item: Value, index: number) => unknown
  /** The value of the whole function. */
  readonly finish: () => Value
}

/** A higher-order function that walks over a collection once. `start` checks the arguments. 1 fuel an element. */
export function pass(start: (args: readonly Value[], context: LibraryContext) => Pass): StepImplementation {
  return {
    kind: 'steps',
    *steps(args, context) {
      const { fn, items, from = 0, before, take, finish } = start(args, context)
      for (let i = from; i < items.size; i++) {
        context.meter.charge(1)
        const item = items.at(i)
        const result = yield { fn, args: before === undefined ? [item] : [before(i), item] }
        if (take(result, item, i) === true) break
      }
      return finish()
    },
    direct: (args, context, invoke, prepared) => walk(start(args, context), context, invoke, prepared),
  }
}

function walk(
  { fn, items, from = 0, before, take, finish }: Pass,
  { meter }: LibraryContext,
  invoke: Invoke,
  prepared: PreparedCalls | undefined,
): Value {
  const { size } = items
  if (before === undefined) {
    const call = callerOfOne(fn, invoke, prepared)
    for (let i = from; i < size; i++) {
      meter.charge(1)
      const item = items.at(i)
      if (take(call(item), item, i) === true) break
    }
  } else {
    const call = callerOfTwo(fn, invoke, prepared)
    for (let i = from; i < size; i++) {
      meter.charge(1)
      const item = items.at(i)
      if (take(call(before(i), item), item, i) === true) break
    }
  }
  return finish()
}
