/**
 * Makes arrays whose length shows only at their end, each in its final size. An array that grows has room for 17 items
 * after the first one; trees are made of short arrays, and would be half empty.
 */
export class Gathering {
  readonly #items: unknown[] = []
  #count = 0

  /** Where an array begins. What is gathered for it may itself gather, and take, in between. */
  mark(): number {
    return this.#count
  }

  add(item: unknown): void {
    this.#items[this.#count++] = item
  }

  /** All that was added since the mark. */
  take<T>(mark: number): T[] {
    const items = this.#items as T[]
    const count = this.#count - mark
    this.#count = mark
    switch (count) {
      case 0:
        return []
      case 1:
        return [items[mark]!]
      case 2:
        return [items[mark]!, items[mark + 1]!]
      case 3:
        return [items[mark]!, items[mark + 1]!, items[mark + 2]!]
      default:
        return items.slice(mark, mark + count)
    }
  }
}
