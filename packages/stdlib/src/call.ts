import {
  internalError,
  type Keyword,
  RtfsErrorValue,
  RtfsMap,
  typeError,
  typeName,
  type Value,
} from '@rtfs/core'
import { checkArity } from './arity.js'
import { BuiltinFunction, type DerivedFunction, type LibraryContext } from './builtin.js'
import { get } from './collections-read.js'

const keywordArity = { min: 1, max: 2 }

/** `(:k m)` and `(:k m default)`: reads a map, an error value or nil (LANGUAGE §4.3). */
export function callKeyword(keyword: Keyword, args: readonly Value[]): Value {
  if (args.length < 1 || args.length > 2) checkArity(`:${keyword.name}`, keywordArity, args.length)
  const target = args[0]!
  const fallback = args.length === 2 ? args[1]! : null
  if (target instanceof RtfsMap) {
    const found = target.get(keyword)
    return found === undefined ? fallback : found
  }
  if (target !== null && !(target instanceof RtfsErrorValue)) {
    throw typeError(`:${keyword.name}`, 'map', typeName(target))
  }
  return get(target, keyword, fallback)
}

/**
 * Calls a function that never calls back, its arity checked, by the fastest way it has. The caller charges the call.
 * A higher-order function is an InternalError: it needs a tier that makes its calls.
 */
export function callPlain(
  fn: BuiltinFunction | DerivedFunction,
  args: readonly Value[],
  context: LibraryContext,
): Value {
  const { arity, implementation } = fn instanceof BuiltinFunction ? fn.definition : fn
  if (args.length < arity.min || args.length > arity.max)
    checkArity(fn.name ?? 'function', arity, args.length)
  if (implementation.kind !== 'plain') throw internalError(`${fn.name ?? 'function'} calls back`)
  const { call1, call2, call3 } = implementation
  switch (args.length) {
    case 1:
      return call1 === undefined ? implementation.call(args, context) : call1(args[0]!, context)
    case 2:
      return call2 === undefined ? implementation.call(args, context) : call2(args[0]!, args[1]!, context)
    case 3:
      return call3 === undefined
        ? implementation.call(args, context)
        : call3(args[0]!, args[1]!, args[2]!, context)
    default:
      return implementation.call(args, context)
  }
}
