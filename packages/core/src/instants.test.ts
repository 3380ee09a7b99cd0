import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seeded } from './arbitrary.test-util.js'
import { parseTimestamp, parseUuid, timestampFromMillis, timestampMillis } from './index.js'

test.each<[string, string | undefined]>([
  ['2026-01-31T08:00:00Z', '2026-01-31T08:00:00Z'],
  ['2026-01-31T08:00:00.5Z', '2026-01-31T08:00:00.5Z'],
  ['2026-01-31T08:00:00_500Z', '2026-01-31T08:00:00.5Z'],
  ['2026-01-31T08:00:00.500Z', '2026-01-31T08:00:00.5Z'],
  ['2026-01-31T08:00:00.000Z', '2026-01-31T08:00:00Z'],
  ['2026-01-31T08:00:00.123456789Z', '2026-01-31T08:00:00.123456789Z'],
  ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59Z'],
  ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00Z'],
  ['0000-01-01T00:00:00Z', '0000-01-01T00:00:00Z'],
  ['2023-02-29T00:00:00Z', undefined],
  ['1900-02-29T00:00:00Z', undefined],
  ['2026-04-31T00:00:00Z', undefined],
  ['2026-00-01T00:00:00Z', undefined],
  ['2026-13-01T00:00:00Z', undefined],
  ['2026-01-00T00:00:00Z', undefined],
  ['2026-01-01T24:00:00Z', undefined],
  ['2026-01-01T00:60:00Z', undefined],
  ['2026-01-01T00:00:60Z', undefined],
  ['2026-01-01T00:00:00.1234567890Z', undefined],
  ['2026-01-01T00:00:00.Z', undefined],
  ['2026-01-01T00:00:00_50Z', undefined],
  ['2026-01-01T00:00:00', undefined],
  ['2026-01-01T00:00:00+00:00', undefined],
  ['2026-01-01t00:00:00z', undefined],
  ['2026-01-01', undefined],
  [' 2026-01-01T00:00:00Z', undefined],
  ['2026-01-01T00:00:00Z\n', undefined],
])('parseTimestamp %j', (text, expected) => expect(parseTimestamp(text)?.text).toBe(expected))

test.each<[string, bigint]>([
  ['1970-01-01T00:00:00Z', 0n],
  ['1970-01-01T00:00:01.5Z', 1_500_000_000n],
  ['1969-12-31T23:59:59.999999999Z', -1n],
  ['0000-01-01T00:00:00Z', -62_167_219_200_000_000_000n],
])('epochNanos of %s', (text, expected) => expect(parseTimestamp(text)!.epochNanos).toBe(expected))

test('milliseconds there and back', () => {
  expect(timestampMillis(parseTimestamp('1970-01-01T00:00:01Z')!)).toBe(1000)
  expect(timestampMillis(parseTimestamp('1969-12-31T23:59:59.9995Z')!)).toBe(-1)
  expect(timestampFromMillis(-1).text).toBe('1969-12-31T23:59:59.999Z')
  fc.assert(
    fc.property(fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 }), millis => {
      const timestamp = timestampFromMillis(millis)
      expect(timestampMillis(timestamp)).toBe(millis)
      expect(parseTimestamp(new Date(millis).toISOString())!.text).toBe(timestamp.text)
      expect(parseTimestamp(timestamp.text)!.epochNanos).toBe(BigInt(millis) * 1_000_000n)
    }),
    seeded,
  )
})

test.each([253_402_300_800_000, -62_167_219_200_001, NaN, Infinity, 2n ** 62n])(
  '%s ms is no timestamp',
  millis => {
    expect(() => timestampFromMillis(millis)).toThrow('is not a time between the years 0000 and 9999')
  },
)

test.each<[string, string | undefined]>([
  ['123e4567-e89b-12d3-a456-426614174000', '123e4567-e89b-12d3-a456-426614174000'],
  ['123E4567-E89B-12D3-A456-426614174000', '123e4567-e89b-12d3-a456-426614174000'],
  ['123e4567e89b12d3a456426614174000', undefined],
  ['123e4567-e89b-12d3-a456-42661417400', undefined],
  ['123e4567-e89b-12d3-a456-42661417400g', undefined],
  ['{123e4567-e89b-12d3-a456-426614174000}', undefined],
])('parseUuid %s', (text, expected) => expect(parseUuid(text)?.text).toBe(expected))
