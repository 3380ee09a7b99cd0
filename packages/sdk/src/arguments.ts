import {
  conforms,
  float,
  isMapKey,
  keyword,
  RtfsList,
  RtfsMap,
  RtfsVector,
  type Type,
  type Value,
} from '@rtfs/core'

/** Numbers from 0 up to 1 that follow from a seed of hexadecimal digits. */
export function seededNumbers(seed: string): () => number {
  let state = 0x9e3779b9
  for (const digit of seed) state = Math.imul(state ^ digit.charCodeAt(0), 0x85ebca6b) >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const integers: readonly (number | bigint)[] = [
  0,
  1,
  -1,
  2,
  7,
  -13,
  100,
  4096,
  2 ** 31,
  2n ** 63n - 1n,
  -(2n ** 63n),
]
const floats = [0, -0, 1, -1.5, 0.1, 1e-9, 3.25, 1e18, Number.NaN, Number.POSITIVE_INFINITY]
const strings = ['', 'a', 'A b', '0', 'ä€', '\u{1F600}', 'line\nline', 'x'.repeat(70)]
const words = ['a', 'b', 'name', 'x-y']

const maxDepth = 4
const attempts = 60

/**
 * A value of a type: corner cases and small collections. `undefined` for types whose values cannot be made of data:
 * functions, resources, streams, names that nothing resolves, and refinements that chance does not meet.
 */
export function valueOfType(type: Type, random: () => number, depth = 0): Value | undefined {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!
  const length = () => (depth >= maxDepth ? 0 : Math.floor(random() * 4))
  const some = (element: Type, count = length()): Value[] | undefined =>
    all(Array.from({ length: count }, () => valueOfType(element, random, depth + 1)))
  const built = <T>(items: Value[] | undefined, build: (items: Value[]) => T) => items && build(items)

  switch (type.kind) {
    case 'primitive':
      switch (type.name) {
        case 'int':
          return random() < 0.5 ? Math.floor(random() * 41) - 20 : pick(integers)
        case 'float':
          return float(random() < 0.5 ? Math.round((random() - 0.5) * 2000) / 16 : pick(floats))
        case 'string':
          return pick(strings)
        case 'bool':
          return random() < 0.5
        case 'nil':
          return null
        case 'keyword':
          return keyword(pick(words))
        case 'any':
          return valueOfType(anyOf(pick(['int', 'string', 'bool', 'nil', 'keyword', 'float'])), random, depth)
        case 'vector':
          return built(some(anyOf('any')), items => RtfsVector.from(items))
        case 'list':
          return built(some(anyOf('any')), items => RtfsList.from(items))
        case 'map':
          return valueOfType({ kind: 'map-of', key: anyOf('keyword'), value: anyOf('any') }, random, depth)
        default:
          return undefined
      }
    case 'vector':
    case 'seq':
      return built(some(type.element), items => RtfsVector.from(items))
    case 'list':
      return built(some(type.element), items => RtfsList.from(items))
    case 'tuple':
      return built(all(type.elements.map(element => valueOfType(element, random, depth + 1))), items =>
        RtfsVector.from(items),
      )
    case 'record': {
      let map = RtfsMap.empty
      for (const { key, type: wanted, optional } of type.entries) {
        if (optional && random() < 0.5) continue
        const value = valueOfType(wanted, random, depth + 1)
        if (value === undefined || !isMapKey(key)) return undefined
        map = map.set(key, value)
      }
      return map
    }
    case 'map-of': {
      let map = RtfsMap.empty
      for (let left = length(); left > 0; left--) {
        const key = valueOfType(type.key, random, depth + 1)
        const value = valueOfType(type.value, random, depth + 1)
        if (key === undefined || value === undefined || !isMapKey(key)) return undefined
        map = map.set(key, value)
      }
      return map
    }
    case 'union':
      return valueOfType(pick(type.members), random, depth)
    case 'literal':
      return type.value
    case 'enum':
      return pick(type.values)
    case 'and':
      for (let attempt = 0; attempt < attempts; attempt++) {
        const value = valueOfType(type.base, random, depth)
        if (value === undefined || conforms(value, type)) return value
      }
      return undefined
    case 'array':
      return type.shape === undefined || type.shape.length !== 1
        ? undefined
        : built(some(type.element, type.shape[0] ?? length()), items => RtfsVector.from(items))
    case 'ref':
    case 'function':
    case 'resource':
    case 'stream':
      return undefined
    default:
      return type satisfies never
  }
}

function anyOf(name: Extract<Type, { kind: 'primitive' }>['name']): Type {
  return { kind: 'primitive', name }
}

function all(values: readonly (Value | undefined)[]): Value[] | undefined {
  return values.includes(undefined) ? undefined : (values as Value[])
}
