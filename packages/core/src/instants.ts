import { invalidArgument } from './errors.js'
import { Timestamp, Uuid } from './values.js'

const timestampPattern = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})|_(\d{3}))?Z$/
const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/**
 * The instant that `text` spells (LANGUAGE §1.8): `YYYY-MM-DDThh:mm:ss[.f+ | _fff]Z`, up to nine fraction digits,
 * fields in range. `undefined` for anything else. The canonical text has `.` and no trailing zeros in the fraction,
 * so that equal instants have equal texts.
 */
export function parseTimestamp(text: string): Timestamp | undefined {
  const match = timestampPattern.exec(text)
  if (match === null) return undefined
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined
  if (Number(match[4]) > 23 || Number(match[5]) > 59 || Number(match[6]) > 59) return undefined
  return new Timestamp(canonical(text.slice(0, 19), match[7] ?? match[8] ?? ''))
}

function canonical(seconds: string, fraction: string): string {
  const digits = fraction.replace(/0+$/, '')
  return digits === '' ? `${seconds}Z` : `${seconds}.${digits}Z`
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** The UUID that `text` spells, in either case; `undefined` for anything else. */
export function parseUuid(text: string): Uuid | undefined {
  return uuidPattern.test(text) ? new Uuid(text) : undefined
}

/** Milliseconds since 1970-01-01T00:00:00Z, rounded down. */
export function timestampMillis(timestamp: Timestamp): number {
  const nanos = timestamp.epochNanos
  const millis = nanos / 1_000_000n
  return Number(nanos < 0n && nanos % 1_000_000n !== 0n ? millis - 1n : millis)
}

/** The instant `millis` milliseconds after 1970-01-01T00:00:00Z. InvalidArgument outside the years 0000–9999. */
export function timestampFromMillis(millis: number | bigint): Timestamp {
  const date = new Date(Number(millis))
  const text = Number.isNaN(date.getTime()) ? '' : date.toISOString()
  // Years outside four digits print with a sign.
  if (text.length !== 24) throw invalidArgument(`${millis} is not a time between the years 0000 and 9999`)
  return new Timestamp(canonical(text.slice(0, 19), text.slice(20, 23)))
}
