import { parseFloatText, parseInteger, parseTimestamp, parseUuid, RtfsFloat, type Value } from '@rtfs/core'
import type { Diagnostics } from './diagnostics.js'
import { shorten } from './diagnostics.js'

/** The value of a token that starts like a number; malformed ones are reported and give `undefined`. */
export function readNumberLike(
  text: string,
  start: number,
  end: number,
  diagnostics: Diagnostics,
): Value | undefined {
  const token = text.slice(start, end)
  const integer = parseInteger(token)
  if (integer !== undefined) return integer
  const float = /[.eE]/.test(token) ? parseFloatText(token) : undefined
  if (float !== undefined) return new RtfsFloat(float)
  const dated = parseTimestamp(token) ?? parseUuid(token)
  if (dated !== undefined) return dated
  const { message, hint } = explainNumber(token)
  diagnostics.report('P005', message, { start, end }, { hint })
  return undefined
}

function explainNumber(token: string): { message: string; hint: string | undefined } {
  const name = shorten(token)
  if (/^[+-]?\d+$/.test(token)) {
    return {
      message: `integer ${name} does not fit into 64 bits`,
      hint: 'Integers go from -9223372036854775808 to 9223372036854775807; write a float such as 1.0e20 for larger ones.',
    }
  }
  if (/^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(token)) {
    return { message: `float ${name} is too large`, hint: 'Write ##Inf for infinity.' }
  }
  if (/^\d{4}-\d\d/.test(token)) {
    return {
      message: `malformed timestamp ${name}`,
      hint: 'Timestamps look like 2026-01-31T08:00:00Z or 2026-01-31T08:00:00.5Z, always in UTC (Z), with every field in range.',
    }
  }
  if (/^[0-9a-fA-F]{8}-/.test(token)) {
    return {
      message: `malformed UUID ${name}`,
      hint: 'A UUID has 8-4-4-4-12 hexadecimal digits.',
    }
  }
  return { message: `malformed number ${name}`, hint: numberHint(token) }
}

function numberHint(token: string): string {
  if (/^[+-]?0[xX]/.test(token)) return 'There are no hexadecimal numbers; write the value in decimal.'
  if (/^[+-]?\d+\/\d+$/.test(token)) return `There are no ratios; write (/ ${token.replace('/', ' ')}).`
  if (/^[+-]?\d+[NM]$/.test(token)) return 'There is no N or M suffix; leave it out.'
  if (/^[+-]?\d+\.$/.test(token)) return `A digit must follow the point: ${token}0.`
  if (/^[+-]?\.\d/.test(token)) return `A digit must stand before the point: ${token.replace('.', '0.')}.`
  if (/^[+-]?\d+(?:_\d+)+$/.test(token)) return `Digits are not grouped: ${token.replaceAll('_', '')}.`
  return 'A symbol cannot start with a digit, and a number ends at white space or a delimiter.'
}
