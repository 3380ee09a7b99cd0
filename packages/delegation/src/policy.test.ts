import type { CallContext, DelegationDecision, ExecTarget } from '@rtfs/interfaces'
import { describe, expect, test } from 'vitest'
import { context, description, lookup } from './contexts.test-util.js'
import { explain } from './decision.js'
import { createFallbackDelegationEngine } from './fallback-engine.js'
import { createFallbackModel } from './fallback-model.js'
import { createL4AwareDelegationEngine } from './l4-engine.js'
import { modelError } from './model-errors.js'
import { createScriptedModel } from './models.js'
import { matchesPattern } from './policy.js'
import { createPolicyDelegationEngine } from './policy-engine.js'
import { parsePolicy } from './policy-file.js'
import { createStaticDelegationEngine } from './static-engine.js'

const text = `version = 1

[models.big]
location = "remote"
cost-usd = 0.02
latency-ms = 2000

[models.small]
location = "local"
cost-usd = 0

[data-classes.pii]
remote = false

[data-classes.internal]
remote = true
models = ["small"]

[[rules]]
name = "people"
symbol = ["people/*", "hr/*"]
target = "remote:big"

[[rules]]
name = "cheap"
symbol = "shop/*"
types = ["int", "*"]
max-cost-usd = 0.01
targets = [{ target = "remote:big" }, { target = "local-model:small", weight = 2 }]

[[rules]]
name = "acme"
context = { tenant = "acme*" }
target = "local-model:small"
`
const policy = parsePolicy(text)
const engine = createPolicyDelegationEngine({ policy })

function decide(symbol: string, extra: Partial<CallContext> = {}): DelegationDecision {
  return engine.decide(context(symbol, extra)) as DelegationDecision
}

test.each([
  ['*', '', true],
  ['a*c', 'abbc', true],
  ['a*c', 'abbd', false],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['*a*b', 'xxaxxb', true],
  [`${'*a'.repeat(30)}b`, 'a'.repeat(5000), false],
])('pattern %s on %s', (pattern, name, fits) => expect(matchesPattern(pattern, name)).toBe(fits))

describe('policy engine', () => {
  test.each<[string, string, Partial<CallContext>, ExecTarget]>([
    ['the first rule that applies', 'people/find', {}, { kind: 'remote-model', id: 'big' }],
    [
      'a model that costs too much is left out',
      'shop/total',
      { argTypes: ['int', 'map'] },
      { kind: 'local-model', id: 'small' },
    ],
    ['other argument types', 'shop/total', { argTypes: ['string', 'map'] }, { kind: 'local-pure' }],
    ['context', 'x', { metadata: { context: { tenant: 'acme-2' } } }, { kind: 'local-model', id: 'small' }],
    ['no rule', 'x', {}, { kind: 'local-pure' }],
    ['a data class forbids remote', 'people/find', { dataClass: 'pii' }, { kind: 'local-pure' }],
    ['a data class allows some models', 'hr/x', { dataClass: 'internal' }, { kind: 'local-pure' }],
    ['a data class nobody declared stays', 'people/find', { dataClass: 'secret' }, { kind: 'local-pure' }],
  ])('%s', (_, symbol, extra, target) => expect(decide(symbol, extra).target).toEqual(target))

  test('explains from what it did', () => {
    expect(explain(decide('people/find', { dataClass: 'pii' }))).toBe(
      `rule people: data class pii may not go to remote model big
rule cheap: another function
rule acme: another context
policy: no rule applies
inner: not configured
=> local by policy: no rule applies, runs here (confidence 0.8)`,
    )
  })

  test('a data class also stops the engine behind, and hints', () => {
    const inner = createStaticDelegationEngine({
      targets: new Map([['f', { kind: 'remote-model', id: 'big' }]]),
    })
    const both = createPolicyDelegationEngine({ policy, inner })
    const decided = both.decide(context('f', { dataClass: 'pii' })) as DelegationDecision
    expect(decided.target.kind).toBe('local-pure')
    // The author calls it local, the policy knows better.
    expect(both.veto(context('f', { dataClass: 'pii' }), { kind: 'local-model', id: 'big' })).toContain(
      'may not go',
    )
    expect(both.veto(context('f'), { kind: 'remote-model', id: 'big' })).toBe(undefined)
  })

  test('weights share calls, and the same call goes the same way', () => {
    const shared = parsePolicy(`version = 1
[[rules]]
targets = [{ target = "remote:a", weight = 3 }, { target = "remote:b" }]`)
    const one = createPolicyDelegationEngine({ policy: shared })
    const count = new Map<string, number>()
    for (let i = 0; i < 4000; i++) {
      const asked = context(`f${i}`)
      const { target } = one.decide(asked) as DelegationDecision
      expect((one.decide(asked) as DelegationDecision).target).toEqual(target)
      const id = target.kind === 'remote-model' ? target.id : ''
      count.set(id, (count.get(id) ?? 0) + 1)
    }
    expect(count.get('a')).toBeGreaterThan(2800)
    expect(count.get('b')).toBeGreaterThan(800)
  })

  test('a new policy bumps the epoch', () => {
    const one = createPolicyDelegationEngine({ policy })
    const before = one.epoch
    one.update(parsePolicy('version = 1'))
    expect(one.epoch).not.toBe(before)
    expect(one.concerns('people/find')).toBe(false)
  })
})

describe('delegation.toml', () => {
  test.each([
    ['', 'delegation.toml:1: version: expected version = 1'],
    ['version = 2', 'delegation.toml:1: version: expected version = 1, got 2'],
    [
      'version = 1\nrule = 1',
      'delegation.toml:2: rule: unknown key; expected one of version, models, data-classes, rules',
    ],
    [
      'version = 1\n[models.m]\nlocation = "moon"',
      'delegation.toml:3: models.m.location: expected "local" or "remote", got "moon"',
    ],
    [
      'version = 1\n[models.m]\nlocation = "local"\nlatency-ms = -1',
      'delegation.toml:4: models.m.latency-ms: expected a number, 0 or above, got -1',
    ],
    [
      'version = 1\n[data-classes.pii]',
      'delegation.toml:2: data-classes.pii.remote: expected true or false: whether the data may go to remote models',
    ],
    [
      'version = 1\n[[rules]]\ntarget = "local"\n[[rules]]\nname = "b"\ntarget = "moon"',
      'delegation.toml:6: rules[1].target: expected "local", "next", "local-model:ID" or "remote:ID", got "moon"',
    ],
    [
      'version = 1\n[[rules]]\nname = "b"',
      'delegation.toml:2: rules[0].target: expected either target or targets',
    ],
    [
      'version = 1\n[[rules]]\ntarget = "local"\ndata-class = "pii"',
      'delegation.toml:4: rules[0].data-class: expected classes of [data-classes]: there are none, got "pii"',
    ],
    [
      'version = 1\n[models.m]\nlocation = "remote"\n[[rules]]\ntarget = "local-model:m"',
      'delegation.toml:5: rules[0].target: expected "remote:m": [models] says that it is remote, got "local-model:m"',
    ],
    [
      'version = 1\n[[rules]]\ntargets = [{ target = "local", weight = 0 }]',
      'delegation.toml:3: rules[0].targets[0].weight: expected a number above 0, got 0',
    ],
    ['version = 1\nx = ', 'delegation.toml:2:'],
  ])('%j', (bad, message) => {
    try {
      parsePolicy(bad)
      expect.unreachable()
    } catch (error) {
      expect(String((error as Error).message).startsWith(message), (error as Error).message).toBe(true)
    }
  })
})

describe('fallback engine', () => {
  const failing = () =>
    createScriptedModel({ id: 'big', answers: [modelError('big', 'unavailable', 'down')] })
  const chain = createFallbackModel({ id: 'chain', models: [failing()], breaker: { failures: 1 } })
  const inner = createStaticDelegationEngine({
    targets: new Map([['f', { kind: 'remote-model', id: 'chain' }]]),
  })

  test('names the chain; while it is down, what has a body runs here', async () => {
    const fallback = createFallbackDelegationEngine({ inner, chains: [chain], whenDown: 'local' })
    const asking = context('f', { fn: description })
    const first = await fallback.decide(asking)
    expect(first.target.kind).toBe('remote-model')
    expect(first.trace.at(-1)).toBe('chain chain: big closed')
    const before = fallback.epoch
    await chain.infer({ model: 'chain', prompt: 'x' }).catch(() => {})
    expect(fallback.epoch).not.toBe(before)
    expect((await fallback.decide(asking)).target.kind).toBe('local-pure')
    const bodyless = context('f', { fn: { ...description, codeHash: undefined } })
    expect((await fallback.decide(bodyless)).target.kind).toBe('remote-model')
  })

  test('a data class that may not go to one of its models may not go to the chain', async () => {
    const guarded = createFallbackDelegationEngine({
      inner: createPolicyDelegationEngine({ policy, inner }),
      chains: [chain],
    })
    expect(
      guarded.veto?.(context('f', { dataClass: 'pii' }), { kind: 'local-model', id: 'chain' }),
    ).toContain('big')
    const decided = await guarded.decide(context('f', { dataClass: 'pii' }))
    expect(decided.target.kind).toBe('local-pure')
  })
})

test('a function without a body and without a module goes to the model that is set for that', async () => {
  const unresolved = { kind: 'remote-model', id: 'big' } as const
  const bodyless = { ...description, codeHash: undefined }
  const make = (inner = createStaticDelegationEngine()) =>
    createL4AwareDelegationEngine({ cache: lookup(false), inner, unresolved })
  expect((await make().decide(context('f', { fn: bodyless }))).target).toEqual(unresolved)
  expect((await make().decide(context('f', { fn: description }))).target.kind).toBe('local-pure')
  const guarded = createL4AwareDelegationEngine({ cache: lookup(false), inner: engine, unresolved })
  const decided = await guarded.decide(context('f', { fn: bodyless, dataClass: 'pii' }))
  expect(decided.target.kind).toBe('local-pure')
  expect(decided.trace.at(-1)).toContain('veto')
})
