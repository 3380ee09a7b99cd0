import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { floats, integers, seeded } from './arbitrary.test-util.js'
import {
  absolute,
  add,
  assertValue,
  ceil,
  compareNumbers,
  decrement,
  divide,
  float,
  floor,
  formatValue,
  greaterOrEqual,
  greaterThan,
  increment,
  integer,
  isEven,
  isOdd,
  isRtfsError,
  keyword,
  lessOrEqual,
  lessThan,
  maximum,
  minimum,
  mod,
  multiply,
  negate,
  numericEquals,
  parseFloatText,
  parseInteger,
  parseTimestamp,
  power,
  quot,
  rem,
  round,
  signOf,
  squareRoot,
  subtract,
  truncateToInteger,
  type Value,
} from './index.js'

const greatest = 9223372036854775807n
const least = -9223372036854775808n

/** The printed result, or the kind of the error. */
function outcome(run: () => Value | boolean): string {
  try {
    const value = run()
    assertValue(value)
    return formatValue(value)
  } catch (error) {
    if (!isRtfsError(error)) throw error
    return `! ${error.code}`
  }
}

type Binary = (a: Value, b: Value) => Value | boolean
type Unary = (a: Value) => Value | boolean

test.each<[string, Binary, Value, Value, string]>([
  ['+ integers', add, 1, 2, '3'],
  ['+ widens', add, 1, float(2.5), '3.5'],
  ['+ stays a Float', add, float(1), 2, '3.0'],
  ['+ passes 2^53', add, 9007199254740991, 1, '9007199254740992'],
  ['+ comes back below 2^53', add, 9007199254740992n, -1, '9007199254740991'],
  ['+ overflow', add, greatest, 1, '! ArithmeticOverflow'],
  ['+ text', add, 1, 'a', '! TypeError'],
  ['+ infinities', add, float(Infinity), float(-Infinity), '##NaN'],
  ['-', subtract, 9007199254740993n, 1, '9007199254740992'],
  ['- overflow', subtract, least, 1, '! ArithmeticOverflow'],
  ['- boolean', subtract, true, 1, '! TypeError'],
  ['*', multiply, 3000000000, 3000000000, '9000000000000000000'],
  ['* no negative zero', multiply, 0, -5, '0'],
  ['* overflow', multiply, 4000000000, 4000000000, '! ArithmeticOverflow'],
  ['* float zero keeps its sign', multiply, 0, float(-5), '-0.0'],
  ['/ exact', divide, 6, 2, '3'],
  ['/ not exact', divide, 10, 4, '2.5'],
  ['/ no negative zero', divide, 0, -3, '0'],
  ['/ float', divide, float(6), 2, '3.0'],
  ['/ by 0', divide, 1, 0, '! DivisionByZero'],
  ['/ by 0.0', divide, float(1), float(0), '! DivisionByZero'],
  ['/ by -0.0', divide, 1, float(-0), '! DivisionByZero'],
  ['/ float by 0', divide, float(1), 0, '! DivisionByZero'],
  ['/ overflow', divide, least, -1, '! ArithmeticOverflow'],
  ['/ large, exact', divide, greatest, 7, '1317624576693539401'],
  ['/ type before zero', divide, 'a', 0, '! TypeError'],
  ['quot', quot, -7, 2, '-3'],
  ['quot no negative zero', quot, -1, 2, '0'],
  ['quot by 0', quot, 1, 0, '! DivisionByZero'],
  ['quot overflow', quot, least, -1, '! ArithmeticOverflow'],
  ['quot float', quot, float(7.5), 2, '3.0'],
  ['quot float by 0.0', quot, 1, float(0), '! DivisionByZero'],
  ['rem', rem, -7, 2, '-1'],
  ['rem no negative zero', rem, -4, 2, '0'],
  ['rem by 0', rem, 1, 0, '! DivisionByZero'],
  ['rem of the least integer', rem, least, -1, '0'],
  ['rem float', rem, float(-7.5), 2, '-1.5'],
  ['mod', mod, -7, 2, '1'],
  ['mod by a negative', mod, 7, -2, '-1'],
  ['mod exact', mod, -4, 2, '0'],
  ['mod by 0', mod, 1, 0, '! DivisionByZero'],
  ['mod float', mod, float(-7.5), 2, '0.5'],
  ['mod float zero has the sign of the divisor', mod, float(-4), float(2), '0.0'],
  ['mod by infinity', mod, -1, float(Infinity), '##Inf'],
  ['mod large', mod, least, 10, '2'],
  ['pow', power, 2, 10, '1024'],
  ['pow to the least integer', power, -2, 63, '-9223372036854775808'],
  ['pow overflow', power, 2, 63, '! ArithmeticOverflow'],
  ['pow far overflow', power, 3, greatest, '! ArithmeticOverflow'],
  ['pow of 1', power, 1, greatest, '1'],
  ['pow of -1', power, -1, greatest, '-1'],
  ['pow of 0', power, 0, greatest, '0'],
  ['pow 0 0', power, 0, 0, '1'],
  ['pow negative exponent', power, 2, -1, '0.5'],
  ['pow float', power, float(2), 3, '8.0'],
  ['pow 1 to infinity', power, 1, float(Infinity), '1.0'],
  ['pow -1 to infinity', power, -1, float(-Infinity), '1.0'],
  ['pow 1 to NaN', power, float(1), float(NaN), '1.0'],
  ['max keeps the type', maximum, 1, float(2.5), '2.5'],
  ['max tie: first', maximum, 1, float(1), '1'],
  ['max tie: first, turned', maximum, float(1), 1, '1.0'],
  ['max NaN', maximum, 1, float(NaN), '##NaN'],
  ['max NaN first', maximum, float(NaN), 1, '##NaN'],
  ['max exact', maximum, 9007199254740993n, float(9007199254740992), '9007199254740993'],
  ['min', minimum, 1, float(0.5), '0.5'],
  ['min tie: first', minimum, float(1), 1, '1.0'],
  ['min text', minimum, 'a', 'b', '! TypeError'],
  ['== across types', numericEquals, 1, float(1), 'true'],
  ['== exact', numericEquals, 9007199254740993n, float(9007199254740992), 'false'],
  ['== NaN', numericEquals, float(NaN), float(NaN), 'false'],
  ['== text', numericEquals, 'a', 'a', '! TypeError'],
  ['< exact', lessThan, float(9007199254740992), 9007199254740993n, 'true'],
  ['< NaN', lessThan, float(NaN), 1, 'false'],
  ['<= NaN', lessOrEqual, 1, float(NaN), 'false'],
  ['> NaN', greaterThan, float(NaN), 1, 'false'],
  ['>= NaN', greaterOrEqual, float(NaN), float(NaN), 'false'],
  ['< texts', lessThan, 'a', 'b', 'true'],
  ['< texts by code point', lessThan, '\uffff', '😀', 'true'],
  ['>= equal texts', greaterOrEqual, 'a', 'a', 'true'],
  ['> text and number', greaterThan, 'a', 1, '! TypeError'],
  ['> number and text', greaterThan, 1, 'a', '! TypeError'],
  ['< keywords', lessThan, keyword('a'), keyword('b'), '! TypeError'],
  [
    '< timestamps',
    lessThan,
    parseTimestamp('2026-01-01T00:00:00.5Z')!,
    parseTimestamp('2026-01-01T00:00:01Z')!,
    'true',
  ],
  ['<= timestamp and text', lessOrEqual, parseTimestamp('2026-01-01T00:00:00Z')!, 'a', '! TypeError'],
])('%s', (_, operation, a, b, expected) => expect(outcome(() => operation(a, b))).toBe(expected))

test.each<[string, Unary, Value, string]>([
  ['negate', negate, 5, '-5'],
  ['negate 0', negate, 0, '0'],
  ['negate 0.0', negate, float(0), '-0.0'],
  ['negate the least integer', negate, least, '! ArithmeticOverflow'],
  ['negate 2^53', negate, 9007199254740992n, '-9007199254740992'],
  ['negate nil', negate, null, '! TypeError'],
  ['inc', increment, float(1.5), '2.5'],
  ['inc at 2^53-1', increment, 9007199254740991, '9007199254740992'],
  ['inc below the safe range', increment, -9007199254740992n, '-9007199254740991'],
  ['inc overflow', increment, greatest, '! ArithmeticOverflow'],
  ['dec', decrement, 0, '-1'],
  ['dec at -(2^53-1)', decrement, -9007199254740991, '-9007199254740992'],
  ['dec overflow', decrement, least, '! ArithmeticOverflow'],
  ['abs', absolute, -3, '3'],
  ['abs large', absolute, -9007199254740993n, '9007199254740993'],
  ['abs overflow', absolute, least, '! ArithmeticOverflow'],
  ['abs -0.0', absolute, float(-0), '0.0'],
  ['sqrt', squareRoot, 9, '3.0'],
  ['sqrt -0.0', squareRoot, float(-0), '-0.0'],
  ['sqrt NaN', squareRoot, float(NaN), '##NaN'],
  ['sqrt negative', squareRoot, -1, '! InvalidArgument'],
  ['floor', floor, float(-1.5), '-2'],
  ['floor -0.5', floor, float(-0), '0'],
  ['floor NaN', floor, float(NaN), '! InvalidArgument'],
  ['floor infinity', floor, float(Infinity), '! InvalidArgument'],
  ['floor too large', floor, float(1e19), '! ArithmeticOverflow'],
  ['floor 2^63', floor, float(2 ** 63), '! ArithmeticOverflow'],
  ['floor -2^63', floor, float(-(2 ** 63)), '-9223372036854775808'],
  ['floor integer', floor, greatest, '9223372036854775807'],
  ['ceil', ceil, float(1.2), '2'],
  ['ceil to no negative zero', ceil, float(-0.5), '0'],
  ['round half up', round, float(2.5), '3'],
  ['round half down', round, float(-2.5), '-3'],
  ['round just below a half', round, float(0.49999999999999994), '0'],
  ['round to no negative zero', round, float(-0.4), '0'],
  ['round large', round, float(2 ** 52 + 1), '4503599627370497'],
  ['truncate', truncateToInteger, float(-2.9), '-2'],
  ['truncate NaN', truncateToInteger, float(NaN), '! InvalidArgument'],
  ['truncate 2^63', truncateToInteger, float(2 ** 63), '! InvalidArgument'],
  ['truncate -2^63', truncateToInteger, float(-(2 ** 63)), '-9223372036854775808'],
  ['truncate text', truncateToInteger, '1', '! TypeError'],
  ['even', isEven, -4, 'true'],
  ['even large', isEven, 9007199254740993n, 'false'],
  ['odd negative', isOdd, -3, 'true'],
  ['odd float', isOdd, float(3), '! TypeError'],
  ['sign of -0.0', value => signOf(value, 'pos?'), float(-0), '0'],
])('%s', (_, operation, a, expected) => expect(outcome(() => operation(a))).toBe(expected))

test('a type error names the operation as the program does, and the first wrong operand', () => {
  expect(() => add('a', null)).toThrow('Type error in +: expected number, got string')
  expect(() => divide(1, null)).toThrow('Type error in /: expected number, got nil')
  expect(() => greaterThan('a', 1)).toThrow('Type error in >: expected string, got integer')
  expect(() => isEven(float(2))).toThrow('Type error in even?: expected integer, got float')
})

describe('against BigInt', () => {
  const operations: [string, Binary, (a: bigint, b: bigint) => bigint][] = [
    ['+', add, (a, b) => a + b],
    ['-', subtract, (a, b) => a - b],
    ['*', multiply, (a, b) => a * b],
    ['quot', quot, (a, b) => a / b],
    ['rem', rem, (a, b) => a % b],
    ['mod', mod, (a, b) => ((a % b) + b) % b],
  ]
  test.each(operations)('%s', (name, operation, reference) => {
    fc.assert(
      fc.property(integers, integers, (a, b) => {
        const divides = name === 'quot' || name === 'rem' || name === 'mod'
        const exact = divides && b === 0 ? undefined : reference(BigInt(a), BigInt(b))
        const expected =
          exact === undefined
            ? '! DivisionByZero'
            : BigInt.asIntN(64, exact) === exact
              ? String(exact)
              : '! ArithmeticOverflow'
        expect(outcome(() => operation(a, b))).toBe(expected)
      }),
      { ...seeded, numRuns: 3000 },
    )
  })

  test('/ gives an Integer exactly when the quotient is one', () => {
    fc.assert(
      fc.property(integers, integers, (a, b) => {
        if (b === 0) return
        const quotient = BigInt(a) % BigInt(b) === 0n ? BigInt(a) / BigInt(b) : undefined
        const got = outcome(() => divide(a, b))
        if (quotient === undefined) expect(got).toBe(formatValue(float(Number(a) / Number(b))))
        else
          expect(got).toBe(
            BigInt.asIntN(64, quotient) === quotient ? String(quotient) : '! ArithmeticOverflow',
          )
      }),
      { ...seeded, numRuns: 3000 },
    )
  })

  test('comparison is exact, and all comparisons agree with it', () => {
    // Every finite float is an integer multiple of 2^-1074: take that integer from its bits.
    const scaled = (value: number | bigint): bigint => {
      if (typeof value === 'bigint' || Number.isSafeInteger(value)) return BigInt(value) * 2n ** 1074n
      const bits = new BigUint64Array(new Float64Array([Math.abs(value)]).buffer)[0]!
      const exponent = bits >> 52n
      const fraction = bits & (2n ** 52n - 1n)
      const size = exponent === 0n ? fraction : (fraction + 2n ** 52n) << (exponent - 1n)
      return value < 0 ? -size : size
    }
    const finite = floats.filter(value => Number.isFinite(value.value))
    fc.assert(
      fc.property(fc.oneof(integers, finite), fc.oneof(integers, finite), (a, b) => {
        const [left, right] = [a, b].map(value => scaled(typeof value === 'object' ? value.value : value))
        const expected = left! < right! ? -1 : left! > right! ? 1 : 0
        expect(compareNumbers(a, b)).toBe(expected)
        expect([
          lessThan(a, b),
          lessOrEqual(a, b),
          greaterThan(a, b),
          greaterOrEqual(a, b),
          numericEquals(a, b),
        ]).toEqual([expected < 0, expected <= 0, expected > 0, expected >= 0, expected === 0])
      }),
      { ...seeded, numRuns: 3000 },
    )
  })
})

test.each<[string, string | undefined]>([
  ['0', '0'],
  ['007', '7'],
  ['-0', '0'],
  ['+7', '7'],
  ['9223372036854775807', '9223372036854775807'],
  ['-9223372036854775808', '-9223372036854775808'],
  ['9223372036854775808', undefined],
  [`${'0'.repeat(40)}5`, '5'],
  [`-${'0'.repeat(40)}`, '0'],
  ['9'.repeat(40), undefined],
  ['', undefined],
  ['-', undefined],
  ['1.0', undefined],
  [' 1', undefined],
  ['1e3', undefined],
  ['١', undefined],
])('parseInteger %j', (text, expected) => {
  const value = parseInteger(text)
  assertValue(value ?? null)
  expect(value === undefined ? undefined : String(value)).toBe(expected)
})

test.each<[string, number | undefined]>([
  ['1.5', 1.5],
  ['-1.5e3', -1500],
  ['2', 2],
  ['1e3', 1000],
  ['##Inf', Infinity],
  ['##-Inf', -Infinity],
  ['##NaN', NaN],
  ['1.', undefined],
  ['.5', undefined],
  ['1e999', undefined],
  ['Infinity', undefined],
  ['0x10', undefined],
])('parseFloatText %j', (text, expected) => expect(parseFloatText(text)).toBe(expected))

test('integer() is canonical at the borders', () => {
  expect(integer(9007199254740991n, 'x')).toBe(9007199254740991)
  expect(integer(9007199254740992n, 'x')).toBe(9007199254740992n)
  expect(() => integer(greatest + 1n, 'x')).toThrow('Integer overflow in x')
})

test('reading long digits takes linear time', () => {
  const started = performance.now()
  expect(parseInteger(`${'0'.repeat(500_000)}x`)).toBeUndefined()
  expect(parseInteger('9'.repeat(1_000_000))).toBeUndefined()
  expect(performance.now() - started).toBeLessThan(1000)
})
