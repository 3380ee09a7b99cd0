import { assertValue, formatValue, type Value } from '@rtfs/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseReply } from './protocol.js'
import { fromWire } from './wire.js'
import { errorFromWire } from './wire-error.js'

const junk = fc.anything({ withBigInt: true, withNullPrototype: true, withTypedArray: true })

/** Whatever a worker sends that was taken over: a value of the language or RTFS_DECODE, nothing else. */
function readsOrRefuses(read: () => Value): void {
  let value: Value
  try {
    value = read()
  } catch (error) {
    expect(error).toMatchObject({ code: 'RTFS_DECODE' })
    return
  }
  assertValue(value)
  formatValue(value)
}

test('junk is refused as a value', () => {
  fc.assert(fc.property(junk, message => readsOrRefuses(() => fromWire(message))))
  const pair = fc.tuple(fc.integer({ min: -1, max: 11 }), junk, junk, junk, junk)
  fc.assert(fc.property(fc.array(fc.oneof(pair, junk)), message => readsOrRefuses(() => fromWire(message))))
})

test('junk is refused as a reply and as an error', () => {
  fc.assert(
    fc.property(junk, message => {
      for (const read of [() => parseReply(message), () => errorFromWire(message)]) {
        try {
          read()
        } catch (error) {
          expect(error).toMatchObject({ code: 'RTFS_DECODE' })
        }
      }
    }),
  )
})

test.each([
  ['two values', [1, 2]],
  ['none', []],
  ['a fraction', [1.5]],
  ['minus zero', [-0]],
  ['an int that needs 65 bits', [1n << 63n]],
  ['a bigint that is a small int', [1n]],
  ['a vector of more than there is', [1, [6, 2]]],
  ['a map with a vector as key', [[6, 0], 1, [8, 1]]],
  ['a map with the same key twice', [1, 2, 1, 3, [8, 2]]],
  ['a code that is none', [[42, 1]]],
])('%s is no value', (_, message) => {
  expect(() => fromWire(message)).toThrow(expect.objectContaining({ code: 'RTFS_DECODE' }))
})
