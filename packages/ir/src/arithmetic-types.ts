import { type Type, types } from '@rtfs/core'
import { isOnly, join } from './trusted-types.js'

/** Result types that depend on the argument types more closely than a signature can say (LANGUAGE §18.4). */
const rules: ReadonlyMap<string, (args: readonly Type[]) => Type> = new Map([
  ['+', folded],
  ['-', folded],
  ['*', folded],
  ['/', quotient],
  ['quot', folded],
  ['rem', folded],
  ['mod', folded],
  ['pow', quotient],
  ['inc', folded],
  ['dec', folded],
  ['abs', folded],
  ['max', one],
  ['min', one],
  ['identity', ([arg]: readonly Type[]) => arg ?? types.any],
  ['vector', (args: readonly Type[]) => types.vector(args.length === 0 ? types.any : join(args))],
  ['list', (args: readonly Type[]) => types.list(args.length === 0 ? types.any : join(args))],
  ['nth', element],
])

/** The result type of a library function for these arguments, `undefined` where the signature says it best. */
export function resultOfCall(name: string, args: readonly Type[]): Type | undefined {
  return rules.get(name)?.(args)
}

/** Integers give an Integer, any Float makes a Float. */
function folded(args: readonly Type[]): Type {
  if (args.every(arg => isOnly(arg, 'int'))) return types.int
  return quotient(args)
}

/** Integers may give either. */
function quotient(args: readonly Type[]): Type {
  return args.some(arg => isOnly(arg, 'float')) ? types.float : types.number
}

/** One of the arguments, as it is. */
function one(args: readonly Type[]): Type {
  return args.every(arg => isOnly(arg, 'int', 'float')) ? join(args) : types.number
}

/** `nth` of a vector or list, whose elements are known. */
function element(args: readonly Type[]): Type {
  const [collection, , fallback] = args
  if (collection?.kind !== 'vector' && collection?.kind !== 'list' && collection?.kind !== 'seq')
    return types.any
  return fallback === undefined ? collection.element : join([collection.element, fallback])
}
