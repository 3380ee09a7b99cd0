import {
  arityMismatch,
  indexOutOfBounds,
  invalidArgument,
  isMapKey,
  type MapKey,
  RtfsList,
  RtfsMap,
  RtfsMapBuilder,
  RtfsSequence,
  RtfsVector,
  typeError,
  typeName,
  type Value,
} from '@rtfs/core'
import { indexOf, mapKeyOf, mapOf, sequenceOf, sequentialOf } from './arguments.js'
import type { BuiltinDefinition, LibraryContext, Steps } from './builtin.js'
import { accountGrowth, chargeMade } from './charges.js'
import { binary, define, ternary, variadic } from './define.js'
import { callable, collection, mapKey, mapOrNil, sequential } from './signatures.js'

/** Functions that give a changed copy of a collection (LANGUAGE §13.4). */
export function collectionUpdates(): readonly BuiltinDefinition[] {
  return [
    define({
      name: 'conj',
      section: '13.4',
      signature: `[:=> [[:union [:seq :any] :map :nil] & :any] [:union [:seq :any] :map]]`,
      doc: 'Adds elements: at the end of a vector, at the front of a list, as `[k v]` pairs or maps to a map. Nil becomes a vector.',
      examples: {
        '(conj [1] 2 3)': '[1 2 3]',
        "(conj '(1) 2 3)": '(3 2 1)',
        '(conj {:a 1} [:b 2])': '{:a 1 :b 2}',
        '(conj {:a 1} :b 2)': '{:a 1 :b 2}',
        '(conj nil 1)': '[1]',
      },
      implementation: variadic((args, context) => conjoin(args[0]!, args.slice(1), 'conj', context), {
        call2: (target, item, context) => {
          if (target instanceof RtfsVector) {
            context.meter.charge(1)
            accountGrowth(context.meter, target.size + 1, 1)
            return target.append(item)
          }
          return conjoin(target, [item], 'conj', context)
        },
      }),
    }),
    define({
      name: 'cons',
      section: '13.4',
      signature: `[:=> [:any ${collection}] [:vector :any]]`,
      doc: 'A vector that starts with the first argument and goes on with the elements of the second.',
      examples: { '(cons 0 [1])': '[0 1]', '(cons 1 nil)': '[1]', '(cons :x "ab")': '[:x "a" "b"]' },
      total: true,
      implementation: binary((first, rest, context) => {
        const items = sequenceOf(rest, 'cons', context.meter)
        chargeMade(context.meter, items.size + 1)
        const made: Value[] = [first]
        for (let i = 0; i < items.size; i++) made.push(items.at(i))
        return RtfsVector.adopt(made)
      }),
    }),
    define({
      name: 'concat',
      section: '13.4',
      signature: `[:=> [& ${collection}] [:vector :any]]`,
      doc: 'A vector of the elements of all collections, one after the other.',
      examples: { "(concat [1] '(2) nil)": '[1 2]', '(concat)': '[]', '(concat [1] 2)': '! TypeError' },
      total: true,
      implementation: variadic((args, context) => {
        const parts = args.map(arg => sequenceOf(arg, 'concat', context.meter))
        return concatenate(parts, context)
      }),
    }),
    define({
      name: 'assoc',
      section: '13.4',
      signature: `[:=> [[:union :map [:seq :any] :nil] ${mapKey} :any & :any] [:union :map [:seq :any]]]`,
      doc: 'Sets keys of a map or indices of a vector; the index equal to the count appends. Nil becomes a map.',
      examples: {
        '(assoc [1 2] 0 9)': '[9 2]',
        '(assoc {:a 1} :b 2 :a 3)': '{:a 3 :b 2}',
        '(assoc nil :a 1)': '{:a 1}',
        '(assoc [1] 2 :x)': '! IndexOutOfBounds',
        '(assoc {} :a)': '! ArityMismatch',
      },
      implementation: variadic(
        (args, context) => {
          if (args.length % 2 === 0) throw arityMismatch('assoc', 'an odd number', args.length)
          return associateAll(args[0]!, args.slice(1), 'assoc', context)
        },
        { call3: (target, key, value, context) => associate(target, key, value, 'assoc', context) },
      ),
    }),
    define({
      name: 'assoc-in',
      section: '13.4',
      signature: `[:=> [[:union :map [:seq :any] :nil] ${sequential} :any] :any]`,
      doc: 'Sets the value at a path of keys, making maps where the path leads into nothing.',
      examples: {
        '(assoc-in {} [:a :b] 1)': '{:a {:b 1}}',
        '(assoc-in {:a [1 2]} [:a 0] 9)': '{:a [9 2]}',
        '(assoc-in {:a 1} [] 2)': '! InvalidArgument',
      },
      implementation: ternary((target, path, value, context) => {
        const keys = pathOf(path, 'assoc-in', context)
        return rebuild(openPath(target, keys, 'assoc-in'), keys, value, 'assoc-in', context)
      }),
    }),
    define({
      name: 'dissoc',
      section: '13.4',
      signature: `[:=> [${mapOrNil} & ${mapKey}] :map]`,
      doc: 'The map without the keys.',
      examples: { '(dissoc {:a 1} :a)': '{}', '(dissoc {:a 1 :b 2} :a :c)': '{:b 2}' },
      total: true,
      implementation: variadic((args, context) =>
        dissociateAll(mapOf(args[0]!, 'dissoc'), args.slice(1), 'dissoc', context),
      ),
    }),
    define({
      name: 'update',
      section: '13.4',
      signature: `[:=> [[:union :map [:seq :any] :nil] ${mapKey} ${callable} & :any] [:union :map [:seq :any]]]`,
      doc: 'Sets a key to the function applied to its old value (nil if absent from a map) and further arguments.',
      examples: {
        '(update {:a 1} :a + 5)': '{:a 6}',
        '(update {} :a str)': '{:a "nil"}',
        '(update [1 2] 1 inc)': '[1 3]',
        '(update [1] 7 inc)': '! IndexOutOfBounds',
      },
      implementation: {
        kind: 'steps',
        *steps(args, context) {
          const [target, key, fn] = args as [Value, Value, Value]
          const old = oldValue(target, key, 'update')
          const value = yield { fn, args: [old, ...args.slice(3)] }
          return associate(target, key, value, 'update', context)
        },
        direct(args, context, invoke) {
          const [target, key, fn] = args as [Value, Value, Value]
          const old = oldValue(target, key, 'update')
          const value = invoke(fn, [old, ...args.slice(3)])
          return associate(target, key, value, 'update', context)
        },
      },
    }),
    define({
      name: 'update-in',
      section: '13.4',
      signature: `[:=> [[:union :map [:seq :any] :nil] ${sequential} ${callable} & :any] :any]`,
      doc: 'As `update`, for the value at a path of keys.',
      examples: {
        '(update-in {:a {:n 1}} [:a :n] inc)': '{:a {:n 2}}',
        '(update-in {} [:a :b] (fn [x] [x]))': '{:a {:b [nil]}}',
      },
      implementation: {
        kind: 'steps',
        *steps(args, context): Steps {
          const [target, path, fn] = args as [Value, Value, Value]
          const keys = pathOf(path, 'update-in', context)
          const levels = openPath(target, keys, 'update-in')
          const old = oldValue(levels[levels.length - 1]!, keys[keys.length - 1]!, 'update-in')
          const value = yield { fn, args: [old, ...args.slice(3)] }
          return rebuild(levels, keys, value, 'update-in', context)
        },
      },
    }),
    define({
      name: 'merge',
      section: '13.4',
      signature: `[:=> [& ${mapOrNil}] :map]`,
      doc: 'One map of all entries; of equal keys the later value wins. Nil is skipped.',
      examples: {
        '(merge {:a 1} {:a 2})': '{:a 2}',
        '(merge {:a 1} nil {:b 2})': '{:a 1 :b 2}',
        '(merge)': '{}',
      },
      total: true,
      implementation: variadic((args, context) => {
        const maps = args.map(arg => mapOf(arg, 'merge'))
        const builder = new RtfsMapBuilder(maps[0])
        for (let i = 1; i < maps.length; i++) putAll(builder, maps[i]!, context)
        return builder.build()
      }),
    }),
    define({
      name: 'select-keys',
      section: '13.4',
      signature: `[:=> [${mapOrNil} ${sequential}] :map]`,
      doc: 'A map of only those keys, in the order of the keys given.',
      examples: { '(select-keys {:a 1 :b 2} [:a])': '{:a 1}', '(select-keys {:a 1} [:b])': '{}' },
      implementation: binary((value, keys, context) => {
        const map = mapOf(value, 'select-keys')
        const wanted = sequentialOf(keys, 'select-keys')
        const selected = new RtfsMapBuilder()
        for (let i = 0; i < wanted.size; i++) {
          const key = mapKeyOf(wanted.at(i), 'select-keys')
          const found = map.get(key)
          if (found === undefined) context.meter.charge(1)
          else put(selected, key, found, context)
        }
        return selected.build()
      }),
    }),
  ]
}

/** What `conj` does, for `conj` and `into`: adds `items` one after the other. */
export function conjoin(
  target: Value,
  items: readonly Value[],
  operation: string,
  context: LibraryContext,
): Value {
  const { meter } = context
  if (target instanceof RtfsMap) return conjoinMap(target, items, operation, context)
  if (target !== null && !(target instanceof RtfsSequence)) {
    throw typeError(operation, 'vector, list or map', typeName(target))
  }
  const size = target === null ? 0 : target.size
  meter.charge(items.length)
  accountGrowth(meter, size + items.length, items.length)
  if (target instanceof RtfsList) {
    let list = target
    for (const item of items) list = list.prepend(item)
    return list
  }
  let vector = target instanceof RtfsVector ? target : RtfsVector.empty
  for (const item of items) vector = vector.append(item)
  return vector
}

function conjoinMap(
  target: RtfsMap,
  items: readonly Value[],
  operation: string,
  context: LibraryContext,
): RtfsMap {
  const builder = new RtfsMapBuilder(target)
  // July's spelling `(conj m k v)`: a bare key can be nothing else.
  if (operation === 'conj' && items.length === 2 && isMapKey(items[0]!)) {
    put(builder, items[0], items[1]!, context)
    return builder.build()
  }
  for (const item of items) {
    if (item instanceof RtfsMap) {
      putAll(builder, item, context)
      continue
    }
    if (!(item instanceof RtfsSequence) || item.size !== 2) {
      throw typeError(operation, 'map or [key value] pair', typeName(item))
    }
    put(builder, mapKeyOf(item.at(0), operation), item.at(1), context)
  }
  return builder.build()
}

function putAll(builder: RtfsMapBuilder, from: RtfsMap, context: LibraryContext): void {
  from.forEach((value, key) => {
    put(builder, key, value, context)
  })
}

/** Sets one key of a map in the making: 1 fuel, and memory when the entry is new. */
export function put(builder: RtfsMapBuilder, key: MapKey, value: Value, { meter }: LibraryContext): void {
  meter.charge(1)
  const before = builder.size
  builder.set(key, value)
  if (builder.size > before) accountGrowth(meter, builder.size, 2)
}

/** What `assoc` does with one key. */
export function associate(
  target: Value,
  key: Value,
  value: Value,
  operation: string,
  context: LibraryContext,
): Value {
  if (target instanceof RtfsMap || target === null) {
    const map = target ?? RtfsMap.empty
    const changed = map.set(mapKeyOf(key, operation), value)
    context.meter.charge(1)
    if (changed.size > map.size) accountGrowth(context.meter, changed.size, 2)
    return changed
  }
  if (target instanceof RtfsSequence) return setElement(target, key, value, operation, context)
  throw typeError(operation, 'map, vector or list', typeName(target))
}

/** What `assoc` does: `pairs` alternate key and value. */
export function associateAll(
  target: Value,
  pairs: readonly Value[],
  operation: string,
  context: LibraryContext,
): Value {
  let changed = target
  for (let i = 0; i < pairs.length; i += 2) {
    changed = associate(changed, pairs[i]!, pairs[i + 1]!, operation, context)
  }
  return changed
}

/** What `dissoc` does. */
export function dissociateAll(
  map: RtfsMap,
  keys: readonly Value[],
  operation: string,
  { meter }: LibraryContext,
): RtfsMap {
  meter.charge(keys.length)
  let left = map
  for (const key of keys) left = left.delete(mapKeyOf(key, operation))
  return left
}

function setElement(
  target: RtfsSequence,
  key: Value,
  value: Value,
  operation: string,
  context: LibraryContext,
): Value {
  const index = indexOf(key, operation)
  if (index < 0 || index > target.size) throw indexOutOfBounds(key, target.size)
  if (target instanceof RtfsVector) {
    context.meter.charge(1)
    if (index === target.size) accountGrowth(context.meter, index + 1, 1)
    return target.set(index, value)
  }
  chargeMade(context.meter, Math.max(target.size, index + 1))
  const items = target.toArray()
  items[index] = value
  return RtfsList.from(items)
}

/** The value that `update` hands to its function. */
function oldValue(target: Value, key: Value, operation: string): Value {
  if (target === null || target instanceof RtfsMap) {
    const legal = mapKeyOf(key, operation)
    return target?.get(legal) ?? null
  }
  if (target instanceof RtfsSequence) {
    const index = indexOf(key, operation)
    if (index < 0 || index >= target.size) throw indexOutOfBounds(key, target.size)
    return target.at(index)
  }
  throw typeError(operation, 'map, vector or list', typeName(target))
}

function pathOf(path: Value, operation: string, context: LibraryContext): readonly Value[] {
  const keys = sequentialOf(path, operation)
  if (keys.size === 0) throw invalidArgument(`${operation} needs a path of at least one key`)
  context.meter.charge(keys.size)
  return keys.toArray()
}

/** The collections along a path, the outermost first: the last one holds the last key. Absent ones are nil. */
function openPath(target: Value, keys: readonly Value[], operation: string): Value[] {
  const levels = [target]
  for (let i = 0; i < keys.length - 1; i++) levels.push(stepInto(levels[i]!, keys[i]!, operation))
  return levels
}

function stepInto(target: Value, key: Value, operation: string): Value {
  if (target instanceof RtfsSequence) {
    const index = indexOf(key, operation)
    // One past the end is where `assoc` appends: a new map begins there.
    return index === target.size ? null : oldValue(target, key, operation)
  }
  return oldValue(target, key, operation)
}

/** Puts `value` at the end of the path and carries the change outwards. */
function rebuild(
  levels: readonly Value[],
  keys: readonly Value[],
  value: Value,
  operation: string,
  context: LibraryContext,
): Value {
  let changed = value
  for (let i = keys.length - 1; i >= 0; i--) {
    changed = associate(levels[i]!, keys[i]!, changed, operation, context)
  }
  return changed
}

/** One vector of the elements of all `parts`, charged. */
export function concatenate(parts: readonly RtfsSequence[], context: LibraryContext): RtfsVector {
  let total = 0
  for (const part of parts) total += part.size
  chargeMade(context.meter, total)
  const made: Value[] = []
  for (const part of parts) for (let i = 0; i < part.size; i++) made.push(part.at(i))
  return RtfsVector.adopt(made)
}
