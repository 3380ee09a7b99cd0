import { arithmetic } from './arithmetic.js'
import { type BuiltinDefinition, BuiltinFunction } from './builtin.js'
import { collectionMakers } from './collections-make.js'
import { collectionReads } from './collections-read.js'
import { collectionUpdates } from './collections-update.js'
import { comparison } from './comparison.js'
import { effects } from './effects.js'
import { errors } from './errors.js'
import { functions } from './functions.js'
import { higherOrder } from './higher-order.js'
import { json } from './json.js'
import { macros } from './macros.js'
import { predicates } from './predicates.js'
import { regularExpressions } from './regex.js'
import { sequences } from './sequences.js'
import { sorting } from './sorting.js'
import { strings } from './strings.js'
import { time } from './time.js'

/** Every family of the library, in the order of the documentation. A new family is added here. */
const families: readonly (() => readonly BuiltinDefinition[])[] = [
  arithmetic,
  comparison,
  strings,
  regularExpressions,
  collectionMakers,
  collectionReads,
  collectionUpdates,
  sequences,
  sorting,
  higherOrder,
  functions,
  predicates,
  json,
  errors,
  time,
  macros,
  effects,
]

let rows: readonly BuiltinDefinition[] | undefined
let table: ReadonlyMap<string, BuiltinFunction> | undefined

/** The rows of the library, one for each function, in the order of the documentation. */
export function definitions(): readonly BuiltinDefinition[] {
  return (rows ??= families.flatMap(family => family()))
}

/**
 * The library by name: names, aliases, and each of them under `stdlib/`. A function is the same object under all its
 * names. The table is made when it is first asked for.
 */
export function builtins(): ReadonlyMap<string, BuiltinFunction> {
  return (table ??= makeTable())
}

/** The library function of a name, `undefined` when there is none. */
export function findBuiltin(name: string): BuiltinFunction | undefined {
  return builtins().get(name)
}

function makeTable(): ReadonlyMap<string, BuiltinFunction> {
  const made = new Map<string, BuiltinFunction>()
  for (const definition of definitions()) {
    const fn = new BuiltinFunction(definition)
    for (const name of [definition.name, ...definition.aliases]) {
      made.set(name, fn)
      made.set(`stdlib/${name}`, fn)
    }
  }
  return made
}
