import { isSubtype, type Type, types } from '@rtfs/core'
import { bounded, join } from './trusted-types.js'

/**
 * What is written in several places, and so has to settle over rounds: cells, global names, loop variables, results of
 * functions called by their own name. A slot starts as `never` and only grows; what grows too long becomes `any`.
 */
export class Slots {
  /** What the last round made of them. */
  #before = new Map<string, Type>()
  /** What this round has seen so far. */
  #now = new Map<string, Type[]>()

  startRound(): void {
    this.#now = new Map()
  }

  /** What a slot held after the last round, `undefined` when nothing was written to it. */
  read(slot: string): Type | undefined {
    return this.#before.get(slot)
  }

  /** Notes one more thing that a slot may hold. */
  write(slot: string, type: Type): void {
    const parts = this.#now.get(slot)
    if (parts === undefined) this.#now.set(slot, [type])
    else parts.push(type)
  }

  /** Ends a round. True when a slot outgrew what it was taken for, so that another round is needed. */
  settle(impatient: boolean): boolean {
    let grew = false
    const after = new Map<string, Type>()
    for (const [slot, parts] of this.#now) {
      const known = this.#before.get(slot) ?? types.never
      const type = bounded(join(parts))
      const fits = isSubtype(type, known, undefined, { exact: true })
      if (!fits) grew = true
      after.set(slot, fits ? known : impatient ? types.any : bounded(join([known, type])))
    }
    this.#before = after
    return grew
  }
}

/** The slot of a cell, or of what a function called by the variable returns. */
export function cellSlot(variable: number): string {
  return `cell ${variable}`
}

/** The slot of what `recur` gives the binding or parameter at `index` of its target. */
export function recurSlot(target: number, index: number): string {
  return `recur ${target} ${index}`
}

/** The slot of a name of the unit's frame (`root` is empty) or a module's. */
export function globalSlot(root: string, name: string): string {
  return `global ${root}\n${name}`
}
