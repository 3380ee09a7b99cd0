import {
  add,
  decrement,
  equals,
  greaterOrEqual,
  greaterThan,
  increment,
  isTruthy,
  lessOrEqual,
  lessThan,
  multiply,
  RtfsFloat,
  subtract,
  type Value,
} from '@rtfs/core'
import type { Place } from '../shared/services.js'
import type { Code } from './code.js'
import type { Machine } from './machine.js'
import { locateAt } from './placed.js'

/*
 * Calls of the arithmetic builtins that programs spend their time in, without argument arrays. The fast path is two
 * safe integers or two floats; everything else, errors included, is the library's own function. Each charges 1, like any call.
 */

type Binary = (a: Value, b: Value) => Value

/** The largest safe integer: a sum or difference within it is exact. */
const safe = Number.MAX_SAFE_INTEGER

/** Code of a two-argument call of a builtin that has a fast path; `undefined` for all others. */
export function compileBinary(
  name: string,
  a: Code,
  b: Code,
  site: Place,
  machine: Machine,
): Code | undefined {
  switch (name) {
    case '+':
      return frame => {
        const x = a(frame)
        const y = b(frame)
        const meter = machine.meter
        if (--meter.fuel < meter.watermark) machine.settle(site)
        if (typeof x === 'number' && typeof y === 'number') {
          const sum = x + y
          if (sum <= safe && sum >= -safe) return sum
        }
        if (x instanceof RtfsFloat) {
          if (y instanceof RtfsFloat) return new RtfsFloat(x.value + y.value)
          if (typeof y === 'number') return new RtfsFloat(x.value + y)
        }
        return slow(add, x, y, site)
      }
    case '-':
      return frame => {
        const x = a(frame)
        const y = b(frame)
        const meter = machine.meter
        if (--meter.fuel < meter.watermark) machine.settle(site)
        if (typeof x === 'number' && typeof y === 'number') {
          const difference = x - y
          if (difference <= safe && difference >= -safe) return difference
        }
        if (x instanceof RtfsFloat) {
          if (y instanceof RtfsFloat) return new RtfsFloat(x.value - y.value)
          if (typeof y === 'number') return new RtfsFloat(x.value - y)
        }
        return slow(subtract, x, y, site)
      }
    case '*':
      return frame => {
        const x = a(frame)
        const y = b(frame)
        const meter = machine.meter
        if (--meter.fuel < meter.watermark) machine.settle(site)
        if (typeof x === 'number' && typeof y === 'number') {
          // `+ 0` turns a product of −0 into 0, which an Integer must be.
          const product = x * y + 0
          if (product <= safe && product >= -safe) return product
        }
        if (x instanceof RtfsFloat) {
          if (y instanceof RtfsFloat) return new RtfsFloat(x.value * y.value)
          if (typeof y === 'number') return new RtfsFloat(x.value * y)
        }
        return slow(multiply, x, y, site)
      }
    case '<':
      return frame => {
        const x = a(frame)
        const y = b(frame)
        const meter = machine.meter
        if (--meter.fuel < meter.watermark) machine.settle(site)
        return typeof x === 'number' && typeof y === 'number' ? x < y : slow(lessThan, x, y, site)
      }
    case '<=':
      return frame => {
        const x = a(frame)
        const y = b(frame)
        const meter = machine.meter
        if (--meter.fuel < meter.watermark) machine.settle(site)
        return typeof x === 'number' && typeof y === 'number' ? x <= y : slow(lessOrEqual, x, y, site)
      }
    case '>':
      return frame => {
        const x = a(frame)
        const y = b(frame)
        const meter = machine.meter
        if (--meter.fuel < meter.watermark) machine.settle(site)
        return typeof x === 'number' && typeof y === 'number' ? x > y : slow(greaterThan, x, y, site)
      }
    case '>=':
      return frame => {
        const x = a(frame)
        const y = b(frame)
        const meter = machine.meter
        if (--meter.fuel < meter.watermark) machine.settle(site)
        return typeof x === 'number' && typeof y === 'number' ? x >= y : slow(greaterOrEqual, x, y, site)
      }
    case '=':
      return frame => {
        const x = a(frame)
        const y = b(frame)
        const meter = machine.meter
        if (--meter.fuel < meter.watermark) machine.settle(site)
        if (typeof x === 'number' && typeof y === 'number') return x === y
        return equalsAt(x, y, machine, site)
      }
    default:
      return undefined
  }
}

/** `=` of values that are no two integers: comparing charges what it visits, and may run out there. */
function equalsAt(a: Value, b: Value, machine: Machine, site: Place): boolean {
  try {
    return equals(a, b, machine.meter)
  } catch (error) {
    throw locateAt(error, site)
  }
}

/** Code of a one-argument call of a builtin that has a fast path; `undefined` for all others. */
export function compileUnary(name: string, a: Code, site: Place, machine: Machine): Code | undefined {
  switch (name) {
    case 'inc':
      return frame => {
        const x = a(frame)
        const meter = machine.meter
        if (--meter.fuel < meter.watermark) machine.settle(site)
        return typeof x === 'number' && x < safe ? x + 1 : slowUnary(increment, x, site)
      }
    case 'dec':
      return frame => {
        const x = a(frame)
        const meter = machine.meter
        if (--meter.fuel < meter.watermark) machine.settle(site)
        return typeof x === 'number' && x > -safe ? x - 1 : slowUnary(decrement, x, site)
      }
    case 'not':
      return frame => {
        const x = a(frame)
        const meter = machine.meter
        if (--meter.fuel < meter.watermark) machine.settle(site)
        return !isTruthy(x)
      }
    default:
      return undefined
  }
}

/** The library's function, its error at the call. */
export function slow(operation: Binary, x: Value, y: Value, site: Place): Value {
  try {
    return operation(x, y)
  } catch (error) {
    throw locateAt(error, site)
  }
}

function slowUnary(operation: (a: Value) => Value, x: Value, site: Place): Value {
  try {
    return operation(x)
  } catch (error) {
    throw locateAt(error, site)
  }
}
