import { budgetExhausted, stackOverflow } from './errors.js'

/** What one run may use (LIMITS: one object for every tier, on by default). `Infinity` lifts a limit. */
export interface Limits {
  /** Work units: 1 per call, iteration, element visited or made, 64 code units of string made. */
  readonly fuel: number
  /** Non-tail closure calls in progress, callbacks included. */
  readonly depth: number
  /** Wall time of one attempt in milliseconds, effects' waiting excluded. */
  readonly deadlineMs: number
  /** Account of collections and strings made: 16 bytes an element, 2 a code unit. */
  readonly allocBytes: number
  /** Bytes of print and log output. */
  readonly outputBytes: number
  /** Elements of one collection, or code units of one string. */
  readonly collectionSize: number
  /** Iterations of one `step-loop`. */
  readonly loopIterations: number
  /** Pages (64 KiB) of linear memory of a WebAssembly module. */
  readonly memoryPages: number
}

/** The defaults of the limits table. */
export const defaultLimits: Limits = Object.freeze({
  fuel: 1e9,
  depth: 10_000,
  deadlineMs: 10_000,
  allocBytes: 256 * 1024 * 1024,
  outputBytes: 1024 * 1024,
  collectionSize: 1e7,
  loopIterations: 10_000,
  memoryPages: 1024,
})

/** Fuel spent between two looks at the clock. */
const clockInterval = 100_000

/**
 * The account of one attempt, shared by every tier and by the library. Fields count what is left, so the hot
 * check is one subtraction and one comparison. Fuel spent is never given back.
 */
export class Meter {
  readonly limits: Limits
  /** Fuel left. Tiers may subtract directly, then call `settle()` when it is below `watermark`. */
  fuel: number
  /** When fuel falls below this, `settle()` must be called. */
  watermark: number
  /** Non-tail closure calls that may still be entered. */
  depth: number
  #bytes: number
  #output: number
  readonly #now: () => number
  readonly #endsAt: number

  /** `now` gives milliseconds from any fixed point; it is read about once per 100,000 units of fuel. */
  constructor(limits: Limits, now: () => number) {
    this.limits = limits
    this.fuel = limits.fuel
    this.depth = limits.depth
    this.#bytes = limits.allocBytes
    this.#output = limits.outputBytes
    this.#now = now
    this.#endsAt = now() + limits.deadlineMs
    this.watermark = Math.max(0, limits.fuel === Infinity ? 0 : limits.fuel - clockInterval)
    // Unlimited fuel still has to meet the clock now and then: count down from a large number and refill.
    if (limits.fuel === Infinity) {
      this.fuel = Number.MAX_SAFE_INTEGER
      this.watermark = Number.MAX_SAFE_INTEGER - clockInterval
    }
  }

  /** Fuel spent so far in this attempt. */
  get spentFuel(): number {
    return (this.limits.fuel === Infinity ? Number.MAX_SAFE_INTEGER : this.limits.fuel) - this.fuel
  }

  /** Bytes accounted so far in this attempt. */
  get allocatedBytes(): number {
    return this.limits.allocBytes - this.#bytes
  }

  /** Spends `units` of fuel. Throws BudgetExhausted `:fuel` or `:time`. */
  charge(units: number): void {
    this.fuel -= units
    if (this.fuel < this.watermark) this.settle()
  }

  /** The slow half of `charge`: fuel is below the watermark, so look whether the budget or the time is over. */
  settle(): void {
    if (this.fuel < 0) throw budgetExhausted('fuel', this.limits.fuel)
    this.checkDeadline()
    this.watermark = Math.max(0, this.fuel - clockInterval)
  }

  /** Throws BudgetExhausted `:time` when the deadline has passed. */
  checkDeadline(): void {
    if (this.#now() > this.#endsAt) throw budgetExhausted('time', this.limits.deadlineMs)
  }

  /** Enters a non-tail closure call. Throws StackOverflow. Pair it with `leave()`. */
  enter(): void {
    if (this.depth <= 0) throw stackOverflow(this.limits.depth)
    this.depth--
  }

  /** Leaves a non-tail closure call. */
  leave(): void {
    this.depth++
  }

  /** Accounts a new collection of `elements`. Throws BudgetExhausted `:collection` or `:memory`. */
  elements(elements: number): void {
    if (elements > this.limits.collectionSize) throw budgetExhausted('collection', this.limits.collectionSize)
    this.#bytes -= 16 * elements
    if (this.#bytes < 0) throw budgetExhausted('memory', this.limits.allocBytes)
  }

  /** Charges and accounts a new string of `length` code units: fuel, memory, size of one string. */
  string(length: number): void {
    if (length > this.limits.collectionSize) throw budgetExhausted('collection', this.limits.collectionSize)
    if (length >= 64) this.charge(Math.floor(length / 64))
    this.#bytes -= 2 * length
    if (this.#bytes < 0) throw budgetExhausted('memory', this.limits.allocBytes)
  }

  /** Accounts `bytes` of output. Throws BudgetExhausted `:output`. */
  output(bytes: number): void {
    this.#output -= bytes
    if (this.#output < 0) throw budgetExhausted('output', this.limits.outputBytes)
  }
}
