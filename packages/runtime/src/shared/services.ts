import type { Meter, Span, Type, Value } from '@rtfs/core'
import type { DelegationHint, Metadata } from '@rtfs/parser'
import type { LibraryContext } from '@rtfs/stdlib'
import type { LoadedModule, UnitFrame } from './environment.js'

/*
 * What a tier asks of the run it is part of: everything that reaches outside a function. One object serves all
 * attempts of a run; `meter` and the positions behind the effects start anew with each.
 */

/** Services of a run, for the evaluator and the IR runtime. They are also what library functions get. */
export interface Services extends LibraryContext {
  readonly meter: Meter
  readonly host: HostServices
  readonly modules: ModuleServices
  /** Answers calls of named functions; `undefined` when nothing is delegated, which costs nothing. */
  readonly delegate: Delegate | undefined
  /** A free name, when the option `contextFallback` lets the host offer one (LANGUAGE §4.2). */
  contextFallback(name: string): Value | undefined
  /** `@name` (LANGUAGE §16). */
  taskField(name: string): Value
  /** A fresh symbol for `name#` in a quasiquote: `name__1__auto`, counted in this attempt. */
  gensym(base: string): Value
  /** A test that a unit registers; the test tool decides when it runs. */
  registerTest(name: string, run: () => Value, unit: UnitFrame): void
}

/** Where a host call stands, for logs and provenance. */
export interface Place {
  readonly span: Span
  readonly unit: UnitFrame
}

/** The host boundary (LANGUAGE §15.1), seen from the forms that use it. All of it is replay-safe. */
export interface HostServices {
  /** `(call …)`: `capability` is a keyword or string value. */
  call(capability: Value, args: readonly Value[], place: Place): Value
  log(level: string, values: readonly Value[], place: Place): void
  discoverAgents(criteria: Value, options: Value): Value
  /** `(get :key)` when no local name is in scope: the host's value, else nil. */
  contextValue(name: string): Value
  /** `(resource:ref "id")`. */
  resource(id: string): Value
  registerObject(object: Value): void
  /** Opens a parallel form; branches are run one after the other, their effects gathered. */
  openBranches(): Branches
  /** Reports the start of a step and applies its options. */
  openStep(name: string, options: StepOptions): OpenStep
  /** Execution hints for the calls inside a form; `close` ends them. */
  openHints(meta: Metadata): Scoped
  /** A handle that `with-resource` holds. */
  openResource(handle: Value, typeName: string | undefined): OpenResource
}

/** Something that holds while a form runs. `close` also when the form fails or suspends. */
export interface Scoped {
  close(): void
}

/** The branches of one `parallel` or `step-parallel`. */
export interface Branches {
  /** Before branch `index`; `leave` comes after it, whatever happened. */
  enter(index: number): void
  leave(): void
}

export interface StepOptions {
  readonly exposeContext: boolean | undefined
  readonly contextKeys: readonly string[] | undefined
}

/** A step that was reported as started. One of `complete`, `fail` or `abandon` (suspension, end of the run) ends it. */
export interface OpenStep {
  complete(value: Value): void
  fail(error: Value): void
  abandon(): void
}

/** A resource in use. */
export interface OpenResource {
  /** Releases it (an effect: may suspend, may fail). Does nothing when the program closed it itself. */
  release(): void
}

/** Modules of the run (LANGUAGE §12). */
export interface ModuleServices {
  /** Binds what an `import` asks for in `unit`, loading and running the module when it is not there yet. */
  import(request: ImportRequest, unit: UnitFrame): void
  /** Runs a module form in a frame of its own and registers it; gives the map the form evaluates to. */
  define(definition: ModuleDefinition, unit: UnitFrame): Value
  /** The first half of `define`: the frame that the forms of a module run in. */
  open(name: string, unit: UnitFrame): UnitFrame
  /** The second half: registers the module whose forms have run in `frame`. */
  close(definition: Omit<ModuleDefinition, 'run'>, frame: UnitFrame): Value
  /** A module by its name, when it is registered. */
  find(name: string): LoadedModule | undefined
  /** Imports the module of a qualified name that nothing imported, where that is allowed; false when there is none. */
  autoload?(name: string, unit: UnitFrame): boolean
}

export interface ImportRequest {
  readonly module: string
  readonly alias: string | undefined
  readonly only: readonly string[] | undefined
  readonly referAll: boolean
}

/** A module form, whichever tier runs it. */
export interface ModuleDefinition {
  readonly name: string
  readonly doc: string | undefined
  /** `undefined`: everything that is not private. */
  readonly exports: readonly string[] | undefined
  /** Names marked `^{:private true}`. */
  readonly privates: readonly string[]
  /** Runs the body in the module's frame. */
  readonly run: (frame: UnitFrame) => void
}

/** Decides about calls of named functions (LANGUAGE §15.5) and makes those that run elsewhere. */
export interface Delegate {
  /** The value of the call, `undefined` to run the body here. */
  call(fn: DelegatedFunction, args: readonly Value[]): Value | undefined
  /** Changes when `concerns` may answer otherwise than before; stays the same during a run. */
  readonly epoch: number
  /** The same at this moment, whatever run is under way. */
  readonly ruleEpoch: number
  /** False when nothing but a hint makes calls of the function go elsewhere. */
  concerns(symbol: string): boolean
}

/** What delegation must know of a function. One object for all calls of one definition. */
export interface DelegatedFunction {
  /** Qualified name, recorded when it was defined. */
  readonly symbol: string
  /** The name without module. */
  readonly name: string
  /** True when it is defined at the top level of its unit: engines and caches know only such functions. */
  readonly isGlobal: boolean
  readonly unit: UnitFrame
  readonly declaration: FunctionDeclaration
}

/** The parts of a function definition that AST and IR nodes both have. */
export interface FunctionDeclaration {
  readonly hint: DelegationHint | undefined
  readonly doc: string | undefined
  readonly meta: Metadata
  readonly params: readonly { readonly type: Type | undefined }[]
  readonly rest: { readonly type: Type | undefined } | undefined
  readonly returnType: Type | undefined
  /** False for a declaration without a body. */
  readonly hasBody: boolean
}
