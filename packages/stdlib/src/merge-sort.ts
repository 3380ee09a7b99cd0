/**
 * A stable merge sort that can be stopped at every comparison: it says which two items it has to compare and goes on
 * when it is told the answer. So one algorithm serves the natural order, native calls and steps.
 *
 * ```ts
 * const sort = new MergeSort(items)
 * while (!sort.done) sort.answer(compare(sort.right, sort.left) < 0)
 * ```
 */
export class MergeSort<Item> {
  /** The items; in order once `done`. */
  #items: Item[]
  #merged: Item[]
  /** Length of the sorted runs that are being merged in pairs. */
  #width = 1
  /** The second run is [middle, end); `#from` and `#to` are the next items of the two, `#at` is where one goes. */
  #middle = 0
  #end = 0
  #from = 0
  #to = 0
  #at = 0

  /** Sorts a copy of `items`. */
  constructor(items: readonly Item[]) {
    this.#items = items.slice()
    this.#merged = items.slice()
    this.#openRuns(0)
  }

  /** True when nothing is left to compare. */
  get done(): boolean {
    return this.#width >= this.#items.length
  }

  /** The item that comes first in the source. */
  get left(): Item {
    return this.#items[this.#from]!
  }

  /** The item that comes later in the source. */
  get right(): Item {
    return this.#items[this.#to]!
  }

  /** The items in order, once `done`. */
  get sorted(): Item[] {
    return this.#items
  }

  /** Tells whether `right` has to stand before `left`. Equal ones stay as they are. */
  answer(rightFirst: boolean): void {
    this.#merged[this.#at++] = rightFirst ? this.#items[this.#to++]! : this.#items[this.#from++]!
    if (this.#from < this.#middle && this.#to < this.#end) return
    while (this.#from < this.#middle) this.#merged[this.#at++] = this.#items[this.#from++]!
    while (this.#to < this.#end) this.#merged[this.#at++] = this.#items[this.#to++]!
    this.#openRuns(this.#end)
  }

  /** Goes to the next pair of runs, from `start` on; after the last pair to runs twice as long. */
  #openRuns(start: number): void {
    const size = this.#items.length
    while (start + this.#width >= size) {
      // A run without a partner is taken over as it is.
      for (let i = start; i < size; i++) this.#merged[i] = this.#items[i]!
      const merged = this.#merged
      this.#merged = this.#items
      this.#items = merged
      this.#width *= 2
      if (this.#width >= size) return
      start = 0
    }
    this.#middle = start + this.#width
    this.#end = Math.min(this.#middle + this.#width, size)
    this.#from = start
    this.#to = this.#middle
    this.#at = start
  }
}
