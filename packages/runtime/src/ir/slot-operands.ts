import {
  add,
  greaterOrEqual,
  greaterThan,
  lessOrEqual,
  lessThan,
  multiply,
  RtfsFloat,
  subtract,
  type Value,
} from '@rtfs/core'
import type { Node } from '@rtfs/ir'
import type { Place } from '../shared/services.js'
import { slow } from './arithmetic.js'
import type { Code } from './code.js'
import type { Machine } from './machine.js'
import type { Scope } from './scope.js'

/*
 * The binary calls that loops are made of: a local variable with a number, or with another local variable.
 * Reading the slot here saves the two calls of operand closures, which is most of what such a node costs.
 */

/** The slot of an operand that is a plain local variable of the running function. */
export function slotOf(node: Node, scope: Scope): number | undefined {
  if (node.kind !== 'ref' || node.scope !== 'local') return undefined
  const { captured, cell, index } = scope.layout.find(node.variable)
  return captured || cell ? undefined : index
}

/** Code of a two-argument call of the builtin `name` on such operands; `undefined` when it has no fast path. */
export function compileSlotBinary(
  name: string,
  args: readonly Node[],
  site: Place,
  scope: Scope,
): Code | undefined {
  const [left, right] = args
  if (left === undefined || right === undefined || args.length !== 2) return undefined
  const slot = slotOf(left, scope)
  if (slot === undefined) return undefined
  if (right.kind === 'literal' && typeof right.value === 'number') {
    return slotWithInteger(name, slot, right.value, site, scope.machine)
  }
  if (right.kind === 'literal' && right.value instanceof RtfsFloat) {
    return slotWithFloat(name, slot, right.value, site, scope.machine)
  }
  const other = slotOf(right, scope)
  return other === undefined ? undefined : slotWithSlot(name, slot, other, site, scope.machine)
}

const safe = Number.MAX_SAFE_INTEGER

function slotWithInteger(
  name: string,
  slot: number,
  y: number,
  site: Place,
  machine: Machine,
): Code | undefined {
  switch (name) {
    case '+':
      return frame => {
        const x = frame[slot] as Value
        const meter = machine.meter
        if (--meter.fuel < meter.watermark) machine.settle(site)
        if (typeof x === 'number') {
          const sum = x + y
          if (sum <= safe && sum >= -safe) return sum
        }
        return slow(add, x, y, site)
      }
    case '-':
      return frame => {
        const x = frame[slot] as Value
        const meter = machine.meter
        if (--meter.fuel < meter.watermark) machine.settle(site)
        if (typeof x === 'number') {
          const difference = x - y
          if (difference <= safe && difference >= -safe) return difference
        }
        return slow(subtract, x, y, site)
      }
    case '*':
      return frame => {
        const x = frame[slot] as Value
        const meter = machine.meter
        if (--meter.fuel < meter.watermark) machine.settle(site)
        if (typeof x === 'number') {
          // `+ 0` turns a product of −0 into 0, which an Integer must be.
          const product = x * y + 0
          if (product <= safe && product >= -safe) return product
        }
        return slow(multiply, x, y, site)
      }
    case '<':
      return frame => {
        const x = frame[slot] as Value
        const meter = machine.meter
        if (--meter.fuel < meter.watermark) machine.settle(site)
        return typeof x === 'number' ? x < y : slow(lessThan, x, y, site)
      }
    case '<=':
      return frame => {
        const x = frame[slot] as Value
        const meter = machine.meter
        if (--meter.fuel < meter.watermark) machine.settle(site)
        return typeof x === 'number' ? x <= y : slow(lessOrEqual, x, y, site)
      }
    case '>':
      return frame => {
        const x = frame[slot] as Value
        const meter = machine.meter
        if (--meter.fuel < meter.watermark) machine.settle(site)
        return typeof x === 'number' ? x > y : slow(greaterThan, x, y, site)
      }
    case '>=':
      return frame => {
        const x = frame[slot] as Value
        const meter = machine.meter
        if (--meter.fuel < meter.watermark) machine.settle(site)
        return typeof x === 'number' ? x >= y : slow(greaterOrEqual, x, y, site)
      }
    case '=':
      return frame => {
        const x = frame[slot] as Value
        const meter = machine.meter
        if (--meter.fuel < meter.watermark) machine.settle(site)
        // A safe integer has one form, and equals nothing but itself.
        return x === y
      }
    default:
      return undefined
  }
}

function slotWithSlot(
  name: string,
  slot: number,
  other: number,
  site: Place,
  machine: Machine,
): Code | undefined {
  switch (name) {
    case '+':
      return frame => {
        const x = frame[slot] as Value
        const y = frame[other] as Value
        const meter = machine.meter
        if (--meter.fuel < meter.watermark) machine.settle(site)
        if (typeof x === 'number' && typeof y === 'number') {
          const sum = x + y
          if (sum <= safe && sum >= -safe) return sum
        }
        if (x instanceof RtfsFloat && y instanceof RtfsFloat) return new RtfsFloat(x.value + y.value)
        return slow(add, x, y, site)
      }
    case '-':
      return frame => {
        const x = frame[slot] as Value
        const y = frame[other] as Value
        const meter = machine.meter
        if (--meter.fuel < meter.watermark) machine.settle(site)
        if (typeof x === 'number' && typeof y === 'number') {
          const difference = x - y
          if (difference <= safe && difference >= -safe) return difference
        }
        if (x instanceof RtfsFloat && y instanceof RtfsFloat) return new RtfsFloat(x.value - y.value)
        return slow(subtract, x, y, site)
      }
    case '*':
      return frame => {
        const x = frame[slot] as Value
        const y = frame[other] as Value
        const meter = machine.meter
        if (--meter.fuel < meter.watermark) machine.settle(site)
        if (x instanceof RtfsFloat && y instanceof RtfsFloat) return new RtfsFloat(x.value * y.value)
        if (typeof x === 'number' && typeof y === 'number') {
          // `+ 0` turns a product of −0 into 0, which an Integer must be.
          const product = x * y + 0
          if (product <= safe && product >= -safe) return product
        }
        return slow(multiply, x, y, site)
      }
    case '<':
      return frame => {
        const x = frame[slot] as Value
        const y = frame[other] as Value
        const meter = machine.meter
        if (--meter.fuel < meter.watermark) machine.settle(site)
        return typeof x === 'number' && typeof y === 'number' ? x < y : slow(lessThan, x, y, site)
      }
    case '<=':
      return frame => {
        const x = frame[slot] as Value
        const y = frame[other] as Value
        const meter = machine.meter
        if (--meter.fuel < meter.watermark) machine.settle(site)
        return typeof x === 'number' && typeof y === 'number' ? x <= y : slow(lessOrEqual, x, y, site)
      }
    case '>':
      return frame => {
        const x = frame[slot] as Value
        const y = frame[other] as Value
        const meter = machine.meter
        if (--meter.fuel < meter.watermark) machine.settle(site)
        return typeof x === 'number' && typeof y === 'number' ? x > y : slow(greaterThan, x, y, site)
      }
    case '>=':
      return frame => {
        const x = frame[slot] as Value
        const y = frame[other] as Value
        const meter = machine.meter
        if (--meter.fuel < meter.watermark) machine.settle(site)
        return typeof x === 'number' && typeof y === 'number' ? x >= y : slow(greaterOrEqual, x, y, site)
      }
    default:
      return undefined
  }
}

/** A local variable with a float that stands in the text. */
function slotWithFloat(
  name: string,
  slot: number,
  y: RtfsFloat,
  site: Place,
  machine: Machine,
): Code | undefined {
  const number = y.value
  switch (name) {
    case '+':
      return frame => {
        const x = frame[slot] as Value
        const meter = machine.meter
        if (--meter.fuel < meter.watermark) machine.settle(site)
        return x instanceof RtfsFloat ? new RtfsFloat(x.value + number) : slow(add, x, y, site)
      }
    case '-':
      return frame => {
        const x = frame[slot] as Value
        const meter = machine.meter
        if (--meter.fuel < meter.watermark) machine.settle(site)
        return x instanceof RtfsFloat ? new RtfsFloat(x.value - number) : slow(subtract, x, y, site)
      }
    case '*':
      return frame => {
        const x = frame[slot] as Value
        const meter = machine.meter
        if (--meter.fuel < meter.watermark) machine.settle(site)
        return x instanceof RtfsFloat ? new RtfsFloat(x.value * number) : slow(multiply, x, y, site)
      }
    case '<':
      return frame => {
        const x = frame[slot] as Value
        const meter = machine.meter
        if (--meter.fuel < meter.watermark) machine.settle(site)
        return x instanceof RtfsFloat ? x.value < number : slow(lessThan, x, y, site)
      }
    case '<=':
      return frame => {
        const x = frame[slot] as Value
        const meter = machine.meter
        if (--meter.fuel < meter.watermark) machine.settle(site)
        return x instanceof RtfsFloat ? x.value <= number : slow(lessOrEqual, x, y, site)
      }
    case '>':
      return frame => {
        const x = frame[slot] as Value
        const meter = machine.meter
        if (--meter.fuel < meter.watermark) machine.settle(site)
        return x instanceof RtfsFloat ? x.value > number : slow(greaterThan, x, y, site)
      }
    case '>=':
      return frame => {
        const x = frame[slot] as Value
        const meter = machine.meter
        if (--meter.fuel < meter.watermark) machine.settle(site)
        return x instanceof RtfsFloat ? x.value >= number : slow(greaterOrEqual, x, y, site)
      }
    default:
      return undefined
  }
}
