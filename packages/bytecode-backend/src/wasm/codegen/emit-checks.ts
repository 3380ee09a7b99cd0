import type { Span, Type } from '@rtfs/core'
import type { CastNode, ConformsNode } from '@rtfs/ir'
import type { ValueType } from '../encoder/value-types.js'
import { castKinds, widens } from './casts.js'
import type { FunctionEmitter, Want } from './function-emitter.js'
import type { Kinds } from './kinds.js'
import * as k from './kinds.js'

/** Where a check stands. Without a span, the site cell already says it: the call that entered the function. */
export interface CheckPlace {
  readonly path: string
  readonly span: Span | undefined
}

/**
 * Checks the value on the stack against a type and converts an Integer that `float` accepts. Gives the type in which
 * the checked value then is on the stack: how its kinds travel.
 */
export function emitCheck(
  e: FunctionEmitter,
  has: ValueType,
  kinds: Kinds,
  type: Type,
  place: CheckPlace,
): ValueType {
  const { body } = e
  const result = k.representation(castKinds(kinds, type))
  if (k.provesType(kinds, type)) {
    e.convert(has, result, kinds)
    return result
  }
  if (widens(kinds, type)) {
    e.convert(has, 'i64', kinds)
    body.op('f64.convert_i64_s')
    return 'f64'
  }
  e.convert(has, 'externref', kinds)
  const value = e.stored('externref')
  if (type.kind === 'primitive' && type.name === 'int') checkInt(e, () => value.push(), type, place)
  else if (type.kind === 'primitive' && type.name === 'float') {
    value.push()
    pushCheck(e, type, place)
    e.charging(e.host('cast-float'), place.span)
  } else {
    slowCheck(e, () => value.push(), type, place)
    e.convert('externref', result, castKinds(kinds, type))
  }
  value.release()
  return result
}

/** Small ints are recognised at once; anything else is a matter for the validator. */
function checkInt(e: FunctionEmitter, push: () => void, type: Type, place: CheckPlace): void {
  const { body } = e
  const number = e.temp('f64')
  push()
  body.call(e.host('to-number')).localTee(number).localGet(number).op('f64.eq')
  e.ifElse(
    'i64',
    () => body.localGet(number).op('i64.trunc_sat_f64_s'),
    () => {
      slowCheck(e, push, type, place)
      body.call(e.module.unboxInt)
    },
  )
  e.release(number, 'f64')
}

function slowCheck(e: FunctionEmitter, push: () => void, type: Type, place: CheckPlace): void {
  push()
  pushCheck(e, type, place)
  e.charging(e.host('cast'), place.span)
}

function pushCheck(e: FunctionEmitter, type: Type, place: CheckPlace): void {
  e.body.globalGet(e.module.typeConstant(type, e.frame)).globalGet(e.module.value(place.path))
}

/** `(the type x)` and the annotations of `let`, `loop`, `def`. */
export function emitCast(e: FunctionEmitter, node: CastNode, want: Want): void {
  const kinds = e.kinds(node.value)
  if (kinds === k.never) {
    e.emit(node.value, 'none')
    return
  }
  const has = e.naturalType(node.value)
  e.emit(node.value, has)
  const result = emitCheck(e, has, kinds, node.target, { path: node.path, span: node.span })
  e.finishValue(result, e.kinds(node), want)
}

/** `(conforms? type x)`. */
export function emitConforms(e: FunctionEmitter, node: ConformsNode, want: Want): void {
  const kinds = e.kinds(node.value)
  if (kinds === k.never) {
    e.emit(node.value, 'none')
    return
  }
  if (k.provesType(kinds, node.target)) {
    e.emit(node.value, 'none')
    e.finishValue('i32', k.bool, want, () => e.body.i32(1))
    return
  }
  e.emit(node.value, 'externref')
  e.body.globalGet(e.module.typeConstant(node.target, e.frame))
  e.charging(e.host('conforms'), node.span)
  e.finishValue('i32', k.bool, want)
}
