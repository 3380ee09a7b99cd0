import type { ApplyNode } from '@rtfs/ir'
import type { PlainInstruction } from '../encoder/instructions.js'
import type { FunctionEmitter, Operand } from './function-emitter.js'
import { numberOperand } from './inline-arithmetic.js'
import type { InlineCall, InlineRule } from './inline-calls.js'
import { float, int, type Kinds } from './kinds.js'

// Conversions between ints and floats. Where a float has no exact int, the library function says what is wrong.

export const conversions: readonly (readonly [string, InlineRule])[] = [
  ['float', toFloat],
  ['int', rounding('int', 'f64.trunc')],
  ['floor', rounding('floor', 'f64.floor')],
  ['ceil', rounding('ceil', 'f64.ceil')],
  ['round', rounding('round', 'round')],
  ['sqrt', squareRoot],
  ['identity', identity],
]

function toFloat(kinds: readonly Kinds[]): InlineCall | undefined {
  if (kinds.length !== 1 || (kinds[0] !== int && kinds[0] !== float)) return undefined
  return {
    result: float,
    emit(e, node) {
      const x = numberOperand(e, node.args[0]!, 'f64')
      e.spend(1, node.span)
      x.push()
      x.release()
    },
  }
}

/** Floats below 2^53 in magnitude round to an exact int; for all others the library is asked. */
function rounding(name: string, operation: PlainInstruction | 'round'): InlineRule {
  return kinds => {
    if (kinds.length !== 1) return undefined
    if (kinds[0] === int) return unchanged()
    if (kinds[0] !== float) return undefined
    return {
      result: int,
      emit(e, node) {
        const { body } = e
        const x = e.operand(node.args[0]!, 'f64')
        e.spend(1, node.span)
        x.push()
        body
          .op('f64.abs')
          .f64(2 ** 53)
          .op('f64.lt')
        e.ifElse(
          'i64',
          () => {
            if (operation === 'round') roundHalfAway(e, x)
            else {
              x.push()
              body.op(operation)
            }
            body.op('i64.trunc_sat_f64_s')
          },
          () => {
            x.push()
            body.call(e.host('float'))
            e.raising(e.module.importLibrary(name, 1, 'externref'), node.span)
            body.call(e.module.unboxInt)
          },
        )
        x.release()
      },
    }
  }
}

/** Halves go away from zero; adding 0.5 first would round 0.49999999999999994 up. */
function roundHalfAway(e: FunctionEmitter, x: Operand): void {
  const { body } = e
  const whole = e.temp('f64')
  x.push()
  body.op('f64.trunc').localTee(whole)
  body.f64(1)
  x.push()
  body.op('f64.copysign').f64(0)
  x.push()
  body.localGet(whole).op('f64.sub').op('f64.abs').f64(0.5).op('f64.ge').op('select').op('f64.add')
  e.release(whole, 'f64')
}

function unchanged(): InlineCall {
  return {
    result: int,
    emit(e, node) {
      e.emit(node.args[0]!, 'i64')
      e.spend(1, node.span)
    },
  }
}

function squareRoot(kinds: readonly Kinds[]): InlineCall | undefined {
  if (kinds.length !== 1 || (kinds[0] !== int && kinds[0] !== float)) return undefined
  return {
    result: float,
    emit(e, node) {
      const { body } = e
      const x = numberOperand(e, node.args[0]!, 'f64')
      e.spend(1, node.span)
      x.push()
      body.f64(0).op('f64.lt')
      e.ifElse(
        'f64',
        () => {
          x.push()
          body.call(e.host('float'))
          e.raising(e.module.importLibrary('sqrt', 1, 'externref'), node.span)
          body.op('drop').unreachable()
        },
        () => {
          x.push()
          body.op('f64.sqrt')
        },
      )
      x.release()
    },
  }
}

function identity(kinds: readonly Kinds[], node: ApplyNode): InlineCall | undefined {
  void node
  const [kind] = kinds
  if (kinds.length !== 1 || kind === undefined) return undefined
  return {
    result: kind,
    emit(e, call) {
      e.emit(call.args[0]!, e.naturalType(call.args[0]!))
      e.spend(1, call.span)
    },
  }
}
