import { isRtfsError, RtfsError, type SystemErrorCode } from '@rtfs/core'

const meanings: Readonly<Record<string, readonly [code: SystemErrorCode, sentence: string]>> = {
  ENOSPC: ['RTFS_STORE_FULL', 'the disk is full'],
  EDQUOT: ['RTFS_STORE_FULL', 'the disk quota is used up'],
  EROFS: ['RTFS_STORE_READ_ONLY', 'the file system is read-only'],
  EACCES: ['RTFS_STORE_READ_ONLY', 'this user may not write there'],
  EPERM: ['RTFS_STORE_READ_ONLY', 'this user may not write there'],
}

/** A fault of the file system as an error that says what to do about it. Errors of ours pass through. */
export function writeFault(cause: unknown, path: string): RtfsError {
  return faultOf(cause, `cannot write ${path}`, meanings)
}

/** The same for reading, where permissions mean something else. */
export function readFault(cause: unknown, path: string): RtfsError {
  return faultOf(cause, `cannot read ${path}`, {})
}

function faultOf(cause: unknown, what: string, known: typeof meanings): RtfsError {
  if (isRtfsError(cause)) return cause
  const code = codeOf(cause)
  if (code === 'ABORT_ERR') return new RtfsError('RTFS_ABORTED', 'the call was aborted', { cause })
  const meaning = code === undefined ? undefined : known[code]
  if (meaning === undefined)
    return new RtfsError('RTFS_STORE_IO', `${what}: ${code ?? 'unknown fault'}`, { cause })
  return new RtfsError(meaning[0], `${what}: ${meaning[1]}`, { cause })
}

/** The code of a fault of Node, such as `EEXIST`. */
export function codeOf(cause: unknown): string | undefined {
  const code = (cause as { readonly code?: unknown } | undefined)?.code
  return typeof code === 'string' ? code : undefined
}
