import { embedderSuite } from '@rtfs/conformance/suites'
import { describe, expect, test } from 'vitest'
import { createSentenceEmbedder, isSentenceModelInstalled, type SentenceModel } from './index.js'

const shared = createSentenceEmbedder()

describe('the model of the packages', () => {
  embedderSuite({ test, expect }, async () => shared)

  test('is there, and knows some meaning', async () => {
    expect(await isSentenceModelInstalled()).toBe(true)
    const [car, automobile, song] = await shared.embed(['Buy a car', 'Purchase an automobile', 'Sing a song'])
    const product = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * b[i]!, 0)
    expect(product(car!, automobile!)).toBeGreaterThan(product(car!, song!) + 0.2)
  })

  test('what is beyond 2,000 code units does not count', async () => {
    const text = 'add '.repeat(500)
    const [short, long] = await shared.embed([text, `${text}and multiply`])
    expect(long).toEqual(short)
  })
})

/** Gives these numbers to every text, and counts. */
function fake(numbers: readonly number[]) {
  const model = { loaded: 0, asked: [] as string[], running: 0 }
  const load = async (): Promise<SentenceModel> => {
    model.loaded++
    return {
      async embed(text) {
        expect(model.running++).toBe(0)
        await new Promise(resolve => setTimeout(resolve, 1))
        model.running--
        model.asked.push(text)
        return numbers
      },
    }
  }
  return { model, embedder: createSentenceEmbedder({ load }) }
}

const ones = Array.from({ length: 512 }, () => 1)

test('it is loaded once, when the first text comes; texts take turns', async () => {
  const { model, embedder } = fake(ones)
  expect(await embedder.embed(['', ' '])).toHaveLength(2)
  expect(model.loaded).toBe(0)
  await Promise.all([embedder.embed(['a', 'b']), embedder.embed(['c'])])
  expect([model.loaded, model.asked.sort()]).toEqual([1, ['a', 'b', 'c']])
})

test.each([
  ['too few numbers', ones.slice(1)],
  ['NaN', [Number.NaN, ...ones.slice(1)]],
  ['infinity', [Infinity, ...ones.slice(1)]],
  ['zeros', ones.map(() => 0)],
])('%s are no vector', async (_, numbers) => {
  await expect(fake(numbers).embedder.embed(['a'])).rejects.toMatchObject({ code: 'RTFS_MODEL' })
})

test('a model that is missing is an error that says what to do, and may be there later', async () => {
  let installed = false
  const load = async () => {
    if (!installed) return (await import('./missing-package.js' as string)) as SentenceModel
    return { embed: async () => ones }
  }
  const embedder = createSentenceEmbedder({ load })
  await expect(embedder.embed(['a'])).rejects.toThrow()
  installed = true
  expect(await embedder.embed(['a'])).toHaveLength(1)
})

test('giving up between two texts', async () => {
  const given = new AbortController()
  const load = async (): Promise<SentenceModel> => ({
    async embed() {
      given.abort()
      return ones
    },
  })
  const call = createSentenceEmbedder({ load }).embed(['a', 'b'], { signal: given.signal })
  await expect(call).rejects.toMatchObject({ code: 'RTFS_ABORTED' })
})
