import { isInteger, RtfsFloat, type Value } from '@rtfs/core'
import type { FunctionEmitter, Want } from './function-emitter.js'

/** A value known before the program runs. */
export function emitLiteral(e: FunctionEmitter, value: Value, want: Want): void {
  const { body } = e
  // Code that is never reached may want what the value is not.
  if (!body.live) return
  switch (want) {
    case 'none':
      return
    case 'i64':
      if (!isInteger(value)) throw new Error('literal is no int')
      body.i64(BigInt(value))
      return
    case 'f64':
      if (!(value instanceof RtfsFloat)) throw new Error('literal is no float')
      body.f64(value.value)
      return
    case 'i32':
      if (typeof value !== 'boolean') throw new Error('literal is no boolean')
      body.i32(value ? 1 : 0)
      return
    default:
      if (value === null) body.nullReference()
      else body.globalGet(e.module.value(value))
  }
}
