import { languageError, type RtfsError, type Value } from '@rtfs/core'
import { shortText } from './throwing.js'

/**
 * The error of an `is` that does not hold (LANGUAGE §5.15a): the form, the message, and of an equality both values.
 */
export function testFailed(
  text: string,
  message: Value | undefined,
  sides: readonly [Value, Value] | undefined,
): RtfsError {
  const said = message === undefined || message === null ? '' : `${asText(message)}: `
  const values = sides === undefined ? '' : `: ${shortText(sides[0])} is not ${shortText(sides[1])}`
  return languageError(
    'ApplicationError',
    `Test failed: ${said}${text}${values}`,
    {
      form: text,
      ...(message === undefined ? {} : { message }),
      ...(sides === undefined ? {} : { left: sides[0], right: sides[1] }),
    },
    { type: 'test/failed' },
  )
}

function asText(value: Value): string {
  return typeof value === 'string' ? value : shortText(value)
}
