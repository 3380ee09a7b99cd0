import { RtfsMap } from './map.js'
import type { Span } from './span.js'
import { keyword, RtfsErrorValue, type TraceFrame, type Value } from './values.js'

/** Kinds of errors a program can meet (LANGUAGE §9.2) and the `:type` keyword of each. */
export const errorTypes = {
  TypeError: 'error/type',
  UndefinedSymbol: 'error/undefined-symbol',
  SymbolNotFound: 'error/undefined-symbol',
  ArityMismatch: 'error/arity-mismatch',
  NotCallable: 'error/type',
  DivisionByZero: 'error/arithmetic',
  ArithmeticOverflow: 'error/arithmetic',
  IndexOutOfBounds: 'error/index-out-of-bounds',
  KeyNotFound: 'error/not-found',
  InvalidArgument: 'error/invalid-argument',
  MatchError: 'error/match',
  TypeValidationError: 'error/validation',
  ApplicationError: 'error/application',
  Generic: 'error/runtime',
  StackOverflow: 'error/stack-overflow',
  BudgetExhausted: 'error/budget-exhausted',
  ModuleNotFound: 'error/module-not-found',
  ModuleError: 'error/module',
  ResourceError: 'error/resource',
  IoError: 'error/io',
  StorageError: 'error/io',
  NetworkError: 'error/network',
  JsonError: 'error/json',
  UnresolvedFunction: 'error/unresolved',
  UnknownCapability: 'error/unknown-capability',
  SecurityViolation: 'error/security',
  AgentDiscoveryError: 'error/discovery',
  AgentCommunicationError: 'error/agent',
  AgentProfileError: 'error/agent',
  InvalidTaskDefinition: 'error/invalid-program',
  InvalidProgram: 'error/invalid-program',
  InvalidParallelExpression: 'error/invalid-program',
  UnsupportedError: 'error/unsupported',
  JournalMismatch: 'error/journal',
  NotImplemented: 'error/not-implemented',
  InternalError: 'error/internal',
} as const

/** A taxonomy name such as `TypeError`. */
export type ErrorKind = keyof typeof errorTypes

/** Faults of the world around a run: stores, keys, modules, usage of the API. */
export type SystemErrorCode =
  | 'RTFS_PARSE'
  | 'RTFS_INVALID_PROGRAM'
  | 'RTFS_STORE_IO'
  | 'RTFS_STORE_FULL'
  | 'RTFS_STORE_READ_ONLY'
  | 'RTFS_STORE_CORRUPT'
  | 'RTFS_BLOB_CORRUPT'
  | 'RTFS_ENVELOPE'
  | 'RTFS_NOT_TRUSTED'
  | 'RTFS_KEY'
  | 'RTFS_MODULE_REJECTED'
  | 'RTFS_NOT_VERIFIED'
  | 'RTFS_NOT_SUPPORTED'
  | 'RTFS_ABORTED'
  | 'RTFS_USAGE'
  | 'RTFS_DECODE'
  | 'RTFS_MODEL'
  | 'RTFS_ISOLATION'

/** What `RtfsError.code` may be. */
export type ErrorCode = ErrorKind | SystemErrorCode

/** Budgets whose exhaustion ends the run: no `catch` and no `finally` sees them (LIMITS). */
export type FatalBudget = 'fuel' | 'time' | 'memory' | 'output'

/** Options of the `RtfsError` constructor. */
export interface RtfsErrorOptions {
  readonly cause?: unknown
  readonly value?: RtfsErrorValue
  readonly span?: Span
  readonly fatal?: boolean
}

/**
 * What every package throws. An error of a program has a taxonomy kind as `code` and the RTFS error value in
 * `value`; a fault of the world has an `RTFS_…` code and no value.
 */
export class RtfsError extends Error {
  /** Tells our errors apart even when two copies of this package are loaded. */
  readonly '~rtfs.error': true = true
  override readonly name: string = 'RtfsError'
  readonly code: ErrorCode
  /** The error as the program sees it; `undefined` for faults of the world. */
  readonly value: RtfsErrorValue | undefined
  /** Where in the program it happened. Set once, by the innermost form that knows. */
  span: Span | undefined
  /** File of `span` when it is not the entry program. */
  file: string | undefined
  /** RTFS call stack, innermost first, filled while the error travels up. */
  readonly stackFrames: TraceFrame[] = []
  /** True when no `catch` and no `finally` may see it: budgets that end the run, UnsupportedError, JournalMismatch. */
  readonly fatal: boolean

  constructor(code: ErrorCode, message: string, options: RtfsErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.value = options.value
    this.span = options.span
    this.file = undefined
    this.fatal = options.fatal ?? false
  }
}

/** True for errors thrown by any copy of our packages, with the given code when one is named. */
export function isRtfsError(error: unknown, code?: ErrorCode): error is RtfsError {
  return (
    typeof error === 'object' &&
    error !== null &&
    '~rtfs.error' in error &&
    (code === undefined || (error as RtfsError).code === code)
  )
}

/** True for an error that `catch` may see. */
export function isCatchable(error: unknown): error is RtfsError & { readonly value: RtfsErrorValue } {
  return isRtfsError(error) && error.value !== undefined && !error.fatal
}

/** Makes the thrown form of an error value; `throw` and `raise` in programs use it. */
export function errorFromValue(
  value: RtfsErrorValue,
  options: Omit<RtfsErrorOptions, 'value'> = {},
): RtfsError {
  const code = Object.hasOwn(errorTypes, value.kind) ? (value.kind as ErrorKind) : 'ApplicationError'
  return new RtfsError(code, value.message, { ...options, value })
}

/** An error of the taxonomy. `details` are given without colons: `{ expected: 'int' }`. */
export function languageError(
  kind: ErrorKind,
  message: string,
  details: Readonly<Record<string, Value>> = {},
  options: Omit<RtfsErrorOptions, 'value'> & { readonly type?: string } = {},
): RtfsError {
  const map = RtfsMap.from(Object.entries(details).map(([key, value]) => [keyword(key), value]))
  const value = new RtfsErrorValue(kind, keyword(options.type ?? errorTypes[kind]), message, map)
  return new RtfsError(kind, message, { ...options, value })
}

// One constructor per kind, so that every tier and the library say the same sentence (LANGUAGE §9.2).

/** An operation met a value of another type; `expected` and `actual` are type names (`typeName`). */
export function typeError(operation: string, expected: string, actual: string): RtfsError {
  return languageError('TypeError', `Type error in ${operation}: expected ${expected}, got ${actual}`, {
    expected,
    actual,
    operation,
  })
}

/** A name that nothing defines, or a recursive binding read before it is filled. */
export function undefinedSymbol(symbol: string): RtfsError {
  return languageError('UndefinedSymbol', `Undefined symbol: ${symbol}`, { symbol })
}

/** `expected` is `"2"`, `"at least 1"` or `"between 1 and 2"`. */
export function arityMismatch(fn: string, expected: string, actual: number): RtfsError {
  return languageError('ArityMismatch', `Arity mismatch in ${fn}: expected ${expected}, got ${actual}`, {
    function: fn,
    expected,
    actual: String(actual),
  })
}

/** A call of something that is no function; `text` is the printed value. */
export function notCallable(text: string, actual: string): RtfsError {
  return languageError('NotCallable', `Not callable: ${text}`, { actual })
}

/** Division by 0, 0.0 or −0.0. */
export function divisionByZero(): RtfsError {
  return languageError('DivisionByZero', 'Division by zero')
}

/** An integer result outside 64 bits. */
export function arithmeticOverflow(operation: string): RtfsError {
  return languageError('ArithmeticOverflow', `Integer overflow in ${operation}`, { operation })
}

/** An index that is not in `[0, length)`. */
export function indexOutOfBounds(index: Value, length: number): RtfsError {
  return languageError(
    'IndexOutOfBounds',
    `Index out of bounds: index ${String(index)} is not in range [0, ${length})`,
    { index, length },
  )
}

/** A required key that is absent; `key` is its printed text. */
export function keyNotFound(key: string): RtfsError {
  return languageError('KeyNotFound', `Key not found: ${key}`, { key })
}

/** An argument of the right type that an operation cannot take. */
export function invalidArgument(message: string): RtfsError {
  return languageError('InvalidArgument', `Invalid argument: ${message}`, { message })
}

/** No clause of a `match` fits; `text` is the printed value. */
export function matchError(text: string): RtfsError {
  return languageError('MatchError', `Match error: no clause matches ${text}`, { value: text })
}

/** A failure without a kind of its own. */
export function genericError(message: string): RtfsError {
  return languageError('Generic', `Runtime error: ${message}`, { message })
}

/** More non-tail calls in progress than `depth`. */
export function stackOverflow(depth: number): RtfsError {
  return languageError('StackOverflow', `Stack overflow: more than ${depth} nested calls`, { depth })
}

/** Budgets that bound one value or one text; exhausting them is an ordinary error. */
export type LocalBudget = 'collection' | 'iterations' | 'print-depth' | 'print-length'

const fatalBudgets: ReadonlySet<string> = new Set<FatalBudget>(['fuel', 'time', 'memory', 'output'])

/** The dimensions fuel, time, memory and output end the run; the others are ordinary errors. */
export function budgetExhausted(dimension: FatalBudget | LocalBudget, limit: number): RtfsError {
  const fatal = fatalBudgets.has(dimension)
  return languageError(
    'BudgetExhausted',
    `Budget exhausted: ${dimension} (limit ${limit})`,
    { dimension: keyword(dimension), limit: Number.isSafeInteger(limit) ? limit : String(limit) },
    { fatal },
  )
}

/** A tier does not cover a form; not catchable, the caller falls back to another tier. */
export function unsupported(tier: string, form: string, span?: Span): RtfsError {
  return languageError(
    'UnsupportedError',
    `${tier} does not cover ${form}`,
    { form, tier },
    { fatal: true, ...(span === undefined ? {} : { span }) },
  )
}

const outgrown = 'recursion that outgrows the native stack'

/** A tier's native stack ended below the counted depth: the run starts again in a tier that keeps its own. */
export function outgrownStack(tier: string): RtfsError {
  return unsupported(tier, outgrown)
}

/** True for what `outgrownStack` made. */
export function isOutgrownStack(error: unknown): boolean {
  return isRtfsError(error, 'UnsupportedError') && error.value?.details.get(keyword('form')) === outgrown
}

/** A module that cannot be loaded or used; a cycle goes into the details as `cycle`. */
export function moduleError(message: string, details: Readonly<Record<string, Value>> = {}): RtfsError {
  return languageError('ModuleError', `Module error: ${message}`, { message, ...details })
}

/** No loader knows the module. */
export function moduleNotFound(name: string): RtfsError {
  return languageError('ModuleNotFound', `Module not found: ${name}`, { module: name })
}

/** A program that is refused before it runs. */
export function invalidProgram(message: string): RtfsError {
  return languageError('InvalidProgram', `Invalid program: ${message}`, { message })
}

/** JSON text or data that cannot be converted; `position` counts code points. */
export function jsonError(message: string, position?: number): RtfsError {
  return languageError(
    'JsonError',
    `JSON error: ${message}`,
    position === undefined ? { message } : { message, position },
  )
}

/** A call of a capability that the host does not have; `id` is without colon. */
export function unknownCapability(id: string): RtfsError {
  return languageError('UnknownCapability', `Unknown capability: ${id}`, { capability: id })
}

/** An operation without its grant. */
export function securityViolation(operation: string, capability: string, context: string): RtfsError {
  return languageError(
    'SecurityViolation',
    `Security violation: ${operation} on '${capability}' not allowed in ${context}`,
    { operation, capability, context },
  )
}

/** A resource that cannot be used; `state` selects the more precise `:type`. */
export function resourceError(
  resourceType: string,
  message: string,
  state?: 'released' | 'unavailable',
): RtfsError {
  return languageError(
    'ResourceError',
    `Resource error (${resourceType}): ${message}`,
    { 'resource-type': resourceType, message },
    state === undefined ? {} : { type: `error/resource-${state}` },
  )
}

/** A function without a body that nobody could supply (LANGUAGE §15.5). */
export function unresolvedFunction(symbol: string, signature: string, reason: string): RtfsError {
  return languageError('UnresolvedFunction', `No implementation for ${symbol}: ${reason}`, {
    symbol,
    signature,
    reason,
  })
}

/** A broken promise inside the implementation: always a defect. */
export function internalError(message: string): RtfsError {
  return languageError('InternalError', `Internal error: ${message}`, { message })
}
