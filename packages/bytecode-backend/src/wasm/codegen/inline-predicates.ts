import type { PlainInstruction } from '../encoder/instructions.js'
import type { InlineCall, InlineRule } from './inline-calls.js'
import type { Kinds } from './kinds.js'
import * as k from './kinds.js'

// Tests of one argument.

export const predicates: readonly (readonly [string, InlineRule])[] = [
  ['zero?', sign('i64.eqz', 'f64.eq')],
  ['pos?', sign('i64.gt_s', 'f64.gt')],
  ['neg?', sign('i64.lt_s', 'f64.lt')],
  ['even?', parity('i64.eqz')],
  ['odd?', parity(undefined)],
  ['nan?', nan],
  ['nil?', kinds => typeTest(kinds, k.nil) ?? isNull(kinds, true)],
  ['some?', kinds => (kinds.length === 1 ? (notNil(kinds) ?? isNull(kinds, false)) : undefined)],
  ...typeTests(),
]

function typeTests(): readonly (readonly [string, InlineRule])[] {
  const tests: readonly (readonly [string, Kinds])[] = [
    ['int?', k.int],
    ['float?', k.float],
    ['number?', k.int | k.float],
    ['string?', k.string],
    ['string-p', k.string],
    ['map?', k.map],
    ['vector?', k.vector],
    ['keyword?', k.keyword],
    ['fn?', k.fn],
    ['bool?', k.bool],
    ['boolean?', k.bool],
    ['list?', k.list],
  ]
  return tests.map(([name, within]) => [name, kinds => typeTest(kinds, within)])
}

/** A test that the kinds decide. */
function typeTest(kinds: readonly Kinds[], within: Kinds): InlineCall | undefined {
  const [kind] = kinds
  if (kinds.length !== 1 || kind === undefined) return undefined
  if (k.isWithin(kind, within)) return decided(true)
  return (kind & within) === 0 ? decided(false) : undefined
}

function notNil(kinds: readonly Kinds[]): InlineCall | undefined {
  const [kind] = kinds
  if (kind === k.nil) return decided(false)
  return kind !== undefined && (kind & k.nil) === 0 ? decided(true) : undefined
}

function decided(value: boolean): InlineCall {
  return {
    result: k.bool,
    emit(e, node) {
      e.emit(node.args[0]!, 'none')
      e.spend(1, node.span)
      e.body.i32(value ? 1 : 0)
    },
  }
}

/** Nil is the null reference. */
function isNull(kinds: readonly Kinds[], holds: boolean): InlineCall | undefined {
  if (kinds.length !== 1) return undefined
  return {
    result: k.bool,
    emit(e, node) {
      e.emit(node.args[0]!, 'externref')
      e.spend(1, node.span)
      e.body.op('ref.is_null')
      if (!holds) e.body.op('i32.eqz')
    },
  }
}

function sign(onInt: PlainInstruction, onFloat: PlainInstruction): InlineRule {
  return kinds => {
    const [kind] = kinds
    if (kinds.length !== 1 || (kind !== k.int && kind !== k.float)) return undefined
    return {
      result: k.bool,
      emit(e, node) {
        e.emit(node.args[0]!, kind === k.int ? 'i64' : 'f64')
        e.spend(1, node.span)
        if (kind === k.float) e.body.f64(0).op(onFloat)
        else if (onInt === 'i64.eqz') e.body.op(onInt)
        else e.body.i64(0n).op(onInt)
      },
    }
  }
}

function parity(finish: PlainInstruction | undefined): InlineRule {
  return kinds => {
    if (kinds.length !== 1 || kinds[0] !== k.int) return undefined
    return {
      result: k.bool,
      emit(e, node) {
        e.emit(node.args[0]!, 'i64')
        e.spend(1, node.span)
        e.body.i64(1n).op('i64.and')
        e.body.op(finish ?? 'i32.wrap_i64')
      },
    }
  }
}

function nan(kinds: readonly Kinds[]): InlineCall | undefined {
  const [kind] = kinds
  if (kinds.length !== 1) return undefined
  if (kind === k.int) return decided(false)
  if (kind !== k.float) return undefined
  return {
    result: k.bool,
    emit(e, node) {
      const x = e.operand(node.args[0]!, 'f64')
      e.spend(1, node.span)
      x.push()
      x.push()
      e.body.op('f64.ne')
      x.release()
    },
  }
}
