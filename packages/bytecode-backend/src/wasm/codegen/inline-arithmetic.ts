import type { Span } from '@rtfs/core'
import type { ApplyNode, Node } from '@rtfs/ir'
import type { RaiseReason } from '../abi.js'
import type { ValueType } from '../encoder/value-types.js'
import type { FunctionEmitter, Operand } from './function-emitter.js'
import type { InlineCall, InlineRule } from './inline-calls.js'
import { float, int, type Kinds } from './kinds.js'

// Exact 64-bit arithmetic with overflow checks, and binary64 arithmetic, on arguments whose kinds are known.

const least = -(2n ** 63n)

/** Puts a result of two numbers on the stack. */
type Binary = (e: FunctionEmitter, x: Operand, y: Operand, span: Span) => void

export const arithmetic: readonly (readonly [string, InlineRule])[] = [
  ['+', folding(addInts, (e, x, y) => floats(e, x, y, 'f64.add'), undefined)],
  ['-', folding(subInts, (e, x, y) => floats(e, x, y, 'f64.sub'), negation)],
  ['*', folding(mulInts, (e, x, y) => floats(e, x, y, 'f64.mul'), undefined)],
  ['/', floatDivision],
  ['quot', binary(quotInts, quotFloats)],
  ['rem', binary(remInts, undefined)],
  ['mod', binary(modInts, undefined)],
  [
    'max',
    binary(
      (e, x, y) => chooseInt(e, x, y, 'i64.gt_s'),
      (e, x, y) => chooseFloat(e, x, y, 'f64.gt'),
      true,
    ),
  ],
  [
    'min',
    binary(
      (e, x, y) => chooseInt(e, x, y, 'i64.lt_s'),
      (e, x, y) => chooseFloat(e, x, y, 'f64.lt'),
      true,
    ),
  ],
  ['inc', unary(step(1n, 'overflow inc'), stepFloat(1))],
  ['dec', unary(step(-1n, 'overflow dec'), stepFloat(-1))],
  ['abs', unary(absInt, absFloat)],
]

function areNumbers(kinds: readonly Kinds[]): boolean {
  return kinds.every(kind => kind === int || kind === float)
}

/** An argument as a number of `type`; an int where a float is wanted is converted. */
export function numberOperand(e: FunctionEmitter, node: Node, type: ValueType): Operand {
  if (type !== 'f64' || e.kinds(node) !== int) return e.operand(node, type)
  if (node.kind === 'literal') {
    const value = Number(node.value)
    return { push: () => e.body.f64(value), release: () => {} }
  }
  e.emit(node, 'i64')
  e.body.op('f64.convert_i64_s')
  return e.stored('f64')
}

/**
 * `(+ a b …)`: all arguments are evaluated, the call is charged, then they are folded from the left. Ints become
 * floats where the fold meets the first float, so `(+ 1 2 0.5)` adds ints first.
 */
function folding(ints: Binary, floatOperation: Binary, single: InlineRule | undefined): InlineRule {
  return (kinds, node) => {
    if (!areNumbers(kinds) || kinds.length === 0) return undefined
    if (kinds.length === 1) return single === undefined ? same(kinds[0]!) : single(kinds, node)
    return {
      result: kinds.includes(float) ? float : int,
      emit: (e, call) => fold(e, call, kinds, ints, floatOperation),
    }
  }
}

function fold(
  e: FunctionEmitter,
  node: ApplyNode,
  kinds: readonly Kinds[],
  ints: Binary,
  floatOperation: Binary,
): void {
  const isFloat = node.args.map((_, index) => kinds.slice(0, Math.max(index, 1) + 1).includes(float))
  const operands = node.args.map((arg, index) => numberOperand(e, arg, isFloat[index] ? 'f64' : 'i64'))
  e.spend(1, node.span)
  let left = operands[0]!
  for (let i = 1; i < operands.length; i++) {
    if (isFloat[i] && !isFloat[i - 1]) left = converted(e, left)
    ;(isFloat[i] ? floatOperation : ints)(e, left, operands[i]!, node.span)
    left.release()
    operands[i]!.release()
    if (i < operands.length - 1) left = e.stored(isFloat[i] ? 'f64' : 'i64')
  }
}

function converted(e: FunctionEmitter, operand: Operand): Operand {
  operand.push()
  operand.release()
  e.body.op('f64.convert_i64_s')
  return e.stored('f64')
}

/** The argument itself, checked by being of its kind. */
function same(kind: Kinds): InlineCall {
  return {
    result: kind,
    emit(e, node) {
      e.emit(node.args[0]!, kind === int ? 'i64' : 'f64')
      e.spend(1, node.span)
    },
  }
}

function binary(ints: Binary, floatOperation: Binary | undefined, keepsKind = false): InlineRule {
  return kinds => {
    if (kinds.length !== 2 || !areNumbers(kinds)) return undefined
    const isInt = kinds[0] === int && kinds[1] === int
    if (!isInt && (floatOperation === undefined || (keepsKind && kinds[0] !== kinds[1]))) return undefined
    return {
      result: isInt ? int : float,
      emit(e, node) {
        const type = isInt ? 'i64' : 'f64'
        const x = numberOperand(e, node.args[0]!, type)
        const y = numberOperand(e, node.args[1]!, type)
        e.spend(1, node.span)
        ;(isInt ? ints : floatOperation!)(e, x, y, node.span)
        x.release()
        y.release()
      },
    }
  }
}

type Unary = (e: FunctionEmitter, x: Operand, span: Span) => void

function unary(onInt: Unary, onFloat: Unary): InlineRule {
  return kinds => {
    const [kind] = kinds
    if (kinds.length !== 1 || (kind !== int && kind !== float)) return undefined
    return {
      result: kind,
      emit(e, node) {
        const x = e.operand(node.args[0]!, kind === int ? 'i64' : 'f64')
        e.spend(1, node.span)
        ;(kind === int ? onInt : onFloat)(e, x, node.span)
        x.release()
      },
    }
  }
}

function floats(
  e: FunctionEmitter,
  x: Operand,
  y: Operand,
  op: 'f64.add' | 'f64.sub' | 'f64.mul' | 'f64.div',
): void {
  x.push()
  y.push()
  e.body.op(op)
}

/** Leaves the value of a new local, which `raise` conditions may compute on their way. */
function withResult(e: FunctionEmitter, write: (result: number) => void): void {
  const result = e.temp('i64')
  write(result)
  e.body.localGet(result)
  e.release(result, 'i64')
}

/** Adds a constant: the sum lies on the wrong side of the operand when it does not fit. */
function shift(e: FunctionEmitter, x: Operand, by: bigint, reason: RaiseReason, span: Span): void {
  if (by === 0n) {
    x.push()
    return
  }
  withResult(e, result => {
    e.raiseWhen(reason, span, () => {
      x.push()
      e.body.i64(by).op('i64.add').localTee(result)
      x.push()
      e.body.op(by > 0n ? 'i64.lt_s' : 'i64.gt_s')
    })
  })
}

function addInts(e: FunctionEmitter, x: Operand, y: Operand, span: Span): void {
  const { body } = e
  if (y.literal !== undefined) {
    shift(e, x, y.literal, 'overflow +', span)
    return
  }
  if (x.literal !== undefined) {
    shift(e, y, x.literal, 'overflow +', span)
    return
  }
  withResult(e, result => {
    e.raiseWhen('overflow +', span, () => {
      // The sum has another sign than both operands.
      x.push()
      y.push()
      body.op('i64.add').localTee(result)
      x.push()
      body.op('i64.xor').localGet(result)
      y.push()
      body.op('i64.xor').op('i64.and').i64(0n).op('i64.lt_s')
    })
  })
}

function subInts(e: FunctionEmitter, x: Operand, y: Operand, span: Span): void {
  const { body } = e
  if (y.literal !== undefined && y.literal !== least) {
    shift(e, x, -y.literal, 'overflow -', span)
    return
  }
  withResult(e, result => {
    e.raiseWhen('overflow -', span, () => {
      // The operands have different signs, and the difference has not that of the first.
      x.push()
      y.push()
      body.op('i64.sub').localTee(result)
      x.push()
      body.op('i64.xor')
      x.push()
      y.push()
      body.op('i64.xor').op('i64.and').i64(0n).op('i64.lt_s')
    })
  })
}

function mulInts(e: FunctionEmitter, x: Operand, y: Operand, span: Span): void {
  const { body } = e
  e.raiseWhen('overflow *', span, () => {
    // Two factors of 32 bits always fit; anything larger is looked at by a function.
    for (const factor of [x, y]) {
      factor.push()
      body.i64(0x80000000n).op('i64.add')
    }
    body.op('i64.or').i64(0xffffffffn).op('i64.gt_u')
    body.if('i32')
    x.push()
    y.push()
    body.call(e.module.mulOverflows)
    body.else()
    body.i32(0)
    body.end()
  })
  x.push()
  y.push()
  body.op('i64.mul')
}

function raiseWhenZero(e: FunctionEmitter, y: Operand, span: Span): void {
  e.raiseWhen('division by zero', span, () => {
    y.push()
    e.body.op('i64.eqz')
  })
}

function raiseWhenZeroFloat(e: FunctionEmitter, y: Operand, span: Span): void {
  e.raiseWhen('division by zero', span, () => {
    y.push()
    e.body.f64(0).op('f64.eq')
  })
}

function quotInts(e: FunctionEmitter, x: Operand, y: Operand, span: Span): void {
  const { body } = e
  raiseWhenZero(e, y, span)
  e.raiseWhen('overflow quot', span, () => {
    x.push()
    body.i64(least).op('i64.eq')
    y.push()
    body.i64(-1n).op('i64.eq').op('i32.and')
  })
  x.push()
  y.push()
  body.op('i64.div_s')
}

function quotFloats(e: FunctionEmitter, x: Operand, y: Operand, span: Span): void {
  raiseWhenZeroFloat(e, y, span)
  floats(e, x, y, 'f64.div')
  e.body.op('f64.trunc')
}

function remInts(e: FunctionEmitter, x: Operand, y: Operand, span: Span): void {
  raiseWhenZero(e, y, span)
  x.push()
  y.push()
  e.body.op('i64.rem_s')
}

/** The remainder, and the divisor added where the two have different signs. */
function modInts(e: FunctionEmitter, x: Operand, y: Operand, span: Span): void {
  const { body } = e
  remInts(e, x, y, span)
  const remainder = e.stored('i64')
  remainder.push()
  y.push()
  body.i64(0n)
  remainder.push()
  y.push()
  body.op('i64.xor').i64(0n).op('i64.lt_s')
  remainder.push()
  body.i64(0n).op('i64.ne').op('i32.and').op('select').op('i64.add')
  remainder.release()
}

/** `(/ a b)` where one is a float. Ints may give an int or a float, which only a reference can hold. */
function floatDivision(kinds: readonly Kinds[], node: ApplyNode): InlineCall | undefined {
  if (kinds.length !== 2 || !areNumbers(kinds) || !kinds.includes(float)) return undefined
  void node
  return {
    result: float,
    emit(e, call) {
      const x = numberOperand(e, call.args[0]!, 'f64')
      const y = numberOperand(e, call.args[1]!, 'f64')
      e.spend(1, call.span)
      raiseWhenZeroFloat(e, y, call.span)
      floats(e, x, y, 'f64.div')
      x.release()
      y.release()
    },
  }
}

function negation(kinds: readonly Kinds[], node: ApplyNode): InlineCall | undefined {
  return unary((e, x, span) => subInts(e, zero(e), x, span), negateFloat)(kinds, node)
}

function zero(e: FunctionEmitter): Operand {
  return { push: () => e.body.i64(0n), release: () => {}, literal: 0n }
}

function negateFloat(e: FunctionEmitter, x: Operand): void {
  x.push()
  e.body.op('f64.neg')
}

function step(by: 1n | -1n, reason: RaiseReason): Unary {
  return (e, x, span) => shift(e, x, by, reason, span)
}

function stepFloat(by: number): Unary {
  return (e, x) => {
    x.push()
    e.body.f64(by).op('f64.add')
  }
}

function absInt(e: FunctionEmitter, x: Operand, span: Span): void {
  const { body } = e
  e.raiseWhen('overflow abs', span, () => {
    x.push()
    body.i64(least).op('i64.eq')
  })
  body.i64(0n)
  x.push()
  body.op('i64.sub')
  x.push()
  x.push()
  body.i64(0n).op('i64.lt_s').op('select')
}

function absFloat(e: FunctionEmitter, x: Operand): void {
  x.push()
  e.body.op('f64.abs')
}

/** `max` and `min` of ints: the second one if it wins. */
function chooseInt(e: FunctionEmitter, x: Operand, y: Operand, wins: 'i64.gt_s' | 'i64.lt_s'): void {
  y.push()
  x.push()
  y.push()
  x.push()
  e.body.op(wins).op('select')
}

/** `max` and `min` of floats: the second one if it wins or is NaN, unless the first is NaN. */
function chooseFloat(e: FunctionEmitter, x: Operand, y: Operand, wins: 'f64.gt' | 'f64.lt'): void {
  const { body } = e
  y.push()
  x.push()
  y.push()
  x.push()
  body.op(wins)
  y.push()
  y.push()
  body.op('f64.ne').op('i32.or')
  x.push()
  x.push()
  body.op('f64.eq').op('i32.and').op('select')
}
