import { describe, expect, test } from 'vitest'
import { definitions } from './index.js'
import { outcome } from './library.test-util.js'

describe.each(definitions().map(definition => [definition.name, definition] as const))(
  '%s',
  (_, definition) => {
    test.each(definition.examples.map(({ source, expect }) => [source, expect]))(
      '%s => %s',
      (source, expected) => {
        expect(outcome(source)).toBe(expected)
      },
    )
  },
)
