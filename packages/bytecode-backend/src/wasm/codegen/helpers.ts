import { closureType, memoryCells } from '../abi.js'
import { FunctionBody, type FunctionReference } from '../encoder/function-body.js'
import type { ModuleEmitter } from './module-emitter.js'

// Functions that a module contains when its code needs them.

/** i64 to a reference: small and exact ints cross cheaply, others as bigint. */
export function emitBoxInt(module: ModuleEmitter): FunctionReference {
  const reference = module.builder.declare('box int', { params: ['i64'], results: ['externref'] })
  const body = new FunctionBody(1)
  body.localGet(0).op('i64.extend32_s').localGet(0).op('i64.eq')
  body.if()
  body.localGet(0).op('i32.wrap_i64').call(module.host('small')).return()
  body.end()
  emitIsExact(body, 0)
  body.if()
  body.localGet(0).op('f64.convert_i64_s').call(module.host('number')).return()
  body.end()
  body.localGet(0).call(module.host('integer'))
  module.builder.define(reference, body)
  return reference
}

/** Pushes whether an i64 local is within ±(2^53 − 1). */
export function emitIsExact(body: FunctionBody, local: number): void {
  body.localGet(local).i64(0x1fffffffffffffn).op('i64.add').i64(0x3ffffffffffffen).op('i64.le_u')
}

/** A reference to an Integer to i64. */
export function emitUnboxInt(module: ModuleEmitter): FunctionReference {
  const reference = module.builder.declare('unbox int', { params: ['externref'], results: ['i64'] })
  const body = new FunctionBody(1)
  const number = body.local('f64')
  body.localGet(0).call(module.host('to-number')).localTee(number).localGet(number).op('f64.eq')
  body.if()
  body.localGet(number).op('i64.trunc_sat_f64_s').return()
  body.end()
  body.localGet(0).call(module.host('to-integer'))
  module.builder.define(reference, body)
  return reference
}

/**
 * (fuel, units): the fuel after so many charges of 1, looked at after each. They belong to the call that entered the
 * function, whose site is in its cell.
 */
export function emitChargeEach(module: ModuleEmitter): FunctionReference {
  const reference = module.builder.declare('charge each', { params: ['i32', 'i32'], results: ['i32'] })
  const body = new FunctionBody(2)
  const done = body.block()
  const again = body.loop()
  body.localGet(1).op('i32.eqz').brIf(done)
  body.localGet(1).i32(1).op('i32.sub').localSet(1)
  body.localGet(0).i32(1).op('i32.sub').localTee(0).i32(0).op('i32.lt_s')
  body.if()
  body.localGet(0).i32(0).i32(0).memory('i32.load', memoryCells.site)
  body.call(module.host('settle')).localSet(0)
  body.end()
  body.br(again)
  body.end()
  body.end()
  body.localGet(0)
  module.builder.define(reference, body)
  return reference
}

/** Whether x·y does not fit 64 bits; called only when one of them is large. */
export function emitMulOverflows(module: ModuleEmitter): FunctionReference {
  const reference = module.builder.declare('mul overflows', { params: ['i64', 'i64'], results: ['i32'] })
  const body = new FunctionBody(2)
  const least = -(2n ** 63n)
  body.localGet(0).op('i64.eqz').localGet(1).op('i64.eqz').op('i32.or')
  body.if()
  body.i32(0).return()
  body.end()
  for (const [one, two] of [
    [0, 1],
    [1, 0],
  ] as const) {
    body.localGet(one).i64(-1n).op('i64.eq')
    body.if()
    body.localGet(two).i64(least).op('i64.eq').return()
    body.end()
  }
  body.localGet(0).localGet(1).op('i64.mul').localGet(1).op('i64.div_s').localGet(0).op('i64.ne')
  module.builder.define(reference, body)
  return reference
}

/**
 * (fuel, depth, callee, arguments…): calls a value of which nothing is known. Closures of the module are entered
 * through the table without growing the stack, everything else by the host. `depth` is that of the called closure,
 * below zero when the limit is reached. The site and depth cells are set.
 */
export function emitCallHelper(module: ModuleEmitter, count: number): FunctionReference {
  const type = closureType(count)
  module.builder.useTable()
  const reference = module.builder.declare(`call/${count}`, type)
  const body = new FunctionBody(type.params.length)
  const [fuel, depth, callee] = [0, 1, 2]
  const index = body.local('i32')
  const pushArguments = (): void => {
    for (let i = 0; i <= count; i++) body.localGet(callee + i)
  }
  const storeDepth = (): void => {
    body.i32(0).localGet(depth).memory('i32.store', memoryCells.inner)
  }
  body.localGet(fuel).i32(0).op('i32.lt_s')
  body.if()
  storeDepth()
  emitSettle(module, body, () => body.i32(0))
  body.end()
  body.localGet(callee).i32(count).call(module.host('target')).localTee(index).i32(0).op('i32.lt_s')
  body.if()
  body.i32(0).localGet(fuel).memory('i32.store', memoryCells.fuel)
  storeDepth()
  pushArguments()
  body.call(module.family('apply', count))
  body.i32(0).memory('i32.load', memoryCells.fuel).return()
  body.end()
  body.localGet(depth).i32(0).op('i32.lt_s')
  body.if()
  storeDepth()
  emitSettle(module, body, () => body.localGet(depth))
  body.end()
  body.localGet(fuel).localGet(depth)
  pushArguments()
  body.localGet(index).returnCallIndirect(module.builder.type(type))
  module.builder.define(reference, body)
  return reference
}

/** (fuel, depth, callee, arguments in a vector): the same for very many arguments, by way of the host. */
export function emitPackedCallHelper(module: ModuleEmitter): FunctionReference {
  const type = closureType(1)
  const reference = module.builder.declare('call/many', type)
  const body = new FunctionBody(type.params.length)
  const [fuel, depth, callee, args] = [0, 1, 2, 3]
  const storeDepth = (): void => {
    body.i32(0).localGet(depth).memory('i32.store', memoryCells.inner)
  }
  storeDepth()
  body.localGet(fuel).i32(0).op('i32.lt_s')
  body.if()
  emitSettle(module, body, () => body.i32(0))
  body.end()
  body.i32(0).localGet(fuel).memory('i32.store', memoryCells.fuel)
  body.localGet(callee).localGet(args).call(module.host('apply-many'))
  body.i32(0).memory('i32.load', memoryCells.fuel)
  module.builder.define(reference, body)
  return reference
}

/** `fuel = settle(fuel, depth, the site in its cell)`, fuel being local 0. */
function emitSettle(module: ModuleEmitter, body: FunctionBody, pushDepth: () => void): void {
  body.localGet(0)
  pushDepth()
  body.i32(0).memory('i32.load', memoryCells.site).call(module.host('settle-call')).localSet(0)
}
