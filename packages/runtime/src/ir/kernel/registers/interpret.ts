import type { Meter } from '@rtfs/core'
import type { Place } from '../../../shared/services.js'
import { placed } from '../../placed.js'
import type { Kernel } from './compile-kernel.js'

const safe = Number.MAX_SAFE_INTEGER

/**
 * Runs rounds of a loop until one cannot be completed here: its test says that the loop ends, or something happens
 * that is not for kernels. The registers of the loop's variables and the fuel of the meter are then as they were at
 * the start of that round. Ends after a round, too, when there is less fuel than `until`. The operations are those of `instructions.ts`; literals, since a `switch` over them is
 * a jump table.
 */
export function interpret(kernel: Kernel, meter: Meter, again: Place, until: number = 0): void {
  const { code, registers: r, mostUnits } = kernel
  let at = 0
  /** Fuel at the start of the round, and now. */
  let before = meter.fuel
  let fuel = before
  // A round that begins can pay for all of itself. Where in a round the fuel ends, the closures find out.
  if (fuel < mostUnits) return
  let bound = Math.max(meter.watermark, mostUnits, until)
  rounds: for (;;) {
    const word = code[at++]!
    const d = (word >> 8) & 255
    const x = r[(word >> 16) & 255]!
    const y = r[word >>> 24]!
    switch (word & 255) {
      case 0: {
        const sum = x + y
        if (!(sum <= safe && sum >= -safe)) break rounds
        r[d] = sum
        break
      }
      case 1: {
        const difference = x - y
        if (!(difference <= safe && difference >= -safe)) break rounds
        r[d] = difference
        break
      }
      case 2: {
        const product = x * y
        if (!(product <= safe && product >= -safe)) break rounds
        // `+ 0` turns a product of −0 into 0, which an Integer must be.
        r[d] = product + 0
        break
      }
      case 3:
        if (y === 0) break rounds
        r[d] = (x - (x % y)) / y + 0
        break
      case 4:
        if (y === 0) break rounds
        r[d] = (x % y) + 0
        break
      case 5: {
        if (y === 0) break rounds
        const remainder = x % y
        r[d] = remainder !== 0 && remainder < 0 !== y < 0 ? remainder + y : remainder + 0
        break
      }
      case 6:
        r[d] = x + y
        break
      case 7:
        r[d] = x - y
        break
      case 8:
        r[d] = x * y
        break
      case 9:
        if (y === 0) break rounds
        r[d] = x / y
        break
      case 10:
        if (x < 0) break rounds
        r[d] = Math.sqrt(x)
        break
      case 11:
        r[d] = -x
        break
      case 12:
        r[d] = Math.abs(x)
        break
      case 13:
        r[d] = Math.max(x, y)
        break
      case 14:
        r[d] = Math.min(x, y)
        break
      case 15:
        r[d] = x
        break
      case 16:
        at = x < y ? at + 1 : code[at]!
        break
      case 17:
        at = x <= y ? at + 1 : code[at]!
        break
      case 18:
        at = x === y ? at + 1 : code[at]!
        break
      case 19:
        at = x % 2 === 0 ? at + 1 : code[at]!
        break
      case 20:
        at = code[at]!
        break
      case 21:
        fuel -= word >> 8
        break
      case 22:
      case 23:
        fuel -= code[at]!
        before = fuel
        if (fuel < bound) {
          meter.fuel = fuel
          if (fuel < meter.watermark) settle(meter, again)
          if (fuel < mostUnits || fuel < until) break rounds
          bound = Math.max(meter.watermark, mostUnits, until)
        }
        if ((word & 255) === 22) at = 0
        else if (x < y) at = 2
        else break rounds
        break
      default:
        break rounds
    }
  }
  meter.fuel = before
}

/** Looks at the clock; time that is over is an error at the `recur`. */
function settle(meter: Meter, again: Place): void {
  placed(again, () => meter.settle())
}
