import { type BuiltinDefinition, builtins, findBuiltin } from '@rtfs/stdlib'

/** The library row of a name or alias. `name` of the row is what the IR calls the function. */
export function libraryRow(name: string): BuiltinDefinition | undefined {
  return findBuiltin(name)?.definition
}

/** Names and aliases of all library functions. */
export function libraryNames(): Iterable<string> {
  return builtins().keys()
}
