/**
 * Places of effects in a run: a branch path and a counter for each branch. They depend on nothing but the program, so
 * evaluating again meets the same effects at the same positions, in every tier.
 */
export class Positions {
  #path = ''
  #counter = 0
  readonly #outer: { readonly path: string; readonly counter: number }[] = []

  /** The next position of the running branch. */
  next(): string {
    return `${this.#path}${this.#counter++}`
  }

  /** Begins branch `index` of the parallel form that stands at `position`. */
  enter(position: string, index: number): void {
    this.#outer.push({ path: this.#path, counter: this.#counter })
    this.#path = `${position}.${index}/`
    this.#counter = 0
  }

  /** Ends the branch that was begun last. */
  leave(): void {
    const outer = this.#outer.pop()
    if (outer === undefined) return
    this.#path = outer.path
    this.#counter = outer.counter
  }
}
