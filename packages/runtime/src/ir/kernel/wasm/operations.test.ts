import { defaultLimits, isRtfsError, Meter, RtfsFloat, type Value } from '@rtfs/core'
import { callPlain, findBuiltin } from '@rtfs/stdlib'
import { describe, expect, test } from 'vitest'
import { pureServices } from '../../../host/pure-services.js'
import { constant, type Form, type Numeric } from '../form.js'
import { numberOf } from '../inputs.js'
import { libraryForm } from '../library-forms.js'
import { instantiate, type WasmKernel } from './instance.js'
import { emitModule } from './module.js'

const safe = Number.MAX_SAFE_INTEGER
const operands: Readonly<Record<Numeric, readonly number[]>> = {
  int: [
    0,
    1,
    -1,
    2,
    -2,
    3,
    -7,
    10,
    94906265,
    94906267,
    -94906267,
    3037000499,
    safe,
    safe - 1,
    -safe,
    1 - safe,
  ],
  float: [
    0,
    -0,
    0.5,
    -0.5,
    1,
    -1.5,
    2.5,
    -2.5,
    0.49999999999999994,
    4503599627370495.5,
    safe,
    -safe,
    2 ** 53,
    2 ** 63,
    1e300,
    5e-324,
    NaN,
    Infinity,
    -Infinity,
  ],
  bool: [0, 1],
}

const names = [
  ...[
    '+',
    '-',
    '*',
    '/',
    'quot',
    'rem',
    'mod',
    'max',
    'min',
    'inc',
    'dec',
    'abs',
    'sqrt',
    'float',
    'int',
    'floor',
  ],
  ...[
    'ceil',
    'round',
    '<',
    '<=',
    '>',
    '>=',
    '=',
    '==',
    '!=',
    'not=',
    'zero?',
    'pos?',
    'neg?',
    'even?',
    'odd?',
    'not',
  ],
]

/** A kernel of one call, with its operands as inputs. */
function kernelOf(
  name: string,
  types: readonly Numeric[],
): { kernel: WasmKernel; type: Numeric } | undefined {
  const reads = types.map((type, local): Form => ({ kind: 'read', type, local }))
  const call = libraryForm(name, reads)
  if (call === undefined || call.type === 'none') return undefined
  const body: Form = { kind: 'charge', type: call.type, units: 1, body: call }
  const params = types.length
  const bytes = emitModule({ id: 1, body, locals: types, params, variables: params, result: call.type })
  return { kernel: instantiate(bytes)!, type: call.type }
}

/** What the library gives, when it and all on the way to it are numbers that kernels know. */
function libraryValue(name: string, [first, ...more]: readonly Value[]): { value: Value } | undefined {
  try {
    if (first === undefined || more.length < 2)
      return known(callPlain(findBuiltin(name)!, [first!, ...more], services))
    return more.reduce<{ value: Value } | undefined>(
      (left, right) => left && known(callPlain(findBuiltin(name)!, [left.value, right], services)),
      { value: first },
    )
  } catch (error) {
    if (isRtfsError(error)) return undefined
    throw error
  }
}

const services = pureServices({ limits: defaultLimits })

function known(value: Value): { value: Value } | undefined {
  return typeof value === 'bigint' ? undefined : { value }
}

function plain(value: unknown): unknown {
  return value instanceof RtfsFloat ? { float: value.value } : value
}

const signatures: readonly (readonly Numeric[])[] = [
  ['int'],
  ['float'],
  ['bool'],
  ...(['int', 'float', 'bool'] as const).flatMap(a => (['int', 'float', 'bool'] as const).map(b => [a, b])),
  ['int', 'int', 'int'],
  ['float', 'int', 'float'],
  ['int', 'int', 'float'],
]

describe('operations give what the library gives, and leave where it gives anything else than a number', () => {
  test.each(names)('%s', name => {
    const meter = new Meter(defaultLimits, () => 0)
    let compared = 0
    for (const types of signatures) {
      const made = kernelOf(name, types)
      if (made === undefined) continue
      const { kernel, type } = made
      for (const numbers of combinations(types)) {
        const expected = libraryValue(
          name,
          numbers.map((number, i) => numberOf(number, types[i]!)),
        )
        for (const [i, number] of numbers.entries()) kernel.slots[kernel.first + i] = number
        const spent = kernel.run(meter)
        const label = `(${name} ${numbers.join(' ')}) of ${types.join(' ')}`
        if (expected === undefined) expect(spent, label).toBeLessThan(0)
        else {
          expect(spent, label).toBe(1)
          expect(plain(numberOf(kernel.slots[kernel.first]!, type)), label).toEqual(plain(expected.value))
        }
        compared++
      }
    }
    expect(compared).toBeGreaterThan(1)
  })
})

function combinations(types: readonly Numeric[]): readonly (readonly number[])[] {
  const [first, ...rest] = types
  if (first === undefined) return [[]]
  const more = combinations(rest)
  // Of three operands a few are enough.
  const some = types.length === 3 ? operands[first].slice(-8) : operands[first]
  return some.flatMap(number => more.map(others => [number, ...others]))
}

test('constants are what they are, whatever their bits', () => {
  const values: readonly (readonly [number, Numeric])[] = [
    ...operands.float.map(value => [value, 'float'] as const),
    ...operands.int.map(value => [value, 'int'] as const),
    [1, 'bool'],
  ]
  for (const [value, type] of values) {
    const body = constant(value, type)
    const kernel = instantiate(
      emitModule({ id: 1, body, locals: [], params: 0, variables: 0, result: type }),
    )!
    expect(kernel.run(new Meter(defaultLimits, () => 0))).toBe(0)
    expect(kernel.slots[kernel.first]).toBe(value)
  }
})
