import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  decodeUnit,
  encodeUnit,
  formatUnit,
  infer,
  parseUnitText,
  unitFromJson,
  unitToJson,
} from './index.js'
import { requireVerified, unitOf } from './programs.test-util.js'
import { plainName, programs } from './random-programs.test-util.js'

test('random programs lower to well-formed units, and every form of a unit reads back', () => {
  fc.assert(
    fc.property(programs, program => {
      const text = program.render(plainName, ' ')
      const unit = unitOf(text)
      const typed = infer(unit).unit
      requireVerified(typed, text)
      for (const each of [unit, typed]) {
        const bytes = encodeUnit(each)
        expect(encodeUnit(decodeUnit(bytes))).toEqual(bytes)
        expect(encodeUnit(parseUnitText(formatUnit(each)))).toEqual(bytes)
        expect(encodeUnit(unitFromJson(JSON.parse(JSON.stringify(unitToJson(each)))))).toEqual(bytes)
      }
    }),
    { numRuns: 100, seed: 20261 },
  )
})
