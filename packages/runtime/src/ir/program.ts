import type { Value } from '@rtfs/core'
import type { Unit } from '@rtfs/ir'
import type { UnitFrame } from '../shared/environment.js'
import type { Services } from '../shared/services.js'
import { compileUnit } from './compile.js'
import { Machine } from './machine.js'

/**
 * Runs units as closures. Functions that one unit defines are called by the next (REPL input, imported modules), so
 * all units of a session share one runtime.
 */
export class IrRuntime {
  #machine: Machine | undefined

  /**
   * Runs a unit in a frame and gives the value of its last form. A native RangeError means that the stack ended before
   * the depth limit: run the program again in the evaluator.
   */
  runUnit(unit: Unit, environment: UnitFrame, services: Services): Value {
    this.#machine ??= new Machine(services)
    this.#machine.begin(services)
    return compileUnit(unit, { machine: this.#machine, unit: environment })()
  }
}
