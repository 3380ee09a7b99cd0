import { encodeBase64, encodeUtf8 } from '@rtfs/core'
import { expect, test } from 'vitest'
import { canonicalJson } from './canonical-json.js'
import { decodeEnvelope, encodeEnvelope, maxEnvelopeSize, signedBytes } from './envelope.js'
import { signerA, signerB } from './testing.test-util.js'

const keyids = [signerA.keyId, signerB.keyId].sort()
const sig = encodeBase64(new Uint8Array(64).fill(5))
const good = {
  payload: encodeBase64(encodeUtf8('hello')),
  payloadType: 'text/plain',
  signatures: [{ keyid: keyids[0]!, sig }],
}

test('the pre-authentication encoding is that of the DSSE specification', () => {
  expect(
    new TextDecoder().decode(signedBytes('http://example.com/HelloWorld', encodeUtf8('hello world'))),
  ).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world')
})

test('lengths are those of bytes', () => {
  expect(new TextDecoder().decode(signedBytes('é', encodeUtf8('€')))).toBe('DSSEv1 2 é 3 €')
})

test('reads what it writes', () => {
  const envelope = decodeEnvelope(canonicalJson(good))
  expect(new TextDecoder().decode(envelope.payload)).toBe('hello')
  expect(encodeEnvelope(envelope)).toBe(canonicalJson(good))
})

test('writes signatures sorted by key id', () => {
  const signatures = [...keyids].reverse().map(keyId => ({ keyId, signature: new Uint8Array(64) }))
  const text = encodeEnvelope({ payloadType: 't', payload: new Uint8Array(0), signatures })
  expect(decodeEnvelope(text).signatures.map(signature => signature.keyId)).toEqual(keyids)
})

const signature = (more: object) => ({ ...good, signatures: [{ ...good.signatures[0], ...more }] })
const digestOfNumber = (i: number) => `sha256:${i.toString(16).padStart(64, '0')}`

test.each<[string, unknown]>([
  ['another field', { ...good, extra: 1 }],
  ['a missing field', { payload: good.payload, payloadType: good.payloadType }],
  ['a list instead', [good]],
  ['null', null],
  ['a payload that is no text', { ...good, payload: 5 }],
  ['a payload without padding', { ...good, payload: 'aGVsbG8' }],
  ['a payload with spare bits', { ...good, payload: 'aGVsbG9=' }],
  ['a payload in URL-safe base64', { ...good, payload: '__-_' }],
  ['a payload with a line break', { ...good, payload: 'aGVs\nbG8=' }],
  ['a type that is no text', { ...good, payloadType: 1 }],
  ['no signatures', { ...good, signatures: [] }],
  ['signatures that are no list', { ...good, signatures: {} }],
  [
    '9 signatures',
    { ...good, signatures: Array.from({ length: 9 }, (_, i) => ({ keyid: digestOfNumber(i), sig })) },
  ],
  ['a key twice', { ...good, signatures: [good.signatures[0], good.signatures[0]] }],
  ['keys in another order', { ...good, signatures: [...keyids].reverse().map(keyid => ({ keyid, sig })) }],
  ['a signature with another field', signature({ cert: '' })],
  ['a key id of another form', signature({ keyid: 'key-1' })],
  ['a key id in upper case', signature({ keyid: keyids[0]!.toUpperCase() })],
  ['a short signature', signature({ sig: encodeBase64(new Uint8Array(63)) })],
  ['a signature that is no base64', signature({ sig: sig.replace('=', '*') })],
])('refuses %s', (_, value) => {
  expect(() => decodeEnvelope(canonicalJson(value as never))).toThrow(
    expect.objectContaining({ code: 'RTFS_ENVELOPE' }),
  )
})

test('8 signatures are read', () => {
  const signatures = Array.from({ length: 8 }, (_, i) => ({ keyid: digestOfNumber(i), sig }))
  expect(decodeEnvelope(canonicalJson({ ...good, signatures })).signatures).toHaveLength(8)
})

test('the limit of the size is exact', () => {
  const sized = (size: number) => {
    const empty = canonicalJson({ ...good, payload: '' }).length
    return canonicalJson({
      ...good,
      payload: encodeBase64(new Uint8Array((Math.floor((size - empty) / 4) * 3) | 0)),
    })
  }
  expect(sized(maxEnvelopeSize).length).toBeGreaterThan(maxEnvelopeSize - 4)
  expect(() => decodeEnvelope(sized(maxEnvelopeSize))).not.toThrow()
  expect(() => decodeEnvelope(sized(maxEnvelopeSize + 4))).toThrow(/larger/)
})
