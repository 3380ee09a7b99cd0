import fc from 'fast-check'
import {
  float,
  integer,
  keyword,
  type MapKey,
  parseUuid,
  ResourceHandle,
  RtfsList,
  RtfsMap,
  RtfsSymbol,
  RtfsVector,
  timestampFromMillis,
  type Value,
} from './index.js'

/** Every run generates the same cases. */
export const seeded = { seed: 20_260_131, numRuns: 1000 } as const

/** Integers of every size, often at the borders of 2^53 and 2^63 and next to them. */
export const integers: fc.Arbitrary<number | bigint> = fc
  .oneof(
    fc.bigInt({ min: -20n, max: 20n }),
    fc
      .tuple(
        fc.constantFrom(2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 62n, 2n ** 63n),
        fc.bigInt({ min: -3n, max: 3n }),
        fc.boolean(),
      )
      .map(([border, offset, negative]) => (negative ? -border : border) + offset)
      .filter(value => BigInt.asIntN(64, value) === value),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  )
  .map(value => integer(value, 'test'))

/** Floats, integral ones and the special ones often. */
export const floats = fc
  .oneof(
    fc.constantFrom(
      0,
      -0,
      1,
      -1,
      0.5,
      -0.5,
      2 ** 53,
      2 ** 63,
      -(2 ** 63),
      1e21,
      1e-7,
      9.9e-7,
      NaN,
      Infinity,
      -Infinity,
    ),
    fc.double(),
    fc.integer({ min: -9, max: 9 }).map(value => value / 2),
  )
  .map(float)

/** Strings that differ between code units and code points, and with everything that has to be escaped. */
export const texts = fc.oneof(
  fc.string({
    unit: fc.constantFrom('a', 'b', ':', '"', '\\', '\n', '\u0000', '\u007f', 'ñ', '\uffff', '😀', '𐀀'),
  }),
  fc.string({ unit: 'grapheme' }),
)

const names = fc.constantFrom('a', 'b', 'a/b', 'long-name', 'k1')

/** Map keys; few names, so that equal keys meet. */
export const keys: fc.Arbitrary<MapKey> = fc.oneof(
  names.map(keyword),
  fc.string({ maxLength: 2, unit: fc.constantFrom('a', 'b', '1') }),
  integers,
  fc.boolean(),
)

const scalars: fc.Arbitrary<Value> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  integers,
  floats,
  texts,
  names.map(keyword),
  names.map(name => new RtfsSymbol(name)),
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map(timestampFromMillis),
  fc.uuid().map(text => parseUuid(text)!),
  fc.constant(new ResourceHandle('resource://files/7')),
)

/** Values without functions and errors. */
export const values: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>(tie => ({
  value: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'value' },
    scalars,
    fc.array(tie('value'), { maxLength: 4, depthIdentifier: 'value' }).map(items => RtfsVector.from(items)),
    fc.array(tie('value'), { maxLength: 3, depthIdentifier: 'value' }).map(items => RtfsList.from(items)),
    fc
      .array(fc.tuple(keys, tie('value')), { maxLength: 10, depthIdentifier: 'value' })
      .map(entries => RtfsMap.from(entries)),
  ),
})).value

/** A vector in a vector in a vector … */
export function nested(levels: number, innermost: Value = 1): Value {
  let value = innermost
  for (let i = 0; i < levels; i++) value = RtfsVector.from([value])
  return value
}
