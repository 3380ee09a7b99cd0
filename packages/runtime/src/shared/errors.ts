import { type ErrorKind, isCatchable, languageError, type Meter, RtfsError, RtfsErrorValue } from '@rtfs/core'
import type { CatchPattern } from '@rtfs/parser'
import { conformsTo, type ResolveType } from './checks.js'

/** True when a `catch` clause with this pattern takes the error (LANGUAGE §9.4). */
export function catches(
  pattern: CatchPattern,
  error: RtfsErrorValue,
  resolve: ResolveType,
  meter: Meter,
): boolean {
  switch (pattern.kind) {
    case 'catch-any':
      return true
    case 'catch-type':
      return matchesType(pattern.type, error.type.name)
    case 'catch-kind':
      return error.kind === pattern.errorKind
    case 'catch-conforms':
      return conformsTo(error, pattern.type, resolve, meter)
  }
}

/** `:network` stands for `:error/network` too. */
function matchesType(pattern: string, type: string): boolean {
  return type === pattern || (!pattern.includes('/') && type === `error/${pattern}`)
}

/**
 * The error that replaces another one: raised in a `catch` or `finally` body, it gets the replaced error as its cause,
 * unless it has one or is that very error raised again. Signals and errors that end the run pass unchanged.
 */
export function withCause(error: unknown, replaced: RtfsErrorValue): unknown {
  if (!isCatchable(error) || error.value === replaced || error.value.cause !== null) return error
  const { kind, type, message, details, trace } = error.value
  const value = new RtfsErrorValue(kind, type, message, details, replaced, trace)
  return copyOf(error, value)
}

/** The same error with another value. */
export function copyOf(error: RtfsError, value: RtfsErrorValue): RtfsError {
  const copy = new RtfsError(error.code, error.message, {
    value,
    fatal: error.fatal,
    ...(error.cause === undefined ? {} : { cause: error.cause }),
    ...(error.span === undefined ? {} : { span: error.span }),
  })
  copy.file = error.file
  copy.stackFrames.push(...error.stackFrames)
  return copy
}

/** What an exception of the embedding program (a host function, a capability) becomes: an ApplicationError. */
export function hostFailure(error: unknown, kind: ErrorKind = 'ApplicationError'): RtfsError {
  const message = error instanceof Error ? error.message : String(error)
  return languageError(kind, message, {}, { cause: error })
}
