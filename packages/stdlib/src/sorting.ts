import { isNumber, RtfsVector, toFloat, typeError, typeName, type Value } from '@rtfs/core'
import { sequenceOf } from './arguments.js'
import {
  type BuiltinDefinition,
  callerOfOne,
  callerOfTwo,
  type LibraryContext,
  type Steps,
} from './builtin.js'
import { chargeMade } from './charges.js'
import { orderOf } from './comparison.js'
import { define } from './define.js'
import { MergeSort } from './merge-sort.js'
import { callable, collection } from './signatures.js'

/** Sorting (LANGUAGE §13.4): stable, by the natural order or a comparator. */
export function sorting(): readonly BuiltinDefinition[] {
  return [
    define({
      name: 'sort',
      section: '13.4',
      signature: `[:=> [:any & ${collection}] [:vector :any]]`,
      max: 2,
      doc: 'The elements in order, equal ones as they stood: in natural order, or by a comparator that gives true for "less" or a negative, zero or positive number.',
      examples: {
        '(sort > [1 3 2])': '[3 2 1]',
        '(sort [3 nil "a" 1.5])': '[nil 1.5 3 "a"]',
        '(sort compare "hello")': '["e" "h" "l" "l" "o"]',
        '(sort str [2 1])': '! TypeError',
      },
      implementation: {
        kind: 'steps',
        *steps(args, context) {
          const entries = entriesOf(args[args.length - 1]!, context)
          return yield* sortSteps(entries, args.length === 2 ? args[0] : undefined, 'sort', context)
        },
        direct(args, context, invoke, prepared) {
          const entries = entriesOf(args[args.length - 1]!, context)
          if (args.length === 1) return sortNaturally(entries, context)
          return sortDirectly(entries, callerOfTwo(args[0]!, invoke, prepared), 'sort', context)
        },
      },
    }),
    define({
      name: 'sort-by',
      section: '13.4',
      signature: `[:=> [${callable} :any & ${collection}] [:vector :any]]`,
      max: 3,
      doc: 'The elements in the order of their keys, which the function gives; a comparator for the keys may stand before the collection.',
      examples: {
        '(sort-by count ["bb" "a"])': '["a" "bb"]',
        '(sort-by :n > [{:n 1} {:n 2}])': '[{:n 2} {:n 1}]',
      },
      implementation: {
        kind: 'steps',
        *steps(args, context) {
          const items = sequenceOf(args[args.length - 1]!, 'sort-by', context.meter)
          chargeMade(context.meter, items.size)
          const entries: Entry[] = []
          for (let i = 0; i < items.size; i++) {
            const value = items.at(i)
            entries.push({ key: yield { fn: args[0]!, args: [value] }, value })
          }
          return yield* sortSteps(entries, args.length === 3 ? args[1] : undefined, 'sort-by', context)
        },
        direct(args, context, invoke, prepared) {
          const items = sequenceOf(args[args.length - 1]!, 'sort-by', context.meter)
          chargeMade(context.meter, items.size)
          const keyOf = callerOfOne(args[0]!, invoke, prepared)
          const entries: Entry[] = []
          for (let i = 0; i < items.size; i++) {
            const value = items.at(i)
            entries.push({ key: keyOf(value), value })
          }
          if (args.length === 2) return sortNaturally(entries, context)
          return sortDirectly(entries, callerOfTwo(args[1]!, invoke, prepared), 'sort-by', context)
        },
      },
    }),
  ]
}

/** What is compared, and what is put in order. */
interface Entry {
  readonly key: Value
  readonly value: Value
}

function entriesOf(collection: Value, { meter }: LibraryContext): Entry[] {
  const items = sequenceOf(collection, 'sort', meter)
  chargeMade(meter, items.size)
  const entries: Entry[] = []
  for (let i = 0; i < items.size; i++) entries.push({ key: items.at(i), value: items.at(i) })
  return entries
}

function* sortSteps(
  entries: readonly Entry[],
  comparator: Value | undefined,
  operation: string,
  context: LibraryContext,
): Steps {
  if (comparator === undefined) return sortNaturally(entries, context)
  const sort = new MergeSort(entries)
  while (!sort.done) {
    context.meter.charge(1)
    const answer = yield { fn: comparator, args: [sort.right.key, sort.left.key] }
    sort.answer(isBefore(answer, operation))
  }
  return valuesOf(sort)
}

function sortDirectly(
  entries: readonly Entry[],
  comparator: (a: Value, b: Value) => Value,
  operation: string,
  context: LibraryContext,
): Value {
  const sort = new MergeSort(entries)
  while (!sort.done) {
    context.meter.charge(1)
    const answer = comparator(sort.right.key, sort.left.key)
    sort.answer(isBefore(answer, operation))
  }
  return valuesOf(sort)
}

function sortNaturally(entries: readonly Entry[], { meter }: LibraryContext): Value {
  const sort = new MergeSort(entries)
  while (!sort.done) {
    meter.charge(1)
    sort.answer(orderOf(sort.right.key, sort.left.key, meter) < 0)
  }
  return valuesOf(sort)
}

/** Whether a comparator's answer puts its first argument before its second. */
function isBefore(answer: Value, operation: string): boolean {
  if (typeof answer === 'boolean') return answer
  if (isNumber(answer)) return toFloat(answer) < 0
  throw typeError(operation, 'boolean or number from the comparator', typeName(answer))
}

function valuesOf(sort: MergeSort<Entry>): Value {
  return RtfsVector.adopt(sort.sorted.map(entry => entry.value))
}
