import type { InferOptions } from './infer.js'
import type { Unit } from './nodes.js'

/** What inference may assume; used at level `aggressive` only. */
export type OptimizeOptions = InferOptions

/** From unit to unit; gives the unit itself when there is nothing to do. */
export type Pass = (unit: Unit, options: OptimizeOptions) => Unit

/** Gives ids to the nodes a pass makes. */
export class Ids {
  #last: number
  constructor(unit: Unit) {
    this.#last = unit.lastId
  }

  next(): number {
    return ++this.#last
  }

  /** The unit with other forms, and with `lastId` covering the nodes made; `unit` itself if no form changed. */
  finish(unit: Unit, forms: Unit['forms']): Unit {
    if (forms.every((form, index) => form === unit.forms[index]) && forms.length === unit.forms.length)
      return unit
    return { ...unit, forms, lastId: this.#last }
  }
}
