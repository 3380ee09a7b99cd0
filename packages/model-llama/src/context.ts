import { isRtfsError, RtfsError } from '@rtfs/core'
import { abortedBy } from '@rtfs/core/http'
import type { CallOptions } from '@rtfs/interfaces'
import type { Llama, LlamaChat, LlamaGpu, LlamaLibrary, LlamaModel, LlamaSequence } from './library.js'
import { nameOf } from './load.js'

/** Weights in memory with as many places for conversations as requests may run at a time. */
export interface OpenContext {
  readonly llama: Llama
  readonly model: LlamaModel
  /** Tokens of one request and its answer; may be less than what was asked for, when memory is short. */
  readonly contextSize: number
  readonly places: readonly Place[]
}

export interface Place {
  readonly sequence: LlamaSequence
  readonly chat: LlamaChat
}

export interface ContextRequest {
  readonly id: string
  readonly path: string
  readonly gpu: LlamaGpu
  readonly maxThreads: number
  readonly contextSize: number
  readonly concurrency: number
}

/** Loads the weights. Nothing is compiled or downloaded; what fails is `RTFS_MODEL`, and gives back its memory. */
export async function openContext(
  { getLlama, LlamaChat }: LlamaLibrary,
  { id, path, gpu, maxThreads, contextSize, concurrency }: ContextRequest,
  { signal }: CallOptions,
): Promise<OpenContext> {
  let llama: Llama | undefined
  try {
    signal?.throwIfAborted()
    llama = await getLlama({
      gpu,
      build: 'never',
      skipDownload: true,
      progressLogs: false,
      maxThreads,
      // Its log has paths in it, and standard output belongs to the program.
      logger: () => {},
    })
    const model = await llama.loadModel({
      modelPath: path,
      ...(signal === undefined ? {} : { loadSignal: signal }),
    })
    const context = await model.createContext({
      sequences: concurrency,
      contextSize: Math.min(contextSize, model.trainContextSize),
      threads: maxThreads,
      ...(signal === undefined ? {} : { createSignal: signal }),
    })
    const places = Array.from({ length: concurrency }, (): Place => {
      const sequence = context.getSequence()
      return { sequence, chat: new LlamaChat({ contextSequence: sequence }) }
    })
    return { llama, model, contextSize: context.contextSize, places }
  } catch (error) {
    await llama?.dispose().catch(() => {})
    if (signal?.aborted) throw abortedBy(signal)
    if (isRtfsError(error)) throw error
    throw new RtfsError('RTFS_MODEL', `model ${id} cannot be loaded (${nameOf(error)})`)
  }
}
