import { Keyword, RtfsMap, type Value } from '@rtfs/core'
import { BuiltinFunction, callKeyword, type PreparedCalls } from '@rtfs/stdlib'
import type { Place } from '../shared/services.js'
import { IrClosure } from './closure.js'
import type { Frame, FunctionCode } from './code.js'
import type { Machine } from './machine.js'
import { recurring, tailCall } from './signals.js'

/**
 * The calls that a library function makes for the elements of a collection: each is what `Machine.call` would do at
 * the same site, decided about once. Errors of library functions get their place where the call of the function that
 * calls them gets it, which is the same.
 *
 * A closure runs in one frame again and again: nothing keeps the frame of a call that has ended, and none of these
 * calls begins before the one before it has ended.
 */
export class SiteCalls implements PreparedCalls {
  readonly #machine: Machine
  readonly #site: Place

  constructor(machine: Machine, site: Place) {
    this.#machine = machine
    this.#site = site
  }

  one(fn: Value): (a: Value) => Value {
    const machine = this.#machine
    const site = this.#site
    if (fn instanceof IrClosure) {
      const { code } = fn
      if (!code.direct || code.arity !== 1) return a => machine.call(fn, [a], site)
      const frame = code.makeFrame(fn.captures)
      return a => {
        const { meter } = machine
        if (--meter.fuel < meter.watermark) machine.settle(site)
        if (meter.depth <= 0) machine.overflow(site)
        if (frame.length > 2) clear(frame, 2)
        frame[1] = a
        meter.depth--
        try {
          const result = code.body(frame)
          const value = isPlain(result, code) ? result : finish(result, code, frame, machine)
          meter.depth++
          return value
        } catch (error) {
          meter.depth++
          throw error instanceof RangeError ? error : machine.passing(error, code, site)
        }
      }
    }
    if (fn instanceof BuiltinFunction) {
      const { arity, implementation } = fn.definition
      if (implementation.kind === 'plain' && arity.min <= 1 && arity.max >= 1) {
        const { call, call1 } = implementation
        if (call1 !== undefined) {
          return a => {
            machine.charge(site)
            return call1(a, machine.services)
          }
        }
        return a => {
          machine.charge(site)
          return call([a], machine.services)
        }
      }
    }
    if (fn instanceof Keyword) {
      return map => {
        machine.charge(site)
        if (map instanceof RtfsMap) return map.get(fn) ?? null
        return callKeyword(fn, [map])
      }
    }
    return a => machine.call(fn, [a], site)
  }

  two(fn: Value): (a: Value, b: Value) => Value {
    const machine = this.#machine
    const site = this.#site
    if (fn instanceof IrClosure) {
      const { code } = fn
      if (!code.direct || code.arity !== 2) return (a, b) => machine.call(fn, [a, b], site)
      const frame = code.makeFrame(fn.captures)
      return (a, b) => {
        const { meter } = machine
        if (--meter.fuel < meter.watermark) machine.settle(site)
        if (meter.depth <= 0) machine.overflow(site)
        if (frame.length > 3) clear(frame, 3)
        frame[1] = a
        frame[2] = b
        meter.depth--
        try {
          const result = code.body(frame)
          const value = isPlain(result, code) ? result : finish(result, code, frame, machine)
          meter.depth++
          return value
        } catch (error) {
          meter.depth++
          throw error instanceof RangeError ? error : machine.passing(error, code, site)
        }
      }
    }
    if (fn instanceof BuiltinFunction) {
      const { arity, implementation } = fn.definition
      if (implementation.kind === 'plain' && arity.min <= 2 && arity.max >= 2) {
        const { call, call2 } = implementation
        if (call2 !== undefined) {
          return (a, b) => {
            machine.charge(site)
            return call2(a, b, machine.services)
          }
        }
        return (a, b) => {
          machine.charge(site)
          return call([a, b], machine.services)
        }
      }
    }
    return (a, b) => machine.call(fn, [a, b], site)
  }
}

/** Empties the slots of local variables, which a fresh frame has empty. */
function clear(frame: Frame, from: number): void {
  for (let i = from; i < frame.length; i++) frame[i] = undefined
}

/** True for the value of the call, which nothing has to be done with. */
function isPlain(result: Value, { checkReturn }: FunctionCode): boolean {
  return result !== tailCall && result !== recurring && checkReturn === undefined
}

/** The value of a call whose body has given `result`: the tail call or the next round is made, the value is checked. */
function finish(result: Value, code: FunctionCode, frame: Frame, machine: Machine): Value {
  if (result === tailCall) return machine.run(machine.tailCode!, machine.tailFrame!)
  if (result === recurring) return machine.run(code, frame)
  return code.checkReturn!(result)
}
