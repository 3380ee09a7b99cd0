import type { Variable } from '@rtfs/ir'

/** Where a variable lives: a slot of the frame, or a slot of the captures in slot 0. */
export interface Place {
  readonly captured: boolean
  readonly index: number
  readonly cell: boolean
}

/**
 * Slots of one function. Every variable gets its own slot: slots are cheap, and reusing them would let a closure
 * made in one branch see another branch's value. Slot 0 holds the captures.
 */
export class Layout {
  readonly #places = new Map<number, Place>()
  #size = 1

  /** The number of slots a frame needs. */
  get size(): number {
    return this.#size
  }

  /** Gives a variable of this function its slot. */
  add(variable: Variable): number {
    const index = this.#size++
    this.#places.set(variable.id, { captured: false, index, cell: variable.cell })
    return index
  }

  /** Takes one slot without a variable, for values that only the compiler knows of. */
  addTemporary(): number {
    return this.#size++
  }

  /** Says that a variable is found at `index` of the captures; 0 is the function itself. */
  addCapture(variable: Variable, index: number): void {
    this.#places.set(variable.id, { captured: true, index, cell: index !== 0 && variable.cell })
  }

  /** True when the variable has its place already. */
  has(id: number): boolean {
    return this.#places.has(id)
  }

  /** The place of a variable. Lowering resolved it, so a missing one is a fault of ours. */
  find(id: number): Place {
    const place = this.#places.get(id)
    if (place === undefined) throw new Error(`variable ${id} has no place in this function`)
    return place
  }
}
