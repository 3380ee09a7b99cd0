import { RtfsError } from '@rtfs/core'
import {
  createHttpClient,
  type HttpClientOptions,
  HttpFailure,
  type RetryOptions,
  retryHttp,
  retrying,
  textOf,
  throwIfAborted,
} from '@rtfs/core/http'
import type { CallOptions, Embedder } from '@rtfs/interfaces'
import { readEmbeddings } from './answer.js'
import { batchesOf } from './batches.js'

/** Address, key and limits: `HttpClientOptions` of `@rtfs/core/http`. */
export interface OpenAiEmbedderOptions extends Omit<HttpClientOptions, 'hint404'> {
  /** The server's name of the model. */
  readonly model: string
  /** Numbers of a vector; an answer of another length is refused. */
  readonly dimension: number
  /** Ask the server for vectors of this dimension, for models that can shorten theirs. Default false. */
  readonly sendDimension?: boolean
  /** Id that is stored beside vectors. Default: `model`. */
  readonly id?: string
  /**
   * Changes when the same text may get another vector, and is stored beside vectors: those of two revisions are never
   * compared. Default: the origin of the server.
   */
  readonly revision?: string
  /** Texts of one request. Default 64. */
  readonly batchSize?: number
  /** UTF-16 code units of a text that are sent; what is longer is cut. Default 20,000. */
  readonly maxTextLength?: number
  /** Waits after 429, 5xx and lost connections. `false`: none. Default: 3 attempts for each request. */
  readonly retry?: RetryOptions | false
}

/**
 * Vectors of a server that speaks the embeddings API: hosted ones, ollama, vLLM, llama.cpp. Texts that are blank are not
 * sent and get a vector of their own. Failures are `RTFS_MODEL`; no message holds the key, headers or bodies.
 */
export function createOpenAiEmbedder(options: OpenAiEmbedderOptions): Embedder {
  const { model, dimension, sendDimension = false, batchSize = 64, maxTextLength = 20_000 } = options
  requireText('model', model)
  requireCount('dimension', dimension, 4096)
  requireCount('batchSize', batchSize, 2048)
  requireCount('maxTextLength', maxTextLength, 1_000_000)
  const client = createHttpClient({ ...options, hint404: '; is the model there?' })
  const { id = model, revision = client.origin, retry = {} } = options
  requireText('id', id)
  requireText('revision', revision)
  const headers = { 'content-type': 'application/json', accept: 'application/json' }

  async function ask(texts: readonly string[], call: CallOptions | undefined): Promise<Float32Array[]> {
    const body = JSON.stringify({
      model,
      input: texts,
      encoding_format: 'float',
      ...(sendDimension ? { dimensions: dimension } : {}),
    })
    const exchange = () =>
      client.exchange({ method: 'POST', path: 'embeddings', headers, body }, call, async answer =>
        readEmbeddings(await textOf(answer), texts.length, dimension),
      )
    try {
      return await (retry === false ? exchange() : retrying(exchange, retryHttp, retry, call))
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error
      throw new RtfsError('RTFS_MODEL', `Embedder ${id}: ${error.message}`, { cause: error })
    }
  }

  return {
    model: { id, revision, dimension },
    async embed(texts, call) {
      throwIfAborted(call)
      const sent = texts.map(text => beginning(text, maxTextLength))
      const vectors = new Map<string, Float32Array>()
      for (const batch of batchesOf(new Set(sent.filter(text => text.trim() !== '')), batchSize)) {
        const got = await ask(batch, call)
        for (const [i, text] of batch.entries()) vectors.set(text, got[i]!)
      }
      // Everybody gets a copy: callers may change theirs.
      return sent.map(text => vectors.get(text)?.slice() ?? blank(dimension))
    },
  }
}

/** Texts without a word are alike, and like hardly anything else. */
function blank(dimension: number): Float32Array {
  const vector = new Float32Array(dimension)
  vector[0] = 1
  return vector
}

/** The beginning of a text; a pair of surrogates is not torn. */
function beginning(text: string, length: number): string {
  if (text.length <= length) return text
  const last = text.charCodeAt(length - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length)
}

function requireText(name: string, value: string): void {
  if (typeof value !== 'string' || value === '')
    throw new RtfsError('RTFS_USAGE', `${name} is no text; a name was expected`)
}

function requireCount(name: string, value: number, most: number): void {
  if (!Number.isInteger(value) || value < 1 || value > most)
    throw new RtfsError('RTFS_USAGE', `${name} is ${value}; expected 1 to ${most}`)
}
