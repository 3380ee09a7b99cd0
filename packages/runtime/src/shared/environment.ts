import type { RtfsMap, SourceText, Type, Value } from '@rtfs/core'
import type { Program } from '@rtfs/parser'

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

/** The content of a frame at one moment. */
export interface FrameSnapshot {
  readonly values: ReadonlyMap<string, Value | typeof unfilled>
  readonly imported: ReadonlyMap<string, Cell>
  readonly modules: ReadonlyMap<string, LoadedModule>
  readonly types: ReadonlyMap<string, Type>
  readonly importedTypes: ReadonlyMap<string, Type>
  readonly macros: ReadonlySet<string>
}

function refill<T>(map: Map<string, T>, content: ReadonlyMap<string, T>): void {
  map.clear()
  for (const [name, value] of content) map.set(name, value)
}

/** The one frame of a program, module or session. Its parent is the standard library. */
export class UnitFrame {
  /** Module name, `undefined` for a program or session. */
  readonly module: string | undefined
  readonly #cells: Map<string, Cell>
  /** Unqualified imported names: the exporter's cells. Own definitions come first. */
  readonly imported: Map<string, Cell>
  /** Imported modules by full name and by alias, for `module/name`. */
  readonly modules: Map<string, LoadedModule>
  /** Type aliases of `deftype` and `defstruct`. */
  readonly types: Map<string, Type>

  /** Names of the macros the unit defines: they exist only while programs are expanded, but can be exported. */
  readonly macros: Set<string>
  /** Type aliases of imported modules, under the names they are used by. */
  readonly importedTypes: Map<string, Type>
  /** The text that the spans of this unit's forms point into, where it is known. */
  readonly source: SourceText | undefined
  /** Programs that ran in this frame and may have defined something. */
  readonly programs: Set<Program>
  /** The program whose forms these are, where it is known: for those who look at whole functions. */
  program: Program | undefined = undefined
  /** True while this is the program that was asked to run, whose file messages need not name. */
  isEntry = false

  /** `of`: the frame of earlier units of the same session, whose content this one shares. */
  constructor(module?: string, source?: SourceText, of?: UnitFrame) {
    this.module = module
    this.source = source
    this.#cells = of === undefined ? new Map() : of.#cells
    this.imported = of?.imported ?? new Map()
    this.modules = of?.modules ?? new Map()
    this.types = of?.types ?? new Map()
    this.macros = of?.macros ?? new Set()
    this.importedTypes = of?.importedTypes ?? new Map()
    this.programs = of?.programs ?? new Set()
  }

  /** The same frame for the next unit of a session, which has a text of its own. */
  forUnit(source: SourceText | undefined): UnitFrame {
    return new UnitFrame(this.module, source, this)
  }

  /** File of the unit when it is not the entry program. */
  get file(): string | undefined {
    return this.isEntry ? undefined : this.source?.file
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

  /** What the frame holds now, to go back to when a unit is evaluated again. */
  snapshot(): FrameSnapshot {
    return {
      values: new Map([...this.#cells].map(([name, cell]) => [name, cell.value])),
      imported: new Map(this.imported),
      modules: new Map(this.modules),
      types: new Map(this.types),
      importedTypes: new Map(this.importedTypes),
      macros: new Set(this.macros),
    }
  }

  /** Goes back to a snapshot. Cells stay the same objects, for code that knows them; new ones are empty again. */
  restore(snapshot: FrameSnapshot): void {
    for (const [name, cell] of this.#cells)
      cell.value = snapshot.values.has(name) ? snapshot.values.get(name)! : unfilled
    for (const name of ['imported', 'modules', 'types', 'importedTypes'] as const) {
      refill<unknown>(this[name], snapshot[name])
    }
    this.macros.clear()
    for (const name of snapshot.macros) this.macros.add(name)
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
