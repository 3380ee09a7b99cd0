import { equals } from '@rtfs/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Run } from './library.test-util.js'
import { ValueIds } from './value-ids.js'
import { anyValue } from './values.test-util.js'

test('two values have one number exactly if they are equal', () => {
  fc.assert(
    fc.property(fc.array(anyValue, { minLength: 2, maxLength: 6 }), values => {
      const ids = new ValueIds(new Run().meter)
      const numbers = values.map(value => ids.idOf(value))
      values.forEach((a, i) => {
        values.forEach((b, j) => {
          const same = numbers[i] !== undefined && numbers[i] === numbers[j]
          expect(same).toBe(equals(a, b))
        })
      })
    }),
    { numRuns: 1000 },
  )
})
