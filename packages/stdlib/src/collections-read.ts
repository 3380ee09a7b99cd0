import {
  codePointAt,
  codePointLength,
  indexOutOfBounds,
  isMapKey,
  RtfsErrorValue,
  RtfsMap,
  RtfsSequence,
  RtfsVector,
  typeError,
  typeName,
  type Value,
} from '@rtfs/core'
import { indexOf, mapKeyOf, mapOf, sequentialOf } from './arguments.js'
import type { BuiltinDefinition, LibraryContext } from './builtin.js'
import { chargeMade, chargeScan } from './charges.js'
import { isEqual } from './comparison.js'
import { binary, define, unary, variadic } from './define.js'
import { errorField } from './error-fields.js'
import { collection, mapKey, mapOrNil, sequence, sequential } from './signatures.js'
import { textFinder } from './text-search.js'

/** Functions that look into a collection (LANGUAGE §13.4). */
export function collectionReads(): readonly BuiltinDefinition[] {
  return [
    define({
      name: 'count',
      aliases: ['length'],
      section: '13.4',
      signature: `[:=> [${collection}] :int]`,
      doc: 'Number of elements, entries or code points; nil has none.',
      examples: {
        '(count "añ")': '2',
        '(count {:a 1})': '1',
        '(count nil)': '0',
        '(count 5)': '! TypeError',
      },
      total: true,
      implementation: unary((c, context) => sizeOf(c, 'count', context)),
    }),
    define({
      name: 'empty?',
      section: '13.4',
      signature: `[:=> [${collection}] :bool]`,
      doc: 'True for a collection without elements.',
      examples: {
        '(empty? [])': 'true',
        '(empty? nil)': 'true',
        '(empty? "a")': 'false',
        '(empty? 0)': '! TypeError',
      },
      total: true,
      implementation: unary((c, context) =>
        typeof c === 'string' ? c === '' : sizeOf(c, 'empty?', context) === 0,
      ),
    }),
    define({
      name: 'get',
      section: '13.4',
      signature: '[:=> [[:union :map [:seq :any] :error :nil] :any & :any] :any]',
      max: 3,
      doc: 'The value of a key, or the element at an index; the default (or nil) when there is none. A string is a TypeError.',
      examples: {
        '(get {:a 1} :a)': '1',
        '(get [1 2] 5 :none)': ':none',
        '(get nil :a)': 'nil',
        '(get [1 2 3] -1)': 'nil',
        '(get "hello" 1)': '! TypeError',
        '(get [1] "k")': '! TypeError',
      },
      implementation: variadic(args => get(args[0]!, args[1]!, args.length === 3 ? args[2]! : null), {
        call2: (c, k) => get(c, k, null),
        call3: get,
      }),
    }),
    define({
      name: 'get-in',
      section: '13.4',
      signature: `[:=> [:any ${sequential} & :any] :any]`,
      max: 3,
      doc: 'The value at a path of keys and indices; the default (or nil) when the path leads nowhere.',
      examples: {
        '(get-in {:a [1 2]} [:a 1])': '2',
        '(get-in {:a 1} [:a :b] 0)': '0',
        '(get-in [[1 2] [3 4]] [0 1])': '2',
      },
      total: true,
      implementation: variadic(
        (args, context) => getIn(args[0]!, args[1]!, args.length === 3 ? args[2]! : null, context),
        {
          call2: (c, path, context) => getIn(c, path, null, context),
          call3: getIn,
        },
      ),
    }),
    define({
      name: 'nth',
      section: '13.4',
      signature: `[:=> [${sequence} :int & :any] :any]`,
      max: 3,
      doc: 'The element, or character, at an index; the default when there is none.',
      examples: {
        '(nth [1 2] 1)': '2',
        '(nth "añ" 1)': '"ñ"',
        '(nth [1] 5)': '! IndexOutOfBounds',
        '(nth [1] 5 :none)': ':none',
      },
      implementation: variadic((args, context) => nth(args[0]!, args[1]!, args[2], context), {
        call2: (c, i, context) => nth(c, i, undefined, context),
        call3: nth,
      }),
    }),
    define({
      name: 'first',
      section: '13.4',
      signature: `[:=> [${collection}] :any]`,
      doc: 'The first element, character or `[k v]` entry; nil when there is none.',
      examples: {
        '(first [])': 'nil',
        '(first "añ")': '"a"',
        '(first {:a 1})': '[:a 1]',
        '(first nil)': 'nil',
      },
      total: true,
      implementation: unary((c, context) => elementAt(c, 0, 'first', context)),
    }),
    define({
      name: 'second',
      section: '13.4',
      signature: `[:=> [${collection}] :any]`,
      doc: 'The second element, character or `[k v]` entry; nil when there is none.',
      examples: { '(second [1 2])': '2', '(second "añ")': '"ñ"', '(second [1])': 'nil' },
      total: true,
      implementation: unary((c, context) => elementAt(c, 1, 'second', context)),
    }),
    define({
      name: 'last',
      section: '13.4',
      signature: `[:=> [${collection}] :any]`,
      doc: 'The last element, character or `[k v]` entry; nil when there is none.',
      examples: { '(last [1 2])': '2', '(last "añ")': '"ñ"', '(last [])': 'nil' },
      total: true,
      implementation: unary((c, context) => {
        if (typeof c === 'string') return lastCharacter(c)
        return elementAt(c, sizeOf(c, 'last', context) - 1, 'last', context)
      }),
    }),
    define({
      name: 'contains?',
      section: '13.4',
      signature: `[:=> [${collection} :any] :bool]`,
      doc: 'Whether a map has the key, a vector or list an *element* equal to the value, a string the text.',
      examples: {
        '(contains? [5 6] 6)': 'true',
        '(contains? {:a nil} :a)': 'true',
        '(contains? "abc" "b")': 'true',
        '(contains? nil 1)': 'false',
      },
      implementation: binary(contains),
    }),
    define({
      name: 'find',
      section: '13.4',
      signature: `[:=> [${mapOrNil} ${mapKey}] [:union [:tuple :any :any] :nil]]`,
      doc: 'The entry `[k v]` of a key, or nil.',
      examples: { '(find {:a 1} :a)': '[:a 1]', '(find {:a 1} :b)': 'nil', '(find {:a nil} :a)': '[:a nil]' },
      total: true,
      implementation: binary((m, k, { meter }) => {
        const map = mapOf(m, 'find')
        const key = mapKeyOf(k, 'find')
        const value = map.get(key)
        if (value === undefined) return null
        chargeMade(meter, 2)
        return RtfsVector.adopt([key, value])
      }),
    }),
    define({
      name: 'keys',
      section: '13.4',
      signature: `[:=> [${mapOrNil}] [:vector ${mapKey}]]`,
      doc: 'The keys of a map, in insertion order.',
      examples: { '(keys {:a 1})': '[:a]', '(keys {})': '[]' },
      total: true,
      implementation: unary((m, { meter }) => {
        const map = mapOf(m, 'keys')
        chargeMade(meter, map.size)
        const keys: Value[] = []
        map.forEach((_, key) => {
          keys.push(key)
        })
        return RtfsVector.adopt(keys)
      }),
    }),
    define({
      name: 'vals',
      section: '13.4',
      signature: `[:=> [${mapOrNil}] [:vector :any]]`,
      doc: 'The values of a map, in insertion order.',
      examples: { '(vals {:a 1})': '[1]', '(vals {})': '[]' },
      total: true,
      implementation: unary((m, { meter }) => {
        const map = mapOf(m, 'vals')
        chargeMade(meter, map.size)
        const values: Value[] = []
        map.forEach(value => {
          values.push(value)
        })
        return RtfsVector.adopt(values)
      }),
    }),
  ]
}

function sizeOf(c: Value, operation: string, { meter }: LibraryContext): number {
  if (c instanceof RtfsSequence || c instanceof RtfsMap) return c.size
  if (c === null) return 0
  if (typeof c !== 'string') throw typeError(operation, 'collection', typeName(c))
  chargeScan(meter, c.length)
  return codePointLength(c)
}

/** `(get c k d)`. */
export function get(c: Value, k: Value, d: Value): Value {
  if (c instanceof RtfsMap) return orDefault(c.get(mapKeyOf(k, 'get')), d)
  if (c instanceof RtfsSequence) {
    const index = indexOf(k, 'get')
    return index >= 0 && index < c.size ? c.at(index) : d
  }
  if (c === null) return d
  if (c instanceof RtfsErrorValue) return orDefault(errorField(c, mapKeyOf(k, 'get')), d)
  throw typeError('get', 'map, vector, list or nil', typeName(c))
}

/** A nil that is there is no reason for the default. */
function orDefault(found: Value | undefined, d: Value): Value {
  return found === undefined ? d : found
}

function getIn(c: Value, path: Value, d: Value, context: LibraryContext): Value {
  const keys = sequentialOf(path, 'get-in')
  context.meter.charge(keys.size)
  let current = c
  for (let i = 0; i < keys.size; i++) {
    const next = stepInto(current, keys.at(i), context)
    if (next === undefined) return d
    current = next
  }
  return current
}

/** One step of a path; `undefined` where there is nothing to step into, whatever the reason. */
function stepInto(c: Value, key: Value, { meter }: LibraryContext): Value | undefined {
  if (c instanceof RtfsMap) return isMapKey(key) ? c.get(key) : undefined
  if (c instanceof RtfsErrorValue) return isMapKey(key) ? errorField(c, key) : undefined
  if (typeof key !== 'number') return undefined
  if (c instanceof RtfsSequence) return key >= 0 && key < c.size ? c.at(key) : undefined
  if (typeof c !== 'string') return undefined
  chargeScan(meter, c.length)
  return codePointAt(c, key)
}

function nth(c: Value, i: Value, d: Value | undefined, { meter }: LibraryContext): Value {
  if (c !== null && typeof c !== 'string' && !(c instanceof RtfsSequence)) {
    throw typeError('nth', 'vector, list or string', typeName(c))
  }
  const index = indexOf(i, 'nth')
  if (c instanceof RtfsSequence && index >= 0 && index < c.size) return c.at(index)
  if (typeof c === 'string') {
    chargeScan(meter, c.length)
    const character = codePointAt(c, index)
    if (character !== undefined) return character
  }
  if (d !== undefined) return d
  throw indexOutOfBounds(i, typeof c === 'string' ? codePointLength(c) : (c?.size ?? 0))
}

/** The element at a position within or beyond the collection, nil beyond it. */
function elementAt(c: Value, index: number, operation: string, { meter }: LibraryContext): Value {
  if (c instanceof RtfsSequence) return index >= 0 && index < c.size ? c.at(index) : null
  if (c === null) return null
  if (typeof c === 'string') {
    // Only the first two characters are asked for: four code units hold them.
    return codePointAt(c.slice(0, 4), index) ?? null
  }
  if (!(c instanceof RtfsMap)) throw typeError(operation, 'collection', typeName(c))
  if (index < 0 || index >= c.size) return null
  // A large map puts its entries in order when it is first asked for one of them.
  meter.charge(c.size)
  chargeMade(meter, 2)
  return RtfsVector.adopt([c.keyAt(index), c.valueAt(index)])
}

function lastCharacter(text: string): Value {
  const characters = [...text.slice(-2)]
  return characters[characters.length - 1] ?? null
}

function contains(c: Value, x: Value, { meter }: LibraryContext): Value {
  if (c instanceof RtfsMap) return c.has(mapKeyOf(x, 'contains?'))
  if (c instanceof RtfsSequence) {
    for (let i = 0; i < c.size; i++) {
      meter.charge(1)
      if (isEqual(c.at(i), x, meter)) return true
    }
    return false
  }
  if (c === null) return false
  if (typeof c !== 'string') throw typeError('contains?', 'collection', typeName(c))
  if (typeof x !== 'string') throw typeError('contains?', 'string', typeName(x))
  chargeScan(meter, c.length + x.length)
  return textFinder(c, x)(0) >= 0
}
