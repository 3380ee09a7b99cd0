import type { RtfsMap, SourceText, Type, Value } from '@rtfs/core'

/*
 * What the AST evaluator and the IR runtime share of an environment: the frame of a unit (program, module, REPL
 * session). Frames inside functions are each tier's own business.
 */

/** The content of a cell that is declared but not yet filled; reading it raises UndefinedSymbol (LANGUAGE §4.2). */
export const unfilled: unique symbol = Symbol('unfilled')

/** A place that closures share: a definition of a unit's frame, or a `def` or function binding of an inner frame. */
export class Cell {
  readonly name: string
  value: Value | typeof unfilled
  constructor(name: string, value: Value | typeof unfilled = unfilled) {
    this.name = name
    this.value = value
  }
}

/** A module that was executed: its exports are cells of its frame, so late definitions are visible. */
export interface LoadedModule {
  readonly name: string
  readonly version: string | undefined
  readonly exports: ReadonlySet<string>
  readonly frame: UnitFrame
  /** The map that the module form evaluates to (LANGUAGE §12.1). */
  readonly value: RtfsMap
}

/** The one frame of a program, module or session. Its parent is the standard library. */
export class UnitFrame {
  /** Module name, `undefined` for a program or session. */
  readonly module: string | undefined
  readonly #cells = new Map<string, Cell>()
  /** Unqualified imported names: the exporter's cells. Own definitions come first. */
  readonly imported = new Map<string, Cell>()
  /** Imported modules by full name and by alias, for `module/name`. */
  readonly modules = new Map<string, LoadedModule>()
  /** Type aliases of `deftype` and `defstruct`. */
  readonly types = new Map<string, Type>()

  /** The text that the spans of this unit's forms point into, where it is known. */
  readonly source: SourceText | undefined
  /** Type aliases of imported modules, under the names they are used by. */
  readonly importedTypes = new Map<string, Type>()

  constructor(module?: string, source?: SourceText) {
    this.module = module
    this.source = source
  }

  /** File of the unit when it is not the entry program. */
  get file(): string | undefined {
    return this.module === undefined ? undefined : this.source?.file
  }

  /** The cell of a definition of this frame, made empty when it is new. */
  declare(name: string): Cell {
    let cell = this.#cells.get(name)
    if (cell === undefined) this.#cells.set(name, (cell = new Cell(name)))
    return cell
  }

  /** The cell an unqualified name reads: own definition, then import. The standard library is the caller's matter. */
  find(name: string): Cell | undefined {
    return this.#cells.get(name) ?? this.imported.get(name)
  }

  /** True when the frame itself defines the name. */
  defines(name: string): boolean {
    return this.#cells.has(name)
  }

  /** Names defined in this frame, in order of first declaration. */
  names(): IterableIterator<string> {
    return this.#cells.keys()
  }

  /** The alias of a type name (`Point`, also written `:Point`), `undefined` when unknown. */
  readonly resolveType = (name: string): Type | undefined =>
    this.types.get(name) ?? this.importedTypes.get(name) ?? this.#qualifiedType(name)

  /** `m/Name`: an alias exported by an imported module. */
  #qualifiedType(name: string): Type | undefined {
    const slash = name.lastIndexOf('/')
    if (slash <= 0) return undefined
    const module = this.modules.get(name.slice(0, slash))
    const own = name.slice(slash + 1)
    return module?.exports.has(own) === true ? module.frame.types.get(own) : undefined
  }
}
