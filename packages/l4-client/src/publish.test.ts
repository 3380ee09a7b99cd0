import { digestOf, encodeUtf8, RtfsError } from '@rtfs/core'
import type { BlobStore, ModuleVerifier, RecordStore } from '@rtfs/interfaces'
import { describe, expect, test } from 'vitest'
import { decodeEnvelope } from './envelope.js'
import { decodeEvidence } from './evidence.js'
import { createMemoryBlobStore } from './memory-blob-store.js'
import { createMemoryRecordStore } from './memory-record-store.js'
import { recordIdOf } from './record-id.js'
import { binaryHash, bytesOf, example, request, signerA, signerB, testCache } from './testing.test-util.js'

const count = async (items: AsyncIterable<unknown>) => {
  let all = 0
  for await (const _ of items) all++
  return all
}

const passing = {
  verifier: { id: 'v', version: '1' },
  checks: [{ name: 'types', passed: true, cases: 1, detail: 'fine' }],
}

/** A verifier that finds nothing wrong, and says when it was asked. */
const counting = (asked: () => unknown): ModuleVerifier => ({
  verify: async () => {
    asked()
    return passing
  },
})

test('verifies, stores, signs, and says what it did', async () => {
  const { cache, blobs, records } = testCache()
  const answer = await cache.publish(request('add', 'Add two numbers', { examples: [example(1, 2, 3)] }))
  expect(answer.outcome).toBe('published')
  expect(answer.report?.checks.map(check => [check.name, check.cases])).toEqual([
    ['type check', 1],
    ['examples', 1],
  ])
  expect(answer.blobs.map(blob => blob.kind)).toEqual(['evidence', 'source', 'ir', 'wasm'])
  expect(answer.keyIds).toEqual([signerA.keyId])
  expect(answer.reason).toContain('tested type check (1), examples (1); signed by sha256:')
  for (const { digest, size } of answer.blobs) expect((await blobs.get(digest))?.length).toBe(size)
  expect(await records.get(answer.record.id)).toEqual(answer.record)
  expect(await count(records.list())).toBe(1)
})

test('the id follows from what is published, not from who, when or where', async () => {
  const one = await testCache().cache.publish(request('add', 'Add two numbers'))
  const other = testCache({ signer: signerB })
  other.trust.trust({ publicKey: signerB.publicKey })
  other.clock.advance(1e6)
  const two = await other.cache.publish(request('add', 'The sum', { name: 'plus' }))
  expect(two.record.id).toBe(one.record.id)
  expect(two.record.id).toBe(recordIdOf(one.record))
  expect(recordIdOf({ ...one.record, abi: '2' })).not.toBe(one.record.id)
})

test('the evidence says what was run, when, with which result', async () => {
  const { cache, blobs, clock } = testCache()
  const { record, manifest } = await cache.publish(request('add', 'Add', { examples: [example(1, 2, 3)] }))
  expect(decodeEvidence((await blobs.get(record.evidencePointer))!)).toEqual({
    verifier: { id: 'test', version: '1' },
    checks: [
      { name: 'type check', passed: true, cases: 1, detail: 'types fit' },
      { name: 'examples', passed: true, cases: 1, detail: 'all pass' },
    ],
    interfaceHash: binaryHash,
    codeHash: record.codeHash,
    blob: manifest.blob.sha256,
    target: 'wasm32',
    abi: '1',
    verifiedAt: clock.now(),
  })
})

describe('publishing again', () => {
  test('is answered with the one that is there, tested and stored once', async () => {
    let verified = 0
    const { cache, records } = testCache({
      verifier: counting(() => verified++),
    })
    const first = await cache.publish(request('add', 'Add two numbers'))
    const again = await cache.publish(request('add', 'Another text'))
    expect(again).toMatchObject({
      outcome: 'existing',
      report: undefined,
      blobs: [],
      keyIds: [signerA.keyId],
    })
    expect(again.record).toEqual(first.record)
    expect(verified).toBe(1)
    expect(await count(records.list())).toBe(1)
  })

  test('20 at once are one flight', async () => {
    let verified = 0
    const { cache, records } = testCache({ verifier: counting(() => verified++) })
    const answers = await Promise.all(Array.from({ length: 20 }, () => cache.publish(request('add', 'Add'))))
    expect(new Set(answers.map(answer => answer.record.id)).size).toBe(1)
    expect([verified, await count(records.list())]).toEqual([1, 1])
  })

  test('replaces one whose blob is gone', async () => {
    const { cache, blobs, records } = testCache()
    const first = await cache.publish(request('add', 'Add two numbers'))
    await blobs.delete(first.record.storagePointer)
    const again = await cache.publish(request('add', 'Add two numbers'))
    expect(again.outcome).toBe('replaced')
    expect(await count(records.list())).toBe(1)
    expect((await cache.load(again.record.id, {})).loaded).toBe(true)
  })

  test('replaces one whose key is no longer trusted', async () => {
    const { cache, trust, clock, records, blobs } = testCache({ signer: signerB })
    trust.trust({ publicKey: signerB.publicKey })
    await cache.publish(request('add', 'Add two numbers'))
    trust.revoke(signerB.keyId, clock.now())
    const other = testCache({ records, blobs, trust })
    const again = await other.cache.publish(request('add', 'Add two numbers'))
    expect([again.outcome, again.keyIds]).toEqual(['replaced', [signerA.keyId]])
  })

  test('does not bring back what was revoked', async () => {
    const { cache } = testCache()
    const { record } = await cache.publish(request('add', 'Add two numbers'))
    await cache.lower(record.id, 'Revoked')
    await expect(cache.publish(request('add', 'Add two numbers'))).rejects.toMatchObject({
      code: 'RTFS_NOT_TRUSTED',
    })
    expect((await cache.query({ interfaceHash: binaryHash, modes: ['same-interface'] })).hit).toBe(undefined)
  })

  test('brings back what was set aside', async () => {
    const { cache } = testCache()
    const { record } = await cache.publish(request('add', 'Add two numbers'))
    await cache.lower(record.id, 'Pending')
    expect((await cache.query({ interfaceHash: binaryHash, modes: ['same-interface'] })).hit).toBe(undefined)
    expect((await cache.publish(request('add', 'Add two numbers'))).outcome).toBe('replaced')
    expect((await cache.query({ interfaceHash: binaryHash, modes: ['same-interface'] })).hit?.record.id).toBe(
      record.id,
    )
  })
})

describe('nothing is published', () => {
  const verifying = (checks: (typeof passing)['checks']): ModuleVerifier => ({
    verify: async () => ({ ...passing, checks }),
  })
  const failed = { name: 'examples', passed: false, cases: 2, detail: 'expected 3, got 4' }

  test.each([
    [
      'when a check fails',
      { verifier: verifying([...passing.checks, failed]) },
      {},
      'RTFS_NOT_VERIFIED',
      'expected 3, got 4',
    ],
    ['when nothing was checked', { verifier: verifying([]) }, {}, 'RTFS_NOT_VERIFIED', 'checked nothing'],
    ['without a verifier', { verifier: undefined }, {}, 'RTFS_NOT_VERIFIED', 'no verifier'],
    ['without a key', { signer: undefined }, {}, 'RTFS_KEY', 'no key'],
    ['with a key that is not trusted here', { signer: signerB }, {}, 'RTFS_NOT_TRUSTED', 'not known'],
    ['under a wrong namespace', {}, { namespace: 'No Such' }, 'RTFS_USAGE', 'no namespace'],
    ['under a wrong name', {}, { name: 'a b' }, 'RTFS_USAGE', "'name'"],
    ['with a wrong hash', {}, { codeHash: 'abc' }, 'RTFS_USAGE', 'abc'],
    ['with an endless description', {}, { description: 'x'.repeat(9000) }, 'RTFS_USAGE', "'description'"],
    ['with a lone surrogate', {}, { description: '\ud800' }, 'RTFS_USAGE', 'surrogate'],
    [
      'with too many bytes',
      {},
      { bytes: new Uint8Array(8 * 1024 * 1024 + 1) },
      'RTFS_MODULE_REJECTED',
      'at most',
    ],
    ['already expired', {}, { expiresAt: 5 }, 'RTFS_NOT_TRUSTED', 'expired'],
    [
      'that the loader refuses',
      {
        prepare: () => {
          throw new RtfsError('RTFS_MODULE_REJECTED', 'imports too much')
        },
      },
      {},
      'RTFS_MODULE_REJECTED',
      'imports too much',
    ],
  ])('%s', async (_, options, more, code, text) => {
    const { cache, records } = testCache(options as never)
    const publishing = cache.publish(request('add', 'Add two numbers', more))
    await expect(publishing).rejects.toMatchObject({ code, message: expect.stringContaining(text) })
    expect(await count(records.list())).toBe(0)
  })

  test('once the call is aborted', async () => {
    const { cache } = testCache()
    const options = { signal: AbortSignal.abort() }
    await expect(cache.publish(request('add', 'Add'), options)).rejects.toMatchObject({
      code: 'RTFS_ABORTED',
    })
  })
})

test('what was hashed is what is stored, whatever the caller does meanwhile', async () => {
  const { cache, blobs } = testCache()
  const bytes = bytesOf('add')
  const publishing = cache.publish(request('add', 'Add', { bytes, examples: [example(1, 2, 3)] }))
  await Promise.resolve()
  const { manifest } = await publishing
  bytes.fill(0)
  expect(await blobs.get(manifest.blob.sha256)).toEqual(bytesOf('add'))
})

test('the order is: verify, blobs, sign, record', async () => {
  const order: string[] = []
  const note = <T extends object>(name: string, target: T, method: keyof T): T => {
    const original = target[method] as (...args: unknown[]) => unknown
    const noted = (...args: unknown[]) => {
      order.push(name)
      return original(...args)
    }
    return { ...target, [method]: noted }
  }
  const { cache } = testCache({
    verifier: counting(() => order.push('verify')),
    blobs: note<BlobStore>('blob', createMemoryBlobStore(), 'put'),
    records: note<RecordStore>('record', createMemoryRecordStore(), 'insert'),
    signer: note('sign', signerA, 'sign'),
  })
  await cache.publish(request('add', 'Add two numbers'))
  expect(order).toEqual(['verify', 'blob', 'blob', 'blob', 'blob', 'sign', 'record'])
})

test('a store that fails half way leaves nothing that a query sees', async () => {
  for (let failAt = 1; failAt <= 4; failAt++) {
    const blobs = createMemoryBlobStore()
    let puts = 0
    const failing: BlobStore = {
      ...blobs,
      put: async (digest, bytes) => {
        if (++puts === failAt) throw new RtfsError('RTFS_STORE_FULL', 'the disk is full')
        await blobs.put(digest, bytes)
      },
    }
    const { cache, records } = testCache({ blobs: failing })
    await expect(cache.publish(request('add', 'Add'))).rejects.toMatchObject({ code: 'RTFS_STORE_FULL' })
    expect(await count(records.list()), `put ${failAt}`).toBe(0)
    puts = 100
    expect((await cache.publish(request('add', 'Add'))).outcome).toBe('published')
  }
})

test('without an embedder there is no embedding', async () => {
  const { cache } = testCache({ embedder: undefined as never })
  const { manifest, record } = await cache.publish(request('add', 'Add two numbers'))
  expect([manifest.embedding, record.embedding]).toEqual([null, undefined])
})

test('signatures are over the digest of the bytes that are stored', async () => {
  const { cache } = testCache()
  const { record } = await cache.publish(request('add', 'Add two numbers'))
  const payload = JSON.parse(new TextDecoder().decode(decodeEnvelope(record.envelope).payload))
  expect(payload.blob).toEqual({ sha256: digestOf(bytesOf('add')), size: bytesOf('add').length })
  expect(payload.sourceHash).toBe(digestOf(encodeUtf8('(defn add [a b] (add a b))')))
})
