import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeBase64 } from '@rtfs/core'
import { afterAll, describe, expect, test } from 'vitest'
import { failingFileSystem } from './failing-file-system.test-util.js'
import { createNodeFileSystem, createNodeVerifier, openKeyStore, openTrustStore } from './fs.js'
import { binaryHash, request, signerA, signerB, testCache, testClock } from './testing.test-util.js'

const home = mkdtempSync(join(tmpdir(), 'rtfs-keys-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const fresh = () => mkdtempSync(join(home, 'dir-'))

describe('signing keys', () => {
  test('a new key signs, is listed, and is found again', async () => {
    const dir = fresh()
    const clock = testClock()
    const keys = openKeyStore({ dir, clock })
    const key = await keys.create('laptop')
    clock.advance(10)
    const second = await keys.create('second')
    expect(await openKeyStore({ dir }).list()).toEqual([key, second])
    const signer = await openKeyStore({ dir }).signer(key.keyId)
    const message = Uint8Array.of(1, 2)
    expect(createNodeVerifier().verify(key.publicKey, message, await signer.sign(message))).toBe(true)
    expect(key).toMatchObject({ label: 'laptop', createdAt: clock.now() - 10 })
  })

  test('only its owner may read the secret', async () => {
    const dir = fresh()
    const { keyId } = await openKeyStore({ dir }).create('laptop')
    const folder = join(dir, 'keys-v1')
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    const secret = join(folder, `${keyId.slice(7)}.pem`)
    expect(readFileSync(secret, 'utf8')).toMatch(/^-----BEGIN PRIVATE KEY-----/)
    chmodSync(secret, 0o640)
    await expect(openKeyStore({ dir }).signer(keyId)).rejects.toMatchObject({
      code: 'RTFS_KEY',
      message: expect.stringContaining('mode 640'),
    })
  })

  test('the mode does not depend on the mask of the process', async () => {
    const before = process.umask(0)
    try {
      const dir = fresh()
      const { keyId } = await openKeyStore({ dir }).create('laptop')
      expect(statSync(join(dir, 'keys-v1', `${keyId.slice(7)}.pem`)).mode & 0o777).toBe(0o600)
    } finally {
      process.umask(before)
    }
  })

  test('a file with another key in it is refused', async () => {
    const dir = fresh()
    const keys = openKeyStore({ dir })
    const [a, b] = [await keys.create('a'), await keys.create('b')]
    const path = (keyId: string) => join(dir, 'keys-v1', `${keyId.slice(7)}.pem`)
    writeFileSync(path(a.keyId), readFileSync(path(b.keyId)))
    await expect(keys.signer(a.keyId)).rejects.toMatchObject({ code: 'RTFS_KEY' })
  })

  test('errors do not quote a secret', async () => {
    const dir = fresh()
    const keys = openKeyStore({ dir })
    const { keyId } = await keys.create('a')
    const path = join(dir, 'keys-v1', `${keyId.slice(7)}.pem`)
    const lines = readFileSync(path, 'utf8').split('\n')
    writeFileSync(path, lines.join('\n').replace('MC4C', 'MC4D'))
    const error = await keys.signer(keyId).catch(thrown => thrown)
    expect(error).toMatchObject({ code: 'RTFS_KEY' })
    expect(JSON.stringify([error.message, String(error.cause), error.stack])).not.toContain(
      lines[1]!.slice(8),
    )
  })

  test.each(['sha256:00', '../../x', `sha256:${'0'.repeat(64)}`])('%j is no key', async keyId => {
    await expect(openKeyStore({ dir: fresh() }).signer(keyId)).rejects.toMatchObject({ code: 'RTFS_KEY' })
  })

  test('without a directory there are none', async () => {
    expect(await openKeyStore({ dir: join(fresh(), 'missing') }).list()).toEqual([])
  })
})

describe('trusted keys', () => {
  const grant = { publicKey: signerA.publicKey, namespaces: ['acme', 'globex/*'], label: 'build server' }

  test('are kept in a file for people', async () => {
    const dir = fresh()
    const clock = testClock(Date.UTC(2030, 0, 1))
    const trust = openTrustStore({ dir, clock })
    const key = await trust.trust({ ...grant, validUntil: Date.UTC(2031, 0, 1) })
    await trust.revoke(key.keyId)
    await trust.setFloor('acme', 'add', 3)
    expect(JSON.parse(readFileSync(join(dir, 'trust.json'), 'utf8'))).toEqual({
      version: 1,
      keys: [
        {
          keyId: signerA.keyId,
          publicKey: encodeBase64(signerA.publicKey),
          label: 'build server',
          namespaces: ['acme', 'globex/*'],
          validFrom: '1970-01-01T00:00:00.000Z',
          validUntil: '2031-01-01T00:00:00.000Z',
          revokedAt: '2030-01-01T00:00:00.000Z',
        },
      ],
      floors: [{ namespace: 'acme', name: 'add', version: 3 }],
    })
  })

  test('are read by whoever opens the directory, at once', async () => {
    const dir = fresh()
    const [one, other] = [openTrustStore({ dir }), openTrustStore({ dir })]
    const epochs = [await other.epoch()]
    expect(await other.find(signerA.keyId)).toBe(undefined)
    const key = await one.trust(grant)
    expect(await other.find(signerA.keyId)).toEqual(key)
    epochs.push(await other.epoch())
    await one.revoke(key.keyId)
    expect((await other.find(key.keyId))?.revokedAt).toBeTypeOf('number')
    epochs.push(await other.epoch())
    await one.setFloor('acme', 'add', 2)
    expect(await other.floor('acme', 'add')).toBe(2)
    epochs.push(await other.epoch())
    expect(new Set(epochs).size).toBe(4)
    expect(await other.list()).toHaveLength(1)
  })

  test('a revoked key stays revoked, a floor stays up', async () => {
    const trust = openTrustStore({ dir: fresh() })
    await trust.trust(grant)
    await trust.revoke(signerA.keyId)
    await trust.trust(grant)
    expect((await trust.find(signerA.keyId))?.revokedAt).toBeTypeOf('number')
    await trust.setFloor('acme', 'add', 3)
    await trust.setFloor('acme', 'add', 1)
    expect(await trust.floor('acme', 'add')).toBe(3)
    expect(await trust.floor('acme', 'other')).toBe(0)
  })

  test('changes at the same time are all kept', async () => {
    const dir = fresh()
    const names = Array.from({ length: 10 }, (_, i) => `f${i}`)
    await Promise.all(names.map((name, i) => openTrustStore({ dir }).setFloor('acme', name, i + 1)))
    const trust = openTrustStore({ dir })
    expect(await Promise.all(names.map(name => trust.floor('acme', name)))).toEqual(
      names.map((_, i) => i + 1),
    )
    expect(readdirSync(dir)).toEqual(['trust.json'])
  })

  test.each([
    ['half of it', (text: string) => text.slice(0, text.length / 2)],
    ['another version', (text: string) => text.replace('"version": 1', '"version": 2')],
    ['an unknown field', (text: string) => text.replace('"version": 1', '"version": 1, "extra": 0')],
    [
      'another public key',
      (text: string) => text.replace(encodeBase64(signerA.publicKey), encodeBase64(signerB.publicKey)),
    ],
    ['a namespace that is none', (text: string) => text.replace('"acme"', '"Acme"')],
    ['a moment that is none', (text: string) => text.replace('1970-01-01T00:00:00.000Z', 'yesterday')],
    [
      'a key of small order',
      (text: string) => text.replace(encodeBase64(signerA.publicKey), encodeBase64(new Uint8Array(32))),
    ],
    ['nothing', () => ''],
  ])('a file with %s is not trusted in part', async (_, change) => {
    const dir = fresh()
    await openTrustStore({ dir }).trust(grant)
    const path = join(dir, 'trust.json')
    writeFileSync(path, change(readFileSync(path, 'utf8')))
    const trust = openTrustStore({ dir })
    for (const call of [() => trust.find(signerA.keyId), () => trust.list(), () => trust.epoch()]) {
      await expect(call()).rejects.toMatchObject({ code: 'RTFS_STORE_CORRUPT' })
    }
  })

  test('a damaged file makes every module a miss, with its reason', async () => {
    const dir = fresh()
    const trust = openTrustStore({ dir })
    await trust.trust({ publicKey: signerA.publicKey })
    const { cache, clock } = testCache({ trust, signatures: createNodeVerifier() })
    const { record } = await cache.publish(request('add', 'Add'))
    expect((await cache.load(record.id, {})).loaded).toBe(true)
    writeFileSync(join(dir, 'trust.json'), '{')
    clock.advance(1001)
    const answer = await cache.load(record.id, {})
    expect(answer).toMatchObject({
      loaded: false,
      gate: 'store',
      reason: expect.stringContaining('no key is trusted'),
    })
    const { hit, reason } = await cache.query({ interfaceHash: binaryHash, modes: ['same-interface'] })
    expect([hit, reason]).toEqual([undefined, expect.stringContaining('no key is trusted')])
  })

  test('revoking what is not known is an error', async () => {
    await expect(openTrustStore({ dir: fresh() }).revoke(signerA.keyId)).rejects.toMatchObject({
      code: 'RTFS_KEY',
    })
  })

  test('keys that must not be trusted are refused', async () => {
    const trust = openTrustStore({ dir: fresh() })
    await expect(trust.trust({ publicKey: new Uint8Array(32) })).rejects.toMatchObject({ code: 'RTFS_KEY' })
    await expect(trust.trust({ ...grant, namespaces: ['*x'] })).rejects.toMatchObject({ code: 'RTFS_USAGE' })
  })

  test('a write that fails at any operation keeps the file before it, and frees the lock', async () => {
    const dir = fresh()
    const fileSystem = failingFileSystem(createNodeFileSystem())
    const trust = openTrustStore({ dir, fileSystem })
    await trust.trust(grant)
    for (let failAt = 1; failAt <= 4; failAt++) {
      fileSystem.failFrom(failAt, 'ENOSPC')
      await expect(trust.revoke(signerA.keyId)).rejects.toMatchObject({
        code: expect.stringMatching(/^RTFS_STORE_(FULL|IO)$/),
      })
      fileSystem.mend()
      expect((await trust.find(signerA.keyId))?.revokedAt, `operation ${failAt}`).toBe(undefined)
      // The disk did not take the removal of the lock either.
      rmSync(join(dir, 'trust.json.lock'), { force: true })
    }
    await trust.revoke(signerA.keyId)
    expect((await trust.find(signerA.keyId))?.revokedAt).toBeTypeOf('number')
  })
})
