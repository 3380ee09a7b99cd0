import {
  type Meter,
  RtfsFunction,
  type RtfsSequence,
  type RtfsVectorBuilder,
  type Type,
  type Value,
} from '@rtfs/core'

/** What a library function gets from the run it is part of. */
export interface LibraryContext {
  /** Fuel, memory, output of this attempt. Functions charge what they visit and make (LIMITS). */
  readonly meter: Meter
  /** Performs an effect through the host: checks grants, answers from the journal, may throw `Suspended`. */
  perform(capability: string, args: readonly Value[]): Value
  /** The task context of the run (LANGUAGE §16), nil without one. */
  readonly taskContext: Value
  /** Fresh symbols and macro expansion exist only while macros are expanded. */
  readonly expansion: ExpansionContext | undefined
}

/** Services of the macro expander (LANGUAGE §8). */
export interface ExpansionContext {
  gensym(prefix: string): Value
  macroexpand(form: Value, once: boolean): Value
}

/** A call a step function wants made. `fn` is any callable value: a function or a keyword. */
export interface CallRequest {
  readonly fn: Value
  readonly args: readonly Value[]
}

/** The run of a higher-order function: yields the calls it wants made, is resumed with each result, returns its value. */
export type Steps = Generator<CallRequest, Value, Value>

/** How a tier with a native stack calls a callable value. */
export type Invoke = (fn: Value, args: readonly Value[]) => Value

/**
 * Many calls of one function by a tier with a native stack, without an array for each. What is prepared is used only
 * while the library function runs that asked for it, and never while a call of it is in progress.
 */
export interface PreparedCalls {
  one(fn: Value): (a: Value) => Value
  two(fn: Value): (a: Value, b: Value) => Value
  // The walks that programs spend their time in: for each element 1 fuel, then the call.
  /** Puts the result for every element into `results`. */
  map(fn: Value, items: RtfsSequence, results: RtfsVectorBuilder): void
  /** Puts every element whose result is truthy, or not, into `kept`: accounted as one element each. */
  filter(fn: Value, items: RtfsSequence, wanted: boolean, kept: RtfsVectorBuilder): void
  /** Folds the elements from position `from` on. */
  reduce(fn: Value, first: Value, items: RtfsSequence, from: number): Value
}

/** A function that never calls back. Arity is checked before any of these runs. */
export interface PlainImplementation {
  readonly kind: 'plain'
  readonly call: (args: readonly Value[], context: LibraryContext) => Value
  /** The same for exactly one, two, three arguments, without an array; for tiers that know the count. */
  readonly call1?: (a: Value, context: LibraryContext) => Value
  readonly call2?: (a: Value, b: Value, context: LibraryContext) => Value
  readonly call3?: (a: Value, b: Value, c: Value, context: LibraryContext) => Value
}

/**
 * A higher-order function. `steps` is its meaning; `direct` is the same with native calls, where speed pays. A tier
 * that can prepare calls gives `prepared`, too.
 */
export interface StepImplementation {
  readonly kind: 'steps'
  readonly steps: (args: readonly Value[], context: LibraryContext) => Steps
  readonly direct?: (
    args: readonly Value[],
    context: LibraryContext,
    invoke: Invoke,
    prepared?: PreparedCalls,
  ) => Value
}

export type Implementation = PlainImplementation | StepImplementation

/** Smallest and largest number of arguments; `max` is `Infinity` for variadic functions. */
export interface Arity {
  readonly min: number
  readonly max: number
}

/** An example for documentation and tests: `expect` is the readable print of the value, or `! Kind`. */
export interface BuiltinExample {
  readonly source: string
  readonly expect: string
}

/** One row of the library table (LANGUAGE §13). */
export interface BuiltinDefinition {
  readonly name: string
  /** Further names of the same function. */
  readonly aliases: readonly string[]
  readonly arity: Arity
  /** Type text such as `[:=> [:number & :number] :number]`; `type` is its parsed form. */
  readonly signature: string
  readonly type: Type
  /** Pure functions have no effects (their callbacks may); an effect function goes through the host. */
  readonly purity: 'pure' | 'effect'
  /** True when it raises nothing for arguments of its signature, so an unused call may be dropped. */
  readonly total: boolean
  /** Capability ids an effect function performs. */
  readonly capabilities: readonly string[]
  /** Section of LANGUAGE.md, such as `13.1`. */
  readonly section: string
  readonly doc: string
  readonly examples: readonly BuiltinExample[]
  readonly implementation: Implementation
}

/** A library function as a value. Two of them are equal when their names are. */
export class BuiltinFunction extends RtfsFunction {
  readonly name: string
  readonly definition: BuiltinDefinition
  constructor(definition: BuiltinDefinition) {
    super()
    this.name = definition.name
    this.definition = definition
  }
  override isSameFunction(other: RtfsFunction): boolean {
    return other instanceof BuiltinFunction && other.name === this.name
  }
}

/** A function made by the library at run time, such as `(comp f g)`. Called like a builtin. */
export class DerivedFunction extends RtfsFunction {
  readonly name: string | undefined
  readonly arity: Arity
  readonly implementation: Implementation
  constructor(name: string | undefined, arity: Arity, implementation: Implementation) {
    super()
    this.name = name
    this.arity = arity
    this.implementation = implementation
  }
}

/** Calls of `fn` with one argument, prepared where the tier can. */
export function callerOfOne(fn: Value, invoke: Invoke, prepared?: PreparedCalls): (a: Value) => Value {
  return prepared === undefined ? a => invoke(fn, [a]) : prepared.one(fn)
}

/** Calls of `fn` with two arguments, prepared where the tier can. */
export function callerOfTwo(
  fn: Value,
  invoke: Invoke,
  prepared?: PreparedCalls,
): (a: Value, b: Value) => Value {
  return prepared === undefined ? (a, b) => invoke(fn, [a, b]) : prepared.two(fn)
}

/** Runs a step function to its end on the native stack. */
export function drive(steps: Steps, invoke: Invoke): Value {
  let state = steps.next()
  while (state.done !== true) state = steps.next(invoke(state.value.fn, state.value.args))
  return state.value
}
