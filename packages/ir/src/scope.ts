import type { Type } from '@rtfs/core'
import type { ApplyNode, Variable } from './nodes.js'

/** A function being lowered, or `undefined` outside of all. Collects what it captures. */
export class FunctionContext {
  readonly parent: FunctionContext | undefined
  /** Captured variables by id, in order of first use. */
  readonly captures = new Map<number, Variable>()
  constructor(parent: FunctionContext | undefined) {
    this.parent = parent
  }
}

/** Names in scope, innermost first. The map grows while the bindings of its construct are lowered in order. */
export class Scope {
  readonly parent: Scope | undefined
  readonly fn: FunctionContext | undefined
  readonly names = new Map<string, Variable>()
  constructor(parent: Scope | undefined, fn: FunctionContext | undefined) {
    this.parent = parent
    this.fn = fn
  }

  /** The variable of a name. Marks it as captured by every function between here and where it was made. */
  resolve(name: string): Variable | undefined {
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.parent) {
      const variable = scope.names.get(name)
      if (variable === undefined) continue
      for (let fn = this.fn; fn !== scope.fn && fn !== undefined; fn = fn.parent)
        fn.captures.set(variable.id, variable)
      return variable
    }
    return undefined
  }
}

/** The cells of the names that `def` forms declare in one frame (LANGUAGE §4.2). */
export class Frame {
  readonly variables: ReadonlyMap<string, Variable>
  readonly #taken = new Set<Variable>()
  constructor(variables: ReadonlyMap<string, Variable>) {
    this.variables = variables
  }

  /** Says that a function binding of the same construct makes this cell. */
  take(variable: Variable): void {
    this.#taken.add(variable)
  }

  /** The cells that no binding makes, in order of first definition. */
  get declares(): readonly Variable[] {
    return [...this.variables.values()].filter(variable => !this.#taken.has(variable))
  }
}

/** The frame of a program or module: its names are read by name, not by variable. */
export interface Root {
  readonly globals: ReadonlySet<string>
  /** Names that imports bring in unqualified. */
  readonly imported: ReadonlySet<string>
  /** True when an import brings in names nobody can list: any unqualified name may be one of them. */
  readonly open: boolean
  /** Prefixes of qualified names, full module names included, to full module names. */
  readonly aliases: ReadonlyMap<string, string>
}

/** What `recur` jumps to. `casts` are the annotations of a loop's bindings; a lambda checks its parameters itself. */
export interface RecurTarget {
  readonly id: number
  readonly casts: readonly ({ readonly type: Type; readonly path: string } | undefined)[]
}

/** Where an expression stands. */
export interface Place {
  readonly root: Root
  readonly scope: Scope
  /** Where `def` binds: the frame of the innermost construct, `undefined` for the root's. */
  readonly frame: Frame | undefined
  readonly tail: ApplyNode['tail']
  readonly recur: RecurTarget | undefined
}

/** The same place for an expression whose value is not the function's. */
export function notTail(place: Place): Place {
  return place.tail === 'no' ? place : { ...place, tail: 'no' }
}
