export { assertValue } from './assert-value.js'
export {
  bytesEqual,
  concatBytes,
  decodeBase64,
  decodeHex,
  decodeUtf8,
  encodeBase64,
  encodeHex,
  encodeUtf8,
} from './bytes.js'
export { type CanonicalOptions, canonicalText, encodeKey, valueHash } from './canonical.js'
export { closest } from './closest.js'
export { isSuspended, Suspended } from './control.js'
export {
  type Diagnostic,
  diagnostic,
  type Fix,
  type RelatedSpan,
  type Severity,
  type TextEdit,
} from './diagnostic.js'
export { type FormatOptions, formatDiagnostic, formatRtfsError } from './diagnostic-format.js'
export { type Charge, equals } from './equality.js'
export {
  arithmeticOverflow,
  arityMismatch,
  budgetExhausted,
  divisionByZero,
  type ErrorCode,
  type ErrorKind,
  errorFromValue,
  errorTypes,
  type FatalBudget,
  genericError,
  indexOutOfBounds,
  internalError,
  invalidArgument,
  invalidProgram,
  isCatchable,
  isOutgrownStack,
  isRtfsError,
  jsonError,
  keyNotFound,
  type LocalBudget,
  languageError,
  matchError,
  moduleError,
  moduleNotFound,
  notCallable,
  outgrownStack,
  RtfsError,
  type RtfsErrorOptions,
  resourceError,
  type SystemErrorCode,
  securityViolation,
  stackOverflow,
  typeError,
  undefinedSymbol,
  unknownCapability,
  unresolvedFunction,
  unsupported,
} from './errors.js'
export { type Digest, digestOf, parseDigest, sha256, sha256Hex } from './hash.js'
export { parseTimestamp, parseUuid, timestampFromMillis, timestampMillis } from './instants.js'
export { type FromJsOptions, fromJs, int, kw, list, sym, type ToJsOptions, toJs } from './js.js'
export { type ParseJsonOptions, parseJson, type SerializeJsonOptions, serializeJson } from './json.js'
export { type JsonSchema, jsonSchemaOf } from './json-schema.js'
export { defaultLimits, type Limits, Meter } from './limits.js'
export { isMapKey, KeyReader, RtfsMap, RtfsMapBuilder } from './map.js'
export { isKeywordName, isSymbolName, type NameParts, splitName } from './names.js'
export {
  absolute,
  add,
  ceil,
  compareInstants,
  compareNumbers,
  decrement,
  divide,
  float,
  floor,
  greaterOrEqual,
  greaterThan,
  increment,
  integer,
  isEven,
  isNumber,
  isOdd,
  lessOrEqual,
  lessThan,
  maximum,
  minimum,
  mod,
  multiply,
  negate,
  numericEquals,
  parseFloatText,
  parseInteger,
  power,
  quot,
  rem,
  requireInteger,
  requireNumber,
  round,
  signOf,
  squareRoot,
  subtract,
  toFloat,
  truncateToInteger,
} from './numbers.js'
export { compareValues } from './order.js'
export { displayValue, formatFloat, formatValue, type PrintOptions, quoteString } from './print.js'
export { conformsQuickly } from './quick-check.js'
export { copyOfError, hostFailure, shortText, testFailed, withCause } from './raising.js'
export { RtfsList, RtfsSequence, RtfsVector, RtfsVectorBuilder, SequenceCursor } from './sequence.js'
export { type Position, SourceText, type Span, type SpanPosition } from './span.js'
export { isSubtype, joinTypes, type SubtypeOptions, typeOfValue, typesConflict } from './subtype.js'
export {
  characters,
  codePointAt,
  codePointIndexOf,
  codePointLength,
  codePointOffset,
  codePointSlice,
  compareText,
  isFlatText,
  isWellFormed,
} from './text.js'
export { typeName } from './type-name.js'
export {
  canonicalType,
  formatPredicate,
  formatType,
  type ResolveType,
  shapeText,
  types,
} from './type-text.js'
export { type Predicate, type PrimitiveName, primitive, type RecordEntry, type Type } from './types.js'
export {
  conforms,
  describeViolation,
  typeValidationError,
  type ValidateOptions,
  type ValidationLevel,
  type ValidationResult,
  type Violation,
  validateValue,
} from './validate.js'
export { decodeValue, encodeValue } from './value-text.js'
export {
  HostFunction,
  isInteger,
  isTruthy,
  Keyword,
  keyword,
  type MapKey,
  ResourceHandle,
  RtfsErrorValue,
  RtfsFloat,
  RtfsFunction,
  RtfsSymbol,
  Timestamp,
  type TraceFrame,
  Uuid,
  type Value,
} from './values.js'
