import {
  createCircuitBreaker,
  createEchoModel,
  createFallbackModel,
  createInferenceCache,
  createModelBudget,
  createScriptedModel,
  modelError,
  withBreaker,
  withBudget,
  withConcurrency,
  withRetry,
  withTimeout,
  wrapModel,
} from '@rtfs/delegation'
import type { ModelProvider } from '@rtfs/interfaces'
import { describe, expect, test } from 'vitest'
import { type ModelBehaviour, modelProviderSuite } from '../src/suites/index.js'

const runner = { test, expect }

/** Says its answer at once or, where it stalls, the first word of it and then nothing. */
function scripted(behaviour: ModelBehaviour): ModelProvider {
  if (behaviour === 'stalls') {
    return {
      id: 'm',
      infer: (_request, options) =>
        new Promise((_, reject) => {
          options?.signal?.addEventListener('abort', () => reject(new Error('stopped')))
          options?.onText?.('one ')
        }),
    }
  }
  return createScriptedModel({ id: 'm', byPrompt: new Map([['say it', 'one two']]) })
}

/** Everything that stands in front of a model is one, too; the suite runs through each. */
const wrappers: readonly [string, readonly ModelBehaviour[], (model: ModelProvider) => ModelProvider][] = [
  ['a script', ['answers'], model => model],
  ['withRetry', ['answers'], model => withRetry(model)],
  ['withBreaker', ['answers'], model => withBreaker(model, createCircuitBreaker())],
  ['withBudget', ['answers'], model => withBudget(model, createModelBudget({ tokens: 1e6 }))],
  ['withConcurrency', ['answers'], model => withConcurrency(model, 2)],
  ['withTimeout', ['answers', 'stalls'], model => withTimeout(model, 60_000)],
  [
    'a chain',
    ['answers', 'stalls'],
    model => {
      const failing: ModelProvider = {
        id: 'down',
        infer: async () => {
          throw modelError('down', 'unavailable', 'down')
        },
      }
      return createFallbackModel({ id: 'chain', models: [failing, model] })
    },
  ],
]

describe.each(wrappers)('%s', (_, behaviours, wrap) => {
  modelProviderSuite(
    runner,
    async behaviour => ({ provider: wrap(scripted(behaviour)), close: async () => {} }),
    behaviours,
  )
})

describe('L2', () => {
  modelProviderSuite(runner, async behaviour => {
    const cache = createInferenceCache()
    return { provider: cache.wrap(scripted(behaviour)), close: () => cache.close() }
  })
})

describe('the echo model', () => {
  modelProviderSuite(runner, async () => {
    const echo = createEchoModel()
    // It repeats what it is asked.
    const provider = wrapModel(echo, (request, options) => {
      const { onText } = options ?? {}
      const strip = (text: string) => text.replace('[ECHO] say it', 'one two')
      return echo
        .infer(request, {
          ...options,
          ...(onText === undefined ? {} : { onText: part => onText(strip(part)) }),
        })
        .then(answer => ({ ...answer, text: strip(answer.text) }))
    })
    return { provider, close: async () => {} }
  }, ['answers'])
})
