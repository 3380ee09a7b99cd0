import { decodeHex, encodeHex } from '@rtfs/core'
import { describe, expect, test } from 'vitest'
import { createSigner, createVerifier, requirePublicKey } from './ed25519.js'
import { createNodeSigner, createNodeVerifier, generatePrivateKeyPem } from './fs-signing.js'
import { signerA } from './testing.test-util.js'

const hex = (text: string) => decodeHex(text)!

// RFC 8032, 7.1, test 2.
const secret = hex('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb')
const publicKey = '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c'
const signature =
  '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00'

test('signs as RFC 8032 says', async () => {
  const signer = createSigner(secret)
  expect(encodeHex(signer.publicKey)).toBe(publicKey)
  expect(encodeHex(await signer.sign(Uint8Array.of(0x72)))).toBe(signature)
})

describe.each([
  ['plain JavaScript', createVerifier()],
  ['node:crypto', createNodeVerifier()],
])('verifying in %s', (_, verifier) => {
  test('accepts the signature of RFC 8032 and no other bytes', () => {
    const [key, good] = [hex(publicKey), hex(signature)]
    expect(verifier.verify(key, Uint8Array.of(0x72), good)).toBe(true)
    expect(verifier.verify(key, Uint8Array.of(0x73), good)).toBe(false)
    for (let at = 0; at < 64; at++) {
      const flipped = good.slice()
      flipped[at]! ^= 1 << (at % 8)
      expect(verifier.verify(key, Uint8Array.of(0x72), flipped), `byte ${at}`).toBe(false)
    }
  })

  test('refuses the same signature with the order of the group added', () => {
    // The sum of S and the order is another text of the same signature.
    const order = hex('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010')
    const varied = hex(signature)
    let carry = 0
    for (let i = 0; i < 32; i++) {
      carry += varied[32 + i]! + order[i]!
      varied[32 + i] = carry & 255
      carry >>= 8
    }
    expect(verifier.verify(hex(publicKey), Uint8Array.of(0x72), varied)).toBe(false)
  })

  test.each([
    ['a short key', new Uint8Array(31), new Uint8Array(64)],
    ['a key that is no point', new Uint8Array(32).fill(0xff), new Uint8Array(64)],
    ['a short signature', hex(publicKey), new Uint8Array(63)],
    ['nothing', new Uint8Array(0), new Uint8Array(0)],
  ])('answers false for %s', (_, key, bytes) => {
    expect(verifier.verify(key, Uint8Array.of(1), bytes)).toBe(false)
  })
})

describe('keys of small order', () => {
  // All points whose order divides 8, with the encodings that lenient libraries accept too.
  test.each([
    '0100000000000000000000000000000000000000000000000000000000000000',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    '0000000000000000000000000000000000000000000000000000000000000080',
    '0000000000000000000000000000000000000000000000000000000000000000',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
    '0100000000000000000000000000000000000000000000000000000000000080',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  ])('refuses %s', key => {
    expect(() => requirePublicKey(hex(key))).toThrow(expect.objectContaining({ code: 'RTFS_KEY' }))
  })

  test('accepts an ordinary key', () => {
    expect(() => requirePublicKey(signerA.publicKey)).not.toThrow()
  })
})

describe('keys of node:crypto', () => {
  test('both verifiers accept what a new key signs', async () => {
    const signer = createNodeSigner(generatePrivateKeyPem())
    const message = Uint8Array.of(1, 2, 3)
    const made = await signer.sign(message)
    expect(made).toHaveLength(64)
    for (const verifier of [createVerifier(), createNodeVerifier()]) {
      expect(verifier.verify(signer.publicKey, message, made)).toBe(true)
    }
  })

  test.each([
    ['no PEM', 'hello'],
    ['a public key', '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----'],
  ])('refuses %s without quoting it', (_, pem) => {
    try {
      createNodeSigner(pem)
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ code: 'RTFS_KEY', message: 'not a private key in PKCS8 PEM' })
      expect((error as Error).cause).toBe(undefined)
    }
  })
})
