/** Which entry goes when the cache is full: least recently used, least frequently used, or first in. */
export type EvictionPolicy = 'lru' | 'lfu' | 'fifo'

/** What an entry must have to be put in an order; the fields belong to the order. */
export class Ordered {
  previous: Ordered = this
  next: Ordered = this
  /** Uses, for `lfu`. */
  uses = 0
}

/** An order of entries: `add` and `use` note what happens, `victim` says which one goes next. */
export interface EvictionOrder<E extends Ordered> {
  add(entry: E): void
  use(entry: E): void
  remove(entry: E): void
  victim(): E | undefined
}

/** Makes an order; every operation takes the same time however many entries there are. */
export function createEvictionOrder<E extends Ordered>(policy: EvictionPolicy): EvictionOrder<E> {
  return policy === 'lfu' ? new FrequencyOrder<E>() : new ListOrder<E>(policy === 'lru')
}

function unlink(entry: Ordered): void {
  entry.previous.next = entry.next
  entry.next.previous = entry.previous
}

function linkBefore(entry: Ordered, place: Ordered): void {
  entry.previous = place.previous
  entry.next = place
  place.previous.next = entry
  place.previous = entry
}

class ListOrder<E extends Ordered> implements EvictionOrder<E> {
  readonly #ends = new Ordered()
  readonly #moves: boolean

  constructor(moves: boolean) {
    this.#moves = moves
  }

  add(entry: E): void {
    linkBefore(entry, this.#ends)
  }

  use(entry: E): void {
    if (!this.#moves || entry.next === this.#ends) return
    unlink(entry)
    linkBefore(entry, this.#ends)
  }

  remove(entry: E): void {
    unlink(entry)
  }

  victim(): E | undefined {
    const first = this.#ends.next
    return first === this.#ends ? undefined : (first as E)
  }
}

/** One list for each number of uses; among equals the one that has waited longest goes. */
class FrequencyOrder<E extends Ordered> implements EvictionOrder<E> {
  readonly #lists = new Map<number, Ordered>()
  #least = 0

  add(entry: E): void {
    entry.uses = 0
    this.#least = 0
    linkBefore(entry, this.#list(0))
  }

  use(entry: E): void {
    this.remove(entry)
    entry.uses++
    linkBefore(entry, this.#list(entry.uses))
    if (this.#isEmpty(this.#least)) this.#least = entry.uses
  }

  remove(entry: E): void {
    unlink(entry)
    const { uses } = entry
    if (uses !== this.#least && this.#isEmpty(uses)) this.#lists.delete(uses)
  }

  victim(): E | undefined {
    if (this.#isEmpty(this.#least)) {
      this.#lists.delete(this.#least)
      const counts = [...this.#lists.keys()].filter(count => !this.#isEmpty(count))
      if (counts.length === 0) return undefined
      this.#least = counts.reduce((least, count) => Math.min(least, count))
    }
    return this.#lists.get(this.#least)!.next as E
  }

  #isEmpty(uses: number): boolean {
    const list = this.#lists.get(uses)
    return list === undefined || list.next === list
  }

  #list(uses: number): Ordered {
    let list = this.#lists.get(uses)
    if (list === undefined) this.#lists.set(uses, (list = new Ordered()))
    return list
  }
}
