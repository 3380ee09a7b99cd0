import type { Meter } from '@rtfs/core'
import { accountSlot, firstSlot, spentSlot, stateSlot } from './slots.js'

/** Inputs of one kernel. */
export const maxInputs = 200

interface Host {
  readonly memory: WebAssembly.Memory
  readonly slots: Float64Array
  /** The same slots as integers. */
  readonly integers: BigInt64Array
}

let host: Host | undefined
/** Set once compiling was refused, as a content security policy does: it will be again. */
let refused = false
/** The account that the running kernel spends from, and its fuel when the kernel was entered. */
let running: Meter | undefined
let fuelBefore = 0

/** A compiled kernel. Its inputs are written to `slots`, from `first` on, before each run. */
export class WasmKernel {
  readonly slots: Float64Array
  readonly first: number = firstSlot
  readonly #integers: BigInt64Array
  readonly #run: () => void

  constructor({ slots, integers }: Host, run: () => void) {
    this.slots = slots
    this.#integers = integers
    this.#run = run
  }

  /**
   * Runs it; the fuel that it spent is taken from the meter. When everything that it did is to be dropped, the meter
   * is as before, and the answer is −1 less the fuel that was spent in vain.
   */
  run(meter: Meter): number {
    // The clock that a tick looks at is code of the embedder, who might call anything.
    if (running !== undefined) return -1
    const { slots } = this
    const { fuel, watermark } = meter
    running = meter
    fuelBefore = fuel
    slots[accountSlot] = fuel - watermark
    this.#integers[spentSlot] = 0n
    slots[stateSlot] = Math.min(Math.ceil(meter.depth), 0x7fff_ffff)
    try {
      this.#run()
      const spent = slots[accountSlot]!
      meter.fuel = fuel - spent
      if (slots[stateSlot] !== 1) {
        if (meter.fuel < meter.watermark) meter.settle()
        return spent
      }
    } catch {
      // A trap, the end of the stack, or what a tick or `settle` throws: the closures will find out which.
      slots[accountSlot] = Number(this.#integers[spentSlot])
    } finally {
      running = undefined
    }
    meter.fuel = fuel
    meter.watermark = watermark
    return -1 - slots[accountSlot]!
  }
}

/** More is spent than was allowed: looks at the clock. Throws when the fuel or the time is over. */
function tick(spent: number): number {
  const meter = running!
  meter.fuel = fuelBefore - spent
  if (meter.fuel < meter.watermark) meter.settle()
  return fuelBefore - meter.watermark
}

/** Compiles a module; `undefined` where there is no WebAssembly or it may not be compiled. */
export function instantiate(bytes: Uint8Array<ArrayBuffer>): WasmKernel | undefined {
  if (refused || typeof WebAssembly === 'undefined') return undefined
  try {
    host ??= makeHost()
    const module = new WebAssembly.Module(bytes)
    const { exports } = new WebAssembly.Instance(module, { k: { m: host.memory, t: tick } })
    return new WasmKernel(host, exports['run'] as () => void)
  } catch {
    refused = true
    return undefined
  }
}

function makeHost(): Host {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 })
  return { memory, slots: new Float64Array(memory.buffer), integers: new BigInt64Array(memory.buffer) }
}
