import type { InferenceRequest, ModelProvider } from '@rtfs/interfaces'
import type { Runner } from '../runner.js'
import { aborted, failure } from './check.js'

/**
 * How the model behind a provider is to behave. `answers`: `one two` to whatever it is asked. `stalls`: begins that
 * answer, and then says nothing for a minute.
 */
export type ModelBehaviour = 'answers' | 'stalls'

/** A provider for one test, and what ends it. */
export interface ModelUnderTest {
  readonly provider: ModelProvider
  close(): Promise<void>
}

/** What every provider of a model does. `behaviours`: those that the model can be given; `answers` is required. */
export function modelProviderSuite(
  runner: Runner,
  create: (behaviour: ModelBehaviour) => Promise<ModelUnderTest>,
  behaviours: readonly ModelBehaviour[] = ['answers', 'stalls'],
): void {
  const { test, expect } = runner
  const request: InferenceRequest = { model: 'm', prompt: 'say it' }

  function check(name: string, behaviour: ModelBehaviour, body: (provider: ModelProvider) => Promise<void>) {
    if (!behaviours.includes(behaviour)) return
    test(`model provider: ${name}`, async () => {
      const { provider, close } = await create(behaviour)
      try {
        await body(provider)
      } finally {
        await close()
      }
    })
  }

  check('names itself and its revision', 'answers', async provider => {
    expect([provider.id === '', provider.revision === '']).toEqual([false, false])
  })

  check('answers with a text, the model that gave it, and what it used', 'answers', async provider => {
    const { text, model, usage, finishReason } = await provider.infer(request)
    expect([text, model === '', finishReason === '']).toEqual(['one two', false, false])
    for (const tokens of usage === undefined ? [] : [usage.inputTokens, usage.outputTokens])
      expect(Number.isInteger(tokens) && tokens >= 0, `${tokens} tokens`).toEqual(true)
  })

  check('says to a listener what it answers, in parts that are not empty', 'answers', async provider => {
    const heard: string[] = []
    const { text } = await provider.infer(request, { onText: part => heard.push(part) })
    expect([heard.join(''), heard.includes('')]).toEqual([text, false])
  })

  check('answers several at a time', 'answers', async provider => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => provider.infer(request)))
    expect(answers.map(({ text }) => text)).toEqual(new Array(4).fill('one two'))
  })

  check(
    'takes messages, a system prompt and parameters, and changes none of them',
    'answers',
    async provider => {
      const full: InferenceRequest = Object.freeze({
        ...request,
        system: 'be brief',
        messages: Object.freeze([Object.freeze({ role: 'user' as const, content: 'hi' })]),
        maxTokens: 50,
        temperature: 0,
        topP: 0.9,
        seed: 7,
        stop: Object.freeze(['###']),
        schema: Object.freeze({ type: 'string' }),
      })
      expect((await provider.infer(full)).text).toEqual('one two')
    },
  )

  check('a call that was given up before it began is not made', 'answers', async provider => {
    const heard: string[] = []
    const call = () => provider.infer(request, { ...aborted, onText: part => heard.push(part) })
    expect([await failure(call), heard.length]).toEqual(['RTFS_ABORTED', 0])
    expect((await provider.infer(request)).text).toEqual('one two')
  })

  check(
    'an error of the listener reaches the caller, and the next call goes on',
    'answers',
    async provider => {
      const mine = new Error('the listener failed')
      let caught: unknown
      try {
        await provider.infer(request, {
          onText: () => {
            throw mine
          },
        })
      } catch (error) {
        caught = error
      }
      expect(caught === mine).toEqual(true)
      expect((await provider.infer(request)).text).toEqual('one two')
    },
  )

  check('a call that is given up ends at once, and says nothing more', 'stalls', async provider => {
    const given = new AbortController()
    const heard: string[] = []
    const call = () =>
      provider.infer(request, {
        signal: given.signal,
        onText: part => {
          heard.push(part)
          given.abort()
        },
      })
    expect(await failure(call)).toEqual('RTFS_ABORTED')
    const before = heard.length
    await new Promise(resolve => setTimeout(resolve, 5))
    expect([before, heard.length]).toEqual([1, 1])
  })

  check('a call that waits is given up without a listener, too', 'stalls', async provider => {
    const given = new AbortController()
    const call = provider.infer(request, { signal: given.signal })
    setTimeout(() => given.abort(), 5)
    expect(await failure(() => call)).toEqual('RTFS_ABORTED')
  })
}
