import { HostFunction, type Value } from '@rtfs/core'
import type { ExecutionContext } from '@rtfs/interfaces'
import type { FunctionMetadata } from '../metadata/metadata.js'
import type { Running } from './running.js'

/**
 * A closure of compiled code: which code, and the values it holds. Other tiers can call it like any host function, in
 * the run it was made in; `callCompiledFunction` calls it in another one.
 */
export class CompiledClosure extends HostFunction {
  readonly owner: Running
  readonly code: FunctionMetadata
  readonly captures: unknown[]
  constructor(owner: Running, code: FunctionMetadata, captures: unknown[]) {
    super(code.name === '' ? undefined : code.name, callFromOutside)
    this.owner = owner
    this.code = code
    this.captures = captures
  }
}

/** One function for all closures: a closure of its own for each would make them expensive. */
function callFromOutside(this: HostFunction, args: readonly Value[]): Value {
  const closure = this as CompiledClosure
  return closure.owner.callFromHost(closure, args)
}

/** True for functions that compiled code made. */
export function isCompiledFunction(value: unknown): value is HostFunction {
  return value instanceof CompiledClosure
}

/** Calls a function that compiled code made, as part of the run of `context`. The call is charged already. */
export function callCompiledFunction(
  fn: HostFunction,
  args: readonly Value[],
  context: ExecutionContext,
): Value {
  if (!(fn instanceof CompiledClosure)) throw new TypeError('not a function of compiled code')
  return fn.owner.callFromOutside(fn, args, context)
}

/** The content of a cell that is not filled. */
export const unfilled: unique symbol = Symbol('unfilled')

/** A variable that closures share and that may be read before it is filled. */
export class Cell {
  readonly name: string
  value: Value | typeof unfilled = unfilled
  constructor(name: string) {
    this.name = name
  }
}

/** Gathers the results of a `for`. */
export class Collector {
  readonly items: Value[] = []
}
