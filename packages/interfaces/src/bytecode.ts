import type { Meter, Value } from '@rtfs/core'

/** What compiled code gets from the run it is part of. */
export interface ExecutionContext {
  readonly meter: Meter
  /** Performs an effect through the host: checks grants, answers from the journal, may throw `Suspended`. */
  perform(capability: string, args: readonly Value[]): Value
  readonly taskContext: Value
  /** Calls a callable value that is not compiled code: a closure of another tier, a library function. */
  invoke(fn: Value, args: readonly Value[]): Value
}

/** An export of a compiled module. Types are canonical RTFS type text. */
export interface CompiledExport {
  /** Name of the function in the source. */
  readonly name: string
  /** Name of the export in the bytes. */
  readonly exportName: string
  readonly signature: string
}

/** What a backend makes of IR. The same IR gives the same bytes in any process. */
export interface CompiledModule {
  readonly targetId: string
  readonly abiVersion: string
  readonly backend: { readonly id: string; readonly version: string }
  readonly bytes: Uint8Array
  /** Everything the module imports, as `module.name`, sorted: its declared capability list. */
  readonly imports: readonly string[]
  readonly exports: readonly CompiledExport[]
  /** Spans and names for error messages; beside the code, not part of it. */
  readonly debug: Uint8Array
}

export interface CompileOptions {
  /** Functions to export; all top-level functions when left out. */
  readonly exports?: readonly string[]
}

/** Compiles IR for one target. Throws `UnsupportedError` naming the form it does not cover. */
export interface BytecodeBackend<Ir> {
  readonly targetId: string
  readonly abiVersion: string
  readonly id: string
  readonly version: string
  compile(ir: Ir, options?: CompileOptions): CompiledModule
}

export interface PrepareOptions {
  /** Imports the caller's manifest declares; anything else is refused before instantiation. */
  readonly imports: readonly string[]
  readonly exports: readonly string[]
  readonly debug?: Uint8Array
}

/** Runs compiled code of one target. */
export interface BytecodeExecutor {
  readonly targetId: string
  readonly abiVersion: string
  /** Checks the bytes against the loader policy (LIMITS) and instantiates them. Throws `RTFS_MODULE_REJECTED`. */
  prepare(bytes: Uint8Array, options: PrepareOptions): PreparedModule
}

/** Checked, instantiated code. */
export interface PreparedModule {
  /** Runs an export. Errors are those of the language; `UnsupportedError` when native stack ends below the depth limit. */
  call(exportName: string, args: readonly Value[], context: ExecutionContext): Value
  /** Rough size in bytes, for caches. */
  readonly sizeBytes: number
}

/** Runs code under a named isolation level (LIMITS rule 2). */
export interface IsolatedExecutor {
  readonly level: 'inline' | 'thread' | 'process'
  call(bytes: Uint8Array, prepare: PrepareOptions, exportName: string, args: readonly Value[], deadlineMs: number): Promise<Value>
  close(): Promise<void>
}
