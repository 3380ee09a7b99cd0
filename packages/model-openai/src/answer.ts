import { modelError } from '@rtfs/delegation'
import type { InferenceResponse, ModelUsage } from '@rtfs/interfaces'

type Data = Readonly<Record<string, unknown>>

interface ToolCall {
  id: string
  name: string
  arguments: string
}

/** Builds an answer from a whole completion or from the chunks of a stream; what does not fit is `invalid-answer`. */
export class AnswerBuilder {
  readonly #id: string
  readonly #toolCalls: ToolCall[] = []
  #model: string | undefined
  #text = ''
  #finishReason: string | undefined
  #usage: ModelUsage | undefined

  constructor(id: string) {
    this.#id = id
  }

  /** True when the model said that it was done. */
  get isFinished(): boolean {
    return this.#finishReason !== undefined
  }

  /** Takes the text of a completion or chunk; gives the text that it added. */
  add(json: string): string {
    const data = this.#parse(json)
    const { model, usage, choices } = data
    if (typeof model === 'string' && model !== '') this.#model = model
    if (isRecord(usage)) this.#usage = usageOf(usage)
    if ('error' in data && data['error'] !== null && data['error'] !== undefined) {
      throw modelError(this.#id, 'unavailable', 'the server reports an error in its answer')
    }
    if (!Array.isArray(choices)) throw this.#invalid('there is no list of choices')
    const first: unknown = choices[0]
    // The last chunk of a stream may hold nothing but the usage.
    if (first === undefined) return ''
    if (!isRecord(first)) throw this.#invalid('a choice is no object')
    const { finish_reason: finishReason } = first
    if (typeof finishReason === 'string') this.#finishReason = finishReason
    const message = first['delta'] ?? first['message']
    if (!isRecord(message)) throw this.#invalid('a choice has no message')
    const { content, tool_calls: toolCalls } = message
    if (Array.isArray(toolCalls)) for (const [i, call] of toolCalls.entries()) this.#addToolCall(call, i)
    if (content === null || content === undefined) return ''
    if (typeof content !== 'string') throw this.#invalid('the content is no text')
    this.#text += content
    return content
  }

  #addToolCall(call: unknown, i: number): void {
    if (!isRecord(call)) throw this.#invalid('a tool call is no object')
    const index = typeof call['index'] === 'number' ? call['index'] : i
    if (!Number.isInteger(index) || index < 0 || index > 127) throw this.#invalid('a tool call has no place')
    while (this.#toolCalls.length <= index) this.#toolCalls.push({ id: '', name: '', arguments: '' })
    const known = this.#toolCalls[index]!
    const fn = isRecord(call['function']) ? call['function'] : {}
    if (typeof call['id'] === 'string') known.id = call['id']
    if (typeof fn['name'] === 'string') known.name += fn['name']
    if (typeof fn['arguments'] === 'string') known.arguments += fn['arguments']
  }

  #parse(json: string): Data {
    let data: unknown
    try {
      data = JSON.parse(json)
    } catch {
      throw this.#invalid('it is no JSON')
    }
    if (!isRecord(data)) throw this.#invalid('it is no object')
    return data
  }

  #invalid(reason: string) {
    return modelError(this.#id, 'invalid-answer', `the answer is no chat completion: ${reason}`)
  }

  finish(): InferenceResponse {
    return {
      text: this.#text,
      model: this.#model ?? this.#id,
      ...(this.#usage === undefined ? {} : { usage: this.#usage }),
      ...(this.#finishReason === undefined ? {} : { finishReason: this.#finishReason }),
      ...(this.#toolCalls.length === 0 ? {} : { toolCalls: this.#toolCalls }),
    }
  }
}

function usageOf(usage: Data): ModelUsage | undefined {
  const { prompt_tokens: input, completion_tokens: output } = usage
  const isCount = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value < 1e12
  return isCount(input) && isCount(output) ? { inputTokens: input, outputTokens: output } : undefined
}

function isRecord(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
