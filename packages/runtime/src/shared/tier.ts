import type { Value } from '@rtfs/core'
import type { Program } from '@rtfs/parser'
import type { UnitFrame } from './environment.js'
import type { Services } from './services.js'

/**
 * A way to run programs. Tiers give the same values, errors and effects, or say with UnsupportedError that they do
 * not cover a program. They keep no state between calls but what can be made again from their arguments: the driver
 * evaluates again after every suspension, with the frame put back to what it was.
 */
export interface Tier {
  readonly name: 'ast' | 'ir' | 'wasm'
  /** Runs the forms of a unit (a program, or the file of a module) in its frame; the value of the last. */
  run(program: Program, frame: UnitFrame, services: Services): Value
  /** Calls a function value with evaluated arguments. Charges the call. */
  call(fn: Value, args: readonly Value[], services: Services, frame: UnitFrame): Value
  /**
   * Asked before each run of a unit: true when earlier units of the session, as they are, would not see what this one
   * defines. Then they have to run again, in a new frame, before it does.
   */
  outdated?(program: Program, frame: UnitFrame): boolean
  /**
   * Asked at the start of each run: true when compiled code holds what the delegate's rules were, and they are others
   * now. Then earlier units of the session have to run again in a new frame, too.
   */
  rulesChanged?(services: Services): boolean
}
