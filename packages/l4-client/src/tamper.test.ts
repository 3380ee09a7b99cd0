import { encodeBase64, encodeUtf8 } from '@rtfs/core'
import type { ModuleRecord, RecordStore } from '@rtfs/interfaces'
import { beforeAll, describe, expect, test } from 'vitest'
import { canonicalJson } from './canonical-json.js'
import { decodeEnvelope, encodeEnvelope, signedBytes } from './envelope.js'
import { createNodeVerifier } from './fs-signing.js'
import { decodeManifest, manifestType } from './manifest.js'
import type { PublishRequest } from './publish.js'
import { binaryHash, request, signerA, signerB, testCache, testLogger } from './testing.test-util.js'

const made = testCache()
let record: ModuleRecord
let other: ModuleRecord

beforeAll(async () => {
  const more: Partial<PublishRequest> = { effects: ['tool:a'], limits: { fuel: 10 } }
  record = (await made.cache.publish(request('add', 'Add two numbers', more))).record
  other = (await made.cache.publish(request('multiply', 'Multiply two numbers', more))).record
})

/** What a cache that has never seen it makes of a record that says `changed`. */
async function load(changed: ModuleRecord, blobs = made.blobs) {
  const records: RecordStore = { ...made.records, get: async () => changed, find: async () => [changed] }
  const { cache, prepared } = testCache({
    blobs,
    records,
    trust: made.trust,
    clock: made.clock,
    logger: testLogger(),
    signatures,
    embedder: undefined as never,
  })
  const grants = ['tool:a']
  const answer = await cache.load(record.id, { interfaceHash: binaryHash, grants })
  const { hit } = await cache.query({ interfaceHash: binaryHash, modes: ['same-interface'], grants })
  return { answer, prepared, hit }
}

const signatures = createNodeVerifier()

test('as it was published it is taken', async () => {
  const { answer, hit } = await load(record)
  expect([answer.loaded, hit?.record.id]).toEqual([true, record.id])
})

test('every byte of the envelope counts', { timeout: 60_000 }, async () => {
  const text = record.envelope
  expect(text.length).toBeGreaterThan(1000)
  const taken: string[] = []
  for (let at = 0; at < text.length; at++) {
    const flipped = String.fromCharCode(text.charCodeAt(at) ^ (1 << (at % 7)))
    const { answer, hit } = await load({
      ...record,
      envelope: text.slice(0, at) + flipped + text.slice(at + 1),
    })
    if (answer.loaded || hit !== undefined) taken.push(`bit ${at % 7} of character ${at}`)
  }
  expect(taken).toEqual([])
})

test('every bit of the blob counts', async () => {
  const bytes = (await made.blobs.get(record.storagePointer))!
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = bytes.slice()
    flipped[bit >> 3]! ^= 1 << (bit & 7)
    const { answer, prepared } = await load(record, { ...made.blobs, get: async () => flipped })
    expect(answer, `bit ${bit}`).toMatchObject({ loaded: false, gate: 'blob' })
    expect(prepared).toEqual([])
  }
})

const textColumns = [
  'id',
  'namespace',
  'name',
  'interfaceHash',
  'codeHash',
  'target',
  'abi',
  'storagePointer',
  'irPointer',
  'sourcePointer',
  'evidencePointer',
  'exportName',
  'description',
  'status',
] as const satisfies readonly (keyof ModuleRecord)[]

test.each(textColumns)('every byte of the column %s counts', async column => {
  const text = record[column] as string
  for (let at = 0; at < text.length; at++) {
    for (const bit of [0, 1, 4]) {
      const flipped = String.fromCharCode(text.charCodeAt(at) ^ (1 << bit))
      const changed = { ...record, [column]: text.slice(0, at) + flipped + text.slice(at + 1) }
      const { answer, hit } = await load(changed as ModuleRecord)
      expect([answer.loaded, hit], `bit ${bit} of character ${at}`).toEqual([false, undefined])
    }
  }
})

test('every byte of the effects counts', async () => {
  const [effect] = record.effects
  for (let at = 0; at < effect!.length; at++) {
    const flipped = String.fromCharCode(effect!.charCodeAt(at) ^ 1)
    const effects = [effect!.slice(0, at) + flipped + effect!.slice(at + 1)]
    const { answer, hit } = await load({ ...record, effects })
    expect([answer.loaded, hit], `character ${at}`).toEqual([false, undefined])
  }
  expect((await load({ ...record, effects: [] })).answer.loaded).toBe(false)
})

test('every byte of the embedding counts', async () => {
  const embedding = record.embedding!
  for (let at = 0; at < embedding.vector.length * 4; at++) {
    const vector = embedding.vector.slice()
    new Uint8Array(vector.buffer)[at]! ^= 1 << (at % 8)
    const { answer } = await load({ ...record, embedding: { ...embedding, vector } })
    expect(answer, `byte ${at}`).toMatchObject({
      gate: 'record',
      reason: 'has another embedding than was signed',
    })
  }
})

describe('a signature cannot be moved', () => {
  test.each<[string, (record: ModuleRecord, other: ModuleRecord) => Partial<ModuleRecord>, string]>([
    ['to other bytes', (_, { storagePointer }) => ({ storagePointer }), 'storage pointer'],
    ['to another description', () => ({ description: 'Subtract' }), 'description'],
    ['to another name', () => ({ name: 'plus' }), 'name'],
    ['to another export', () => ({ exportName: 'g' }), 'export name'],
    ['to another embedding', (_, { embedding }) => ({ embedding }), 'embedding'],
    ['to no embedding', () => ({ embedding: undefined }), 'embedding'],
    ['to another model', ({ embedding }) => ({ embedding: { ...embedding!, model: 'better' } }), 'embedding'],
    [
      'to another revision',
      ({ embedding }) => ({ embedding: { ...embedding!, revision: '9' } }),
      'embedding',
    ],
    ['to other IR', (_, { irPointer }) => ({ irPointer }), 'ir pointer'],
    ['to no source', () => ({ sourcePointer: undefined }), 'source pointer'],
    ['to other evidence', (_, { evidencePointer }) => ({ evidencePointer }), 'evidence pointer'],
    ['to fewer effects', () => ({ effects: [] }), 'effects'],
    ['to another id', (_, { id }) => ({ id }), 'id'],
    ['to another code hash', (_, { codeHash }) => ({ codeHash }), 'code hash'],
  ])('%s', async (_, change, column) => {
    const { answer, hit, prepared } = await load({ ...record, ...change(record, other) })
    expect(answer).toMatchObject({ gate: 'record', reason: `has another ${column} than was signed` })
    expect([hit, prepared]).toEqual([undefined, []])
  })

  test.each<[string, Partial<ModuleRecord>, string]>([
    ['to another target', { target: 'native' }, 'target'],
    ['to another ABI', { abi: '2' }, 'abi'],
    ['to another namespace', { namespace: 'globex' }, 'namespace'],
  ])('%s', async (_, change, gate) => {
    const { answer, hit } = await load({ ...record, ...change })
    expect([answer.loaded, hit]).toEqual([false, undefined])
    // Whoever asks for what the record claims is refused by what is signed.
    const records: RecordStore = { ...made.records, get: async () => ({ ...record, ...change }) }
    const { cache } = testCache({
      blobs: made.blobs,
      records,
      trust: made.trust,
      clock: made.clock,
      signatures,
    })
    const asked = await cache.load(record.id, { ...change, grants: () => true } as never)
    expect(asked).toMatchObject({ loaded: false, gate })
  })

  test('to another module, envelope and all', async () => {
    const { answer } = await load({ ...record, envelope: other.envelope })
    expect(answer).toMatchObject({ loaded: false, gate: 'record' })
  })
})

describe('an envelope made by others', () => {
  const payload = () => decodeEnvelope(record.envelope).payload
  const envelopeOf = async (signers: readonly (typeof signerA)[], bytes: Uint8Array, type = manifestType) =>
    encodeEnvelope({
      payloadType: type,
      payload: bytes,
      signatures: await Promise.all(
        signers.map(async ({ keyId, sign }) => ({ keyId, signature: await sign(signedBytes(type, bytes)) })),
      ),
    })

  test('signed by a key that nobody knows', async () => {
    const { answer } = await load({ ...record, envelope: await envelopeOf([signerB], payload()) })
    expect(answer).toMatchObject({ gate: 'signature', reason: expect.stringContaining('not known') })
  })

  test('signed by a good key and one that nobody knows', async () => {
    const { answer } = await load({ ...record, envelope: await envelopeOf([signerA, signerB], payload()) })
    expect(answer).toMatchObject({ gate: 'signature', reason: expect.stringContaining('not known') })
  })

  test('signed by a key in the name of another', async () => {
    const forged = { ...signerB, keyId: signerA.keyId }
    const { answer } = await load({ ...record, envelope: await envelopeOf([forged], payload()) })
    expect(answer).toMatchObject({ gate: 'signature', reason: expect.stringContaining('does not fit') })
  })

  test('of another type, signed by a good key', async () => {
    const { answer } = await load({
      ...record,
      envelope: await envelopeOf([signerA], payload(), 'text/plain'),
    })
    expect(answer).toMatchObject({ gate: 'envelope', reason: 'has an envelope of text/plain' })
  })

  test('with the type of one and the signature over another', async () => {
    const text = await envelopeOf([signerA], payload(), 'text/plain')
    const { answer } = await load({ ...record, envelope: text.replace('text/plain', manifestType) })
    expect(answer).toMatchObject({ gate: 'signature' })
  })

  test.each([
    ['white space', (text: string) => ` ${text}`],
    ['another field', (text: string) => text.replace('{', '{"aaa":1,')],
    ['a name twice', (text: string) => text.replace('{', '{"abi":"1",')],
  ])('a payload with %s, signed by a good key', async (_, change) => {
    const bytes = encodeUtf8(change(new TextDecoder().decode(payload())))
    const { answer } = await load({ ...record, envelope: await envelopeOf([signerA], bytes) })
    expect(answer).toMatchObject({ gate: 'payload' })
  })

  test.each([
    ['in the future', { issuedAt: made.clock.now() + 6 * 60_000 }, 'was signed in the future'],
    ['long expired', { expiresAt: 1 }, 'has expired'],
  ])('%s, signed by a good key', async (_, change, reason) => {
    const manifest = { ...decodeManifest(payload()), ...change }
    const bytes = encodeUtf8(canonicalJson(manifest as never))
    const { answer } = await load({ ...record, envelope: await envelopeOf([signerA], bytes) })
    expect(answer).toMatchObject({ gate: 'revocation', reason })
  })

  test('too large', async () => {
    const { answer } = await load({ ...record, envelope: 'x'.repeat(64 * 1024 + 1) })
    expect(answer).toMatchObject({ gate: 'size' })
  })

  test('with the signature of another module', async () => {
    const stolen = decodeEnvelope(other.envelope).signatures[0]!
    const text = canonicalJson({
      payload: encodeBase64(payload()),
      payloadType: manifestType,
      signatures: [{ keyid: stolen.keyId, sig: encodeBase64(stolen.signature) }],
    })
    const { answer } = await load({ ...record, envelope: text })
    expect(answer).toMatchObject({ gate: 'signature', reason: expect.stringContaining('does not fit') })
  })

  test('signed before its key was valid', async () => {
    const late = testCache({ blobs: made.blobs, records: made.records, clock: made.clock, trust: made.trust })
    const { trust } = testCache()
    trust.trust({ publicKey: signerA.publicKey, validFrom: made.clock.now() + 1 })
    made.clock.advance(10)
    const cache = testCache({ blobs: made.blobs, records: made.records, clock: made.clock, trust }).cache
    const grants = ['tool:a']
    expect(await cache.load(record.id, { grants })).toMatchObject({
      gate: 'revocation',
      reason: 'was signed before its key became valid',
    })
    expect((await late.cache.load(record.id, { grants })).loaded).toBe(true)
  })
})

test('a record that says it is verified gains nothing over one that is revoked', async () => {
  const { answer } = await load({ ...record, status: 'Revoked' })
  expect(answer).toMatchObject({ gate: 'revocation', reason: 'has status Revoked' })
})
