import type { Value } from '@rtfs/core'
import { lower, type Unit } from '@rtfs/ir'
import type { Program } from '@rtfs/parser'
import type { UnitFrame } from '../shared/environment.js'
import type { Services } from '../shared/services.js'
import type { Tier } from '../shared/tier.js'
import { compileUnit } from './compile.js'
import { Machine } from './machine.js'

/** The IR runtime of one session: functions that one unit defines are called by the next, so all share one machine. */
class IrTier implements Tier {
  readonly name = 'ir'
  #machine: Machine | undefined
  /** A program is evaluated again after every suspension. */
  readonly #lowered = new WeakMap<Program, Unit>()

  run(program: Program, frame: UnitFrame, services: Services): Value {
    return compileUnit(this.#lower(program, frame), { machine: this.#begin(services), unit: frame })()
  }

  call(fn: Value, args: readonly Value[], services: Services, frame: UnitFrame): Value {
    return this.#begin(services).call(fn, args, { span: nowhere, unit: frame })
  }

  #begin(services: Services): Machine {
    this.#machine ??= new Machine(services)
    this.#machine.begin(services)
    return this.#machine
  }

  #lower(program: Program, frame: UnitFrame): Unit {
    let unit = this.#lowered.get(program)
    if (unit === undefined) {
      // Names of earlier units hide those of the library.
      const knownGlobals = new Set([...frame.names(), ...frame.imported.keys()])
      unit = lower(program, { knownGlobals }).unit
      this.#lowered.set(program, unit)
    }
    return unit
  }
}

/** The place of calls that the embedding program makes. */
const nowhere = Object.freeze({ start: 0, end: 0 })

/** Makes the IR runtime for one session. */
export function createIrTier(): Tier {
  return new IrTier()
}
