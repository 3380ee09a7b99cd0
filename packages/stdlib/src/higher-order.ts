import {
  invalidArgument,
  isTruthy,
  type MapKey,
  RtfsMapBuilder,
  type RtfsSequence,
  RtfsVector,
  RtfsVectorBuilder,
  type Value,
} from '@rtfs/core'
import { mapKeyOf, sequenceButNoMap, sequenceOf, sliceOf } from './arguments.js'
import type { BuiltinDefinition, LibraryContext, StepImplementation } from './builtin.js'
import { accountGrowth, made } from './charges.js'
import { define } from './define.js'
import { pass } from './passes.js'
import { callable, collection, sequence } from './signatures.js'
import { filterEach, mapEach, reduceEach } from './walks.js'

/** Functions that call a function for the elements of a collection (LANGUAGE §13.4, §13.5). */
export function higherOrder(): readonly BuiltinDefinition[] {
  return [
    define({
      name: 'map',
      section: '13.5',
      signature: `[:=> [${callable} ${sequence}] [:vector :any]]`,
      doc: 'A vector of the results for every element. Takes one collection, which may not be a map.',
      examples: {
        '(map inc [1 2])': '[2 3]',
        '(map str "añ")': '["a" "ñ"]',
        '(map inc {:a 1})': '! TypeError',
        '(map inc nil)': '[]',
      },
      implementation: mapping('map'),
    }),
    define({
      name: 'mapv',
      section: '13.5',
      signature: `[:=> [${callable} ${sequence}] [:vector :any]]`,
      doc: 'The same as `map`.',
      examples: { '(mapv inc [1 2])': '[2 3]' },
      implementation: mapping('mapv'),
    }),
    define({
      name: 'mapcat',
      section: '13.5',
      signature: `[:=> [${callable} ${sequence}] [:vector :any]]`,
      doc: 'A vector of the elements of all results, each of which must be a collection.',
      examples: { '(mapcat list [1 2])': '[1 2]', '(mapcat identity [[1] nil [2 3]])': '[1 2 3]' },
      implementation: pass(([fn, c], context) => {
        const results: Value[] = []
        return {
          fn: fn!,
          items: sequenceButNoMap(c!, 'mapcat', context.meter),
          take(result) {
            const part = sequenceOf(result, 'mapcat', context.meter)
            context.meter.charge(part.size)
            accountGrowth(context.meter, results.length + part.size, part.size)
            for (let i = 0; i < part.size; i++) results.push(part.at(i))
          },
          finish: () => RtfsVector.adopt(results),
        }
      }),
    }),
    define({
      name: 'map-indexed',
      section: '13.5',
      signature: `[:=> [${callable} ${sequence}] [:vector :any]]`,
      doc: 'A vector of the results for every position and element.',
      examples: { '(map-indexed vector [:a])': '[[0 :a]]' },
      implementation: pass(([fn, c], context) => {
        const items = sequenceButNoMap(c!, 'map-indexed', context.meter)
        context.meter.elements(items.size)
        const results: Value[] = []
        return {
          fn: fn!,
          items,
          before: index => index,
          take(result) {
            results.push(result)
          },
          finish: () => RtfsVector.adopt(results),
        }
      }),
    }),
    define({
      name: 'filter',
      section: '13.5',
      signature: `[:=> [${callable} ${collection}] [:vector :any]]`,
      doc: 'A vector of the elements for which the function is truthy. A map gives its `[k v]` entries.',
      examples: { '(filter odd? [1 2 3])': '[1 3]', '(filter last {:a 1 :b nil})': '[[:a 1]]' },
      implementation: keeping('filter', true),
    }),
    define({
      name: 'remove',
      section: '13.4',
      signature: `[:=> [${callable} ${collection}] [:vector :any]]`,
      doc: 'A vector of the elements for which the function is falsy.',
      examples: { '(remove odd? [1 2 3])': '[2]' },
      implementation: keeping('remove', false),
    }),
    define({
      name: 'reduce',
      section: '13.5',
      signature: `[:=> [${callable} :any & ${collection}] :any]`,
      max: 3,
      doc: 'Folds from the left: the function gets what has been gathered and the next element. Without a start value the first element is it.',
      examples: {
        '(reduce + 0 [1 2 3])': '6',
        '(reduce + [])': '! InvalidArgument',
        '(reduce + 7 [])': '7',
        '(reduce max [3 9 4])': '9',
      },
      implementation: folding(),
    }),
    define({
      name: 'every?',
      section: '13.5',
      signature: `[:=> [${callable} ${collection}] :bool]`,
      doc: 'True when the function is truthy for every element; stops at the first for which it is not.',
      examples: {
        '(every? odd? [1 3])': 'true',
        '(every? odd? [1 2 3])': 'false',
        '(every? odd? [])': 'true',
      },
      implementation: deciding('every?', { stopAt: false, otherwise: true }),
    }),
    define({
      name: 'some?',
      section: '13.5',
      signature: `[:=> [:any & ${collection}] :bool]`,
      max: 2,
      doc: 'With a function and a collection: true when the function is truthy for some element. With one argument: true unless it is nil.',
      examples: { '(some? nil)': 'false', '(some? odd? [2 3])': 'true', '(some? odd? [])': 'false' },
      implementation: someOrNotNil(),
    }),
    define({
      name: 'some',
      section: '13.5',
      signature: `[:=> [${callable} ${collection}] :any]`,
      doc: 'The first truthy result, or nil.',
      examples: { '(some :a [{:b 1} {:a 2}])': '2', '(some odd? [2])': 'nil' },
      implementation: pass(([fn, c], context) => {
        let found: Value = null
        return {
          fn: fn!,
          items: sequenceOf(c!, 'some', context.meter),
          take(result) {
            if (!isTruthy(result)) return false
            found = result
            return true
          },
          finish: () => found,
        }
      }),
    }),
    define({
      name: 'take-while',
      section: '13.4',
      signature: `[:=> [${callable} ${collection}] [:union [:vector :any] :string]]`,
      doc: 'The elements before the first for which the function is falsy. A string stays a string.',
      examples: { '(take-while odd? [1 3 4 5])': '[1 3]', '(take-while (fn [c] (= c "a")) "aab")': '"aa"' },
      implementation: splitting('take-while', 'before'),
    }),
    define({
      name: 'drop-while',
      section: '13.4',
      signature: `[:=> [${callable} ${collection}] [:union [:vector :any] :string]]`,
      doc: 'The elements from the first on for which the function is falsy. A string stays a string.',
      examples: { '(drop-while odd? [1 3 4 5])': '[4 5]', '(drop-while odd? [])': '[]' },
      implementation: splitting('drop-while', 'behind'),
    }),
    define({
      name: 'group-by',
      section: '13.4',
      signature: `[:=> [${callable} ${collection}] [:map-of :any [:vector :any]]]`,
      doc: 'A map from each result, which must be a legal map key, to a vector of the elements that gave it.',
      examples: {
        '(group-by odd? [1 2 3])': '{true [1 3] false [2]}',
        '(group-by float [1])': '! TypeError',
      },
      implementation: pass(([fn, c], context) => {
        const places = new RtfsMapBuilder()
        const keys: MapKey[] = []
        const groups: Value[][] = []
        return {
          fn: fn!,
          items: sequenceOf(c!, 'group-by', context.meter),
          take(result, item) {
            const key = mapKeyOf(result, 'group-by')
            const place = places.get(key)
            // A new group is an entry of the map as well.
            context.meter.elements(place === undefined ? 3 : 1)
            if (place !== undefined) {
              groups[place as number]!.push(item)
              return
            }
            places.set(key, groups.length)
            keys.push(key)
            groups.push([item])
          },
          finish() {
            const grouped = new RtfsMapBuilder()
            for (const [place, key] of keys.entries()) grouped.set(key, RtfsVector.adopt(groups[place]!))
            return grouped.build()
          },
        }
      }),
    }),
  ]
}

// The three that programs spend their time in have walks of their own: what `pass` would do, without its calls.

function mapping(name: string): StepImplementation {
  const { steps } = pass(([fn, c], context) => {
    const items = sequenceButNoMap(c!, name, context.meter)
    context.meter.elements(items.size)
    const results: Value[] = []
    return {
      fn: fn!,
      items,
      take(result) {
        results.push(result)
      },
      finish: () => RtfsVector.adopt(results),
    }
  })
  return {
    kind: 'steps',
    steps,
    direct([fn, c], { meter }, invoke, prepared) {
      const items = sequenceButNoMap(c!, name, meter)
      meter.elements(items.size)
      const results = new RtfsVectorBuilder(items.size)
      if (prepared !== undefined) prepared.map(fn!, items, results)
      else mapEach(a => invoke(fn!, [a]), items, results, meter)
      return results.build()
    },
  }
}

/** Keeps the elements whose result is truthy, or those whose result is not. */
function keeping(name: string, wanted: boolean): StepImplementation {
  const { steps } = pass(([fn, c], context) => {
    const kept: Value[] = []
    return {
      fn: fn!,
      items: sequenceOf(c!, name, context.meter),
      take(result, item) {
        if (isTruthy(result) !== wanted) return
        context.meter.elements(1)
        kept.push(item)
      },
      finish: () => RtfsVector.adopt(kept),
    }
  })
  return {
    kind: 'steps',
    steps,
    direct([fn, c], { meter }, invoke, prepared) {
      const items = sequenceOf(c!, name, meter)
      const kept = new RtfsVectorBuilder()
      if (prepared !== undefined) prepared.filter(fn!, items, wanted, kept)
      else filterEach(a => invoke(fn!, [a]), items, wanted, kept, meter)
      return kept.build()
    },
  }
}

/** `reduce`. */
function folding(): StepImplementation {
  const start = (args: readonly Value[], { meter }: LibraryContext) => {
    const items = sequenceOf(args[args.length - 1]!, 'reduce', meter)
    const seeded = args.length === 3
    if (!seeded && items.size === 0) {
      throw invalidArgument('reduce of an empty collection without a start value')
    }
    return { fn: args[0]!, items, from: seeded ? 0 : 1, gathered: seeded ? args[1]! : items.at(0) }
  }
  const { steps } = pass((args, context) => {
    const { fn, items, from, gathered: first } = start(args, context)
    let gathered = first
    return {
      fn,
      items,
      from,
      before: () => gathered,
      take(result) {
        gathered = result
      },
      finish: () => gathered,
    }
  })
  return {
    kind: 'steps',
    steps,
    direct(args, context, invoke, prepared) {
      const { fn, items, from, gathered } = start(args, context)
      if (prepared !== undefined) return prepared.reduce(fn, gathered, items, from)
      return reduceEach((a, b) => invoke(fn, [a, b]), gathered, items, from, context.meter)
    },
  }
}

/** A boolean that the first result of the given truth decides. */
function deciding(
  name: string,
  { stopAt, otherwise }: { readonly stopAt: boolean; readonly otherwise: boolean },
): StepImplementation {
  return pass(([fn, c], context) => {
    let answer = otherwise
    return {
      fn: fn!,
      items: sequenceOf(c!, name, context.meter),
      take(result) {
        if (isTruthy(result) !== stopAt) return false
        answer = stopAt
        return true
      },
      finish: () => answer,
    }
  })
}

function someOrNotNil(): StepImplementation {
  const some = deciding('some?', { stopAt: true, otherwise: false })
  return {
    kind: 'steps',
    *steps(args, context) {
      return args.length === 1 ? args[0] !== null : yield* some.steps(args, context)
    },
    direct: (args, context, invoke, prepared) =>
      args.length === 1 ? args[0] !== null : some.direct!(args, context, invoke, prepared),
  }
}

/** Finds the end of the elements for which the function is truthy; the result is what lies before or behind it. */
function splitting(name: string, part: 'before' | 'behind'): StepImplementation {
  return pass(([fn, c], context) => {
    const items = sequenceOf(c!, name, context.meter)
    let end = items.size
    return {
      fn: fn!,
      items,
      take(result, _, index) {
        if (isTruthy(result)) return false
        end = index
        return true
      },
      finish() {
        if (part === 'before') return sliceLike(c!, items, 0, end, context)
        // What was called for is paid for; the rest is only taken over.
        context.meter.charge(Math.max(0, items.size - end - 1))
        return sliceLike(c!, items, end, items.size, context)
      },
    }
  })
}

/** The elements from `start` to `end` in a collection like `source`: a text of a text, otherwise a vector. */
function sliceLike(
  source: Value,
  items: RtfsSequence,
  start: number,
  end: number,
  { meter }: LibraryContext,
): Value {
  const kept = sliceOf(items, start, end)
  if (typeof source === 'string') return made(meter, kept.join(''))
  meter.elements(kept.length)
  return RtfsVector.adopt(kept)
}
