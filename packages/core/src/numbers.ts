import { arithmeticOverflow, divisionByZero, invalidArgument, typeError } from './errors.js'
import { compareText } from './text.js'
import { typeName } from './type-name.js'
import { RtfsFloat, Timestamp, type Value } from './values.js'

// The one arithmetic of every tier (LANGUAGE §3.4, §13.1, §19). Each operation looks for two small integers first;
// everything else is in a function of its own so that the hot half stays small enough to be inlined.
//
// An Integer is a safe `number` or a bigint outside that range. Rounding is monotone and ±2^53 is representable, so
// a sum or product of two safe numbers that comes out within ±(2^53−1) is exact. `+ 0` turns −0 into 0.

type Numeric = number | bigint | RtfsFloat

const maxSafe = Number.MAX_SAFE_INTEGER
const leastInteger = -(2n ** 63n)
const greatestInteger = 2n ** 63n - 1n

/** True for an Integer or a Float. */
export function isNumber(value: Value): value is number | bigint | RtfsFloat {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof RtfsFloat
}

/** The canonical Integer of an exact result; ArithmeticOverflow naming `operation` outside 64 bits. */
export function integer(value: bigint, operation: string): number | bigint {
  if (value >= -9007199254740991n && value <= 9007199254740991n) return Number(value)
  if (value < leastInteger || value > greatestInteger) throw arithmeticOverflow(operation)
  return value
}

/** Boxes a JavaScript number as a Float. */
export function float(value: number): RtfsFloat {
  return new RtfsFloat(value)
}

/** The binary64 nearest to a number. */
export function toFloat(value: Numeric): number {
  return typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : value.value
}

/** `value` when it is a number, else a TypeError naming `operation`. */
export function requireNumber(value: Value, operation: string): number | bigint | RtfsFloat {
  if (!isNumber(value)) throw typeError(operation, 'number', typeName(value))
  return value
}

/** `value` when it is an Integer, else a TypeError naming `operation`. */
export function requireInteger(value: Value, operation: string): number | bigint {
  if (typeof value === 'number' || typeof value === 'bigint') return value
  throw typeError(operation, 'integer', typeName(value))
}

/** `(+ a b)`. */
export function add(a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b
    if (sum >= -maxSafe && sum <= maxSafe) return sum
  }
  return addAny(requireNumber(a, '+'), requireNumber(b, '+'))
}

function addAny(a: Numeric, b: Numeric): Value {
  if (a instanceof RtfsFloat || b instanceof RtfsFloat) return new RtfsFloat(toFloat(a) + toFloat(b))
  return integer(BigInt(a) + BigInt(b), '+')
}

/** `(- a b)`. */
export function subtract(a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b
    if (difference >= -maxSafe && difference <= maxSafe) return difference
  }
  return subtractAny(requireNumber(a, '-'), requireNumber(b, '-'))
}

function subtractAny(a: Numeric, b: Numeric): Value {
  if (a instanceof RtfsFloat || b instanceof RtfsFloat) return new RtfsFloat(toFloat(a) - toFloat(b))
  return integer(BigInt(a) - BigInt(b), '-')
}

/** `(* a b)`. */
export function multiply(a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b
    if (product >= -maxSafe && product <= maxSafe) return product + 0
  }
  return multiplyAny(requireNumber(a, '*'), requireNumber(b, '*'))
}

function multiplyAny(a: Numeric, b: Numeric): Value {
  if (a instanceof RtfsFloat || b instanceof RtfsFloat) return new RtfsFloat(toFloat(a) * toFloat(b))
  return integer(BigInt(a) * BigInt(b), '*')
}

/**
 * `(/ a b)`. Integers with an exact quotient give an Integer, other integers the Float quotient of their nearest
 * floats. DivisionByZero for 0, 0.0 and −0.0.
 */
export function divide(a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') {
    if (b === 0) throw divisionByZero()
    return a % b === 0 ? a / b + 0 : new RtfsFloat(a / b)
  }
  return divideAny(requireNumber(a, '/'), requireNumber(b, '/'))
}

function divideAny(a: Numeric, b: Numeric): Value {
  if (isZero(b)) throw divisionByZero()
  if (a instanceof RtfsFloat || b instanceof RtfsFloat) return new RtfsFloat(toFloat(a) / toFloat(b))
  const [dividend, divisor] = [BigInt(a), BigInt(b)]
  if (dividend % divisor === 0n) return integer(dividend / divisor, '/')
  return new RtfsFloat(Number(a) / Number(b))
}

/** `(quot a b)`: the quotient without its fraction. With a Float operand the result is a Float. */
export function quot(a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') {
    if (b === 0) throw divisionByZero()
    // Both steps are exact; truncating a rounded quotient would also be, but not as plainly.
    return (a - (a % b)) / b + 0
  }
  const [dividend, divisor] = [requireNumber(a, 'quot'), requireNumber(b, 'quot')]
  if (isZero(divisor)) throw divisionByZero()
  if (dividend instanceof RtfsFloat || divisor instanceof RtfsFloat) {
    return new RtfsFloat(Math.trunc(toFloat(dividend) / toFloat(divisor)))
  }
  return integer(BigInt(dividend) / BigInt(divisor), 'quot')
}

/** `(rem a b)`: the remainder of truncated division, with the sign of the dividend. */
export function rem(a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') {
    if (b === 0) throw divisionByZero()
    return (a % b) + 0
  }
  const [dividend, divisor] = [requireNumber(a, 'rem'), requireNumber(b, 'rem')]
  if (isZero(divisor)) throw divisionByZero()
  if (dividend instanceof RtfsFloat || divisor instanceof RtfsFloat) {
    return new RtfsFloat(toFloat(dividend) % toFloat(divisor))
  }
  return integer(BigInt(dividend) % BigInt(divisor), 'rem')
}

/** `(mod a b)`: the remainder of floored division, with the sign of the divisor (also for a Float zero). */
export function mod(a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') {
    if (b === 0) throw divisionByZero()
    const remainder = a % b
    return remainder !== 0 && remainder < 0 !== b < 0 ? remainder + b : remainder + 0
  }
  const [dividend, divisor] = [requireNumber(a, 'mod'), requireNumber(b, 'mod')]
  if (isZero(divisor)) throw divisionByZero()
  if (dividend instanceof RtfsFloat || divisor instanceof RtfsFloat) {
    const by = toFloat(divisor)
    const remainder = toFloat(dividend) % by
    if (remainder === 0) return new RtfsFloat(by < 0 ? -0 : 0)
    return new RtfsFloat(remainder < 0 !== by < 0 ? remainder + by : remainder)
  }
  const by = BigInt(divisor)
  const remainder = BigInt(dividend) % by
  return integer(remainder !== 0n && remainder < 0n !== by < 0n ? remainder + by : remainder, 'mod')
}

function isZero(value: Numeric): boolean {
  return value instanceof RtfsFloat ? value.value === 0 : value === 0
}

/** `(- a)`. */
export function negate(a: Value): Value {
  if (typeof a === 'number') return 0 - a
  const value = requireNumber(a, '-')
  return value instanceof RtfsFloat ? new RtfsFloat(-value.value) : integer(-BigInt(value), '-')
}

/** `(inc a)`. */
export function increment(a: Value): Value {
  if (typeof a === 'number' && a < maxSafe) return a + 1
  const value = requireNumber(a, 'inc')
  return value instanceof RtfsFloat ? new RtfsFloat(value.value + 1) : integer(BigInt(value) + 1n, 'inc')
}

/** `(dec a)`. */
export function decrement(a: Value): Value {
  if (typeof a === 'number' && a > -maxSafe) return a - 1
  const value = requireNumber(a, 'dec')
  return value instanceof RtfsFloat ? new RtfsFloat(value.value - 1) : integer(BigInt(value) - 1n, 'dec')
}

/** `(abs a)`. ArithmeticOverflow for the least integer. */
export function absolute(a: Value): Value {
  if (typeof a === 'number') return a < 0 ? -a : a
  const value = requireNumber(a, 'abs')
  if (value instanceof RtfsFloat) return new RtfsFloat(Math.abs(value.value))
  return value < 0 ? integer(-BigInt(value), 'abs') : value
}

/**
 * `(pow a b)`. Exact for integers with an exponent of at least 0, otherwise a Float after IEEE 754-2019 `pow`
 * (1 to any power is 1, −1 to an infinite power is 1).
 */
export function power(a: Value, b: Value): Value {
  const base = requireNumber(a, 'pow')
  const exponent = requireNumber(b, 'pow')
  if (base instanceof RtfsFloat || exponent instanceof RtfsFloat || exponent < 0) {
    return new RtfsFloat(floatPower(toFloat(base), toFloat(exponent)))
  }
  if (base === 1 || exponent === 0) return 1
  if (base === 0) return 0
  if (base === -1) return BigInt(exponent) % 2n === 0n ? 1 : -1
  // |base| ≥ 2 from here on, so 64 factors never fit in 64 bits.
  if (exponent >= 64) throw arithmeticOverflow('pow')
  return integer(BigInt(base) ** BigInt(exponent), 'pow')
}

function floatPower(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && Math.abs(exponent) === Infinity)) return 1
  return base ** exponent
}

/** `(sqrt a)`, always a Float. InvalidArgument for a negative number; −0.0 and NaN give themselves. */
export function squareRoot(a: Value): Value {
  const value = toFloat(requireNumber(a, 'sqrt'))
  if (value < 0) throw invalidArgument('sqrt of a negative number')
  return new RtfsFloat(Math.sqrt(value))
}

/** `(floor a)`, an Integer. InvalidArgument for NaN and infinities, ArithmeticOverflow outside 64 bits. */
export function floor(a: Value): Value {
  if (typeof a === 'number') return a
  const value = requireNumber(a, 'floor')
  return value instanceof RtfsFloat ? integral(Math.floor(value.value), 'floor') : value
}

/** `(ceil a)`, an Integer; errors as `floor`. */
export function ceil(a: Value): Value {
  if (typeof a === 'number') return a
  const value = requireNumber(a, 'ceil')
  return value instanceof RtfsFloat ? integral(Math.ceil(value.value), 'ceil') : value
}

/** `(round a)`, an Integer, halves away from zero; errors as `floor`. */
export function round(a: Value): Value {
  if (typeof a === 'number') return a
  const value = requireNumber(a, 'round')
  if (!(value instanceof RtfsFloat)) return value
  // The difference is exact; adding 0.5 first would round 0.49999999999999994 up.
  const whole = Math.trunc(value.value)
  const up = Math.abs(value.value - whole) >= 0.5
  return integral(up ? whole + Math.sign(value.value) : whole, 'round')
}

function integral(value: number, operation: string): number | bigint {
  if (value >= -maxSafe && value <= maxSafe) return value + 0
  if (!Number.isFinite(value))
    throw invalidArgument(`${operation} of ${Number.isNaN(value) ? 'NaN' : 'infinity'}`)
  return integer(BigInt(value), operation)
}

/**
 * The Integer of a number without its fraction: `(int 2.9)` is 2. InvalidArgument for NaN, infinities and results
 * outside 64 bits.
 */
export function truncateToInteger(a: Value, operation: string = 'int'): number | bigint {
  if (typeof a === 'number') return a
  const value = requireNumber(a, operation)
  if (!(value instanceof RtfsFloat)) return value
  const whole = Math.trunc(value.value)
  if (whole >= -maxSafe && whole <= maxSafe) return whole + 0
  if (!(whole >= -(2 ** 63) && whole < 2 ** 63)) {
    throw invalidArgument(`${operation} of ${Number.isNaN(whole) ? 'NaN' : 'a number outside 64 bits'}`)
  }
  return BigInt(whole)
}

/** `(max a b)`: the greater argument itself; the first of equal ones; NaN if one is NaN. */
export function maximum(a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') return b > a ? b : a
  const [left, right] = [requireNumber(a, 'max'), requireNumber(b, 'max')]
  const order = compareNumbers(left, right)
  return Number.isNaN(order) ? nanOf(left, right) : order < 0 ? b : a
}

/** `(min a b)`: the lesser argument itself; the first of equal ones; NaN if one is NaN. */
export function minimum(a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') return b < a ? b : a
  const [left, right] = [requireNumber(a, 'min'), requireNumber(b, 'min')]
  const order = compareNumbers(left, right)
  return Number.isNaN(order) ? nanOf(left, right) : order > 0 ? b : a
}

function nanOf(a: Numeric, b: Numeric): Value {
  return a instanceof RtfsFloat && Number.isNaN(a.value) ? a : b
}

/** −1, 0 or 1 by exact value across Integer and Float; NaN when one is NaN. The arguments must be numbers. */
export function compareNumbers(a: number | bigint | RtfsFloat, b: number | bigint | RtfsFloat): number {
  // JavaScript compares a bigint with a number by exact value.
  const left = a instanceof RtfsFloat ? a.value : a
  const right = b instanceof RtfsFloat ? b.value : b
  return left < right ? -1 : left > right ? 1 : left <= right ? 0 : NaN
}

/** `(== a b)`: the same number, exact across Integer and Float. */
export function numericEquals(a: Value, b: Value): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a === b
  return compareNumbers(requireNumber(a, '=='), requireNumber(b, '==')) === 0
}

/** `(< a b)` on two numbers, two strings (code points) or two timestamps; TypeError for anything else. */
export function lessThan(a: Value, b: Value): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a < b
  return compareOrdered(a, b, '<') < 0
}

/** `(<= a b)`; as `lessThan`. */
export function lessOrEqual(a: Value, b: Value): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a <= b
  return compareOrdered(a, b, '<=') <= 0
}

/** `(> a b)`; as `lessThan`. */
export function greaterThan(a: Value, b: Value): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a > b
  return compareOrdered(a, b, '>') > 0
}

/** `(>= a b)`; as `lessThan`. */
export function greaterOrEqual(a: Value, b: Value): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a >= b
  return compareOrdered(a, b, '>=') >= 0
}

/** NaN makes every comparison with the result false. */
function compareOrdered(a: Value, b: Value, operation: string): number {
  if (isNumber(a)) {
    if (isNumber(b)) return compareNumbers(a, b)
    throw typeError(operation, 'number', typeName(b))
  }
  if (typeof a === 'string') {
    if (typeof b === 'string') return compareText(a, b)
    throw typeError(operation, 'string', typeName(b))
  }
  if (a instanceof Timestamp) {
    if (b instanceof Timestamp) return compareInstants(a, b)
    throw typeError(operation, 'timestamp', typeName(b))
  }
  throw typeError(operation, 'number', typeName(a))
}

/** −1, 0 or 1: which instant is earlier. */
export function compareInstants(a: Timestamp, b: Timestamp): number {
  const [left, right] = [a.epochNanos, b.epochNanos]
  return left < right ? -1 : left > right ? 1 : 0
}

/** `(even? a)`; TypeError unless an Integer. */
export function isEven(a: Value): boolean {
  if (typeof a === 'number') return a % 2 === 0
  return BigInt(requireInteger(a, 'even?')) % 2n === 0n
}

/** `(odd? a)`; TypeError unless an Integer. */
export function isOdd(a: Value): boolean {
  if (typeof a === 'number') return a % 2 !== 0
  return BigInt(requireInteger(a, 'odd?')) % 2n !== 0n
}

/** −1, 0 or 1 for the sign of a number, NaN for NaN; −0.0 counts as zero. TypeError naming `operation`. */
export function signOf(a: Value, operation: string): number {
  return compareNumbers(requireNumber(a, operation), 0)
}

/**
 * The Integer that `text` spells: an optional sign and decimal digits, nothing else (LANGUAGE §1.3). `undefined`
 * for other text and outside 64 bits. Time is linear in the length.
 */
export function parseInteger(text: string): number | bigint | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined
  if (text.length <= 15) return Number(text) + 0
  // Number() would read long texts too, but rounded; BigInt takes quadratic time, so zeros go first.
  const digits = text.replace(/^[+-]?0*/, '')
  if (digits.length > 19) return undefined
  const value = text.startsWith('-') ? -BigInt(digits) : BigInt(digits)
  return value < leastInteger || value > greatestInteger ? undefined : integer(value, 'int')
}

/**
 * The number that a float literal spells (LANGUAGE §1.3: a fraction, an exponent or both, `##Inf`, `##-Inf`,
 * `##NaN`), also without either (`2`). `undefined` for other text and when the value overflows to infinity.
 */
export function parseFloatText(text: string): number | undefined {
  if (text === '##NaN') return NaN
  if (text === '##Inf') return Infinity
  if (text === '##-Inf') return -Infinity
  if (!/^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text)) return undefined
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}
