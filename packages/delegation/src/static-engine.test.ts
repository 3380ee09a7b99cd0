import type { ExecTarget } from '@rtfs/interfaces'
import { describe, expect, test } from 'vitest'
import { context } from './contexts.test-util.js'
import { createDecisionCache } from './decision-cache.js'
import { createStaticDelegationEngine } from './static-engine.js'

const remote: ExecTarget = { kind: 'remote-model', id: 'big' }
const local: ExecTarget = { kind: 'local-pure' }

describe('static engine', () => {
  test('an explicit rule wins over everything', () => {
    const engine = createStaticDelegationEngine({
      targets: new Map([['shop/total', remote]]),
      cache: createDecisionCache(),
    })
    const decided = engine.decide(context('shop/total', { metadata: { context: { target: 'local' } } }))
    expect(decided.target).toEqual(remote)
    expect(decided.confidence).toBe(1)
  })

  test('without a rule the call runs here, with the confidence of a default', () => {
    const decided = createStaticDelegationEngine().decide(context())
    expect(decided.target).toEqual(local)
    expect(decided.confidence).toBe(0.8)
  })

  test('L1 answers the second time and is told of a changed rule', () => {
    const cache = createDecisionCache()
    const engine = createStaticDelegationEngine({ cache })
    engine.decide(context())
    expect(engine.decide(context()).trace).toContain('L1: hit')
    const before = engine.epoch
    engine.setTarget('shop/total', remote)
    expect(engine.decide(context()).target).toEqual(remote)
    engine.removeTarget('shop/total')
    expect(engine.decide(context()).target).toEqual(local)
    expect(engine.epoch).toBe(before + 2)
  })

  test.each([
    ['local-model:small', { kind: 'local-model', id: 'small' }],
    ['remote:a:b', { kind: 'remote-model', id: 'a:b' }],
    ['local', local],
    ['nonsense', local],
    ['remote:', local],
  ])('metadata %s', (target, expected) => {
    const decided = createStaticDelegationEngine().decide(context('f', { metadata: { context: { target } } }))
    expect(decided.target).toEqual(expected)
  })

  test('concerns only functions it has a rule for, so others cost nothing', () => {
    const engine = createStaticDelegationEngine({ targets: new Map([['f', remote]]) })
    expect([engine.concerns('f'), engine.concerns('g')]).toEqual([true, false])
  })
})

describe('decision cache', () => {
  const made = createStaticDelegationEngine().decide(context())

  test('keys do not run into one another', () => {
    const cache = createDecisionCache()
    cache.set(context('1:a', { argTypeFingerprint: 'x' }), made)
    expect(cache.get(context('1', { argTypeFingerprint: 'a:x' }))).toBe(undefined)
    expect(cache.get(context('1:a', { argTypeFingerprint: 'x' }))).toBe(made)
  })

  test('a hit of the module cache is not kept', () => {
    const cache = createDecisionCache()
    const target: ExecTarget = {
      kind: 'l4-cache-hit',
      storagePointer: 's',
      moduleId: 'm',
      exportName: 'e',
      signature: 't',
    }
    cache.set(context(), { ...made, target })
    expect(cache.get(context())).toBe(undefined)
  })

  test('forgets the least recently used and counts', () => {
    const cache = createDecisionCache({ capacity: 1 })
    cache.set(context('f'), made)
    cache.set(context('g'), made)
    expect(cache.get(context('f'))).toBe(undefined)
    expect(cache.get(context('g'))).toBe(made)
    expect(cache.statistics).toMatchObject({
      entries: 1,
      hits: 1,
      misses: { absent: 1 },
      puts: 2,
      evictions: 1,
    })
  })
})
