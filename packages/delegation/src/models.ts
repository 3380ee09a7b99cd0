import { RtfsError } from '@rtfs/core'
import type {
  InferenceOptions,
  InferenceRequest,
  InferenceResponse,
  ModelProvider,
  ModelUsage,
} from '@rtfs/interfaces'
import { throwIfAborted } from './timing.js'

/** A model that answers `[ECHO] ` and the prompt; for tests. */
export function createEchoModel(id = 'echo-model'): ModelProvider {
  return {
    id,
    async infer(request, options) {
      throwIfAborted(options)
      const text = `[ECHO] ${request.prompt}`
      options?.onText?.(text)
      return { text, model: id }
    },
  }
}

/** One answer of a script: a text, a whole response, or an error to fail with. */
export type ScriptedAnswer = string | Omit<InferenceResponse, 'model'> | Error

export interface ScriptedModelOptions {
  readonly id?: string
  readonly revision?: string
  /** Answers by prompt, asked before `answers`; the same prompt gets the same answer. */
  readonly byPrompt?: ReadonlyMap<string, ScriptedAnswer>
  /** Answers in their order, for prompts that `byPrompt` does not know. */
  readonly answers?: Iterable<ScriptedAnswer>
}

/** A scripted model and what it was asked. */
export interface ScriptedModel extends ModelProvider {
  readonly requests: readonly InferenceRequest[]
}

/** A model that answers from a script; a prompt beyond it is a usage error. For tests and fixtures. */
export function createScriptedModel(options: ScriptedModelOptions): ScriptedModel {
  const id = options.id ?? 'scripted-model'
  const requests: InferenceRequest[] = []
  const rest = (options.answers ?? [])[Symbol.iterator]()
  return {
    id,
    requests,
    ...(options.revision === undefined ? {} : { revision: options.revision }),
    async infer(request, callOptions) {
      throwIfAborted(callOptions)
      requests.push(request)
      const known = options.byPrompt?.get(request.prompt)
      const answer = known ?? nextOf(rest)
      if (answer === undefined) {
        throw new RtfsError('RTFS_USAGE', `the script of ${id} has no answer number ${requests.length}`)
      }
      if (answer instanceof Error) throw answer
      const response = typeof answer === 'string' ? { text: answer } : answer
      speak(response.text, callOptions)
      return { ...response, model: id }
    },
  }
}

function nextOf(answers: Iterator<ScriptedAnswer>): ScriptedAnswer | undefined {
  const { done, value } = answers.next()
  return done === true ? undefined : value
}

/** Word by word, as models do. */
function speak(text: string, options: InferenceOptions | undefined): void {
  if (options?.onText === undefined) return
  for (const part of text.match(/\S*\s*/g) ?? []) if (part !== '') options.onText(part)
}

/** The same model, asked by way of `infer`. */
export function wrapModel(provider: ModelProvider, infer: ModelProvider['infer']): ModelProvider {
  const { id, revision } = provider
  return { id, ...(revision === undefined ? {} : { revision }), infer }
}

/** Tokens in all. */
export function totalTokens(usage: ModelUsage): number {
  return usage.inputTokens + usage.outputTokens
}

/**
 * At most so many tokens a request may use: its text at one token for each three bytes, which is high for prose and
 * about right for code, and its `maxTokens`, or 1,024 when it does not say.
 */
export function estimateTokens(request: InferenceRequest): number {
  let units = request.prompt.length + (request.system?.length ?? 0)
  for (const { content } of request.messages ?? []) units += content.length
  if (request.tools !== undefined) units += JSON.stringify(request.tools).length
  return Math.ceil(units / 3) + (request.maxTokens ?? 1024)
}
