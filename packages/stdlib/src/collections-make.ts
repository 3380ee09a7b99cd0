import {
  arityMismatch,
  integer,
  invalidArgument,
  type MapKey,
  RtfsList,
  RtfsMapBuilder,
  RtfsVector,
  type Value,
} from '@rtfs/core'
import { indexOf, integerOf, mapKeyOf, sequenceOf } from './arguments.js'
import type { BuiltinDefinition, LibraryContext } from './builtin.js'
import { chargeMade } from './charges.js'
import { conjoin, put } from './collections-update.js'
import { binary, define, unary, variadic } from './define.js'
import { collection } from './signatures.js'

/** Functions that make a collection (LANGUAGE §13.4). */
export function collectionMakers(): readonly BuiltinDefinition[] {
  return [
    define({
      name: 'vector',
      section: '13.4',
      signature: '[:=> [& :any] [:vector :any]]',
      doc: 'A vector of the arguments.',
      examples: { '(vector 1 2)': '[1 2]', '(vector)': '[]' },
      total: true,
      implementation: variadic((args, { meter }) => {
        chargeMade(meter, args.length)
        return RtfsVector.from(args)
      }),
    }),
    define({
      name: 'list',
      section: '13.4',
      signature: '[:=> [& :any] [:list :any]]',
      doc: 'A list of the arguments.',
      examples: { '(list 1 2)': '(1 2)', '(list)': '()' },
      total: true,
      implementation: variadic((args, { meter }) => {
        chargeMade(meter, args.length)
        return RtfsList.from(args)
      }),
    }),
    define({
      name: 'hash-map',
      section: '13.4',
      signature: '[:=> [& :any] :map]',
      doc: 'A map of the keys and values given in turn.',
      examples: {
        '(hash-map :a 1)': '{:a 1}',
        '(hash-map :a 1 :a 2)': '{:a 2}',
        '(hash-map :a)': '! ArityMismatch',
        '(hash-map 1.5 1)': '! TypeError',
      },
      implementation: variadic((args, context) => {
        if (args.length % 2 !== 0) throw arityMismatch('hash-map', 'an even number', args.length)
        const builder = new RtfsMapBuilder()
        for (let i = 0; i < args.length; i += 2)
          put(builder, mapKeyOf(args[i]!, 'hash-map'), args[i + 1]!, context)
        return builder.build()
      }),
    }),
    define({
      name: 'vec',
      section: '13.4',
      signature: `[:=> [${collection}] [:vector :any]]`,
      doc: 'A vector of the elements: of a map its `[k v]` entries, of a string its characters.',
      examples: {
        "(vec '(1 2))": '[1 2]',
        '(vec {:a 1})': '[[:a 1]]',
        '(vec "añ")': '["a" "ñ"]',
        '(vec nil)': '[]',
      },
      total: true,
      implementation: unary((c, { meter }) => {
        const items = sequenceOf(c, 'vec', meter)
        if (items instanceof RtfsVector) return items
        chargeMade(meter, items.size)
        return RtfsVector.adopt(items.toArray())
      }),
    }),
    define({
      name: 'into',
      section: '13.4',
      signature: `[:=> [[:union [:seq :any] :map :nil] ${collection}] [:union [:seq :any] :map]]`,
      doc: 'The first collection with each element of the second added as by `conj`.',
      examples: {
        '(into {} [[:a 1]])': '{:a 1}',
        "(into [1] '(2 3))": '[1 2 3]',
        "(into '() [1 2])": '(2 1)',
        '(into nil "ab")': '["a" "b"]',
      },
      implementation: binary((c, d, context) =>
        conjoin(c, sequenceOf(d, 'into', context.meter).toArray(), 'into', context),
      ),
    }),
    define({
      name: 'zipmap',
      section: '13.4',
      signature: `[:=> [${collection} ${collection}] :map]`,
      doc: 'A map of the keys to the values at the same position, up to the shorter.',
      examples: { '(zipmap [:a] [1])': '{:a 1}', '(zipmap [:a :b] [1])': '{:a 1}', '(zipmap nil [1])': '{}' },
      implementation: binary((ks, xs, context) => {
        const keys = sequenceOf(ks, 'zipmap', context.meter)
        const values = sequenceOf(xs, 'zipmap', context.meter)
        const builder = new RtfsMapBuilder()
        const size = Math.min(keys.size, values.size)
        for (let i = 0; i < size; i++) put(builder, mapKeyOf(keys.at(i), 'zipmap'), values.at(i), context)
        return builder.build()
      }),
    }),
    define({
      name: 'frequencies',
      section: '13.4',
      signature: `[:=> [${collection}] [:map-of :any :int]]`,
      doc: 'A map from each element, which must be a legal map key, to the number of times it occurs.',
      examples: {
        '(frequencies [:a :a])': '{:a 2}',
        '(frequencies "aba")': '{"a" 2 "b" 1}',
        '(frequencies [1.5])': '! TypeError',
      },
      implementation: unary((c, context) => {
        const items = sequenceOf(c, 'frequencies', context.meter)
        const builder = new RtfsMapBuilder()
        for (let i = 0; i < items.size; i++) {
          const key: MapKey = mapKeyOf(items.at(i), 'frequencies')
          put(builder, key, ((builder.get(key) ?? 0) as number) + 1, context)
        }
        return builder.build()
      }),
    }),
    define({
      name: 'range',
      section: '13.4',
      signature: '[:=> [:int & :int] [:vector :int]]',
      max: 3,
      doc: 'The integers from the start (default 0) to the end, exclusive, in steps (default 1).',
      examples: {
        '(range 1 4)': '[1 2 3]',
        '(range 3)': '[0 1 2]',
        '(range 5 0 -2)': '[5 3 1]',
        '(range 0 5 0)': '! InvalidArgument',
        '(range 1000000000000)': '! BudgetExhausted',
      },
      implementation: variadic(
        (args, context) =>
          args.length === 1
            ? range(0, args[0]!, 1, context)
            : range(args[0]!, args[1]!, args.length === 2 ? 1 : args[2]!, context),
        {
          call1: (end, context) => range(0, end, 1, context),
          call2: (start, end, context) => range(start, end, 1, context),
          call3: range,
        },
      ),
    }),
    define({
      name: 'numbers',
      section: '13.4',
      signature: '[:=> [:int :int] [:vector :int]]',
      doc: 'The integers from the first to the second, inclusive.',
      examples: { '(numbers 1 3)': '[1 2 3]', '(numbers 3 1)': '[]' },
      implementation: binary((start, end, context) => {
        if (isPlain(start) && isPlain(end)) return range(start, end + 1, 1, context)
        const from = BigInt(integerOf(start, 'numbers'))
        return integers(from, BigInt(integerOf(end, 'numbers')) - from + 1n, 1n, context)
      }),
    }),
    define({
      name: 'repeat',
      section: '13.4',
      signature: '[:=> [:int :any] [:vector :any]]',
      doc: 'A vector of as many copies of a value.',
      examples: {
        '(repeat 2 :a)': '[:a :a]',
        '(repeat -1 :a)': '[]',
        '(repeat 1000000000 :a)': '! BudgetExhausted',
      },
      implementation: binary((i, x, { meter }) => {
        const count = Math.max(0, indexOf(i, 'repeat'))
        chargeMade(meter, count)
        const copies: Value[] = []
        for (let at = 0; at < count; at++) copies.push(x)
        return RtfsVector.adopt(copies)
      }),
    }),
  ]
}

/** Within these bounds sums, differences and the products behind a range are exact. */
const plain = 2 ** 51

function isPlain(value: Value): value is number {
  return typeof value === 'number' && value >= -plain && value <= plain
}

function range(start: Value, end: Value, step: Value, context: LibraryContext): Value {
  if (isPlain(start) && isPlain(end) && isPlain(step) && step !== 0) {
    // A quotient of integers below 2^53 is rounded by less than what it lacks to the next integer.
    const size = Math.max(0, Math.ceil((end - start) / step))
    chargeMade(context.meter, size)
    return RtfsVector.range(start, step, size)
  }
  const from = BigInt(integerOf(start, 'range'))
  const distance = BigInt(integerOf(end, 'range')) - from
  const by = BigInt(integerOf(step, 'range'))
  if (by === 0n) throw invalidArgument('range needs a step other than 0')
  // Rounded up: the last step may be cut short. Division of bigints rounds towards zero.
  const size = distance / by + (distance % by !== 0n && distance < 0n === by < 0n ? 1n : 0n)
  return integers(from, size, by, context)
}

/** A vector of `size` integers from `from` on. A size that no vector may have fails before anything is made. */
function integers(from: bigint, size: bigint, step: bigint, { meter }: LibraryContext): Value {
  const count = size <= 0n ? 0 : Number(size)
  chargeMade(meter, count)
  const made: Value[] = []
  for (let i = 0n; i < size; i++) made.push(integer(from + i * step, 'range'))
  return RtfsVector.adopt(made)
}
