import { expect, test } from 'vitest'
import { ByteReader } from '../metadata/byte-reader.js'
import { ByteWriter } from './byte-writer.js'

const hex = (write: (out: ByteWriter) => void): string => {
  const out = new ByteWriter()
  write(out)
  return [...out.toBytes()].map(byte => byte.toString(16).padStart(2, '0')).join(' ')
}

test.each([
  [0, '00'],
  [127, '7f'],
  [128, '80 01'],
  [624485, 'e5 8e 26'],
  [2 ** 32 - 1, 'ff ff ff ff 0f'],
])('u32 %i', (value, expected) => expect(hex(out => out.u32(value))).toBe(expected))

test.each([
  [0, '00'],
  [-1, '7f'],
  [63, '3f'],
  [64, 'c0 00'],
  [-64, '40'],
  [-65, 'bf 7f'],
  [-123456, 'c0 bb 78'],
  [2 ** 31 - 1, 'ff ff ff ff 07'],
  [-(2 ** 31), '80 80 80 80 78'],
])('s32 %i', (value, expected) => expect(hex(out => out.s32(value))).toBe(expected))

test.each([
  [0n, '00'],
  [-1n, '7f'],
  [2n ** 32n, '80 80 80 80 10'],
  [2n ** 63n - 1n, 'ff ff ff ff ff ff ff ff ff 00'],
  [-(2n ** 63n), '80 80 80 80 80 80 80 80 80 7f'],
])('s64 %i', (value, expected) => expect(hex(out => out.s64(value))).toBe(expected))

test.each([
  [1, '00 00 00 00 00 00 f0 3f'],
  [-0, '00 00 00 00 00 00 00 80'],
  [Number.NaN, '00 00 00 00 00 00 f8 7f'],
])('f64 %f', (value, expected) => expect(hex(out => out.f64(value))).toBe(expected))

test.each([
  ['', '00'],
  ['a', '01 61'],
  ['ñ', '02 c3 b1'],
])('name %s', (text, expected) => expect(hex(out => out.name(text))).toBe(expected))

test('the reader reads what the writer wrote', () => {
  const out = new ByteWriter()
  const ints = [0, 1, 127, 128, 65_535, 2 ** 32 - 1]
  const longs = [0n, -1n, 2n ** 40n, -(2n ** 63n), 2n ** 63n - 1n]
  for (const value of ints) out.u32(value)
  for (const value of longs) out.s64(value)
  out.name('añ🙂'.repeat(20))
  out.f64(0.1)
  const reader = new ByteReader(out.toBytes())
  expect(ints.map(() => reader.u32())).toEqual(ints)
  expect(longs.map(() => reader.s64())).toEqual(longs)
  expect(reader.name()).toBe('añ🙂'.repeat(20))
  expect(reader.f64()).toBe(0.1)
  expect(reader.done).toBe(true)
})

test.each([
  ['cut off', [0x80], (reader: ByteReader) => reader.u32()],
  ['too long', [0x80, 0x80, 0x80, 0x80, 0x10], (reader: ByteReader) => reader.u32()],
  ['too large', [0xff, 0xff, 0xff, 0xff, 0x7f], (reader: ByteReader) => reader.u32()],
  ['not of 32 bits', [0xff, 0xff, 0xff, 0xff, 0x1f], (reader: ByteReader) => reader.s32()],
  ['beyond the end', [0x05, 0x61], (reader: ByteReader) => reader.name()],
  ['not UTF-8', [0x01, 0xff], (reader: ByteReader) => reader.name()],
  ['a count that nothing backs', [0xff, 0xff, 0x03], (reader: ByteReader) => reader.count()],
])('refuses what is %s', (_, bytes, read) => {
  expect(() => read(new ByteReader(Uint8Array.from(bytes)))).toThrow(RangeError)
})
