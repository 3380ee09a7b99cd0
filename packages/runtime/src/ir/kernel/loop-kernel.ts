import { RtfsFloat } from '@rtfs/core'
import { forEachChild, type LoopNode, type Node } from '@rtfs/ir'
import type { Frame, Slot } from '../code.js'
import type { Place } from '../layout.js'
import { type Scope, siteOf } from '../scope.js'
import { compileKernel, type Kernel, type Numeric } from './compile-kernel.js'
import { interpret } from './interpret.js'

/*
 * A loop over numbers spends its time in boxing Floats, in calls from closure to closure and in single charges. Once
 * it is hot, its rounds run as a kernel: register code for the types its variables have at that moment. Rounds are
 * pure, so a kernel that cannot complete one (the loop ends, an Integer gets large, a division by 0, fuel runs out)
 * drops it, and the closures run that round from its start. They alone raise errors and give results.
 */

/** Rounds that the closures run before a kernel is made. */
const hot = 32
/** Kernels made for one loop, when its variables change their types. */
const maxKernels = 4
/** Entries in a row without one completed round, after which the loop is left to the closures. */
const maxMisses = 64

interface Input {
  readonly variable: number
  readonly place: Place
}

/** The kernel of one loop, or its absence so far. */
export class LoopKernel {
  readonly #node: LoopNode
  readonly #scope: Scope
  /** The variables of the loop, then what else its body reads. */
  readonly #inputs: readonly Input[]
  #heat = 0
  #disabled = false
  #made = 0
  #misses = 0
  #kernel: Kernel | undefined
  #expected: readonly (Numeric | undefined)[] = []
  #again: ReturnType<typeof siteOf>

  constructor(node: LoopNode, inputs: readonly Input[], scope: Scope) {
    this.#node = node
    this.#scope = scope
    this.#inputs = inputs
    this.#again = siteOf(node, scope)
  }

  /** Completes as many rounds as it can. The frame is at the start of a round, before and after. */
  advance(frame: Frame): void {
    if (this.#disabled) return
    if (this.#heat < hot) this.#heat++
    else this.#enter(frame)
  }

  #enter(frame: Frame): void {
    if (this.#kernel === undefined || !this.#load(this.#kernel, frame)) {
      this.#make(frame)
      if (this.#kernel === undefined || !this.#load(this.#kernel, frame)) return
    }
    const { meter } = this.#scope.machine
    const { fuel } = meter
    interpret(this.#kernel, meter, this.#again)
    if (meter.fuel !== fuel) {
      this.#misses = 0
      this.#store(this.#kernel, frame)
    } else if (++this.#misses > maxMisses) this.#disabled = true
  }

  #make(frame: Frame): void {
    this.#expected = this.#inputs.map(({ place }) => numericOf(read(frame, place)))
    const types = new Map<number, Numeric>()
    for (const [i, { variable }] of this.#inputs.entries()) {
      const type = this.#expected[i]
      if (type !== undefined) types.set(variable, type)
    }
    const variables = this.#expected.slice(0, this.#node.bindings.length)
    this.#kernel = variables.includes(undefined) ? undefined : compileKernel(this.#node, types)
    if (this.#kernel !== undefined) this.#again = siteOf(this.#kernel.again, this.#scope)
    this.#disabled = ++this.#made > maxKernels || this.#kernel === undefined
  }

  /** Puts the inputs into registers; false when one has another type now. */
  #load(kernel: Kernel, frame: Frame): boolean {
    const { registers } = kernel
    let register = 0
    for (let i = 0; i < this.#inputs.length; i++) {
      const type = this.#expected[i]
      if (type === undefined) continue
      const value = read(frame, this.#inputs[i]!.place)
      if (type === 'int') {
        if (typeof value !== 'number') return false
        registers[register++] = value
      } else {
        if (!(value instanceof RtfsFloat)) return false
        registers[register++] = value.value
      }
    }
    return true
  }

  #store({ registers }: Kernel, frame: Frame): void {
    for (let i = 0; i < this.#node.bindings.length; i++) {
      const value = registers[i]!
      frame[this.#inputs[i]!.place.index] = this.#expected[i] === 'int' ? value : new RtfsFloat(value)
    }
  }
}

function read(frame: Frame, place: Place): Slot {
  return place.captured ? (frame[0] as readonly Slot[])[place.index] : frame[place.index]
}

function numericOf(value: Slot): Numeric | undefined {
  if (typeof value === 'number') return 'int'
  return value instanceof RtfsFloat ? 'float' : undefined
}

/**
 * The kernel-to-be of a loop whose variables are plain names; `undefined` for others. To be called when the loop's
 * variables have their slots and those of its body do not yet.
 */
export function loopKernel(node: LoopNode, scope: Scope): LoopKernel | undefined {
  if (node.declares.length > 0) return undefined
  const inputs: Input[] = []
  for (const { pattern } of node.bindings) {
    if (pattern.kind !== 'bind' || pattern.variable.cell) return undefined
    inputs.push({ variable: pattern.variable.id, place: scope.layout.find(pattern.variable.id) })
  }
  const seen = new Set(inputs.map(({ variable }) => variable))
  const visit = (form: Node): void => {
    if (form.kind === 'ref' && form.scope === 'local' && !seen.has(form.variable)) {
      seen.add(form.variable)
      const place = scope.layout.has(form.variable) ? scope.layout.find(form.variable) : undefined
      if (place !== undefined && !place.cell) inputs.push({ variable: form.variable, place })
    }
    // What is inside a function is none of the kernel's.
    if (form.kind !== 'lambda') forEachChild(form, visit)
  }
  for (const form of node.body) visit(form)
  return new LoopKernel(node, inputs, scope)
}
