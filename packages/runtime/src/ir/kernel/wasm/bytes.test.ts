import { expect, test } from 'vitest'
import { Bytes } from './bytes.js'

const hex = (bytes: Bytes): string =>
  [...bytes.take()].map(byte => byte.toString(16).padStart(2, '0')).join('')

test.each([
  [0, '00'],
  [127, '7f'],
  [128, '8001'],
  [624485, 'e58e26'],
  [2 ** 32 - 1, 'ffffffff0f'],
])('%d without a sign', (value, expected) => {
  expect(hex(new Bytes().unsigned(value))).toBe(expected)
})

test.each([
  [0n, '00'],
  [63n, '3f'],
  [64n, 'c000'],
  [-1n, '7f'],
  [-64n, '40'],
  [-65n, 'bf7f'],
  [-123456n, 'c0bb78'],
  [2n ** 63n - 1n, 'ffffffffffffffffff00'],
  [-(2n ** 63n), '8080808080808080807f'],
])('%d with a sign', (value, expected) => {
  expect(hex(new Bytes().signed(value))).toBe(expected)
})

test('names and parts have their length before them', () => {
  expect(hex(new Bytes().name('run').sized(new Bytes().push(1, 2)))).toBe('0372756e020102')
  expect(hex(new Bytes().float(-0))).toBe('0000000000000080')
})
