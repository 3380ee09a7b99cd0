import type { Limits, Meter, Value } from '@rtfs/core'
import type { UnitServices } from './unit-services.js'

/**
 * What compiled code gets from the run it is part of. One object for each attempt: values that the top level of a
 * module defines are computed once for each context.
 */
export interface ExecutionContext {
  readonly meter: Meter
  /** Performs an effect through the host: checks grants, answers from the journal, may throw `Suspended`. */
  perform(capability: string, args: readonly Value[]): Value
  readonly taskContext: Value
  /**
   * Calls a function that is neither compiled code nor of the library: a closure of another tier. The call is charged
   * already; depth is the other tier's matter. `meter` holds the account as it is at the call.
   */
  invoke(fn: Value, args: readonly Value[]): Value
  /** What the forms that report to the host ask; without it they reach nothing (LANGUAGE §15.1, `PureHost`). */
  readonly forms?: FormServices
  /** The frame of the unit that a module compiled with `linked` is the code of; `PreparedModule.run` needs it. */
  readonly unit?: UnitServices
}

/** The host, seen from the forms that use it by themselves (LANGUAGE §5.9 to §5.14). All of it is replay-safe. */
export interface FormServices {
  log(
    level: string,
    values: readonly Value[],
    place: { readonly start: number; readonly end: number } | undefined,
  ): void
  discoverAgents(criteria: Value, options: Value): Value
  /** `(get :key)` when no local name is in scope. */
  contextValue(name: string): Value
  /** `(resource:ref "id")`. */
  resource(id: string): Value
  /** A fresh symbol for `name#` in a quasiquote. */
  gensym(base: string): Value
  /** Opens a parallel form: `enter` before each branch, `leave` after it, whatever happened. */
  openBranches(): { enter(index: number): void; leave(): void }
  /** Reports the start of a step. One of `complete`, `fail` and `abandon` (suspension, end of the run) ends it. */
  openStep(
    name: string,
    options: {
      readonly exposeContext: boolean | undefined
      readonly contextKeys: readonly string[] | undefined
    },
  ): { complete(value: Value): void; fail(error: Value): void; abandon(): void }
  /** Execution hints for the calls inside a form; `close` ends them. */
  openHints(meta: ReadonlyMap<string, Value>): { close(): void }
  /** A handle that `with-resource` holds; `release` is an effect. */
  openResource(handle: Value, typeName: string | undefined): { release(): void }
}

/** An export of a compiled module. */
export interface CompiledExport {
  /** Name of the function in the source. */
  readonly name: string
  /** Name of the export in the bytes. */
  readonly exportName: string
  /** Canonical RTFS type text. */
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
  /** Places in the source for errors; beside the code, not part of it. */
  readonly debug: Uint8Array
}

export interface CompileOptions {
  /** Functions to export; all functions of the top level when left out. */
  readonly exports?: readonly string[]
  /**
   * True for a program that is to be run as a whole, by `PreparedModule.run`. Default: only what the exported
   * functions need of the top level is compiled.
   */
  readonly program?: boolean
  /**
   * True when nothing outside of the unit defines names it uses: an unknown name then raises UndefinedSymbol when it
   * is read. Default: such a name is not covered.
   */
  readonly closed?: boolean
  /**
   * True when the frame of the unit is the host's (`ExecutionContext.unit`): modules, imports, objects, tests, types
   * and names from outside are then covered. With `program`; nothing is exported.
   */
  readonly linked?: boolean
  /**
   * True when the modules inside the unit are to be part of its code, and no one else's business. Default: a unit with
   * modules or imports is not covered, unless it is `linked`.
   */
  readonly bundle?: boolean
  /** With `linked`: names that something outside of the unit may define anew, or read before they are defined. */
  readonly open?: readonly string[]
  /** With `linked`: true for functions whose calls the host wants to answer (`UnitServices.delegate`). */
  readonly delegates?: (symbol: string, isGlobal: boolean, hasHint: boolean) => boolean
}

/** Compiles IR for one target. Throws `UnsupportedError` naming the form it does not cover. */
export interface BytecodeBackend<Ir> {
  readonly targetId: string
  readonly abiVersion: string
  readonly id: string
  readonly version: string
  /** Default: nothing beyond whole programs and exported functions. */
  readonly supports?: { readonly linked: boolean }
  compile(ir: Ir, options?: CompileOptions): CompiledModule
}

export interface PrepareOptions {
  /** Imports the caller's manifest declares; anything else is refused before instantiation. */
  readonly imports: readonly string[]
  /** Export names the caller's manifest declares: the module must have exactly these, besides those of the ABI. */
  readonly exports: readonly string[]
  /** Places in the source, for errors; without it errors have none. */
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
  /**
   * Calls an exported function. The caller charges the call and counts its depth, as for any function. Errors are
   * those of the language; `UnsupportedError` when the native stack ends below the depth limit: run it again elsewhere.
   */
  call(exportName: string, args: readonly Value[], context: ExecutionContext): Value
  /** Runs a module that was compiled as a program; the value of its last form. */
  run(context: ExecutionContext): Value
  /** Rough size in bytes, for caches. */
  readonly sizeBytes: number
}

/** One call of compiled code under isolation. */
export interface IsolatedCall {
  /** The module, checked against its digest by the caller. It is not changed while the executor lives. */
  readonly bytes: Uint8Array
  readonly prepare: PrepareOptions
  /** Target of the bytes. Default: that of WebAssembly. */
  readonly targetId?: string
  readonly exportName: string
  /** Data only: functions cannot cross. */
  readonly args: readonly Value[]
  /** Counted by the code itself; `deadlineMs` is enforced from outside as well. */
  readonly limits: Limits
  /** Performs an effect that the code asks for; the call is then replayed with its result. Default: none is granted. */
  perform?(capability: string, args: readonly Value[]): Value | Promise<Value>
  readonly signal?: AbortSignal
}

/** The value, and the fuel of the attempt that gave it. */
export interface IsolatedResult {
  readonly value: Value
  readonly fuel: number
}

/**
 * Runs code under a named level of isolation. Errors are those of the language; BudgetExhausted `:time` or `:memory`
 * when it had to be stopped from outside; `RTFS_ISOLATION` when its worker was lost; `RTFS_MODULE_REJECTED`.
 */
export interface IsolatedExecutor {
  readonly level: 'inline' | 'thread' | 'process'
  call(call: IsolatedCall): Promise<IsolatedResult>
  /** Starts workers before they are needed. */
  warm(): void
  close(): Promise<void>
}
