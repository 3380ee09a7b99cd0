/** Sequences in ascending order, as a store gives them: to be listed from the newest on. */
export class Listing {
  readonly #sequences: number[] = []

  get size(): number {
    return this.#sequences.length
  }

  /** A sequence greater than all before. */
  add(sequence: number): void {
    this.#sequences.push(sequence)
  }

  remove(sequence: number): void {
    const at = this.#position(sequence)
    if (this.#sequences[at] === sequence) this.#sequences.splice(at, 1)
  }

  /** Those between `after` and `before`, both left out, greatest first. */
  *newestFirst(after: number, before: number): Generator<number> {
    for (let i = this.#position(before) - 1; i >= 0; i--) {
      const sequence = this.#sequences[i]!
      if (sequence <= after) return
      yield sequence
    }
  }

  /** Where `sequence` is, or would be. */
  #position(sequence: number): number {
    let low = 0
    let high = this.#sequences.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#sequences[middle]! < sequence) low = middle + 1
      else high = middle
    }
    return low
  }
}
