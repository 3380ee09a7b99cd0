import {
  absolute,
  add,
  arithmeticOverflow,
  ceil,
  decrement,
  divide,
  float,
  floor,
  increment,
  integer,
  invalidArgument,
  isEven,
  isOdd,
  maximum,
  minimum,
  mod,
  multiply,
  negate,
  parseFloatText,
  parseInteger,
  power,
  quot,
  RtfsFloat,
  rem,
  requireInteger,
  requireNumber,
  round,
  signOf,
  squareRoot,
  subtract,
  toFloat,
  truncateToInteger,
  typeError,
  typeName,
  type Value,
} from '@rtfs/core'
import type { BuiltinDefinition, LibraryContext, PlainImplementation } from './builtin.js'
import { chargeScan } from './charges.js'
import { binary, define, unary, variadic } from './define.js'

/** Arithmetic and numeric conversions (LANGUAGE §13.1). The arithmetic itself is in the core package. */
export function arithmetic(): readonly BuiltinDefinition[] {
  return [
    define({
      name: '+',
      section: '13.1',
      signature: '[:=> [:number & :number] :number]',
      doc: 'Sum. Integers stay exact; any Float makes the result a Float.',
      examples: {
        '(+ 1 2.5)': '3.5',
        '(+ 1 2 3)': '6',
        '(+ 9223372036854775807 1)': '! ArithmeticOverflow',
        '(+)': '! ArityMismatch',
      },
      implementation: folding(add, a => requireNumber(a, '+')),
    }),
    define({
      name: '-',
      section: '13.1',
      signature: '[:=> [:number & :number] :number]',
      doc: 'Difference, from left to right; with one argument its negation.',
      examples: { '(- 10 5 2)': '3', '(- 3)': '-3', '(- 1 2.5)': '-1.5' },
      implementation: folding(subtract, negate),
    }),
    define({
      name: '*',
      section: '13.1',
      signature: '[:=> [:number & :number] :number]',
      doc: 'Product. Integers stay exact; any Float makes the result a Float.',
      examples: { '(* 2 3 4)': '24', '(* 2 0.5)': '1.0' },
      implementation: folding(multiply, a => requireNumber(a, '*')),
    }),
    define({
      name: '/',
      section: '13.1',
      signature: '[:=> [:number & :number] :number]',
      doc: 'Quotient, from left to right; with one argument 1 divided by it. Integers that divide exactly give an Integer, otherwise a Float.',
      examples: {
        '(/ 10 2 2)': '2.5',
        '(/ 6 2)': '3',
        '(/ 6.0 2)': '3.0',
        '(/ 4)': '0.25',
        '(/ 1 0)': '! DivisionByZero',
      },
      implementation: folding(divide, a => divide(1, a)),
    }),
    define({
      name: 'quot',
      section: '13.1',
      signature: '[:=> [:number :number] :number]',
      doc: 'Quotient without its fraction, rounded towards zero.',
      examples: { '(quot -7 2)': '-3', '(quot 1 0)': '! DivisionByZero' },
      implementation: binary(quot),
    }),
    define({
      name: 'rem',
      section: '13.1',
      signature: '[:=> [:number :number] :number]',
      doc: 'Remainder of `quot`, with the sign of the dividend.',
      examples: { '(rem -7 2)': '-1', '(rem 7.5 2)': '1.5' },
      implementation: binary(rem),
    }),
    define({
      name: 'mod',
      section: '13.1',
      signature: '[:=> [:number :number] :number]',
      doc: 'Floored modulus, with the sign of the divisor.',
      examples: { '(mod -7 2)': '1', '(mod 7 -2)': '-1', '(mod 1 0)': '! DivisionByZero' },
      implementation: binary(mod),
    }),
    define({
      name: 'inc',
      section: '13.1',
      signature: '[:=> [:number] :number]',
      doc: 'One more.',
      examples: { '(inc 1.5)': '2.5', '(inc 1)': '2' },
      implementation: unary(increment),
    }),
    define({
      name: 'dec',
      section: '13.1',
      signature: '[:=> [:number] :number]',
      doc: 'One less.',
      examples: { '(dec 1)': '0', '(dec -9223372036854775808)': '! ArithmeticOverflow' },
      implementation: unary(decrement),
    }),
    define({
      name: 'max',
      section: '13.1',
      signature: '[:=> [:number & :number] :number]',
      doc: 'The greatest argument itself, the first of equal ones; NaN if one is NaN.',
      examples: { '(max 1 2.5)': '2.5', '(max 1 1.0)': '1', '(max 1 ##NaN)': '##NaN' },
      total: true,
      implementation: folding(maximum, a => requireNumber(a, 'max')),
    }),
    define({
      name: 'min',
      section: '13.1',
      signature: '[:=> [:number & :number] :number]',
      doc: 'The least argument itself, the first of equal ones; NaN if one is NaN.',
      examples: { '(min 5 2 8)': '2', '(min 2 2.0)': '2' },
      total: true,
      implementation: folding(minimum, a => requireNumber(a, 'min')),
    }),
    define({
      name: 'abs',
      section: '13.1',
      signature: '[:=> [:number] :number]',
      doc: 'Absolute value.',
      examples: {
        '(abs -3)': '3',
        '(abs -2.5)': '2.5',
        '(abs -9223372036854775808)': '! ArithmeticOverflow',
      },
      implementation: unary(absolute),
    }),
    define({
      name: 'pow',
      section: '13.1',
      signature: '[:=> [:number :number] :number]',
      doc: 'The first argument to the power of the second: exact for integers with an exponent of at least 0, otherwise a Float.',
      examples: { '(pow 2 10)': '1024', '(pow 2 -1)': '0.5', '(pow 2 64)': '! ArithmeticOverflow' },
      implementation: binary(power),
    }),
    define({
      name: 'sqrt',
      section: '13.1',
      signature: '[:=> [:number] :float]',
      doc: 'Square root, always a Float.',
      examples: { '(sqrt 9)': '3.0', '(sqrt -1)': '! InvalidArgument' },
      implementation: unary(squareRoot),
    }),
    define({
      name: 'floor',
      section: '13.1',
      signature: '[:=> [:number] :int]',
      doc: 'The greatest Integer that is not above the number.',
      examples: {
        '(floor -1.5)': '-2',
        '(floor 1e300)': '! ArithmeticOverflow',
        '(floor ##NaN)': '! InvalidArgument',
      },
      implementation: unary(floor),
    }),
    define({
      name: 'ceil',
      section: '13.1',
      signature: '[:=> [:number] :int]',
      doc: 'The least Integer that is not below the number.',
      examples: { '(ceil 1.2)': '2', '(ceil -0.5)': '0' },
      implementation: unary(ceil),
    }),
    define({
      name: 'round',
      section: '13.1',
      signature: '[:=> [:number] :int]',
      doc: 'The nearest Integer, halves away from zero.',
      examples: { '(round 2.5)': '3', '(round -2.5)': '-3', '(round 2.4)': '2' },
      implementation: unary(round),
    }),
    define({
      name: 'factorial',
      aliases: ['fact'],
      section: '13.1',
      signature: '[:=> [:int] :int]',
      doc: 'The product of 1 to the number.',
      examples: {
        '(factorial 5)': '120',
        '(fact 0)': '1',
        '(factorial -1)': '! InvalidArgument',
        '(factorial 21)': '! ArithmeticOverflow',
      },
      implementation: unary(factorial),
    }),
    define({
      name: 'int',
      section: '13.1',
      signature: '[:=> [[:union :number :string :bool :nil]] :int]',
      doc: 'Converts to an Integer: floats lose their fraction, text is read, true is 1; false, nil and text that is no number are 0.',
      examples: {
        '(int "42")': '42',
        '(int 2.9)': '2',
        '(int "invalid")': '0',
        '(int true)': '1',
        '(int ##NaN)': '! InvalidArgument',
        '(int [])': '! TypeError',
      },
      implementation: unary(toInteger),
    }),
    define({
      name: 'float',
      section: '13.1',
      signature: '[:=> [[:union :number :string :bool :nil]] :float]',
      doc: 'Converts to a Float: text is read, true is 1.0; false, nil and text that is no number are 0.0.',
      examples: {
        '(float 2)': '2.0',
        '(float "2.5")': '2.5',
        '(float nil)': '0.0',
        '(float [])': '! TypeError',
      },
      total: true,
      implementation: unary(toFloatValue),
    }),
    define({
      name: 'parse-int',
      section: '13.1',
      signature: '[:=> [:any] [:union :int :nil]]',
      doc: 'The Integer a text spells (white space around it ignored), nil for anything else. Floats lose their fraction.',
      examples: {
        '(parse-int " 7 ")': '7',
        '(parse-int "7.5")': 'nil',
        '(parse-int 3.7)': '3',
        '(parse-int nil)': 'nil',
      },
      total: true,
      implementation: unary(parseIntValue),
    }),
    define({
      name: 'parse-float',
      section: '13.1',
      signature: '[:=> [:any] [:union :float :nil]]',
      doc: 'The Float a text spells (white space around it ignored, integers accepted), nil for anything else.',
      examples: {
        '(parse-float "2")': '2.0',
        '(parse-float "1e3")': '1000.0',
        '(parse-float "x")': 'nil',
        '(parse-float 2)': '2.0',
      },
      total: true,
      implementation: unary(parseFloatValue),
    }),
    define({
      name: 'even?',
      section: '13.1',
      signature: '[:=> [:int] :bool]',
      doc: 'True for even integers.',
      examples: { '(even? -2)': 'true', '(even? 3)': 'false', '(even? 2.0)': '! TypeError' },
      total: true,
      implementation: unary(isEven),
    }),
    define({
      name: 'odd?',
      section: '13.1',
      signature: '[:=> [:int] :bool]',
      doc: 'True for odd integers.',
      examples: { '(odd? -3)': 'true', '(odd? 0)': 'false' },
      total: true,
      implementation: unary(isOdd),
    }),
    sign(
      'zero?',
      'True for 0, 0.0 and -0.0.',
      { '(zero? -0.0)': 'true', '(zero? 1)': 'false' },
      s => s === 0,
    ),
    sign('pos?', 'True for numbers above zero.', { '(pos? 0)': 'false', '(pos? 0.1)': 'true' }, s => s > 0),
    sign(
      'neg?',
      'True for numbers below zero.',
      { '(neg? -1)': 'true', '(neg? ##NaN)': 'false' },
      s => s < 0,
    ),
    sign(
      'nan?',
      'True for the Float that is not a number.',
      { '(nan? ##NaN)': 'true', '(nan? 1)': 'false' },
      s => Number.isNaN(s),
    ),
  ]
}

/** A function that folds its arguments from the left; `single` answers for one argument. */
function folding(fold: (a: Value, b: Value) => Value, single: (a: Value) => Value): PlainImplementation {
  return variadic(
    args => {
      if (args.length === 1) return single(args[0]!)
      let result: Value = args[0]!
      for (let i = 1; i < args.length; i++) result = fold(result, args[i]!)
      return result
    },
    { call1: single, call2: fold, call3: (a, b, c) => fold(fold(a, b), c) },
  )
}

function sign(
  name: string,
  doc: string,
  examples: Readonly<Record<string, string>>,
  test: (sign: number) => boolean,
): BuiltinDefinition {
  return define({
    name,
    section: '13.1',
    signature: '[:=> [:number] :bool]',
    doc,
    examples,
    total: true,
    implementation: unary(a => test(signOf(a, name))),
  })
}

function factorial(a: Value): Value {
  const n = requireInteger(a, 'factorial')
  if (n < 0) throw invalidArgument('factorial of a negative number')
  if (n > 20) throw arithmeticOverflow('factorial')
  let product = 1n
  for (let i = 2n; i <= n; i++) product *= i
  return integer(product, 'factorial')
}

function toInteger(a: Value, context: LibraryContext): Value {
  if (a === null || a === false) return 0
  if (a === true) return 1
  if (typeof a !== 'string') {
    if (typeof a === 'number' || typeof a === 'bigint' || a instanceof RtfsFloat)
      return truncateToInteger(a, 'int')
    throw typeError('int', 'number, string, boolean or nil', typeName(a))
  }
  const text = trimmed(a, context)
  const whole = parseInteger(text)
  if (whole !== undefined) return whole
  const number = parseFloatText(text)
  return number === undefined ? 0 : truncateToInteger(float(number), 'int')
}

function toFloatValue(a: Value, context: LibraryContext): Value {
  if (a instanceof RtfsFloat) return a
  if (a === null || a === false) return float(0)
  if (a === true) return float(1)
  if (typeof a === 'number' || typeof a === 'bigint') return float(toFloat(a))
  if (typeof a === 'string') return float(parseFloatText(trimmed(a, context)) ?? 0)
  throw typeError('float', 'number, string, boolean or nil', typeName(a))
}

function parseIntValue(a: Value, context: LibraryContext): Value {
  if (typeof a === 'number' || typeof a === 'bigint') return a
  if (typeof a === 'string') return parseInteger(trimmed(a, context)) ?? null
  // No error is documented for it, so a Float that no Integer can hold is nil like any other misfit.
  if (a instanceof RtfsFloat)
    return a.value >= -(2 ** 63) && a.value < 2 ** 63 ? truncateToInteger(a, 'parse-int') : null
  return null
}

function parseFloatValue(a: Value, context: LibraryContext): Value {
  if (a instanceof RtfsFloat) return a
  if (typeof a === 'number' || typeof a === 'bigint') return float(toFloat(a))
  if (typeof a !== 'string') return null
  const number = parseFloatText(trimmed(a, context))
  return number === undefined ? null : float(number)
}

function trimmed(text: string, context: LibraryContext): string {
  chargeScan(context.meter, text.length)
  return text.trim()
}
