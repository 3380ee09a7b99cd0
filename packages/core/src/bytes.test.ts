import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seeded } from './arbitrary.test-util.js'
import {
  bytesEqual,
  concatBytes,
  decodeBase64,
  decodeHex,
  decodeUtf8,
  digestOf,
  encodeBase64,
  encodeHex,
  encodeUtf8,
  isWellFormed,
  parseDigest,
  sha256,
  sha256Hex,
} from './index.js'

test('hex and base64 agree with Node and read back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), bytes => {
      expect(encodeHex(bytes)).toBe(Buffer.from(bytes).toString('hex'))
      expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
      expect(decodeHex(encodeHex(bytes))).toEqual(bytes)
      expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes)
    }),
    seeded,
  )
})

test.each(['a', 'AB', '0g', ' 00', '00\n', '0x00'])('hex %j is refused', text => {
  expect(decodeHex(text)).toBeUndefined()
})

test.each([
  'A',
  'AA',
  'AAA',
  'AA=A',
  'A===',
  '====',
  'AB==',
  'AAB=',
  'A A=',
  'AA==\n',
  'AA-_',
  'AAAA====',
  'AA=='.repeat(2),
])('base64 %j is refused', text => {
  expect(decodeBase64(text)).toBeUndefined()
})

test('no change of a base64 text decodes to the same bytes', () => {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_ \n'
  for (const length of [1, 2, 3, 4]) {
    const bytes = sha256(new Uint8Array(length)).slice(0, length)
    const text = encodeBase64(bytes)
    for (let i = 0; i < text.length; i++) {
      for (const digit of digits) {
        if (digit === text[i]) continue
        const decoded = decodeBase64(text.slice(0, i) + digit + text.slice(i + 1))
        if (decoded !== undefined) expect(bytesEqual(decoded, bytes)).toBe(false)
      }
    }
  }
})

test('UTF-8 reads back, a byte-order mark included, and refuses what has no bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      if (!isWellFormed(text)) expect(() => encodeUtf8(text)).toThrow('lone surrogate')
      else expect(decodeUtf8(encodeUtf8(text))).toBe(text)
    }),
    seeded,
  )
  expect(decodeUtf8(encodeUtf8('\ufeffa'))).toBe('\ufeffa')
  expect(() => encodeUtf8('a\ud800')).toThrow('lone surrogate')
})

test.each([[[0xff]], [[0xc3]], [[0xc0, 0x80]], [[0xed, 0xa0, 0x80]], [[0xf4, 0x90, 0x80, 0x80]]])(
  'the bytes %j are no UTF-8',
  bytes => {
    expect(decodeUtf8(Uint8Array.from(bytes))).toBeUndefined()
  },
)

test('concatBytes and bytesEqual', () => {
  const all = concatBytes(Uint8Array.of(1, 2), new Uint8Array(0), Uint8Array.of(3))
  expect(all).toEqual(Uint8Array.of(1, 2, 3))
  expect(bytesEqual(all, Uint8Array.of(1, 2, 3))).toBe(true)
  expect(bytesEqual(all, Uint8Array.of(1, 2, 4))).toBe(false)
  expect(bytesEqual(all, Uint8Array.of(1, 2))).toBe(false)
  expect(concatBytes()).toEqual(new Uint8Array(0))
})

test('digests', () => {
  const digest = digestOf(encodeUtf8('abc'))
  expect(digest).toBe('sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  expect(`sha256:${sha256Hex(encodeUtf8('abc'))}`).toBe(digest)
  expect(parseDigest(digest)).toBe(digest)
})

test.each([
  'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  'sha256:ba7816bf',
  'sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD',
  `sha256:${'a'.repeat(64)}\n`,
  `sha512:${'a'.repeat(64)}`,
  `sha256:../../${'a'.repeat(58)}`,
])('%j is no digest', text => {
  expect(parseDigest(text)).toBeUndefined()
})
