import {
  add,
  greaterOrEqual,
  greaterThan,
  lessOrEqual,
  lessThan,
  multiply,
  subtract,
  type Value,
} from '@rtfs/core'
import type { Node } from '@rtfs/ir'
import type { Place } from '../shared/services.js'
import { slow } from './arithmetic.js'
import type { Code } from './code.js'
import type { Machine } from './machine.js'

const safe = Number.MAX_SAFE_INTEGER

/**
 * Code of a two-argument call of the builtin `name` with an integer that stands in the text as its second argument:
 * one closure less than any expression. `undefined` when there is no such thing.
 */
export function compileLiteralBinary(
  name: string,
  a: Code | undefined,
  args: readonly Node[],
  site: Place,
  machine: Machine,
): Code | undefined {
  const [, right] = args
  if (a === undefined || args.length !== 2 || right?.kind !== 'literal') return undefined
  const y = right.value
  if (typeof y !== 'number') return undefined
  switch (name) {
    case '+':
      return frame => {
        const x = a(frame)
        const { meter } = machine
        if (--meter.fuel < meter.watermark) machine.settle(site)
        if (typeof x === 'number') {
          const sum = x + y
          if (sum <= safe && sum >= -safe) return sum
        }
        return slow(add, x, y, site)
      }
    case '-':
      return frame => {
        const x = a(frame)
        const { meter } = machine
        if (--meter.fuel < meter.watermark) machine.settle(site)
        if (typeof x === 'number') {
          const difference = x - y
          if (difference <= safe && difference >= -safe) return difference
        }
        return slow(subtract, x, y, site)
      }
    case '*':
      return frame => {
        const x = a(frame)
        const { meter } = machine
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
        const x = a(frame)
        const { meter } = machine
        if (--meter.fuel < meter.watermark) machine.settle(site)
        return typeof x === 'number' ? x < y : slow(lessThan, x, y, site)
      }
    case '<=':
      return frame => {
        const x = a(frame)
        const { meter } = machine
        if (--meter.fuel < meter.watermark) machine.settle(site)
        return typeof x === 'number' ? x <= y : slow(lessOrEqual, x, y, site)
      }
    case '>':
      return frame => {
        const x = a(frame)
        const { meter } = machine
        if (--meter.fuel < meter.watermark) machine.settle(site)
        return typeof x === 'number' ? x > y : slow(greaterThan, x, y, site)
      }
    case '>=':
      return frame => {
        const x = a(frame)
        const { meter } = machine
        if (--meter.fuel < meter.watermark) machine.settle(site)
        return typeof x === 'number' ? x >= y : slow(greaterOrEqual, x, y, site)
      }
    case '=':
      return frame => {
        const x: Value = a(frame)
        const { meter } = machine
        if (--meter.fuel < meter.watermark) machine.settle(site)
        // A safe integer has one form, and equals nothing but itself.
        return x === y
      }
    default:
      return undefined
  }
}
