import { type BuiltinDefinition, builtins, findBuiltin } from '@rtfs/stdlib'

/** The library row of a name or alias; `stdlib/name` is the same as `name` (LANGUAGE §13). */
export function libraryRow(name: string): BuiltinDefinition | undefined {
  const plain = name.startsWith('stdlib/') ? name.slice('stdlib/'.length) : name
  return findBuiltin(plain)?.definition
}

/** Names and aliases of all library functions. */
export function libraryNames(): Iterable<string> {
  return builtins.keys()
}
