import { isRtfsError } from '@rtfs/core'
import { type ExitCode, exitCodes } from './exit-codes.js'

/** Wrong usage of the command, in a sentence. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError'
}

/** What was looked for is not there, in a sentence. */
export class NotFoundError extends Error {
  override readonly name: string = 'NotFoundError'
}

/** Codes of faults that are the program's own, not those of the world around it. */
const invalidCodes: ReadonlySet<string> = new Set(['RTFS_PARSE', 'RTFS_INVALID_PROGRAM', 'RTFS_NOT_VERIFIED'])

/** The exit code that a thrown error stands for. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof UsageError) return exitCodes.usage
  if (error instanceof NotFoundError) return exitCodes.failed
  if (!isRtfsError(error)) return exitCodes.environment
  if (error.value !== undefined) return exitCodes.failed
  if (error.code === 'RTFS_USAGE') return exitCodes.usage
  if (error.code === 'RTFS_ABORTED') return exitCodes.interrupted
  return invalidCodes.has(error.code) ? exitCodes.invalid : exitCodes.environment
}
