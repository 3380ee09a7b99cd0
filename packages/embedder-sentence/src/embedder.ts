import { RtfsError } from '@rtfs/core'
import { throwIfAborted } from '@rtfs/core/http'
import type { Embedder } from '@rtfs/interfaces'
import { loadSentenceModel, type SentenceModel } from './sentence-model.js'

const dimension = 512

/** Beyond it the tokenizer, which is quadratic, takes more than the model: 20,000 characters took 1.6 s. */
const maxTextLength = 2000

export interface SentenceEmbedderOptions {
  /** For tests and other builds of the same weights. Default: the packages that are optional dependencies. */
  readonly load?: () => Promise<SentenceModel>
}

/**
 * The Universal Sentence Encoder (lite, English, 512 dimensions) in this process, from weights that are part of a package.
 * Loaded at the first text, about 0.4 s and 170 MB; then some 20 ms a text, during which nothing else runs. Only the first
 * 2,000 code units of a text count. Texts that are blank get a vector of their own.
 */
export function createSentenceEmbedder(options: SentenceEmbedderOptions = {}): Embedder {
  const { load = loadSentenceModel } = options
  let model: Promise<SentenceModel> | undefined
  let turn: Promise<unknown> = Promise.resolve()

  function loaded(): Promise<SentenceModel> {
    if (model === undefined) {
      model = load()
      // Whoever installs it need not start again.
      model.catch(() => {
        model = undefined
      })
    }
    return model
  }

  /** One text after the other: in a batch a text gets a slightly other vector than alone. */
  async function vectorOf(text: string): Promise<Float32Array> {
    if (text.trim() === '') return blank()
    const numbers = await (await loaded()).embed(beginning(text))
    return unitVector(numbers)
  }

  return {
    model: { id: 'universal-sentence-encoder-lite', revision: '0.2.0', dimension },
    async embed(texts, call) {
      throwIfAborted(call)
      const vectors: Float32Array[] = []
      for (const text of texts) {
        throwIfAborted(call)
        const next = turn.then(() => vectorOf(text))
        turn = next.catch(() => {})
        vectors.push(await next)
      }
      return vectors
    },
  }
}

function beginning(text: string): string {
  if (text.length <= maxTextLength) return text
  const last = text.charCodeAt(maxTextLength - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? maxTextLength - 1 : maxTextLength)
}

function unitVector(numbers: readonly number[]): Float32Array {
  let squares = 0
  for (const number of numbers) squares += number * number
  if (numbers.length !== dimension || !(squares > 0 && Number.isFinite(squares)))
    throw new RtfsError('RTFS_MODEL', `the sentence model gave no vector of ${dimension} finite numbers`)
  const scale = 1 / Math.sqrt(squares)
  return Float32Array.from(numbers, number => number * scale)
}

/** Texts without a word are alike, and like hardly anything else. */
function blank(): Float32Array {
  const vector = new Float32Array(dimension)
  vector[0] = 1
  return vector
}
