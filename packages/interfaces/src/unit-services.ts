import type { RtfsMap, Type, Value } from '@rtfs/core'

/**
 * The frame of a program or module, which the host keeps: what code that was compiled with `linked` defines is there
 * for other units, and what other units define is there for the code (LANGUAGE §4.2, §12).
 */
export interface UnitServices {
  /** File that errors in this unit name, `undefined` for the program that was asked to run. */
  readonly file: string | undefined
  /** Line and column, from 1, of an offset into the text of the unit, where the text is known. */
  positionAt(offset: number): { readonly line: number; readonly column: number } | undefined
  /** A name that code will read, perhaps often. Reading one that nothing defines raises UndefinedSymbol. */
  link(name: string): { read(): Value }
  /** Reads `module/name`. */
  qualified(name: string): Value
  define(name: string, value: Value): void
  defineType(name: string, type: Type): void
  defineMacro(name: string): void
  resolveType(name: string): Type | undefined
  import(request: ImportedNames): void
  /** Makes the frame of a module form; the forms of the module then run in it. */
  openModule(head: ModuleHead): UnitServices
  /** After its forms: registers the module that `openModule` made; gives the map that the form evaluates to. */
  closeModule(module: UnitServices): Value
  registerTest(name: string, run: () => Value): void
  /** What an object form (`intent`, `plan`, …) evaluates to, once it is validated and registered. */
  object(kind: string, name: Value | undefined, properties: RtfsMap): Value
  /**
   * A call of a function that others may answer for, or that has no body: the answer, or `undefined` to run the body.
   * `source` is the id of the function's IR node.
   */
  delegate(source: number, args: readonly Value[]): Value | undefined
}

/** What an `import` asks for. */
export interface ImportedNames {
  readonly module: string
  readonly alias: string | undefined
  readonly only: readonly string[] | undefined
  readonly referAll: boolean
}

/** A module form without its forms. */
export interface ModuleHead {
  readonly name: string
  readonly doc: string | undefined
  readonly exports: readonly string[] | undefined
  readonly privates: readonly string[]
  /** Names that its frame declares. */
  readonly globals: readonly string[]
}
