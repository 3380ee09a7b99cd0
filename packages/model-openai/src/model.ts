import {
  createHttpClient,
  type HttpClientOptions,
  HttpFailure,
  type RetryOptions,
  textParts,
} from '@rtfs/core/http'
import { modelError, withRetry } from '@rtfs/delegation'
import type { InferenceOptions, InferenceRequest, InferenceResponse, ModelProvider } from '@rtfs/interfaces'
import { createParser } from 'eventsource-parser'
import { AnswerBuilder } from './answer.js'
import { path } from './endpoint.js'
import { requestBody } from './request-body.js'

/** Address, key and limits: `HttpClientOptions` of `@rtfs/core/http`. */
export interface OpenAiModelOptions extends Omit<HttpClientOptions, 'hint404'> {
  /** Id in the registry, as hints and rules name it. */
  readonly id: string
  /** The server's name of the model. Default: `id`. */
  readonly model?: string
  /** Changes when the same request may be answered otherwise; part of cache keys. Default: the model and its origin. */
  readonly revision?: string
  /** Waits after 429, 5xx and lost connections. `false`: none. Default: 3 attempts. */
  readonly retry?: RetryOptions | false
}

/**
 * A model of a server that speaks the chat completions API: hosted ones, ollama, vLLM, llama.cpp. Streams when the call
 * listens. Redirects are not followed, and no message holds the key, headers or bodies.
 */
export function createOpenAiModel(options: OpenAiModelOptions): ModelProvider {
  const { id, model = id, retry = {} } = options
  const client = createHttpClient({ ...options, hint404: '; is the model there?' })
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }

  async function infer(
    request: InferenceRequest,
    callOptions: InferenceOptions = {},
  ): Promise<InferenceResponse> {
    const { onText } = callOptions
    const body = requestBody(request, model, onText !== undefined)
    try {
      return await client.exchange({ method: 'POST', path, headers, body }, callOptions, answer => {
        const isStream = /^text\/event-stream/i.test(answer.headers.get('content-type') ?? '')
        const parts = textParts(answer.parts())
        return isStream ? readStream(parts, onText) : readWhole(parts, onText)
      })
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error
      const { failure, message, retryAfterMs } = error
      throw modelError(id, failure, message, retryAfterMs === undefined ? {} : { retryAfterMs })
    }
  }

  async function readWhole(
    parts: AsyncGenerator<string>,
    onText: ((part: string) => void) | undefined,
  ): Promise<InferenceResponse> {
    let text = ''
    for await (const part of parts) text += part
    const answer = new AnswerBuilder(id)
    const said = answer.add(text)
    if (said !== '') onText?.(said)
    return answer.finish()
  }

  async function readStream(
    parts: AsyncGenerator<string>,
    onText: ((part: string) => void) | undefined,
  ): Promise<InferenceResponse> {
    const answer = new AnswerBuilder(id)
    let isDone = false
    const parser = createParser({
      onEvent: ({ data }) => {
        if (data === '[DONE]') isDone = true
        if (isDone) return
        const said = answer.add(data)
        if (said !== '') onText?.(said)
      },
    })
    for await (const part of parts) {
      parser.feed(part)
      if (isDone) break
    }
    if (!isDone && !answer.isFinished) throw modelError(id, 'unavailable', 'the answer was cut')
    return answer.finish()
  }

  const provider: ModelProvider = {
    id,
    revision: options.revision ?? `${model} at ${client.origin}`,
    infer,
  }
  return retry === false ? provider : withRetry(provider, retry)
}
