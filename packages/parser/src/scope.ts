/**
 * Which of the names that can change the reading of a list are bound: shadowable special forms, object kinds,
 * macros (LANGUAGE §2, §5). Nothing else needs a scope while parsing, so the stack is nearly always empty.
 */
export class Scope {
  readonly #bound: string[] = []
  /** Whether it makes a difference that a name is bound. */
  readonly matters: (name: string) => boolean

  constructor(matters: (name: string) => boolean) {
    this.matters = matters
  }

  /** Binds a name from here until `release` of an earlier mark. */
  bind(name: string): void {
    if (this.matters(name)) this.#bound.push(name)
  }

  isBound(name: string): boolean {
    return this.#bound.length > 0 && this.#bound.includes(name)
  }

  /** Undoes the newest binding of a name. */
  unbind(name: string): void {
    const at = this.#bound.lastIndexOf(name)
    if (at >= 0) this.#bound.splice(at, 1)
  }

  mark(): number {
    return this.#bound.length
  }

  release(mark: number): void {
    // Nearly always nothing was bound, and setting the length of an array costs a call.
    if (this.#bound.length > mark) this.#bound.length = mark
  }
}
