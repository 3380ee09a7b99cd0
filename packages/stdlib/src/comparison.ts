import {
  compareValues,
  equals,
  greaterOrEqual,
  greaterThan,
  isTruthy,
  Keyword,
  lessOrEqual,
  lessThan,
  type Meter,
  numericEquals,
  ResourceHandle,
  RtfsFloat,
  RtfsSymbol,
  Timestamp,
  Uuid,
  type Value,
} from '@rtfs/core'
import type { BuiltinDefinition, LibraryContext } from './builtin.js'
import { chargeScan } from './charges.js'
import { binary, define, unary, variadic } from './define.js'

/** Equality, order and logic (LANGUAGE §13.2). */
export function comparison(): readonly BuiltinDefinition[] {
  return [
    define({
      name: '=',
      section: '13.2',
      signature: '[:=> [:any & :any] :bool]',
      doc: 'True when all arguments are equal. An Integer never equals a Float; a vector equals a list with equal elements.',
      examples: {
        '(= 1 1.0)': 'false',
        "(= [1 2] '(1 2))": 'true',
        '(= 1 1 2)': 'false',
        '(= 1)': 'true',
        '(= ##NaN ##NaN)': 'false',
      },
      total: true,
      implementation: variadic(allEqual, {
        call1: () => true,
        call2: (a, b, context) => isEqual(a, b, context.meter),
      }),
    }),
    define({
      name: '!=',
      section: '13.2',
      signature: '[:=> [:any :any] :bool]',
      doc: 'The negation of `=` for two arguments.',
      examples: { '(!= 1 2)': 'true', '(!= [1] [1])': 'false' },
      total: true,
      implementation: binary((a, b, context) => !isEqual(a, b, context.meter)),
    }),
    define({
      name: 'not=',
      section: '13.2',
      signature: '[:=> [:any & :any] :bool]',
      doc: 'The negation of `=`.',
      examples: { '(not= 1 1 2)': 'true', '(not= 1)': 'false' },
      total: true,
      implementation: variadic((args, context) => !allEqual(args, context), {
        call1: () => false,
        call2: (a, b, context) => !isEqual(a, b, context.meter),
      }),
    }),
    pairwise({
      name: '==',
      signature: '[:=> [:number & :number] :bool]',
      doc: 'True when all numbers are the same, exactly, across Integer and Float.',
      examples: { '(== 1 1.0)': 'true', '(== 1 2)': 'false', '(== 1 "1")': '! TypeError' },
      total: true,
      test: numericEquals,
    }),
    pairwise({
      name: '<',
      signature: ordered,
      doc: 'True when each argument is less than the next: all numbers, all strings (by code point) or all timestamps.',
      examples: { '(< 1 2 3)': 'true', '(< "a" "b")': 'true', '(< 1 ##NaN)': 'false', '(< 1)': 'true' },
      test: lessThan,
    }),
    pairwise({
      name: '<=',
      signature: ordered,
      doc: 'True when no argument is greater than the next.',
      examples: { '(<= 1 1 2)': 'true', '(<= 2 1)': 'false' },
      test: lessOrEqual,
    }),
    pairwise({
      name: '>',
      signature: ordered,
      doc: 'True when each argument is greater than the next.',
      examples: { '(> 3 2 1)': 'true', '(> "a" 1)': '! TypeError' },
      test: greaterThan,
    }),
    pairwise({
      name: '>=',
      signature: ordered,
      doc: 'True when no argument is less than the next.',
      examples: { '(>= 2 2 1)': 'true', '(>= 1 2)': 'false' },
      test: greaterOrEqual,
    }),
    define({
      name: 'compare',
      section: '13.2',
      signature: '[:=> [:any :any] :int]',
      doc: '-1, 0 or 1 by the natural order, in which values of all types have their place.',
      examples: { '(compare :a :b)': '-1', '(compare 1 1)': '0', '(compare "a" nil)': '1' },
      total: true,
      implementation: binary((a, b, context) => orderOf(a, b, context.meter)),
    }),
    define({
      name: 'not',
      section: '13.2',
      signature: '[:=> [:any] :bool]',
      doc: 'True for false and nil, false for everything else.',
      examples: { '(not 0)': 'false', '(not nil)': 'true' },
      total: true,
      implementation: unary(a => !isTruthy(a)),
    }),
    define({
      name: 'and',
      section: '5.5',
      signature: '[:=> [& :any] :any]',
      doc: 'As a function value: the first falsy argument or the last one; true without arguments. In call position `and` is a special form that stops early.',
      examples: { '(reduce and true [1 nil 2])': 'nil', '(apply and [])': 'true', '(apply and [1 2])': '2' },
      total: true,
      implementation: variadic(args => {
        for (const arg of args) if (!isTruthy(arg)) return arg
        return args.length === 0 ? true : args[args.length - 1]!
      }),
    }),
    define({
      name: 'or',
      section: '5.5',
      signature: '[:=> [& :any] :any]',
      doc: 'As a function value: the first truthy argument or the last one; nil without arguments. In call position `or` is a special form that stops early.',
      examples: {
        '(reduce or nil [nil 2 3])': '2',
        '(apply or [])': 'nil',
        '(apply or [nil false])': 'false',
      },
      total: true,
      implementation: variadic(args => {
        for (const arg of args) if (isTruthy(arg)) return arg
        return args.length === 0 ? null : args[args.length - 1]!
      }),
    }),
    define({
      name: 'identical?',
      section: '13.2',
      signature: '[:=> [:any :any] :bool]',
      doc: 'For scalars and strings: same type and value. For collections and functions: the same object.',
      examples: {
        '(identical? :a :a)': 'true',
        '(identical? 1 1.0)': 'false',
        '(identical? [1] [1])': 'false',
      },
      total: true,
      implementation: binary(
        (a, b, context) => a === b || (isScalarObject(a) && isEqual(a, b, context.meter)),
      ),
    }),
  ]
}

const ordered = '[:=> [[:union :number :string :timestamp] & [:union :number :string :timestamp]] :bool]'

interface Pairwise {
  readonly name: string
  readonly signature: string
  readonly doc: string
  readonly examples: Readonly<Record<string, string>>
  readonly total?: boolean
  readonly test: (a: Value, b: Value) => boolean
}

/** A comparison that holds when it holds for each two neighbours. Every argument is checked, also after a false. */
function pairwise({ test, ...row }: Pairwise): BuiltinDefinition {
  const compare = (a: Value, b: Value, context: LibraryContext): boolean => {
    if (typeof a === 'string' && typeof b === 'string')
      chargeScan(context.meter, Math.min(a.length, b.length))
    return test(a, b)
  }
  return define({
    ...row,
    section: '13.2',
    implementation: variadic(
      (args, context) => {
        // Alone, an argument is compared with itself: that checks its type, and `true` is the answer anyway.
        if (args.length === 1) compare(args[0]!, args[0]!, context)
        let holds = true
        for (let i = 1; i < args.length; i++) holds = compare(args[i - 1]!, args[i]!, context) && holds
        return holds
      },
      { call2: compare },
    ),
  })
}

function allEqual(args: readonly Value[], context: LibraryContext): boolean {
  for (let i = 1; i < args.length; i++) if (!isEqual(args[i - 1]!, args[i]!, context.meter)) return false
  return true
}

/** `=` with everything charged that is looked at. */
export function isEqual(a: Value, b: Value, meter: Meter): boolean {
  if (typeof a === 'string') {
    if (typeof b !== 'string' || a.length !== b.length) return false
    chargeScan(meter, a.length)
    return a === b
  }
  return equals(a, b, meter)
}

/** The natural order with everything charged that is looked at. */
export function orderOf(a: Value, b: Value, meter: Meter): -1 | 0 | 1 {
  if (typeof a === 'string' && typeof b === 'string') chargeScan(meter, Math.min(a.length, b.length))
  return compareValues(a, b, meter)
}

/** Values of these classes stand for what they hold; which object it is does not matter. */
function isScalarObject(value: Value): boolean {
  return (
    value instanceof RtfsFloat ||
    value instanceof Keyword ||
    value instanceof RtfsSymbol ||
    value instanceof Timestamp ||
    value instanceof Uuid ||
    value instanceof ResourceHandle
  )
}
