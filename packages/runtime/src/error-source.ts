import { isRtfsError, type RtfsError, type SourceText } from '@rtfs/core'

const sources = new WeakMap<RtfsError, SourceText>()

/** Remembers the text that the span of an error points into; returns the error for throwing. */
export function rememberSource(
  error: unknown,
  entry: SourceText | undefined,
  find: (file: string) => SourceText | undefined,
): unknown {
  if (!isRtfsError(error)) return error
  const source = error.file === undefined ? entry : find(error.file)
  if (source !== undefined) sources.set(error, source)
  return error
}

/** The text that the span of an error of a run points into, for messages with a code frame. */
export function sourceOfError(error: unknown): SourceText | undefined {
  return isRtfsError(error) ? sources.get(error) : undefined
}
