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

/** A group of functions that the documentation shows together. */
interface Family {
  readonly title: string
  readonly rows: () => readonly BuiltinDefinition[]
}

/** Every family of the library, in the order of the documentation. A new family is added here. */
const families: readonly Family[] = [
  { title: 'Arithmetic', rows: arithmetic },
  { title: 'Comparison and logic', rows: comparison },
  { title: 'Strings', rows: strings },
  { title: 'Regular expressions', rows: regularExpressions },
  { title: 'Making collections', rows: collectionMakers },
  { title: 'Reading collections', rows: collectionReads },
  { title: 'Changing collections', rows: collectionUpdates },
  { title: 'Parts of collections', rows: sequences },
  { title: 'Sorting', rows: sorting },
  { title: 'Higher-order functions', rows: higherOrder },
  { title: 'Functions about functions', rows: functions },
  { title: 'Type tests', rows: predicates },
  { title: 'JSON', rows: json },
  { title: 'Errors', rows: errors },
  { title: 'Time and identity', rows: time },
  { title: 'Macro expansion', rows: macros },
  { title: 'Effects', rows: effects },
]

/** A family with its rows made. */
export interface Section {
  readonly title: string
  readonly definitions: readonly BuiltinDefinition[]
}

let made: readonly Section[] | undefined
let table: ReadonlyMap<string, BuiltinFunction> | undefined

/** The rows of the library by family, in the order of the documentation. Made when first asked for. */
export function sections(): readonly Section[] {
  return (made ??= families.map(({ title, rows }) => ({ title, definitions: rows() })))
}

/** The rows of the library, one for each function, in the order of the documentation. */
export function definitions(): readonly BuiltinDefinition[] {
  return sections().flatMap(section => section.definitions)
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
  const byName = new Map<string, BuiltinFunction>()
  for (const definition of definitions()) {
    const fn = new BuiltinFunction(definition)
    for (const name of [definition.name, ...definition.aliases]) {
      byName.set(name, fn)
      byName.set(`stdlib/${name}`, fn)
    }
  }
  return byName
}
