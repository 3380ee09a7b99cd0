import type { Value } from '@rtfs/core'
import { Cell, unfilled } from '../shared/environment.js'
import type { Done } from './continuation.js'
import { DeclaredCell, type Scope } from './scope.js'

/**
 * A frame while its bindings are made (LANGUAGE §4.2, §5.2). Two views of it grow together: an init that is a
 * function, and the body, see `full`; all other inits see `plain`, the bindings made so far.
 */
export class NewFrame {
  /** The bindings so far. */
  plain: Scope
  /** Also the names that `def` forms of the body define, and function bindings still to come, as empty cells. */
  full: Scope
  readonly #cells = new Map<string, Cell>()

  constructor(outer: Scope, defines: ReadonlySet<string>) {
    this.plain = outer
    this.full = outer
    for (const name of defines) this.#declare(name, new DeclaredCell(name))
  }

  /** The frame of a call, where default values see the definitions of the body too. */
  static ofCall(outer: Scope, defines: ReadonlySet<string>): NewFrame {
    const frame = new NewFrame(outer, defines)
    frame.plain = frame.full
    return frame
  }

  #declare(name: string, cell: Cell): Done {
    this.#cells.set(name, cell)
    this.full = this.full.with(name, cell)
  }

  /** An empty cell for a function binding; a name that a `def` of the body defines too shares its cell. */
  functionCell(name: string): Cell {
    const defined = this.#cells.get(name)
    if (defined instanceof DeclaredCell) return defined
    const cell = new Cell(name)
    this.#declare(name, cell)
    return cell
  }

  /** Binds a name. A `def` of the same name replaces the binding's value: they share one cell. */
  bind(name: string, value: Value): Done {
    const cell = this.#cells.get(name)
    if (cell instanceof DeclaredCell) {
      cell.value = value
      this.#add(name, value, cell)
    } else {
      this.#add(name, value, value)
    }
  }

  /** Fills the cells of names that bindings between `inner` and `outer` have: definitions replace those later. */
  adoptBindings(inner: Scope, outer: Scope): Done {
    for (let scope: Scope | undefined = inner; scope !== undefined && scope !== outer; scope = scope.outer) {
      const cell = this.#cells.get(scope.name)
      if (cell === undefined || cell.value !== unfilled) continue
      cell.value = scope.value instanceof Cell ? scope.value.value : scope.value
    }
  }

  /** Binds a function binding whose cell is filled already. */
  bindCell(name: string, cell: Cell): Done {
    // Inits that are no functions see the function, not the cell: a `def` in them belongs to the frame around.
    const seen = cell instanceof DeclaredCell && cell.value !== unfilled ? cell.value : cell
    this.#add(name, seen, cell)
  }

  #add(name: string, plain: Value | Cell, full: Value | Cell): Done {
    const same = this.plain === this.full
    this.plain = this.plain.with(name, plain)
    this.full = same && plain === full ? this.plain : this.full.with(name, full)
  }
}
