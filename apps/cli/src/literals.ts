import { isRtfsError, RtfsSequence, type Value } from '@rtfs/core'
import type { FunctionExample } from '@rtfs/interfaces'
import { readForms } from '@rtfs/parser'
import { createRuntime } from '@rtfs/runtime'
import { UsageError } from './failure.js'

/** The value that a text spells. It is evaluated without any grant and within small limits. */
export function parseLiteral(text: string, what: string): Value {
  try {
    return createRuntime({ limits: { fuel: 1e7, deadlineMs: 2000 } }).runSync(text, { tier: 'ast' }).value
  } catch (error) {
    if (!isRtfsError(error)) throw error
    throw new UsageError(`${what} is no RTFS value: ${error.message}`)
  }
}

/** Arguments, written as a vector: `[1 "a"]`. */
export function parseArguments(text: string, what: string): readonly Value[] {
  const value = parseLiteral(text, what)
  if (!(value instanceof RtfsSequence)) throw new UsageError(`${what} is a vector such as '[1 "a"]'`)
  return value.toArray()
}

/** `[args] => result`, or `[args] => throws Kind`. */
export function parseExample(text: string): FunctionExample {
  const { forms } = readForms(text)
  const [args, arrow, result, kind] = forms
  const words = forms.map(form => text.slice(form.start, form.end))
  if (args === undefined || result === undefined || words[1] !== '=>' || forms.length > 4)
    throw badExample(text)
  const parsed = parseArguments(words[0]!, 'the arguments of an example')
  if (kind === undefined) {
    return { args: parsed, expected: parseLiteral(text.slice(arrow!.end), 'the result of an example') }
  }
  if (!/^:?throws$/.test(words[2]!)) throw badExample(text)
  return { args: parsed, throws: words[3]!.replace(/^:/, '') }
}

function badExample(text: string): UsageError {
  return new UsageError(
    `an example is '[arguments] => result' or '[arguments] => throws Kind', not '${text}'`,
  )
}
