import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Listing } from './listing.js'

test('lists what is between, newest first, whatever was removed', () => {
  const sequences = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 30 })
  fc.assert(
    fc.property(
      sequences,
      fc.array(fc.integer({ min: 1, max: 60 })),
      fc.nat(61),
      fc.nat(61),
      (added, removed, after, before) => {
        const listing = new Listing()
        const ascending = [...added].sort((a, b) => a - b)
        for (const sequence of ascending) listing.add(sequence)
        for (const sequence of removed) listing.remove(sequence)
        const left = ascending.filter(sequence => !removed.includes(sequence))
        expect(listing.size).toBe(left.length)
        expect([...listing.newestFirst(after, before)]).toEqual(
          left.filter(sequence => sequence > after && sequence < before).reverse(),
        )
      },
    ),
    { numRuns: 500 },
  )
})
