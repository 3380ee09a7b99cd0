import {
  characters,
  codePointLength,
  codePointSlice,
  indexOutOfBounds,
  invalidArgument,
  type RtfsSequence,
  RtfsVector,
  typeError,
  typeName,
  type Value,
} from '@rtfs/core'
import { indexOf, sequenceOf, sliceOf } from './arguments.js'
import type { BuiltinDefinition, LibraryContext } from './builtin.js'
import { chargeMade, chargeScan, made } from './charges.js'
import { binary, define, unary, variadic } from './define.js'
import { collection } from './signatures.js'
import { ValueIds } from './value-ids.js'

const vectorOrText = '[:union [:vector :any] :string]'

/** Functions that give a part of a collection, or its elements in another arrangement (LANGUAGE §13.4). */
export function sequences(): readonly BuiltinDefinition[] {
  return [
    define({
      name: 'rest',
      section: '13.4',
      signature: `[:=> [${collection}] ${vectorOrText}]`,
      doc: 'A vector without the first element; of nothing the empty one. A string stays a string.',
      examples: { '(rest [1 2 3])': '[2 3]', '(rest [])': '[]', '(rest "añ")': '"ñ"', '(rest "")': '""' },
      total: true,
      implementation: unary((c, context) => {
        if (typeof c === 'string') return textPart(c, 1, Infinity, context)
        const items = sequenceOf(c, 'rest', context.meter)
        return part(items, Math.min(1, items.size), items.size, context)
      }),
    }),
    define({
      name: 'subvec',
      section: '13.4',
      signature: '[:=> [[:vector :any] :int & :int] [:vector :any]]',
      max: 3,
      doc: 'The elements of a vector from the first position to the second, exclusive, or to the end.',
      examples: {
        '(subvec [1 2 3] 1)': '[2 3]',
        '(subvec [1 2 3] 0 1)': '[1]',
        '(subvec [1] 0 2)': '! IndexOutOfBounds',
      },
      implementation: variadic((args, context) => subvec(args[0]!, args[1]!, args[2], context), {
        call2: (v, start, context) => subvec(v, start, undefined, context),
        call3: subvec,
      }),
    }),
    define({
      name: 'take',
      section: '13.4',
      signature: `[:=> [:int ${collection}] ${vectorOrText}]`,
      doc: 'The first elements, as many as there are up to the count. A string stays a string.',
      examples: {
        '(take 2 [1 2 3])': '[1 2]',
        '(take 3 "hello")': '"hel"',
        '(take -1 [1])': '[]',
        '(take 5 nil)': '[]',
      },
      total: true,
      implementation: binary((i, c, context) => {
        const count = Math.max(0, indexOf(i, 'take'))
        if (typeof c === 'string') return textPart(c, 0, count, context)
        const items = sequenceOf(c, 'take', context.meter)
        return part(items, 0, Math.min(count, items.size), context)
      }),
    }),
    define({
      name: 'drop',
      section: '13.4',
      signature: `[:=> [:int ${collection}] ${vectorOrText}]`,
      doc: 'The elements after the first ones. A string stays a string.',
      examples: { '(drop 2 [1 2 3])': '[3]', '(drop 2 "hello")': '"llo"', '(drop 5 [1])': '[]' },
      total: true,
      implementation: binary((i, c, context) => {
        const count = Math.max(0, indexOf(i, 'drop'))
        if (typeof c === 'string') return textPart(c, count, Infinity, context)
        const items = sequenceOf(c, 'drop', context.meter)
        return part(items, Math.min(count, items.size), items.size, context)
      }),
    }),
    define({
      name: 'reverse',
      section: '13.4',
      signature: `[:=> [${collection}] ${vectorOrText}]`,
      doc: 'The elements from last to first. A string stays a string.',
      examples: { '(reverse [1 2])': '[2 1]', '(reverse "añ🙂")': '"🙂ña"' },
      total: true,
      implementation: unary((c, context) => {
        if (typeof c === 'string') {
          context.meter.charge(codePointLength(c))
          return made(context.meter, characters(c).reverse().join(''))
        }
        const items = sequenceOf(c, 'reverse', context.meter)
        chargeMade(context.meter, items.size)
        return RtfsVector.adopt(items.toArray().reverse())
      }),
    }),
    define({
      name: 'distinct',
      section: '13.4',
      signature: `[:=> [${collection}] ${vectorOrText}]`,
      doc: 'The first of each group of equal elements. A string stays a string.',
      examples: {
        '(distinct [1 1 2])': '[1 2]',
        '(distinct "hello")': '"helo"',
        "(distinct [[1] '(1) 1.0 1])": '[[1] 1.0 1]',
      },
      implementation: unary((c, context) => {
        const items = sequenceOf(c, 'distinct', context.meter)
        const ids = new ValueIds(context.meter)
        const seen = new Set<number>()
        const kept: Value[] = []
        for (let i = 0; i < items.size; i++) {
          context.meter.charge(1)
          const id = ids.idOf(items.at(i))
          if (id !== undefined && seen.size === seen.add(id).size) continue
          kept.push(items.at(i))
        }
        if (typeof c === 'string') return made(context.meter, kept.join(''))
        context.meter.elements(kept.length)
        return RtfsVector.adopt(kept)
      }),
    }),
    define({
      name: 'partition',
      section: '13.4',
      signature: `[:=> [:int ${collection}] [:vector [:vector :any]]]`,
      doc: 'Vectors of as many elements each; the last one may be shorter.',
      examples: {
        '(partition 2 [1 2 3])': '[[1 2] [3]]',
        '(partition 2 [])': '[]',
        '(partition 0 [1])': '! InvalidArgument',
      },
      implementation: binary((i, c, context) => {
        const size = indexOf(i, 'partition')
        const items = sequenceOf(c, 'partition', context.meter)
        if (size < 1) throw invalidArgument(`partition needs a size of at least 1, got ${size}`)
        chargeMade(context.meter, items.size)
        context.meter.elements(Math.ceil(items.size / size))
        const parts: Value[] = []
        for (let at = 0; at < items.size; at += size) {
          parts.push(RtfsVector.adopt(sliceOf(items, at, Math.min(at + size, items.size))))
        }
        return RtfsVector.adopt(parts)
      }),
    }),
  ]
}

/**
 * A vector of the elements from `start` to `end`, exclusive. The greater part of a vector is a window on it, so that
 * walking down a vector by `rest` does not account every step as a new collection.
 */
function part(items: RtfsSequence, start: number, end: number, { meter }: LibraryContext): Value {
  const size = end - start
  if (items instanceof RtfsVector && 2 * size >= items.size) {
    chargeScan(meter, size)
    return items.slice(start, end)
  }
  chargeMade(meter, size)
  return items instanceof RtfsVector ? items.slice(start, end) : RtfsVector.adopt(sliceOf(items, start, end))
}

/** The characters from `start` to `end`, exclusive, both within the text or beyond it. */
function textPart(text: string, start: number, end: number, { meter }: LibraryContext): Value {
  chargeScan(meter, text.length)
  return made(meter, codePointSlice(text, start, end))
}

function subvec(v: Value, start: Value, end: Value | undefined, context: LibraryContext): Value {
  if (!(v instanceof RtfsVector)) throw typeError('subvec', 'vector', typeName(v))
  const from = indexOf(start, 'subvec')
  const to = end === undefined ? v.size : indexOf(end, 'subvec')
  if (from < 0 || from > v.size) throw indexOutOfBounds(start, v.size)
  if (end !== undefined && (to < from || to > v.size)) throw indexOutOfBounds(end, v.size)
  return part(v, from, to, context)
}
