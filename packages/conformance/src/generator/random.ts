/** A seeded source of choices. The same seed gives the same choices in every process. */
export class Random {
  #a: number
  #b: number
  #c: number
  #d: number

  /** sfc32, seeded by splitmix32. */
  constructor(seed: number) {
    let state = seed | 0
    const next = (): number => {
      state = (state + 0x9e3779b9) | 0
      let mixed = state ^ (state >>> 16)
      mixed = Math.imul(mixed, 0x21f0aaad)
      mixed ^= mixed >>> 15
      mixed = Math.imul(mixed, 0x735a2d97)
      return mixed ^ (mixed >>> 15)
    }
    this.#a = next()
    this.#b = next()
    this.#c = next()
    this.#d = 1
    for (let i = 0; i < 12; i++) this.#next()
  }

  #next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#d) | 0
    this.#d = (this.#d + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum
    return sum >>> 0
  }

  /** An integer from 0 up to, not including, `limit`. */
  below(limit: number): number {
    return Math.floor((this.#next() / 0x1_0000_0000) * limit)
  }

  /** An integer from `least` to `greatest`, both included. */
  between(least: number, greatest: number): number {
    return least + this.below(greatest - least + 1)
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.#next() / 0x1_0000_0000 < probability
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!
  }

  /** Picks by weight; the weights must not all be zero. */
  weighted<T>(items: readonly (readonly [weight: number, item: T])[]): T {
    let total = 0
    for (const [weight] of items) total += weight
    let at = this.below(total)
    for (const [weight, item] of items) {
      if (at < weight) return item
      at -= weight
    }
    return items[items.length - 1]![1]
  }

  /** A seed for something else, such as the next program. */
  seed(): number {
    return this.#next() | 0
  }
}
