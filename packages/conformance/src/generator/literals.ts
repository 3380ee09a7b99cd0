import { type Form, list, map, vector } from './form.js'
import type { Random } from './random.js'
import type { GenType } from './types.js'

const edgeIntegers = [
  '9223372036854775807',
  '-9223372036854775808',
  '9223372036854775806',
  '-9223372036854775807',
  '9007199254740991',
  '9007199254740990',
  '6004799503160661',
  '9007199254740992',
  '9007199254740993',
  '-9007199254740991',
  '-9007199254740993',
  '4611686018427387904',
  '3037000500',
  '4294967296',
  '2147483647',
  '-2147483648',
  '1000000007',
]

const edgeFloats = [
  '0.0',
  '-0.0',
  '##NaN',
  '##Inf',
  '##-Inf',
  '1.7976931348623157e308',
  '5.0e-324',
  '1e-7',
  '1e21',
  '0.1',
  '9007199254740992.0',
  '9223372036854775808.0',
  '-9223372036854775808.0',
  '0.49999999999999994',
  '-2.5',
  '1e300',
]

const strings = [
  '""',
  '"a"',
  '"b"',
  '"abc"',
  '"añ🙂"',
  '"a,b,,c"',
  '"12"',
  '" x "',
  '"-3.5"',
  '"A-b"',
  '"line\\nbreak"',
  '"[1,2]"',
  '"q\\"q"',
  '"aab"',
  '","',
  '":a"',
]

const patterns = ['"a+"', '"[0-9]+"', '"(a)(b)?"', '"."', '"^$"', '"x|b"', '"\\\\w+"']

/** Keywords of generated maps, so that reads find something. */
export const keywords = [':a', ':b', ':c', ':k', ':n/s']

export function integerLiteral(random: Random, edges: number): string {
  if (random.chance(edges)) return random.pick(edgeIntegers)
  if (random.chance(0.15)) return String(random.between(-200, 200))
  return String(random.between(-3, 9))
}

export function floatLiteral(random: Random, edges: number): string {
  if (random.chance(edges)) return random.pick(edgeFloats)
  return random.pick(['0.5', '1.0', '1.5', '-1.5', '2.0', '3.25', '10.0', '0.25', '-4.0'])
}

export function stringLiteral(random: Random): string {
  return random.chance(0.1) ? random.pick(patterns) : random.pick(strings)
}

/** A constant that may stand in `case`, in a pattern, in quoted data. */
export function scalarLiteral(random: Random, edges: number): string {
  return random.weighted<() => string>([
    [5, () => integerLiteral(random, edges)],
    [2, () => floatLiteral(random, edges)],
    [3, () => stringLiteral(random)],
    [3, () => random.pick(keywords)],
    [2, () => random.pick(['true', 'false'])],
    [2, () => 'nil'],
  ])()
}

/** Quoted data: numbers, symbols, nested lists, vectors, maps. */
export function data(random: Random, depth: number): Form {
  if (depth <= 0 || random.chance(0.5)) {
    return random.chance(0.3)
      ? random.pick(['x', 'y', '+', 'if', 'a.b', 'ns/n'])
      : scalarLiteral(random, 0.05)
  }
  const items = Array.from({ length: random.below(4) }, () => data(random, depth - 1))
  return random.weighted<() => Form>([
    [3, () => list(...items)],
    [3, () => vector(items)],
    [1, () => map(distinctKeywords(random, 2).flatMap(key => [key, data(random, depth - 1)]))],
  ])()
}

/** Up to `count` different keywords. */
export function distinctKeywords(random: Random, count: number): readonly string[] {
  const chosen = new Set<string>()
  for (let i = 0; i < count; i++) chosen.add(random.pick(keywords))
  return [...chosen]
}

/** A type to mean, mostly scalars and small collections. */
export function anyType(random: Random): GenType {
  return random.weighted<GenType>([
    [8, 'int'],
    [3, 'float'],
    [2, 'number'],
    [4, 'string'],
    [4, 'bool'],
    [3, 'keyword'],
    [2, 'nil'],
    [1, 'symbol'],
    [1, 'error'],
    [5, { kind: 'vector', of: 'int' }],
    [2, { kind: 'vector', of: 'any' }],
    [1, { kind: 'vector', of: 'string' }],
    [1, { kind: 'vector', of: { kind: 'vector', of: 'int' } }],
    [3, { kind: 'map', of: 'int' }],
    [2, { kind: 'map', of: 'any' }],
    [2, { kind: 'fn', params: ['int'], result: 'int' }],
    [1, { kind: 'fn', params: ['int', 'int'], result: 'int' }],
    [1, { kind: 'fn', params: [], result: 'int' }],
  ])
}
