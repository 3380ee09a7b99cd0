import {
  conforms,
  formatType,
  isRtfsError,
  keyword,
  RtfsErrorValue,
  RtfsList,
  RtfsMap,
  RtfsSymbol,
  RtfsVector,
  Timestamp,
  type Type,
  type Value,
} from '@rtfs/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { definitions, findBuiltin } from './index.js'
import { outcomeOf, Run } from './library.test-util.js'
import { anyValue } from './values.test-util.js'

const pure = definitions().filter(({ purity }) => purity === 'pure')

/** Values that a type takes. */
function sampleOf(type: Type): fc.Arbitrary<Value> {
  switch (type.kind) {
    case 'union':
      return fc.oneof(...type.members.map(sampleOf))
    case 'seq':
      return fc.oneof(
        sampleOf({ kind: 'vector', element: type.element }),
        sampleOf({ kind: 'list', element: type.element }),
      )
    case 'vector':
      return fc.array(sampleOf(type.element), { maxLength: 4 }).map(items => RtfsVector.from(items))
    case 'list':
      return fc.array(sampleOf(type.element), { maxLength: 4 }).map(items => RtfsList.from(items))
    case 'primitive':
      return primitiveValue(type.name)
    default:
      throw new Error(`no values for ${formatType(type)}`)
  }
}

function primitiveValue(name: Extract<Type, { kind: 'primitive' }>['name']): fc.Arbitrary<Value> {
  switch (name) {
    case 'map':
      return fc.constantFrom(
        RtfsMap.empty,
        RtfsMap.from([
          [keyword('a'), 1],
          ['b', null],
        ]),
      )
    case 'string':
      return fc.constantFrom('', 'a', 'añ🙂', ' 1.5 ', 'aXbX'.repeat(20))
    case 'symbol':
      return fc.constant(new RtfsSymbol('n/s'))
    case 'timestamp':
      return fc.constant(new Timestamp('2026-01-31T08:00:00Z'))
    case 'error':
      return fc.constant(new RtfsErrorValue('Generic', keyword('a/b'), 'm', RtfsMap.empty))
    case 'fn':
      return fc.constantFrom<Value>(findBuiltin('str')!, findBuiltin('inc')!)
    default:
      return anyValue.filter(value => conforms(value, { kind: 'primitive', name }, { level: 'basic' }))
  }
}

function argumentsOf(type: Type & { kind: 'function' }, max: number): fc.Arbitrary<Value[]> {
  const most = Math.min(max, type.params.length + 3)
  const rest =
    type.rest === undefined
      ? []
      : Array.from({ length: most - type.params.length }, () => sampleOf(type.rest!))
  return fc
    .tuple(fc.tuple(...type.params.map(sampleOf)), fc.tuple(...rest), fc.nat(rest.length))
    .map(([fixed, more, count]) => [...fixed, ...more.slice(0, count)])
}

describe.each(pure.filter(({ total }) => total).map(row => [row.name, row] as const))(
  'total: %s',
  (name, row) => {
    test('raises nothing for arguments of its type', () => {
      fc.assert(
        fc.property(argumentsOf(row.type as Type & { kind: 'function' }, row.arity.max), args => {
          expect(outcomeOf(() => new Run().call(findBuiltin(name)!, args))).not.toMatch(/^! /)
        }),
        { numRuns: 60 },
      )
    })
  },
)

describe.each(pure.map(row => [row.name, row] as const))('%s of anything', (name, row) => {
  test('gives a value of its result type or an error of the language', () => {
    const { min, max } = row.arity
    const result = (row.type as Type & { kind: 'function' }).result
    const args = fc.array(anyValue, { minLength: min, maxLength: Math.min(max, min + 3) })
    fc.assert(
      fc.property(args, given => {
        let value: Value
        try {
          value = new Run('fast', { fuel: 1e6 }).call(findBuiltin(name)!, given)
        } catch (error) {
          if (!isRtfsError(error) || error.code === 'InternalError') throw error
          return
        }
        expect([value, conforms(value, result)]).toEqual([value, true])
      }),
      { numRuns: 150 },
    )
  })
})
