/**
 * Which of the names that can change the reading of a list are bound: shadowable special forms, object kinds,
 * macros (LANGUAGE §2, §5). Nothing else needs a scope while parsing, so the stack is nearly always empty.
 */
export class Scope {
  readonly #bound: string[] = []
  /** How often each name stands in `#bound`. */
  readonly #counts = new Map<string, number>()
  /** Whether it makes a difference that a name is bound. */
  readonly matters: (name: string) => boolean

  constructor(matters: (name: string) => boolean) {
    this.matters = matters
  }

  /** Binds a name from here until `release` of an earlier mark. */
  bind(name: string): void {
    if (!this.matters(name)) return
    this.#bound.push(name)
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1)
  }

  isBound(name: string): boolean {
    return this.#bound.length > 0 && this.#counts.has(name)
  }

  /** Undoes the newest binding of a name. */
  unbind(name: string): void {
    const at = this.#bound.lastIndexOf(name)
    if (at < 0) return
    this.#bound.splice(at, 1)
    this.#forget(name)
  }

  mark(): number {
    return this.#bound.length
  }

  release(mark: number): void {
    while (this.#bound.length > mark) this.#forget(this.#bound.pop()!)
  }

  #forget(name: string): void {
    const count = this.#counts.get(name)!
    if (count > 1) this.#counts.set(name, count - 1)
    else this.#counts.delete(name)
  }
}
