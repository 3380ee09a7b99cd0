import { isRtfsError } from '@rtfs/core'
import type { ModelProvider } from '@rtfs/interfaces'
import { describe, expect, test } from 'vitest'
import { fakeTiming } from './fake-timing.test-util.js'
import { createFallbackModel } from './fallback-model.js'
import { createCircuitBreaker, withBreaker } from './model-breaker.js'
import { createModelBudget, withBudget } from './model-budget.js'
import { modelError, modelErrorClass } from './model-errors.js'
import { withConcurrency, withTimeout } from './model-limits.js'
import { createModelRegistry } from './model-registry.js'
import { withRetry } from './model-retry.js'
import { createEchoModel, createScriptedModel, type ScriptedAnswer } from './models.js'

const down = modelError('m', 'unavailable', 'no connection')
const ask = { model: 'm', prompt: 'hi' }

function scripted(...answers: readonly ScriptedAnswer[]) {
  return createScriptedModel({ id: 'm', answers })
}

async function classOf(call: Promise<unknown>): Promise<string | undefined> {
  return call.then(
    () => 'answered',
    error => modelErrorClass(error) ?? (isRtfsError(error) ? error.code : String(error)),
  )
}

/** Never answers, and does not listen to its signal either. */
const stalled: ModelProvider = { id: 'stalled', infer: () => new Promise(() => {}) }

test('a scripted model answers in order and by prompt, streams words, and ends', async () => {
  const model = createScriptedModel({ byPrompt: new Map([['x', 'by prompt']]), answers: ['one two'] })
  const parts: string[] = []
  expect((await model.infer(ask, { onText: part => parts.push(part) })).text).toBe('one two')
  expect(parts).toEqual(['one ', 'two'])
  expect((await model.infer({ ...ask, prompt: 'x' })).text).toBe('by prompt')
  expect(await classOf(model.infer(ask))).toBe('RTFS_USAGE')
})

describe('retry', () => {
  const timing = fakeTiming()
  const options = { timing, random: () => 1, baseMs: 100 }

  test('waits longer each time, and gives up', async () => {
    const model = scripted(down, down, 'third')
    expect((await withRetry(model, options).infer(ask)).text).toBe('third')
    expect(timing.slept).toEqual([100, 200])
    expect(await classOf(withRetry(scripted(down, down, down, 'no'), options).infer(ask))).toBe('unavailable')
  })

  test('a server says how long; too long is not waited for', async () => {
    const later = (retryAfterMs: number) => modelError('m', 'rate-limited', '429', { retryAfterMs })
    const fresh = fakeTiming()
    await withRetry(scripted(later(5000), 'ok'), { ...options, timing: fresh }).infer(ask)
    expect(fresh.slept).toEqual([5000])
    expect(await classOf(withRetry(scripted(later(1e6), 'ok'), options).infer(ask))).toBe('rate-limited')
  })

  test.each(['refused', 'out-of-budget', 'invalid-answer'] as const)('%s is not asked again', async found => {
    const model = scripted(modelError('m', found, 'no'), 'never')
    expect(await classOf(withRetry(model, options).infer(ask))).toBe(found)
    expect(model.requests.length).toBe(1)
  })

  test('nothing is asked again after a part was streamed', async () => {
    let asked = 0
    const model: ModelProvider = {
      id: 'm',
      async infer(_request, callOptions) {
        asked++
        callOptions?.onText?.('half')
        throw down
      },
    }
    expect(await classOf(withRetry(model, options).infer(ask, { onText: () => {} }))).toBe('unavailable')
    expect(asked).toBe(1)
  })
})

describe('breaker', () => {
  test('opens after failures in a row, lets one try, and closes', async () => {
    const clock = fakeTiming()
    const breaker = createCircuitBreaker({ failures: 2, openMs: 1000, clock })
    const inner = scripted(down, down, down, 'back', 'again')
    const model = withBreaker(inner, breaker)
    for (let i = 0; i < 3; i++) expect(await classOf(model.infer(ask))).toBe('unavailable')
    expect([breaker.state, inner.requests.length]).toEqual(['open', 2])
    const before = breaker.changes
    clock.pass(1000)
    expect([breaker.state, breaker.changes > before]).toEqual(['half-open', true])
    expect(await classOf(model.infer(ask))).toBe('unavailable')
    expect(breaker.state).toBe('open')
    clock.pass(1000)
    expect((await model.infer(ask)).text).toBe('back')
    expect(breaker.state).toBe('closed')
  })

  test('a refusal says nothing of health', async () => {
    const breaker = createCircuitBreaker({ failures: 1 })
    const refused = modelError('m', 'refused', '400')
    expect(await classOf(withBreaker(scripted(refused), breaker).infer(ask))).toBe('refused')
    expect(breaker.state).toBe('closed')
  })
})

describe('budget', () => {
  test('calls, tokens and money are taken before the call', async () => {
    const inner = scripted('a', 'b', 'c')
    expect(await classOf(withBudget(inner, createModelBudget({ tokens: 100 })).infer(ask))).toBe(
      'out-of-budget',
    )
    const dear = createModelBudget({ usd: 0.001, prices: { input: 10, output: 10 } })
    expect(await classOf(withBudget(inner, dear).infer(ask))).toBe('out-of-budget')
    expect(inner.requests.length).toBe(0)
    const two = withBudget(inner, createModelBudget({ calls: 2 }))
    const outcomes = await Promise.all([1, 2, 3].map(() => classOf(two.infer(ask))))
    expect(outcomes).toEqual(['answered', 'answered', 'out-of-budget'])
  })

  test('usage replaces the reservation, and prices give the cost', async () => {
    const budget = createModelBudget({ tokens: 2000, prices: { input: 1, output: 2 } })
    const model = withBudget(scripted({ text: 'x', usage: { inputTokens: 10, outputTokens: 5 } }), budget)
    expect((await model.infer(ask)).usage?.costUsd).toBeCloseTo(20 / 1e6)
    expect(budget.spent).toMatchObject({ calls: 1, tokens: 15 })
    expect(budget.spent.usd).toBeCloseTo(20 / 1e6)
  })

  test('a registry holds each provider to its limits', async () => {
    const limits = new Map([['m', { calls: 1 }]])
    const registry = createModelRegistry([scripted('a', 'b'), createEchoModel()], { limits })
    await registry.require('m').infer(ask)
    expect(await classOf(registry.require('m').infer(ask))).toBe('out-of-budget')
    expect((await registry.require('echo-model').infer(ask)).text).toBe('[ECHO] hi')
    registry.register(scripted('again'))
    expect(await classOf(registry.require('m').infer(ask))).toBe('out-of-budget')
  })
})

describe('concurrency and time', () => {
  test('at most so many at a time, in order; one who gives up makes room', async () => {
    let running = 0
    let most = 0
    const slow: ModelProvider = {
      id: 'slow',
      async infer({ prompt }) {
        most = Math.max(most, ++running)
        await new Promise(resolve => setTimeout(resolve, 1))
        running--
        return { text: prompt, model: 'slow' }
      },
    }
    const bounded = withConcurrency(slow, 2)
    const given = new AbortController()
    const calls = Array.from({ length: 10 }, (_, i) =>
      classOf(bounded.infer({ ...ask, prompt: String(i) }, i === 5 ? { signal: given.signal } : {})),
    )
    given.abort()
    const outcomes = await Promise.all(calls)
    expect(most).toBe(2)
    expect(outcomes.filter(outcome => outcome === 'answered').length).toBe(9)
    expect(outcomes[5]).toBe('RTFS_ABORTED')
  })

  test('a model that does not listen is left behind', async () => {
    expect(await classOf(withTimeout(stalled, 5).infer(ask))).toBe('timeout')
  })
})

describe('fallback', () => {
  test('the answer names the model that gave it', async () => {
    const failing = createScriptedModel({ id: 'a', answers: [modelError('a', 'rate-limited', '429')] })
    const poor = withBudget(createEchoModel('b'), createModelBudget({ calls: 0 }))
    const log: unknown[] = []
    const chain = createFallbackModel({
      id: 'chain',
      models: [failing, poor, createEchoModel('c')],
      logger: { log: (_level, _event, fields) => log.push(fields) },
    })
    expect(await chain.infer(ask)).toMatchObject({ text: '[ECHO] hi', model: 'c' })
    expect(log).toEqual([
      { chain: 'chain', model: 'a', class: 'rate-limited' },
      { chain: 'chain', model: 'b', class: 'out-of-budget' },
    ])
  })

  test('the deadline is split, so that the next one has time', async () => {
    const chain = createFallbackModel({
      id: 'chain',
      models: [stalled, createEchoModel('b')],
      deadlineMs: 20,
    })
    expect((await chain.infer(ask)).model).toBe('b')
  })

  test('a refusal is not passed on; all failing says what each did', async () => {
    const refusing = scripted(modelError('m', 'refused', '401'))
    const chain = createFallbackModel({ id: 'chain', models: [refusing, createEchoModel()] })
    expect(await classOf(chain.infer(ask))).toBe('refused')
    const both = createFallbackModel({ id: 'chain', models: [scripted(down)] })
    await expect(both.infer(ask)).rejects.toThrow('no model of the chain answered: m unavailable')
  })

  test('a model that keeps failing is not asked any more', async () => {
    const bad = scripted(...Array.from({ length: 9 }, () => down))
    const chain = createFallbackModel({
      id: 'chain',
      models: [bad, createEchoModel('b')],
      breaker: { failures: 2 },
    })
    for (let i = 0; i < 6; i++) expect((await chain.infer(ask)).model).toBe('b')
    expect(bad.requests.length).toBe(2)
    expect(chain.breakers.get('m')?.state).toBe('open')
  })
})
