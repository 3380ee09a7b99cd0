import type { RtfsError, Span } from '@rtfs/core'
import type { UnitFrame } from './environment.js'

/** Frames kept of an RTFS call stack. */
const maxStackFrames = 64

/**
 * Adds a function to the call stack of a passing error, with the place of the call that entered it. Programs do not
 * see the stack, since a proper tail call leaves none: `(:trace e)` is empty in every tier.
 */
export function noteFrame(error: RtfsError, name: string | undefined, call: Span, unit: UnitFrame): void {
  if (error.stackFrames.length >= maxStackFrames) return
  const position = unit.source?.positionAt(call.start)
  error.stackFrames.push({ fn: name ?? 'fn', line: position?.line, column: position?.column })
}
