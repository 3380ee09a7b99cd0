import { isRtfsError } from '@rtfs/core'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  encodeUnit,
  formatNode,
  formatUnit,
  infer,
  parseUnitText,
  unitFromJson,
  unitToJson,
} from './index.js'
import { samples, unitOf } from './programs.test-util.js'
import type { Json } from './value-json.js'

test('the text of a unit', () => {
  expect(
    formatUnit(infer(unitOf('(defn half [x :float] (/ x 2))')).unit),
  ).toBe(`(unit 1 last=8 globals=["half"]
  (def#1 @0:30 ::{function params=[float] result=float}
    name="half"
    init=(lambda#2 @0:30 ::{function params=[float] result=float}
      name="half"
      params=[{pattern={bind variable=x.4} annotation=float path="half/param x" span=12:20}]
      body=[
        (apply#5 @22:29 ::float
          callee=(ref#6 @23:24 ::{function params=[{union members=[int float]}] rest={union members=[int float]} result={union members=[int float]}}
            scope=builtin
            name="/")
          args=[(ref#7 @25:26 ::float name="x" variable=4) (literal#8 @27:28 ::int value=2)]
          tail=yes)])))`)
})

test('the brief text of a node', () => {
  const [form] = unitOf('(+ 1 nope)').forms
  expect(formatNode(form!)).toBe('(call + 1 ?nope)')
})

test('the JSON of a unit', () => {
  expect(unitToJson(unitOf('(f -0.0)'))).toEqual({
    format: 'rtfs-ir',
    version: 1,
    lastId: '3',
    globals: [],
    forms: [
      {
        k: 'apply',
        id: '1',
        span: [0, 8],
        type: 'any',
        callee: { k: 'ref', id: '2', span: [1, 2], type: 'any', scope: 'dynamic', name: 'f' },
        args: [{ k: 'literal', id: '3', span: [3, 7], type: 'any', value: { f64: '-0' } }],
      },
    ],
  })
})

test.each(samples)('text and JSON read back as the same unit: %s', text => {
  for (const unit of [unitOf(text), infer(unitOf(text)).unit]) {
    const bytes = encodeUnit(unit)
    expect(parseUnitText(formatUnit(unit))).toEqual(unit)
    expect(encodeUnit(parseUnitText(formatUnit(unit)))).toEqual(bytes)
    const json = JSON.parse(JSON.stringify(unitToJson(unit))) as Json
    expect(unitFromJson(json)).toEqual(unit)
    expect(encodeUnit(unitFromJson(json))).toEqual(bytes)
  }
})

/** What a decoder says of its input: nothing, or the code of the error. */
function faultOf(decode: () => unknown): string | undefined {
  try {
    decode()
    return undefined
  } catch (error) {
    if (!isRtfsError(error)) throw error
    return error.code
  }
}

describe('text from outside', () => {
  const text = formatUnit(unitOf(samples[0]!))
  test('changed text is refused or read, never a crash', () => {
    const change = fc.tuple(fc.nat({ max: text.length }), fc.string({ maxLength: 3 }), fc.nat({ max: 4 }))
    fc.assert(
      fc.property(change, ([at, inserted, skipped]) => {
        const fault = faultOf(() => parseUnitText(text.slice(0, at) + inserted + text.slice(at + skipped)))
        expect([undefined, 'RTFS_DECODE']).toContain(fault)
      }),
      { numRuns: 1_000, seed: 20264 },
    )
  })
  test.each([
    ['', /expected \(unit 1/],
    ['(unit 1 last=0', /expected \(/],
    ['(unit 1 last=1 (literal#1 @0:1 value=1)) x', /expected nothing more/],
    ['(unit 1 last=1 (literal#1 @0:1))', /value is missing/],
    ['(unit 1 last=1 (nothing#1 @0:1))', /expected a kind of node/],
    ['(unit 1 last=0 (literal#1 @0:1 value=1))', /id 1 is not in/],
    [`(unit 1 last=1 ${'(do#1 @0:1 body=['.repeat(2000)}`, /nesting deeper/],
  ])('%s', (input, message) => expect(() => parseUnitText(input)).toThrow(message))
})

describe('JSON from outside', () => {
  const base = { format: 'rtfs-ir', version: 1, lastId: '1', globals: [] }
  const literal = { k: 'literal', id: '1', span: [0, 1], type: 'any', value: null }
  test.each<[string, Json]>([
    ['no object', 1],
    ['another format', { ...base, format: 'x', forms: [] }],
    ['no forms', base],
    ['an unknown kind', { ...base, forms: [{ ...literal, k: 'x' }] }],
    ['a number as id', { ...base, forms: [{ ...literal, id: 1 }] }],
    ['an unknown type', { ...base, forms: [{ ...literal, type: 'x' }] }],
    ['a number as value', { ...base, forms: [{ ...literal, value: 1 }] }],
    ['a value with two tags', { ...base, forms: [{ ...literal, value: { i64: '1', f64: 1 } }] }],
    [
      'an integer outside 64 bits',
      { ...base, forms: [{ ...literal, value: { i64: '9223372036854775808' } }] },
    ],
    ['an id that occurs twice', { ...base, forms: [literal, literal] }],
  ])('%s', (_, json) => expect(faultOf(() => unitFromJson(json))).toBe('RTFS_DECODE'))
})
