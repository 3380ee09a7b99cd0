import {
  conforms,
  formatValue,
  isRtfsError,
  keyword,
  type RtfsError,
  RtfsSequence,
  typeName,
  type Value,
} from '@rtfs/core'
import { parseType } from '@rtfs/parser'

/**
 * The error of a module that was called with values, for who called it: there is no text that it points into, and one
 * about an argument names function, parameter, what was expected and what was given. The same object, for rethrowing.
 */
export function calledError(error: unknown, args: readonly Value[]): unknown {
  if (!isRtfsError(error)) return error
  error.span = undefined
  error.file = undefined
  const message = argumentMessage(error, args)
  if (message !== undefined) error.message = message
  return error
}

/** `gross/param rate` is the path of an argument; `undefined` for errors about anything else. */
function argumentMessage({ code, value, message }: RtfsError, args: readonly Value[]): string | undefined {
  if (code !== 'TypeValidationError' || value === undefined) return undefined
  const path = value.details.get(keyword('path'))
  const expected = value.details.get(keyword('expected'))
  const actual = value.details.get(keyword('actual'))
  const place = path instanceof RtfsSequence ? String(path.toArray()[0]) : ''
  const [, fn, parameter] = /^(.+)\/param (.+)$/.exec(place) ?? []
  if (fn === undefined || typeof expected !== 'string' || typeof actual !== 'string') return undefined
  const given = givenText(expected, actual, args)
  const said = `: expected ${expected}, got ${actual}`
  const more = message.slice(message.indexOf(said) + said.length)
  return `${fn}: parameter ${parameter}: expected ${expected}, got ${given}${message.includes(said) ? more : ''}`
}

/** The type of what was given, and the value where only one argument can be meant. */
function givenText(expected: string, actual: string, args: readonly Value[]): string {
  const { type } = parseType(expected)
  const meant = args.filter(arg => typeName(arg) === actual && (type === undefined || !conforms(arg, type)))
  if (meant.length !== 1) return actual
  return `the ${actual} ${formatValue(meant[0]!, { maxLength: 80, maxDepth: 8, ellipsis: '…' })}`
}
