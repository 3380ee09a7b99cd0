export { mapKeyOf, sequenceButNoMap, sequenceOf } from './arguments.js'
export { arityText, checkArity } from './arity.js'
export {
  type Arity,
  type BuiltinDefinition,
  type BuiltinExample,
  BuiltinFunction,
  type CallRequest,
  DerivedFunction,
  drive,
  type ExpansionContext,
  type Implementation,
  type Invoke,
  type LibraryContext,
  type PlainImplementation,
  type PreparedCalls,
  type StepImplementation,
  type Steps,
} from './builtin.js'
export { callKeyword, callPlain } from './call.js'
export { storeChanges } from './effects.js'
export { errorField } from './error-fields.js'
export { libraryReference } from './reference.js'
export { matchesRegex } from './regex.js'
export { builtins, definitions, findBuiltin } from './table.js'
export { filterEach, mapEach, reduceEach } from './walks.js'
