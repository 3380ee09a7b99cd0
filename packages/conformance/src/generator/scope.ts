import { fits, type GenType } from './types.js'

/** A name in scope and what it is meant to hold. */
export interface Variable {
  readonly name: string
  readonly type: GenType
}

/** The names an expression may use. Scopes never change; an inner one hides names of the outer. */
export class Scope {
  static readonly empty = new Scope(undefined, [], false)

  readonly #outer: Scope | undefined
  readonly #variables: readonly Variable[]
  /** True inside `#(…)`, which must not be nested. */
  readonly insideHash: boolean

  private constructor(outer: Scope | undefined, variables: readonly Variable[], insideHash: boolean) {
    this.#outer = outer
    this.#variables = variables
    this.insideHash = insideHash
  }

  /** This scope with further variables, which hide others of their names. */
  with(...variables: readonly Variable[]): Scope {
    return variables.length === 0 ? this : new Scope(this, variables, this.insideHash)
  }

  /** This scope as it is seen inside `#(…)`. */
  hashed(...variables: readonly Variable[]): Scope {
    return new Scope(this, variables, true)
  }

  /** What a name means here; `undefined` when it is not bound. */
  typeOf(name: string): GenType | undefined {
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.#outer) {
      for (let i = scope.#variables.length - 1; i >= 0; i--) {
        if (scope.#variables[i]!.name === name) return scope.#variables[i]!.type
      }
    }
    return undefined
  }

  /** The visible variables, innermost first. */
  visible(): readonly Variable[] {
    const seen = new Set<string>()
    const all: Variable[] = []
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.#outer) {
      for (let i = scope.#variables.length - 1; i >= 0; i--) {
        const variable = scope.#variables[i]!
        if (!seen.has(variable.name)) all.push(variable)
        seen.add(variable.name)
      }
    }
    return all
  }

  /** The visible variables that may stand where `type` is meant. */
  fitting(type: GenType): readonly Variable[] {
    return this.visible().filter(variable => fits(variable.type, type))
  }
}
