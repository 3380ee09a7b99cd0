import {
  float,
  keyword,
  type MapKey,
  RtfsErrorValue,
  RtfsList,
  RtfsMap,
  RtfsSymbol,
  RtfsVector,
  type Value,
} from '@rtfs/core'
import fc from 'fast-check'
import { findBuiltin } from './index.js'

const key: fc.Arbitrary<MapKey> = fc.constantFrom<MapKey>(
  keyword('a'),
  keyword('b'),
  'a',
  'b',
  1,
  2,
  true,
  2n ** 60n,
)

const scalar: fc.Arbitrary<Value> = fc.oneof(
  key as fc.Arbitrary<Value>,
  fc.constantFrom<Value>(
    null,
    false,
    float(1),
    float(0),
    float(-0),
    float(NaN),
    float(0.5),
    '',
    '🙂',
    new RtfsSymbol('a'),
    findBuiltin('inc')!,
  ),
)

/** Values of all kinds, from few parts, so that equal ones are frequent. */
export const anyValue: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>(tie => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }).map(items => RtfsVector.from(items)),
    fc.array(tie('value'), { maxLength: 3 }).map(items => RtfsList.from(items)),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 3 }).map(entries => RtfsMap.from(entries)),
    tie('value').map(
      value =>
        new RtfsErrorValue('ApplicationError', keyword('x/y'), 'm', RtfsMap.from([[keyword('v'), value]])),
    ),
  ),
})).value
