import { concatBytes, decodeBase64, encodeBase64, encodeUtf8, parseDigest, RtfsError } from '@rtfs/core'
import { canonicalJson, type Json, parseCanonicalJson } from './canonical-json.js'

/** Bytes of an envelope's text. */
export const maxEnvelopeSize = 64 * 1024

const maxSignatures = 8

export interface EnvelopeSignature {
  /** `sha256:<hex>` of the public key. */
  readonly keyId: string
  readonly signature: Uint8Array
}

/** A DSSE v1 envelope: bytes, what they are, and who signed them. */
export interface Envelope {
  readonly payloadType: string
  readonly payload: Uint8Array
  /** One to eight, sorted by key id, no key twice. */
  readonly signatures: readonly EnvelopeSignature[]
}

/** What is signed: the pre-authentication encoding of DSSE v1, which binds the type to the payload. */
export function signedBytes(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = encodeUtf8(payloadType)
  return concatBytes(encodeUtf8(`DSSEv1 ${type.length} ${payloadType} ${payload.length} `), payload)
}

/** The one text of an envelope. */
export function encodeEnvelope(envelope: Envelope): string {
  const signatures = [...envelope.signatures]
    .sort((a, b) => (a.keyId < b.keyId ? -1 : 1))
    .map(({ keyId, signature }) => ({ keyid: keyId, sig: encodeBase64(signature) }))
  const text = canonicalJson({
    payload: encodeBase64(envelope.payload),
    payloadType: envelope.payloadType,
    signatures,
  })
  decodeEnvelope(text)
  return text
}

/**
 * Reads an envelope in its strict form: canonical JSON with exactly the fields of DSSE, canonical base64, one to
 * eight signatures of 64 bytes sorted by key id. A lenient reader would accept texts that nobody has signed. Throws
 * `RTFS_ENVELOPE`.
 */
export function decodeEnvelope(text: string): Envelope {
  if (text.length > maxEnvelopeSize) throw malformed(`is larger than ${maxEnvelopeSize} bytes`)
  const value = parseCanonicalJson(text)
  if (value === undefined) throw malformed('is not canonical JSON')
  if (!hasExactly(value, ['payload', 'payloadType', 'signatures']))
    throw malformed('has other fields than DSSE')
  const { payload, payloadType, signatures } = value
  if (typeof payloadType !== 'string') throw malformed('has a payload type that is no string')
  const bytes = typeof payload === 'string' ? decodeBase64(payload) : undefined
  if (bytes === undefined) throw malformed('has a payload that is not canonical base64')
  if (!Array.isArray(signatures)) throw malformed('has no list of signatures')
  if (signatures.length < 1 || signatures.length > maxSignatures) {
    throw malformed(`has ${signatures.length} signatures, expected 1 to ${maxSignatures}`)
  }
  const read = signatures.map(readSignature)
  if (read.some((signature, i) => i > 0 && signature.keyId <= read[i - 1]!.keyId)) {
    throw malformed('has signatures that are not sorted by key id, or two by one key')
  }
  return { payloadType, payload: bytes, signatures: read }
}

function readSignature(value: Json): EnvelopeSignature {
  if (!hasExactly(value, ['keyid', 'sig'])) throw malformed('has a signature with other fields than DSSE')
  const { keyid, sig } = value
  if (typeof keyid !== 'string' || parseDigest(keyid) === undefined)
    throw malformed('has a key id of another form')
  const signature = typeof sig === 'string' ? decodeBase64(sig) : undefined
  if (signature?.length !== 64) throw malformed('has a signature that is not 64 bytes in canonical base64')
  return { keyId: keyid, signature }
}

/** True for an object with these members and no others. */
export function hasExactly(value: Json, keys: readonly string[]): value is { readonly [key: string]: Json } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const present = Object.keys(value)
  return present.length === keys.length && keys.every(key => Object.hasOwn(value, key))
}

function malformed(problem: string): RtfsError {
  return new RtfsError('RTFS_ENVELOPE', `the envelope ${problem}`)
}
