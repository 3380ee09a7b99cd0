import { formatValue, isRtfsError } from '@rtfs/core'
import { describe, expect, test } from 'vitest'
import { definitions } from './index.js'
import { Run, type Way } from './library.test-util.js'

/** What a program gives, as examples write it. */
function outcome(source: string, way: Way): string {
  try {
    return formatValue(new Run(way).evaluate(source))
  } catch (error) {
    if (!isRtfsError(error)) throw error
    return `! ${error.code}`
  }
}

describe.each(definitions().map(definition => [definition.name, definition] as const))(
  '%s',
  (_, definition) => {
    test.each(definition.examples.map(({ source, expect }) => [source, expect]))(
      '%s => %s',
      (source, expected) => {
        expect(outcome(source, 'fast')).toBe(expected)
        expect(outcome(source, 'plain')).toBe(expected)
      },
    )
  },
)
