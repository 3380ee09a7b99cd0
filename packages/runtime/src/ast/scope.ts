import { undefinedSymbol, type Value } from '@rtfs/core'
import type { Loop } from '@rtfs/parser'
import { Cell, type UnitFrame, unfilled } from '../shared/environment.js'
import type { Closure } from './closure.js'

/** A cell that `def` and `defn` forms of a frame fill (LANGUAGE §4.2). */
export class DeclaredCell extends Cell {}

/** What a `recur` goes back to: the running function, or a loop with the scope around it. */
export type RecurTarget = Closure | { readonly kind: 'loop'; readonly loop: Loop; readonly outer: Scope }

/**
 * One binding and what is around it. A frame of LANGUAGE §4.2 is a run of such bindings; the outermost scope has no
 * name and stands for the frame of the unit. Bindings never change, except through a cell.
 */
export class Scope {
  readonly outer: Scope | undefined
  readonly unit: UnitFrame
  /** Empty for the outermost scope and for places of `recur` without a name: no symbol is. */
  readonly name: string
  readonly value: Value | Cell
  readonly target: RecurTarget | undefined

  constructor(
    outer: Scope | undefined,
    unit: UnitFrame,
    name: string,
    value: Value | Cell,
    target?: RecurTarget,
  ) {
    this.outer = outer
    this.unit = unit
    this.name = name
    this.value = value
    this.target = target
  }

  /** The scope of a unit's top-level forms. */
  static of(unit: UnitFrame): Scope {
    return new Scope(undefined, unit, '', null)
  }

  /** With one more binding. */
  with(name: string, value: Value | Cell): Scope {
    return new Scope(this, this.unit, name, value)
  }

  /** With a place for `recur` to go back to. */
  withLoop(loop: Loop): Scope {
    return new Scope(this, this.unit, '', null, { kind: 'loop', loop, outer: this })
  }

  /** With the running function, under its own name if it has one; `recur` goes back to it. */
  withFunction(closure: Closure): Scope {
    return new Scope(this, this.unit, closure.fn.name ?? '', closure, closure)
  }

  /** With an empty cell for every name that the frame defines. */
  declaring(names: ReadonlySet<string>): Scope {
    let scope: Scope = this
    for (const name of names) scope = scope.with(name, new DeclaredCell(name))
    return scope
  }
}

/** The value of a name bound inside a function, `undefined` when there is none of that name. */
export function readLocal(scope: Scope, name: string): Value | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    if (at.name === name) return at.value instanceof Cell ? contentOf(at.value) : at.value
  }
  return undefined
}

/** The content of a cell; UndefinedSymbol while it is empty. */
export function contentOf(cell: Cell): Value {
  if (cell.value === unfilled) throw undefinedSymbol(cell.name)
  return cell.value
}

/** The cell that a `def` fills: of the innermost frame inside a function, else of the unit. */
export function cellToDefine(scope: Scope, name: string): Cell {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    if (at.name === name && at.value instanceof DeclaredCell) return at.value
  }
  return scope.unit.declare(name)
}

/** What the innermost `recur` goes back to. The analyser saw that there is one. */
export function recurTarget(scope: Scope): RecurTarget {
  let at: Scope = scope
  while (at.target === undefined) at = at.outer!
  return at.target
}
