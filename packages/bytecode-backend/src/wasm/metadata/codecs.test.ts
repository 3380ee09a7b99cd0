import {
  float,
  formatType,
  formatValue,
  keyword,
  ResourceHandle,
  RtfsList,
  RtfsMap,
  RtfsSymbol,
  RtfsVector,
  Timestamp,
  type Type,
  Uuid,
  type Value,
} from '@rtfs/core'
import { parseType as parseTypeText } from '@rtfs/parser'
import { describe, expect, test } from 'vitest'
import { ByteWriter } from '../encoder/byte-writer.js'
import { ByteReader } from './byte-reader.js'
import { type Constant, readConstant, writeConstant } from './constants.js'
import { decodeDebug, encodeDebug } from './debug.js'
import { decodeMetadata, encodeMetadata, type ModuleMetadata } from './metadata.js'
import { readType, writeType } from './type-codec.js'
import { readValue, writeValue } from './value-codec.js'

const parseType = (text: string): Type => parseTypeText(text).type!

function bytesOf(write: (out: ByteWriter) => void): Uint8Array {
  const out = new ByteWriter()
  write(out)
  return out.toBytes()
}

const values: readonly Value[] = [
  null,
  true,
  false,
  0,
  -1,
  Number.MAX_SAFE_INTEGER,
  9007199254740993n,
  -(2n ** 63n),
  float(0.1),
  float(-0),
  float(Number.NaN),
  float(Number.POSITIVE_INFINITY),
  'añ🙂\n',
  keyword('a/b'),
  new RtfsSymbol('x'),
  new Timestamp('2026-01-05T09:00:00Z'),
  new Uuid('123e4567-e89b-12d3-a456-426614174000'),
  new ResourceHandle('resource://files/7'),
  RtfsVector.from([1, RtfsVector.from(['a'])]),
  RtfsList.from([1, 2]),
  RtfsMap.from([
    [keyword('k'), 1],
    ['s', null],
    [3, true],
    [true, RtfsMap.empty],
  ]),
]

test.each(values.map(value => [formatValue(value), value] as const))('value %s', (text, value) => {
  const reader = new ByteReader(bytesOf(out => writeValue(out, value)))
  const read = readValue(reader)
  expect(formatValue(read)).toBe(text)
  expect(read?.constructor).toBe(value?.constructor)
  expect(reader.done).toBe(true)
})

test.each([
  ':int',
  '[:vector :float]',
  '[:tuple :int [:list :any]]',
  '[:map [:id :int] [:tag :string ?] [:* :any]]',
  '[:map-of :keyword [:seq :bool]]',
  '[:=> [:int & :string] :nil]',
  '[:union :int :nil]',
  '[:and :int [:in-range 0 9]]',
  '[:val "x"]',
  '[:enum :a :b]',
  '[:array :float [3 ?]]',
  '[:resource File]',
  'Point',
])('type %s', text => {
  const type = parseType(text)
  const reader = new ByteReader(bytesOf(out => writeType(out, type)))
  expect(readType(reader)).toEqual(type)
  expect(reader.done).toBe(true)
  expect(formatType(type)).toBeTruthy()
})

test.each<Constant>([
  { kind: 'value', value: 7 },
  { kind: 'builtin', name: 'map' },
  { kind: 'function', index: 3 },
  { kind: 'type', frame: 0, type: parseType(':int') },
  { kind: 'struct', frame: 0, name: 'Point', type: parseType('[:map [:x :float]]') },
  { kind: 'catch', frame: 0, pattern: { kind: 'catch-any' } },
  { kind: 'catch', frame: 0, pattern: { kind: 'catch-type', type: 'order/bad' } },
  { kind: 'catch', frame: 0, pattern: { kind: 'catch-kind', errorKind: 'TypeError' } },
  { kind: 'catch', frame: 0, pattern: { kind: 'catch-conforms', type: parseType(':map') } },
  {
    kind: 'template',
    template: {
      kind: 'list',
      items: [
        { kind: 'data', value: 1 },
        { kind: 'gensym', base: 'x' },
        { kind: 'splice', site: 4 },
        { kind: 'map', items: [{ kind: 'unquote' }, { kind: 'vector', items: [] }] },
      ],
    },
  },
])('constant of kind $kind', constant => {
  const reader = new ByteReader(bytesOf(out => writeConstant(out, constant)))
  expect(readConstant(reader)).toEqual(constant)
  expect(reader.done).toBe(true)
})

const metadata: ModuleMetadata = {
  constants: [{ kind: 'value', value: 'x' }],
  functions: [
    { name: 'f', arity: 2, hasRest: true, source: 9, captures: 1, entry: 0, asks: 0, adapters: [[2, 1]] },
  ],
  raises: [{ site: 3, reason: 0, pending: 2 }],
  exports: [{ name: 'f', params: ['int', 'any'], result: 'bool', arity: 1, hasRest: true, hasGeneral: true }],
  types: [['Point', parseType('[:map [:x :float]]')]],
  hasInit: true,
}

describe('metadata of a module', () => {
  const bytes = encodeMetadata(metadata)

  test('is read as it was written', () => expect(decodeMetadata(bytes)).toEqual(metadata))

  test('cut off anywhere it is refused', () => {
    for (let end = 0; end < bytes.length; end++)
      expect(() => decodeMetadata(bytes.subarray(0, end))).toThrow(RangeError)
  })

  test('with a byte changed it is read as something else or refused, never worse', () => {
    for (let at = 0; at < bytes.length; at++) {
      for (const flip of [0x01, 0x80, 0xff]) {
        const changed = bytes.slice()
        changed[at]! ^= flip
        try {
          decodeMetadata(changed)
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
      }
    }
  })
})

test('the table of sites', () => {
  const sites = [
    { span: { start: 10, end: 20 }, frame: 0, callee: 'f', charges: [] },
    {
      span: { start: 2, end: 3 },
      frame: 0,
      callee: 'f',
      charges: [
        { span: { start: 5, end: 9 }, units: 1 },
        { span: { start: 0, end: 1 }, units: 40 },
      ],
    },
  ]
  const bytes = encodeDebug(sites)
  expect(decodeDebug(bytes)).toEqual(sites)
  expect(() => decodeDebug(bytes.subarray(0, -1))).toThrow(RangeError)
})
