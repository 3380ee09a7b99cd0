import type { Charge } from './equality.js'
import { type ErrorKind, isCatchable, languageError, RtfsError } from './errors.js'
import { formatValue } from './print.js'
import { RtfsErrorValue, type Value } from './values.js'

// What the forms that raise and catch do with errors, the same in every tier (LANGUAGE §5.15a, §9).

/** Readable text of a value for messages: never too long, never an error of its own. */
export function shortText(value: Value, meter?: Charge): string {
  return formatValue(value, { maxLength: 200, ellipsis: '…', ...(meter === undefined ? {} : { meter }) })
}

/**
 * The error that replaces another one: raised in a `catch` or `finally` body, it gets the replaced error as its cause,
 * unless it has one or is that very error raised again. Signals and errors that end the run pass unchanged.
 */
export function withCause(error: unknown, replaced: RtfsErrorValue): unknown {
  if (!isCatchable(error) || error.value === replaced || error.value.cause !== null) return error
  const { kind, type, message, details, trace } = error.value
  return copyOfError(error, new RtfsErrorValue(kind, type, message, details, replaced, trace))
}

/** The same error with another value. */
export function copyOfError(error: RtfsError, value: RtfsErrorValue): RtfsError {
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

/** The error of an `is` that does not hold: the form, the message, and of an equality both values. */
export function testFailed(
  text: string,
  message: Value | undefined,
  sides: readonly [Value, Value] | undefined,
): RtfsError {
  const said =
    message === undefined || message === null
      ? ''
      : `${typeof message === 'string' ? message : shortText(message)}: `
  const values = sides === undefined ? '' : `: ${shortText(sides[0])} is not ${shortText(sides[1])}`
  const details = {
    form: text,
    ...(message === undefined ? {} : { message }),
    ...(sides === undefined ? {} : { left: sides[0], right: sides[1] }),
  }
  return languageError('ApplicationError', `Test failed: ${said}${text}${values}`, details, {
    type: 'test/failed',
  })
}
