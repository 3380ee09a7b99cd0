import { RtfsError } from '@rtfs/core'
import type { ModuleLookupRequest } from '@rtfs/interfaces'
import { describe, expect, test } from 'vitest'
import { context, description, lookup } from './contexts.test-util.js'
import { createL4AwareDelegationEngine, modesFor } from './l4-engine.js'
import { createStaticDelegationEngine } from './static-engine.js'

const inner = createStaticDelegationEngine()
const asking = context('shop/total', { fn: description })

describe('L4-aware engine', () => {
  test('a hit decides, with the cache named as source', async () => {
    const decided = await createL4AwareDelegationEngine({ cache: lookup(true), inner }).decide(asking)
    expect(decided.target.kind).toBe('l4-cache-hit')
    expect(decided.source).toBe('l4')
  })

  test('a miss asks the wrapped engine and keeps the reason', async () => {
    const decided = await createL4AwareDelegationEngine({ cache: lookup(false), inner }).decide(asking)
    expect(decided.target.kind).toBe('local-pure')
    expect(decided.trace).toContain('L4 miss: no module with this code')
  })

  test('behaviour decides by default; similarity alone is named', async () => {
    const asked: ModuleLookupRequest[] = []
    await createL4AwareDelegationEngine({ cache: lookup(true, asked), inner }).decide(asking)
    expect(asked[0]).toMatchObject({ accept: 'behaviour', threshold: 0.95 })
    const decided = await createL4AwareDelegationEngine({
      cache: lookup(true),
      inner,
      accept: 'similarity',
    }).decide(asking)
    expect(decided.reason).toContain('accept: similarity')
  })

  test('a fault of the cache is reported and does not fail the call', async () => {
    const events: string[] = []
    const engine = createL4AwareDelegationEngine({
      cache: { epoch: 0, find: () => Promise.reject(new RtfsError('RTFS_STORE_IO', 'disk gone')) },
      inner,
      logger: { log: (_level, event) => events.push(event) },
    })
    const decided = await engine.decide(asking)
    expect(decided.target.kind).toBe('local-pure')
    expect(decided.trace).toContain('L4 fault: RTFS_STORE_IO')
    expect(events).toEqual(['l4.lookup-failed'])
  })

  test.each([
    ['with a body', description, ['same-code']],
    [
      'with a body and an :l4 hint',
      { ...description, allowsInterfaceHit: true },
      ['same-code', 'semantic', 'same-interface'],
    ],
    ['without a body', { ...description, codeHash: undefined }, ['semantic']],
  ])('modes of a function %s', (_, fn, modes) => expect(modesFor(fn)).toEqual(modes))
})
