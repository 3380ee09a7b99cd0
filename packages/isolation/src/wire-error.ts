import { isRtfsError, RtfsError, RtfsErrorValue } from '@rtfs/core'
import { framesOf, fromWire, isErrorKind, malformed, toWire, type Wire } from './wire.js'

/** A thrown error as it crosses. Causes and JavaScript stacks stay behind: they name files of the host. */
export interface WireError {
  readonly code: string
  readonly message: string
  readonly value: Wire | undefined
  readonly span: readonly [number, number] | undefined
  readonly frames: readonly (readonly [string, number | undefined, number | undefined])[]
  readonly fatal: boolean
}

/** Codes that isolated code may report besides those of the taxonomy. */
const systemCodes = ['RTFS_MODULE_REJECTED', 'RTFS_NOT_SUPPORTED', 'RTFS_USAGE', 'RTFS_DECODE'] as const

/** Anything that is not ours becomes InternalError without its text, which may tell about the host. */
export function errorToWire(error: unknown): WireError {
  if (!isRtfsError(error)) {
    const name = error instanceof Error ? error.name : typeof error
    return {
      code: 'InternalError',
      message: `Internal error: ${name}`,
      value: undefined,
      span: undefined,
      frames: [],
      fatal: true,
    }
  }
  return {
    code: error.code,
    message: error.message,
    value: error.value === undefined ? undefined : toWire(error.value),
    span: error.span === undefined ? undefined : [error.span.start, error.span.end],
    frames: error.stackFrames.map(frame => [frame.fn, frame.line, frame.column] as const),
    fatal: error.fatal,
  }
}

/** The error again, as the other side threw it. RTFS_DECODE when the message is none of ours. */
export function errorFromWire(wire: unknown): RtfsError {
  if (typeof wire !== 'object' || wire === null) throw malformed()
  const { code, message, value, span, frames, fatal } = wire as Partial<Record<keyof WireError, unknown>>
  if (typeof code !== 'string' || typeof message !== 'string') throw malformed()
  const system = systemCodes.find(each => each === code)
  const known = system ?? (isErrorKind(code) ? code : undefined)
  if (known === undefined) throw malformed()
  const errorValue = value === undefined ? undefined : fromWire(value)
  if (errorValue !== undefined && !(errorValue instanceof RtfsErrorValue)) throw malformed()
  const error = new RtfsError(known, message, {
    fatal: fatal === true,
    ...(errorValue === undefined ? {} : { value: errorValue }),
    ...(span === undefined ? {} : { span: spanOf(span) }),
  })
  error.stackFrames.push(...framesOf(frames))
  return error
}

function spanOf(span: unknown): { readonly start: number; readonly end: number } {
  if (!Array.isArray(span)) throw malformed()
  const [start, end] = span as unknown[]
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end)) throw malformed()
  return { start: start as number, end: end as number }
}
