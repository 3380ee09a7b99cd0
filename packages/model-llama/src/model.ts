import { availableParallelism } from 'node:os'
import { isRtfsError, RtfsError } from '@rtfs/core'
import { abortedBy, throwIfAborted, withDeadline } from '@rtfs/core/http'
import { createGate, modelError } from '@rtfs/delegation'
import type {
  CallOptions,
  InferenceOptions,
  InferenceRequest,
  InferenceResponse,
  ModelProvider,
} from '@rtfs/interfaces'
import { openContext, type Place } from './context.js'
import { grammarSchemaOf } from './grammar-schema.js'
import { historyOf } from './history.js'
import type { ChatItem, LlamaAnswer, LlamaGpu } from './library.js'
import { importLibrary, nameOf, requireLibrary } from './load.js'
import { revisionOfFile } from './model-file.js'

export interface LlamaModelOptions {
  /** Id in the registry, as hints and rules name it. */
  readonly id: string
  /** The file of the weights, `.gguf`. */
  readonly path: string
  /**
   * Changes when the same request may be answered otherwise; part of cache keys. Default: the SHA-256 of the file, which
   * is read once for it, and the context size.
   */
  readonly revision?: string
  /** Tokens of request and answer together; at most what the model was trained with. Default 4,096. */
  readonly contextSize?: number
  /** Tokens of an answer when the request does not say. Default 1,024. */
  readonly maxTokens?: number
  /** Requests at a time, each with a context of its own; others wait in their order. Default 1. */
  readonly concurrency?: number
  /** Threads that compute. Default: one less than the machine runs at a time. */
  readonly maxThreads?: number
  /** Default `auto`; `false`: no graphics card. */
  readonly gpu?: LlamaGpu
  /** Milliseconds for one answer, from its turn on. Default 120,000. */
  readonly timeoutMs?: number
  /** Gives the library. Default: `() => import('node-llama-cpp')`. */
  readonly load?: () => Promise<unknown>
}

/** A model in this process. */
export interface LlamaModelProvider extends ModelProvider {
  /** Tokens of request and answer together. */
  readonly contextSize: number
  /** Ends what runs (`RTFS_ABORTED`) and gives back its memory. */
  close(): Promise<void>
}

/**
 * Loads a model of llama.cpp into this process. Nothing is compiled or downloaded. Throws `RTFS_MODEL` when library or
 * file cannot be used, `RTFS_USAGE` for bad options, `RTFS_ABORTED` when the signal fires. Failures of `infer` are
 * `modelError`s; their messages hold neither prompts nor paths nor words of the library.
 */
export async function openLlamaModel(
  options: LlamaModelOptions,
  callOptions: CallOptions = {},
): Promise<LlamaModelProvider> {
  const { id, path, load = importLibrary, maxThreads = Math.max(1, availableParallelism() - 1) } = options
  const { maxTokens = 1024, contextSize = 4096, concurrency = 1, timeoutMs = 120_000, gpu = 'auto' } = options
  for (const [name, value] of Object.entries({ maxThreads, maxTokens, contextSize, concurrency })) {
    if (isPositive(value)) continue
    throw new RtfsError('RTFS_USAGE', `model ${id}: ${name} must be a whole number above 0`)
  }
  if (!(timeoutMs > 0)) throw new RtfsError('RTFS_USAGE', `model ${id}: timeoutMs must be above 0`)
  const revision = await revisionOfFile(id, path, options.revision, callOptions)
  const library = await requireLibrary(id, load)
  const opened = await openContext(
    library,
    { id, path, gpu, maxThreads, contextSize, concurrency },
    callOptions,
  )
  const { llama, model } = opened
  const free = [...opened.places]
  const gate = createGate(concurrency)
  const closing = new AbortController()
  let closed: Promise<void> | undefined

  function countTokens({ chat }: Place, chatHistory: readonly ChatItem[]): number {
    const { contextText } = chat.chatWrapper.generateContextState({ chatHistory })
    return contextText.tokenize(model.tokenizer as never).length
  }

  async function generate(
    place: Place,
    request: InferenceRequest,
    history: ChatItem[],
    signal: AbortSignal,
    say: (part: string) => void,
  ): Promise<InferenceResponse> {
    const { sequence, chat } = place
    const inputTokens = countTokens(place, history)
    const room = opened.contextSize - inputTokens
    if (room < 1) {
      const reason = `the request takes ${inputTokens} tokens and the context holds ${opened.contextSize}`
      throw modelError(id, 'refused', `${reason}, answer included`)
    }
    const { temperature, topP, seed, stop = [] } = request
    const schema = grammarSchemaOf(request.schema)
    const stops = stop.filter(item => item !== '')
    let text = ''
    const hear = (part: string) => {
      // The library goes on for a token after it was told to stop.
      if (part === '' || signal.aborted) return
      text += part
      say(part)
    }
    // Nothing of an earlier request is to have a part in this answer.
    await sequence.clearHistory()
    const before = sequence.tokenMeter.getState()
    const grammar = schema === undefined ? undefined : await llama.createGrammarForJsonSchema(schema as never)
    const answer = await chat.generateResponse(history, {
      onTextChunk: hear,
      signal,
      maxTokens: Math.min(request.maxTokens ?? maxTokens, room),
      ...(temperature === undefined ? {} : { temperature }),
      ...(topP === undefined ? {} : { topP }),
      ...(seed === undefined ? {} : { seed: seed >>> 0 }),
      ...(stops.length === 0 ? {} : { customStopTriggers: stops }),
      ...(grammar === undefined ? {} : { grammar: grammar as never }),
    })
    // What was not said part by part.
    if (answer.response.startsWith(text)) hear(answer.response.slice(text.length))
    signal.throwIfAborted()
    const outputTokens = sequence.tokenMeter.diff(before).usedOutputTokens
    return {
      text,
      model: id,
      usage: { inputTokens, outputTokens, costUsd: 0 },
      finishReason: finishReasonOf(answer),
    }
  }

  /** One answer; every way in which it may fail as an error of ours, or as the listener's own. */
  async function attempt(
    place: Place,
    request: InferenceRequest,
    history: ChatItem[],
    given: AbortSignal,
    onText: ((part: string) => void) | undefined,
  ): Promise<InferenceResponse> {
    const listener = new AbortController()
    const signal = AbortSignal.any([given, closing.signal, listener.signal])
    const say = (part: string) => {
      try {
        onText?.(part)
      } catch (error) {
        // The library would swallow it.
        listener.abort(error)
      }
    }
    try {
      if (closing.signal.aborted) throw closedError(id)
      return await generate(place, request, history, signal, say)
    } catch (error) {
      if (listener.signal.aborted) throw listener.signal.reason
      if (given.aborted) throw abortedBy(given)
      if (closing.signal.aborted) throw abortedBy(closing.signal)
      if (isRtfsError(error)) throw error
      throw modelError(id, 'unavailable', `the library failed (${nameOf(error)})`)
    }
  }

  async function infer(
    request: InferenceRequest,
    inferenceOptions: InferenceOptions = {},
  ): Promise<InferenceResponse> {
    throwIfAborted(inferenceOptions)
    if (closing.signal.aborted) throw closedError(id)
    const { maxTokens: asked } = request
    if (asked !== undefined && !isPositive(asked)) {
      throw modelError(id, 'refused', 'maxTokens must be a whole number above 0')
    }
    const history = historyOf(id, request)
    const leave = await gate.enter(inferenceOptions)
    const place = free.pop()!
    let work: Promise<unknown> = Promise.resolve()
    try {
      return await withDeadline(
        timeoutMs,
        inferenceOptions,
        signal => {
          const answer = attempt(place, request, history, signal, inferenceOptions.onText)
          work = answer
          return answer
        },
        () => modelError(id, 'timeout', `no answer within ${timeoutMs} ms`),
      )
    } finally {
      // A call that was given up is at an end for its caller, but its place is free only when its token is done.
      const giveBack = () => {
        free.push(place)
        leave()
      }
      work.then(giveBack, giveBack)
    }
  }

  return {
    id,
    revision: options.revision ?? `${revision} context ${opened.contextSize}`,
    contextSize: opened.contextSize,
    infer,
    close() {
      closed ??= (async () => {
        closing.abort(new Error('the model was closed'))
        for (let i = 0; i < concurrency; i++) await gate.enter()
        await llama.dispose()
      })()
      return closed
    },
  }
}

function finishReasonOf({ metadata }: LlamaAnswer): string {
  return metadata.stopReason === 'maxTokens' ? 'length' : 'stop'
}

function closedError(id: string): RtfsError {
  return new RtfsError('RTFS_USAGE', `model ${id} is closed`)
}

function isPositive(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0
}
