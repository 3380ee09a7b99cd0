import { isRtfsError, RtfsError, type SystemErrorCode } from '@rtfs/core'

/** Primary result codes of SQLite that have a meaning of their own. */
const meanings: Readonly<Record<number, readonly [code: SystemErrorCode, sentence: string]>> = {
  5: ['RTFS_STORE_IO', 'another process has kept it locked for too long'],
  6: ['RTFS_STORE_IO', 'another process has kept it locked for too long'],
  8: ['RTFS_STORE_READ_ONLY', 'it may not be written'],
  10: ['RTFS_STORE_IO', 'the disk reports a fault'],
  11: ['RTFS_STORE_CORRUPT', 'it is damaged; move it away, and publish the modules again'],
  13: ['RTFS_STORE_FULL', 'the disk is full'],
  14: ['RTFS_STORE_IO', 'it cannot be opened; does its directory exist, and may this user write there?'],
  26: ['RTFS_STORE_CORRUPT', 'it is not a database; move it away, and publish the modules again'],
}

/** A fault of SQLite as an error that says what to do about it. Errors of ours pass through. */
export function databaseFault(cause: unknown, file: string): RtfsError {
  if (isRtfsError(cause)) return cause
  const code = resultCode(cause)
  const [errorCode, sentence] = meanings[code ?? 0] ?? [
    'RTFS_STORE_IO',
    `SQLite answers ${code ?? 'with a fault'}`,
  ]
  return new RtfsError(errorCode, `${file}: ${sentence}`, { cause })
}

/** SQLite's own sentences, which it does not change: one driver gives some faults without their code. */
const sentences: Readonly<Record<string, number>> = {
  'database is locked': 5,
  'attempt to write a readonly database': 8,
  'disk I/O error': 10,
  'database disk image is malformed': 11,
  'database or disk is full': 13,
  'unable to open database file': 14,
  'file is not a database': 26,
}

/** The primary result code; extended ones carry it in their low byte. */
export function resultCode(cause: unknown): number | undefined {
  const { errcode, message } = (cause ?? {}) as { readonly errcode?: unknown; readonly message?: unknown }
  return typeof errcode === 'number' ? errcode & 0xff : sentences[String(message)]
}
