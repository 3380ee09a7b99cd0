import type { Value } from '@rtfs/core'
import { lower, type OptimizeLevel, optimize, type Unit } from '@rtfs/ir'
import type { Program } from '@rtfs/parser'
import type { UnitFrame } from '../shared/environment.js'
import type { Services } from '../shared/services.js'
import type { Tier } from '../shared/tier.js'
import { compileUnit } from './compile.js'
import { type KernelOptions, kernelPolicy } from './kernel/options.js'
import { Machine } from './machine.js'

/** The IR runtime of one session: functions that one unit defines are called by the next, so all share one machine. */
class IrTier implements Tier {
  readonly name = 'ir'
  readonly #level: OptimizeLevel
  readonly #kernels: KernelOptions | undefined
  #machine: Machine | undefined
  /** A program is evaluated again after every suspension. */
  readonly #lowered = new WeakMap<Program, Unit>()

  constructor(level: OptimizeLevel, kernels: KernelOptions | undefined) {
    this.#level = level
    this.#kernels = kernels
  }

  run(program: Program, frame: UnitFrame, services: Services): Value {
    return compileUnit(this.#lower(program, frame), { machine: this.#begin(services), unit: frame })()
  }

  call(fn: Value, args: readonly Value[], services: Services, frame: UnitFrame): Value {
    return this.#begin(services).call(fn, args, { span: nowhere, unit: frame })
  }

  #begin(services: Services): Machine {
    this.#machine ??= new Machine(services, kernelPolicy(this.#kernels))
    this.#machine.begin(services)
    return this.#machine
  }

  #lower(program: Program, frame: UnitFrame): Unit {
    let unit = this.#lowered.get(program)
    if (unit === undefined) {
      // Names of earlier units hide those of the library.
      const knownGlobals = new Set([...frame.names(), ...frame.imported.keys()])
      unit = optimize(lower(program, { knownGlobals }).unit, this.#level)
      this.#lowered.set(program, unit)
    }
    return unit
  }
}

/** The place of calls that the embedding program makes. */
const nowhere = Object.freeze({ start: 0, end: 0 })

/** Options of `createIrTier`. */
export interface IrTierOptions {
  /** Passes that run over the IR before it does. They change no outcome. Default `none`. */
  readonly optimize?: OptimizeLevel
  /** How hot loops and recursive functions over numbers run. */
  readonly kernels?: KernelOptions | undefined
}

/** Makes the IR runtime for one session; as `tiers: [() => createIrTier({ … })]` it replaces the usual one. */
export function createIrTier({ optimize: level = 'none', kernels }: IrTierOptions = {}): Tier {
  return new IrTier(level, kernels)
}
