import { digestOf, encodeUtf8, RtfsError } from '@rtfs/core'
import type { Embedder, RecordStore } from '@rtfs/interfaces'
import { describe, expect, test } from 'vitest'
import { createMemoryRecordStore } from './memory-record-store.js'
import type { PublishRequest } from './publish.js'
import type { QueryRequest } from './query.js'
import { binaryHash, example, request, signerB, testCache, testRunner } from './testing.test-util.js'

const ask: QueryRequest = { interfaceHash: binaryHash, modes: ['semantic'] }
const codeOf = (name: string) => digestOf(encodeUtf8(`code ${name}`))

async function filled(options: Parameters<typeof testCache>[0] = {}) {
  const made = testCache(options)
  await made.cache.publish(request('add', 'Add two numbers'))
  made.clock.advance(1000)
  await made.cache.publish(request('multiply', 'Multiply two numbers'))
  made.clock.advance(1000)
  await made.cache.publish(request('subtract', 'Take the second number from the first'))
  return made
}

describe('same-code', () => {
  test('finds the code under any name and text', async () => {
    const { cache } = await filled()
    const answer = await cache.query({ ...ask, modes: ['same-code'], codeHash: codeOf('multiply') })
    expect(answer.hit).toMatchObject({ mode: 'same-code', acceptedBy: 'code', score: undefined })
    expect(answer.hit?.record.name).toBe('multiply')
    expect(answer.reason).toMatch(/^same-code: acme\/multiply \([0-9a-f]{8}\): its code is the same$/)
  })

  test('a miss says so', async () => {
    const { cache } = await filled()
    const answer = await cache.query({ ...ask, modes: ['same-code'], codeHash: codeOf('divide') })
    expect([answer.hit, answer.reason]).toEqual([
      undefined,
      'same-code: no module with this code in namespace acme',
    ])
  })

  test('without code there is nothing to ask', async () => {
    const { cache } = await filled()
    expect((await cache.query({ ...ask, modes: ['same-code'] })).reason).toBe(
      'same-code: the request has no code',
    )
  })
})

describe('same-interface', () => {
  test('takes the newest', async () => {
    const { cache } = await filled()
    const answer = await cache.query({ ...ask, modes: ['same-interface'] })
    expect([answer.hit?.record.name, answer.hit?.acceptedBy]).toEqual(['subtract', 'interface'])
  })

  test('skips what fails an example', async () => {
    const { cache } = await filled()
    const answer = await cache.query({ ...ask, modes: ['same-interface'], examples: [example(3, 4, 7)] })
    expect(answer.candidates.map(candidate => [candidate.name, candidate.outcome])).toEqual([
      ['subtract', 'refused'],
      ['multiply', 'refused'],
      ['add', 'hit'],
    ])
  })

  test('looks further than one page', async () => {
    const { cache } = testCache()
    const publish = (name: string, more: Partial<PublishRequest>) =>
      cache.publish(request('add', 'Add', { name, codeHash: codeOf(name), ...more }))
    await publish('pure', {})
    for (let i = 0; i < 70; i++) await publish(`effectful${i}`, { effects: ['tool:x'] })
    const answer = await cache.query({ ...ask, modes: ['same-interface'] })
    expect(answer.hit?.record.name).toBe('pure')
    expect(answer.candidates).toHaveLength(71)
  })
})

describe('semantic', () => {
  test('examples decide against the nearest text', async () => {
    const { cache } = await filled()
    const answer = await cache.query({
      ...ask,
      description: 'Add two numbers',
      examples: [example(3, 4, 12)],
    })
    expect(answer.hit?.record.name).toBe('multiply')
    expect(answer.hit?.acceptedBy).toBe('examples')
    expect(answer.candidates[0]).toMatchObject({
      name: 'add',
      gate: 'acceptance',
      reason: 'example 1 fails: expected 12, got 7',
    })
    expect(answer.candidates[0]!.score).toBeGreaterThan(answer.candidates[1]!.score!)
  })

  test('one failing example of several refuses', async () => {
    const { cache } = await filled()
    const examples = [example(2, 2, 4), example(3, 4, 7)]
    const answer = await cache.query({ ...ask, description: 'product', examples })
    expect(answer.hit?.record.name).toBe('add')
  })

  test('the same text up to case, space and outer punctuation is enough', async () => {
    const { cache } = await filled()
    const answer = await cache.query({ ...ask, description: ' add  TWO numbers! ' })
    expect([answer.hit?.record.name, answer.hit?.acceptedBy]).toEqual(['add', 'description'])
  })

  test('similarity alone is not', async () => {
    const { cache } = await filled()
    const answer = await cache.query({ ...ask, description: 'Add two numbers together' })
    expect(answer.hit).toBe(undefined)
    expect(answer.candidates.map(candidate => candidate.gate)).toEqual([
      'acceptance',
      'acceptance',
      'acceptance',
    ])
    expect(answer.reason).toContain('there are no examples to run on it, and its description is another text')
  })

  test('unless the caller opts in, which the decision names', async () => {
    const { cache } = await filled()
    const opted = { ...ask, description: 'Add two numbers together', accept: 'similarity' } as const
    expect((await cache.query(opted)).reason).toMatch(
      /similarity is too low: 0\.\d{3} against a threshold of 0\.95/,
    )
    const answer = await cache.query({ ...opted, threshold: 0.7 })
    expect([answer.hit?.record.name, answer.hit?.acceptedBy, answer.accept]).toEqual([
      'add',
      'similarity',
      'similarity',
    ])
    expect(answer.reason).toMatch(
      /on similarity alone, as the caller opted in: 0\.\d{3} against a threshold of 0\.7/,
    )
  })

  test('examples that fail outweigh the opt-in', async () => {
    const { cache } = await filled()
    const answer = await cache.query({
      ...ask,
      description: 'Add two numbers',
      accept: 'similarity',
      examples: [example(1, 1, 99)],
    })
    expect(answer.hit).toBe(undefined)
  })

  test('a hook decides where there are no examples', async () => {
    const asked: string[] = []
    const { cache } = await filled({
      acceptance: async ({ description, manifest }) => {
        asked.push(`${description} / ${manifest.name}`)
        return { accepted: manifest.name === 'multiply', reason: 'a person looked' }
      },
    })
    const answer = await cache.query({ ...ask, description: 'the product of two numbers' })
    expect([answer.hit?.record.name, answer.hit?.acceptedBy]).toEqual(['multiply', 'hook'])
    expect(answer.reason).toContain('the acceptance hook took it: a person looked')
    expect(asked).toContain('the product of two numbers / multiply')
  })

  test('a runner that fails or answers too little refuses', async () => {
    const broken = [
      async () => {
        throw new RtfsError('RTFS_STORE_IO', 'no worker')
      },
      async () => [],
    ]
    for (const runExamples of broken) {
      const { cache } = await filled({ runner: { runExamples } })
      const answer = await cache.query({
        ...ask,
        description: 'Add two numbers',
        examples: [example(1, 2, 3)],
      })
      expect(answer.hit).toBe(undefined)
      expect(answer.candidates[0]?.gate).toBe('acceptance')
    }
  })

  test('modules of another embedding model are not compared', async () => {
    const { cache, records, blobs, trust } = await filled()
    const embedder: Embedder = {
      model: { id: 'other', revision: '1', dimension: 256 },
      embed: async texts => texts.map(() => new Float32Array(256).fill(1 / 16)),
    }
    const other = testCache({ records, blobs, trust, embedder })
    const answer = await other.cache.query({ ...ask, description: 'Add two numbers' })
    expect(answer.candidates).toEqual([])
    expect((await cache.query({ ...ask, description: 'Add two numbers' })).hit).not.toBe(undefined)
  })

  test('without an embedder the newest are looked at, and behaviour decides', async () => {
    const { cache } = await filled({ embedder: undefined as never })
    const answer = await cache.query({ ...ask, description: 'anything', examples: [example(3, 4, 12)] })
    expect([answer.hit?.record.name, answer.hit?.score]).toEqual(['multiply', undefined])
  })

  test('at most k candidates, revoked ones beside them', async () => {
    const { cache } = testCache()
    const ids: string[] = []
    for (let i = 0; i < 20; i++) {
      const codeHash = codeOf(`copy ${i}`)
      ids.push(
        (await cache.publish(request('add', `Add number ${i}`, { name: `n${i}`, codeHash }))).record.id,
      )
    }
    const near = await cache.query({ ...ask, description: 'Add number', k: 5 })
    expect(near.candidates).toHaveLength(5)
    for (const candidate of near.candidates) await cache.lower(candidate.id, 'Revoked')
    const next = await cache.query({ ...ask, description: 'Add number', k: 5 })
    expect(next.candidates.filter(candidate => candidate.gate === 'status')).toHaveLength(5)
    expect(next.candidates.filter(candidate => candidate.gate === 'acceptance')).toHaveLength(5)
  })

  test('finds what another cache published meanwhile, and loses what was deleted', async () => {
    const { cache, records, blobs, trust } = await filled()
    const question = { ...ask, description: 'Whatever', examples: [example(3, 4, 12)] }
    const first = await cache.query(question)
    await records.delete(first.hit!.record.id)
    expect((await cache.query(question)).hit).toBe(undefined)
    await testCache({ records, blobs, trust }).cache.publish(request('multiply', 'Multiply two numbers'))
    expect((await cache.query(question)).hit?.record.name).toBe('multiply')
  })
})

describe('modes are tried in order', () => {
  test('the first hit is taken', async () => {
    const { cache } = await filled()
    const modes = ['same-code', 'semantic', 'same-interface'] as const
    const answer = await cache.query({
      ...ask,
      modes,
      codeHash: codeOf('divide'),
      description: 'add two numbers',
    })
    expect(answer.hit?.mode).toBe('semantic')
  })

  test('to explain is to look at the rest too, with the same hit', async () => {
    const { cache } = await filled()
    const modes = ['same-code', 'semantic', 'same-interface'] as const
    const question = { ...ask, modes, codeHash: codeOf('add'), description: 'multiply two numbers' }
    const answer = await cache.query(question)
    const explained = await cache.query({ ...question, explain: true })
    expect(explained.hit?.record.id).toBe(answer.hit?.record.id)
    expect(explained.reason).toBe(answer.reason)
    const outcomes = explained.candidates.map(({ mode, outcome }) => `${mode} ${outcome}`)
    expect(outcomes.filter(outcome => outcome.endsWith('hit'))).toEqual(['same-code hit'])
    expect(outcomes).toContain('semantic acceptable')
    expect(outcomes).toContain('same-interface acceptable')
  })

  test('no mode is a miss', async () => {
    const { cache } = await filled()
    expect((await cache.query({ ...ask, modes: [] })).reason).toBe('no mode was asked for')
  })
})

describe('hard gates', () => {
  const byCode = { ...ask, modes: ['same-code'], codeHash: codeOf('add') } as const

  test.each<[string, Partial<PublishRequest>, Partial<QueryRequest>, string]>([
    ['interface', {}, { interfaceHash: digestOf(encodeUtf8('another')) }, 'has another interface'],
    [
      'effects',
      { effects: ['tool:b', 'tool:a'] },
      { grants: ['tool:a'] },
      'effects that are not granted: tool:b',
    ],
    ['target', {}, { target: 'native' }, 'is for target wasm32, asked for native'],
    ['abi', {}, { abi: '2' }, 'is for ABI 1, asked for 2'],
  ])('%s', async (gate, published, asked, reason) => {
    const { cache } = testCache()
    await cache.publish(request('add', 'Add two numbers', published))
    const answer = await cache.query({ ...byCode, ...asked })
    expect(answer.hit).toBe(undefined)
    expect(answer.candidates).toMatchObject([{ gate, outcome: 'refused' }])
    expect(answer.candidates[0]?.reason).toContain(reason)
  })

  test('another namespace is not even looked at', async () => {
    const { cache } = await filled()
    expect((await cache.query({ ...byCode, namespace: 'globex' })).candidates).toEqual([])
  })

  test.each([[['tool:b', 'tool:a', 'tool:c']], [() => true]])('granted effects pass', async grants => {
    const { cache } = testCache()
    await cache.publish(request('add', 'Add', { effects: ['tool:b', 'tool:a'] }))
    expect((await cache.query({ ...byCode, grants })).hit?.manifest.effects).toEqual(['tool:a', 'tool:b'])
  })

  test('status', async () => {
    const { cache } = testCache()
    const { record } = await cache.publish(request('add', 'Add'))
    await cache.lower(record.id, 'Pending')
    expect((await cache.query(byCode)).candidates).toMatchObject([
      { gate: 'status', reason: 'has status Pending' },
    ])
  })

  test('trust, asked anew each time', async () => {
    const { cache, trust, clock } = testCache({ signer: signerB })
    trust.trust({ publicKey: signerB.publicKey, namespaces: ['acme'] })
    await cache.publish(request('add', 'Add'))
    const outcome = async () => (await cache.query(byCode)).candidates[0]?.reason
    expect(await outcome()).toBe('its code is the same')
    trust.trust({ publicKey: signerB.publicKey, namespaces: ['globex', 'acme/*'] })
    expect(await outcome()).toContain('not trusted for namespace acme')
    trust.trust({ publicKey: signerB.publicKey, namespaces: ['*'], validUntil: clock.now() })
    expect(await outcome()).toContain('expired')
    trust.trust({ publicKey: signerB.publicKey, validFrom: clock.now() + 1 })
    expect(await outcome()).toContain('not valid yet')
    trust.trust({ publicKey: signerB.publicKey })
    expect(await outcome()).toBe('its code is the same')
    trust.revoke(signerB.keyId, clock.now())
    expect(await outcome()).toContain('revoked')
    trust.trust({ publicKey: signerB.publicKey })
    expect(await outcome()).toContain('revoked')
  })
})

describe('faults', () => {
  const failing = (method: keyof RecordStore, code: 'RTFS_STORE_IO' | 'RTFS_STORE_CORRUPT') => ({
    ...createMemoryRecordStore(),
    [method]: async () => {
      throw new RtfsError(code, 'the disk is gone')
    },
  })

  test.each(['find', 'epoch'] as const)(
    'a store that fails in %s is a miss with its reason',
    async method => {
      const { cache, logger } = testCache({ records: failing(method, 'RTFS_STORE_CORRUPT') })
      const answer = await cache.query({ ...ask, modes: ['same-interface'] })
      expect(answer.hit).toBe(undefined)
      expect(answer.reason).toContain('the cache cannot be asked: the disk is gone')
      expect(logger.events()).toContain('l4.query-failed')
    },
  )

  test('what the caller did wrong is thrown', async () => {
    const { cache } = await filled()
    await expect(cache.query({ ...ask, interfaceHash: 'x' })).rejects.toMatchObject({ code: 'RTFS_USAGE' })
    await expect(cache.query({ ...ask, modes: ['nearest' as never] })).rejects.toMatchObject({
      code: 'RTFS_USAGE',
    })
    const aborted = { signal: AbortSignal.abort() }
    await expect(cache.query({ ...ask, modes: ['same-interface'] }, aborted)).rejects.toMatchObject({
      code: 'RTFS_ABORTED',
    })
  })
})

test('every hit and miss is logged with request, module, similarity and outcome', async () => {
  const { cache, logger } = await filled()
  await cache.query({ ...ask, description: 'add two numbers' })
  await cache.query({ ...ask, description: 'nothing like it' })
  const lines = logger.lines.filter(line => line.event === 'l4.hit' || line.event === 'l4.miss')
  expect(lines.map(line => line.event)).toEqual(['l4.hit', 'l4.miss'])
  expect(lines[0]?.fields).toMatchObject({
    namespace: 'acme',
    interfaceHash: binaryHash,
    modes: ['semantic'],
    accept: 'behaviour',
    mode: 'semantic',
    acceptedBy: 'description',
    similarity: expect.closeTo(1, 5),
    module: expect.stringMatching(/^[0-9a-f]{32}$/),
  })
})

test('examples are run for meaning and interface, never for the same code', async () => {
  const digests: string[] = []
  const { cache } = await filled({
    runner: {
      runExamples: async asked => {
        digests.push(asked.digest)
        return testRunner.runExamples(asked)
      },
    },
  })
  const examples = [example(1, 1, 2)]
  await cache.query({ ...ask, modes: ['same-code'], codeHash: codeOf('add'), examples })
  expect(digests).toEqual([])
  const { hit } = await cache.query({ ...ask, modes: ['same-interface'], examples })
  expect(digests.at(-1)).toBe(hit?.manifest.blob.sha256)
})
