import type { Meter } from '@rtfs/core'
import type { LoopNode } from '@rtfs/ir'
import type { Frame } from '../code.js'
import { type Scope, siteOf } from '../scope.js'
import { buildRounds } from './build.js'
import type { KernelFunction, Numeric } from './form.js'
import {
  type Input,
  loadInputs,
  numberOf,
  numericOf,
  outerInputs,
  readInput,
  type TypedInput,
  variableInputs,
} from './inputs.js'
import { compileKernel } from './registers/compile-kernel.js'
import { interpret } from './registers/interpret.js'
import { instantiate, maxInputs } from './wasm/instance.js'
import { emitModule } from './wasm/module.js'

/*
 * A loop over numbers spends its time in boxing Floats, in calls from closure to closure and in single charges. Once
 * it is hot, its rounds run as a kernel, for the types its variables have at that moment: first as register code, and
 * when it stays hot as WebAssembly. Rounds are pure, so a kernel that cannot complete one (the loop ends, an Integer
 * gets large, a division by 0, fuel runs out) drops it, and the closures run that round from its start. They alone
 * raise errors and give results.
 */

/** Sets of types that one loop gets kernels for. */
const maxVersions = 4
/** Entries in a row without one completed round, after which the loop is left to the closures. */
const maxMisses = 64
/** What a round that the closures run counts for, on the way to WebAssembly. */
const closureUnits = 8

/** Something that runs rounds; variables and other inputs are in the registers from `first` on, before and after. */
interface RoundKernel {
  readonly inputs: readonly TypedInput[]
  readonly registers: Float64Array
  readonly first: number
  /** Completes as many rounds as it can, or until less fuel is left, and takes their fuel from the meter. */
  run(meter: Meter, until: number): void
}

/** What both kinds of kernels are made of. */
interface Rounds {
  readonly inputs: readonly TypedInput[]
  readonly body: KernelFunction
}

/** The kernel for certain types, or its absence so far. */
interface Version {
  /** The types of all inputs; `undefined` for those that are no numbers. */
  readonly types: readonly (Numeric | undefined)[]
  readonly rounds: Rounds
  kernel: RoundKernel | undefined
  /** Fuel spent in it. */
  spent: number
  /** WebAssembly is there, or cannot be. */
  final: boolean
}

/** The kernels of one loop. */
export class LoopKernel {
  readonly #node: LoopNode
  readonly #scope: Scope
  /** The variables of the loop, then what else its body reads. */
  readonly #inputs: readonly Input[]
  readonly #rounds: number
  readonly #units: number
  readonly #versions: Version[] = []
  #current: Version | undefined
  #heat = 0
  #misses = 0
  #disabled = false

  constructor(node: LoopNode, inputs: readonly Input[], scope: Scope) {
    this.#node = node
    this.#scope = scope
    this.#inputs = inputs
    const { engine, rounds, units } = scope.machine.kernels
    this.#rounds = rounds
    this.#units = engine === 'wasm' ? units : Infinity
  }

  /** Completes as many rounds as it can. The frame is at the start of a round, before and after. */
  advance(frame: Frame): void {
    if (this.#disabled) return
    if (this.#heat < this.#rounds) this.#heat++
    else this.#enter(frame)
  }

  #enter(frame: Frame): void {
    let version = this.#current
    if (version === undefined || (version.kernel !== undefined && !load(version.kernel, frame))) {
      version = this.#current = this.#versionFor(frame)
      if (version === undefined) {
        this.#disabled = true
        return
      }
      if (version.kernel !== undefined) load(version.kernel, frame)
    }
    const { kernel } = version
    if (kernel === undefined) this.#count(version, closureUnits)
    else this.#run(kernel, version, frame)
  }

  #run(kernel: RoundKernel, version: Version, frame: Frame): void {
    const { meter } = this.#scope.machine
    const { fuel } = meter
    kernel.run(meter, version.final ? 0 : fuel - this.#units)
    const spent = fuel - meter.fuel
    if (spent === 0) {
      if (++this.#misses > maxMisses) this.#disabled = true
      return
    }
    this.#misses = 0
    this.#store(kernel, frame)
    if (!version.final) this.#count(version, spent)
  }

  #store({ inputs, registers, first }: RoundKernel, frame: Frame): void {
    for (let i = 0; i < this.#node.bindings.length; i++) {
      frame[this.#inputs[i]!.place!.index] = numberOf(registers[first + i]!, inputs[i]!.type)
    }
  }

  #count(version: Version, units: number): void {
    version.spent += units
    if (version.spent >= this.#units) this.#finish(version)
    if (version.final && version.kernel === undefined) this.#disabled = true
  }

  /** The version for the types of this moment; `undefined` when the loop has too many, or none can run. */
  #versionFor(frame: Frame): Version | undefined {
    const types = this.#inputs.map(input => numericOf(readInput(input, frame)))
    const known = this.#versions.find(version => version.types.every((type, i) => type === types[i]))
    if (known !== undefined) return known
    const variables = types.slice(0, this.#node.bindings.length)
    if (this.#versions.length === maxVersions || variables.includes(undefined)) return undefined
    const rounds = this.#build(types)
    if (rounds === undefined) return undefined
    const version: Version = { types, rounds, kernel: undefined, spent: 0, final: this.#units === Infinity }
    this.#versions.push(version)
    if (this.#units === 0) this.#finish(version)
    version.kernel ??= this.#registers(rounds)
    return version.final && version.kernel === undefined ? undefined : version
  }

  #build(types: Version['types']): Rounds | undefined {
    const inputs = this.#inputs.flatMap((input, i) => {
      const type = types[i]
      return type === undefined ? [] : [{ input, type }]
    })
    if (inputs.length > maxInputs) return undefined
    const body = buildRounds(this.#node, new Map(inputs.map(({ input, type }) => [input.key, type])))
    return body && { inputs, body }
  }

  #finish(version: Version): void {
    version.final = true
    version.kernel = wasmKernel(version.rounds) ?? version.kernel
  }

  #registers({ inputs, body }: Rounds): RoundKernel | undefined {
    const kernel = compileKernel(body)
    if (kernel === undefined) return undefined
    const site = siteOf({ span: kernel.again }, this.#scope)
    const run = (meter: Meter, until: number): void => interpret(kernel, meter, site, until)
    return { inputs, registers: kernel.registers, first: 0, run }
  }
}

function wasmKernel({ inputs, body }: Rounds): RoundKernel | undefined {
  const kernel = instantiate(emitModule(body))
  if (kernel === undefined) return undefined
  const run = (meter: Meter): void => {
    kernel.run(meter)
  }
  return { inputs, registers: kernel.slots, first: kernel.first, run }
}

function load({ inputs, registers, first }: RoundKernel, frame: Frame): boolean {
  return loadInputs(inputs, frame, registers, first)
}

/**
 * The kernel-to-be of a loop whose variables are plain names; `undefined` for others. To be called when the loop's
 * variables have their slots and those of its body do not yet.
 */
export function loopKernel(node: LoopNode, scope: Scope): LoopKernel | undefined {
  if (scope.machine.kernels.engine === 'off' || node.declares.length > 0) return undefined
  const variables: number[] = []
  for (const { pattern } of node.bindings) {
    if (pattern.kind !== 'bind' || pattern.variable.cell) return undefined
    variables.push(pattern.variable.id)
  }
  const inputs = [...variableInputs(variables, scope), ...outerInputs(node.body, variables, scope)]
  return new LoopKernel(node, inputs, scope)
}
