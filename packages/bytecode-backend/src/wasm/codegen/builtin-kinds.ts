import { type BuiltinFunction, findBuiltin } from '@rtfs/stdlib'
import { any, fn, type Kinds, kindsOfType } from './kinds.js'

/** What the kinds of library functions' results are, by their signatures. */
const results = new Map<string, Kinds>()

export function resultKinds(builtin: BuiltinFunction): Kinds {
  let kinds = results.get(builtin.name)
  if (kinds === undefined) {
    const { type } = builtin.definition
    kinds = type.kind === 'function' ? kindsOfType(type.result) : any
    results.set(builtin.name, kinds)
  }
  return kinds
}

/** True when a library function takes that many arguments. */
export function takes(builtin: BuiltinFunction, count: number): boolean {
  const { min, max } = builtin.definition.arity
  return count >= min && count <= max
}

/** The library function a name of the IR means. */
export function libraryFunction(name: string): BuiltinFunction | undefined {
  return findBuiltin(name)
}

/** Kinds of a library function as a value. */
export const functionKinds: Kinds = fn
