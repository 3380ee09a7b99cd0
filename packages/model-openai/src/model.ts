import { RtfsError } from '@rtfs/core'
import { abortedBy, modelError, type RetryOptions, withDeadline, withRetry } from '@rtfs/delegation'
import type {
  CallOptions,
  InferenceOptions,
  InferenceRequest,
  InferenceResponse,
  ModelProvider,
} from '@rtfs/interfaces'
import { createParser } from 'eventsource-parser'
import { AnswerBuilder } from './answer.js'
import { bodyText } from './body.js'
import { endpointOf } from './endpoint.js'
import { requestBody } from './request-body.js'

export interface OpenAiModelOptions {
  /** Id in the registry, as hints and rules name it. */
  readonly id: string
  /** Address of the API, such as `https://host/v1`. https, or http to this machine; see `allow`. */
  readonly baseUrl: string
  /** Origins that may be talked to; any other base URL is refused. Also lets in plain http to other machines. */
  readonly allow?: readonly string[]
  /** The server's name of the model. Default: `id`. */
  readonly model?: string
  /** Changes when the same request may be answered otherwise; part of cache keys. Default: the model and its origin. */
  readonly revision?: string
  /** Key, or what gives it before each request. Never part of a message. */
  readonly apiKey?: string | (() => string | Promise<string>)
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch
  /** Told the host name before each request; throws to refuse it. `./node` has one that looks up the address. */
  readonly checkHost?: (hostname: string, options: CallOptions) => Promise<void>
  /** Milliseconds until the answer begins. Default 60,000. */
  readonly headerTimeoutMs?: number
  /** Milliseconds between two parts of the answer. Default 60,000. */
  readonly idleTimeoutMs?: number
  /** Bytes of an answer, after decompression. Default 8 MiB. */
  readonly maxBytes?: number
  /** Waits after 429, 5xx and lost connections. `false`: none. Default: 3 attempts. */
  readonly retry?: RetryOptions | false
}

/**
 * A model of a server that speaks the chat completions API: hosted ones, ollama, vLLM, llama.cpp. Streams when the call
 * listens. Redirects are not followed, and no message holds the key, headers or bodies.
 */
export function createOpenAiModel(options: OpenAiModelOptions): ModelProvider {
  const { id, model = id, headerTimeoutMs = 60_000, idleTimeoutMs = 60_000 } = options
  const { maxBytes = 8 * 1024 * 1024, checkHost, retry = {} } = options
  const endpoint = endpointOf(options.baseUrl, options.allow)
  const limits = { id, maxBytes, idleMs: idleTimeoutMs }

  async function headers(): Promise<Record<string, string>> {
    const { apiKey } = options
    const key = typeof apiKey === 'function' ? await apiKey() : apiKey
    const common = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
    if (key === undefined || key === '') return common
    // `fetch` would quote a key that is no header value in its error.
    if (!/^[\x21-\x7e]+$/.test(key))
      throw new RtfsError('RTFS_USAGE', `the key of model ${id} has characters no key has`)
    return { ...common, authorization: `Bearer ${key}` }
  }

  async function send(body: string, signal: AbortSignal): Promise<Response> {
    await checkHost?.(endpoint.hostname, { signal })
    const init = { method: 'POST', headers: await headers(), body, signal, redirect: 'error' } as const
    try {
      return await (options.fetch ?? fetch)(endpoint, init)
    } catch (error) {
      if (signal.aborted) throw error
      const isRedirect = causes(error).some(text => /redirect/i.test(text))
      if (isRedirect) throw modelError(id, 'refused', 'the server redirects, which is not followed')
      const code = causes(error).find(text => /^[A-Z][A-Z0-9_]{2,40}$/.test(text))
      throw modelError(id, 'unavailable', `no connection${code === undefined ? '' : ` (${code})`}`)
    }
  }

  async function infer(
    request: InferenceRequest,
    callOptions: InferenceOptions = {},
  ): Promise<InferenceResponse> {
    const { signal, onText } = callOptions
    if (signal?.aborted) throw abortedBy(signal)
    const connection = new AbortController()
    const stop = () => connection.abort(signal?.reason)
    signal?.addEventListener('abort', stop, { once: true })
    try {
      const body = requestBody(request, model, onText !== undefined)
      const response = await withDeadline(
        headerTimeoutMs,
        callOptions,
        () => send(body, connection.signal),
        () => modelError(id, 'timeout', `no answer began within ${headerTimeoutMs} ms`),
      )
      if (!response.ok) throw await statusError(id, response)
      const isStream = /^text\/event-stream/i.test(response.headers.get('content-type') ?? '')
      const parts = bodyText(response, limits, callOptions)
      return await (isStream ? readStream(parts, onText) : readWhole(parts, onText))
    } finally {
      signal?.removeEventListener('abort', stop)
      // Whatever is still open is of no use any more.
      connection.abort()
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
    revision: options.revision ?? `${model} at ${endpoint.origin}`,
    infer,
  }
  return retry === false ? provider : withRetry(provider, retry)
}

/** The messages and codes of an error and its causes. */
function causes(error: unknown): readonly string[] {
  const found: string[] = []
  for (let at: unknown = error, i = 0; at instanceof Error && i < 5; at = at.cause, i++) {
    found.push(at.message)
    const { code } = at as { readonly code?: unknown }
    if (typeof code === 'string') found.push(code)
  }
  return found
}

async function statusError(id: string, response: Response): Promise<RtfsError> {
  const { status } = response
  await response.body?.cancel().catch(() => {})
  const retryAfterMs = retryAfter(response.headers.get('retry-after'))
  const waiting = retryAfterMs === undefined ? {} : { retryAfterMs }
  // Bodies are left out: some servers repeat the key in them.
  if (status === 429)
    return modelError(id, 'rate-limited', 'the server has too much to do (HTTP 429)', waiting)
  if (status >= 500 || status === 408)
    return modelError(id, 'unavailable', `the server failed (HTTP ${status})`, waiting)
  const hint =
    status === 401 || status === 403 ? '; is the key right?' : status === 404 ? '; is the model there?' : ''
  return modelError(id, 'refused', `the server refuses the request (HTTP ${status})${hint}`)
}

/** Milliseconds of a Retry-After header: seconds or a date. */
function retryAfter(header: string | null): number | undefined {
  if (header === null) return undefined
  if (/^\d{1,9}(\.\d+)?$/.test(header.trim())) return Number(header) * 1000
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now())
}
