import type {
  ChatItem,
  GenerateOptions,
  Llama,
  LlamaAnswer,
  LlamaLibrary,
  LlamaOptions,
  LlamaSequence,
} from './library.js'

/** What the fake model says: tokens in their order; `stall` waits until it is told to stop, `deaf` for 30 ms. */
export type Script = (history: readonly ChatItem[]) => readonly (string | 'stall' | 'deaf')[]

export interface FakeLibrary extends LlamaLibrary {
  /** What was asked of it, in order. */
  readonly generated: { readonly history: readonly ChatItem[]; readonly options: GenerateOptions }[]
  readonly grammars: unknown[]
  readonly opened: LlamaOptions[]
  /** Loaded and not yet disposed. */
  readonly alive: number
  /** Generations that run now, and the most that ever did. */
  readonly most: number
}

export interface FakeOptions {
  readonly script?: Script
  readonly trainContextSize?: number
  /** Fails to load, with a message that has the path in it, as the library's own have. */
  readonly broken?: boolean
}

/**
 * The surface of node-llama-cpp 3.22 that is used here, and how it was seen to behave: a sequence goes on where the last
 * answer ended unless its history is cleared; a listener's error is swallowed; an aborted generation rejects with the
 * reason of its signal once its token is done; a history that does not fit is cut in silence.
 */
export function createFakeLibrary(options: FakeOptions = {}): FakeLibrary {
  const { script = () => ['one ', 'two'], trainContextSize = 512, broken = false } = options
  const generated: FakeLibrary['generated'] = []
  const grammars: unknown[] = []
  const opened: LlamaOptions[] = []
  let alive = 0
  let running = 0
  let most = 0

  class Sequence implements LlamaSequence {
    input = 0
    output = 0
    history: 'clear' | 'used' = 'clear'
    busy = false
    readonly contextSize: number
    constructor(contextSize: number) {
      this.contextSize = contextSize
    }
    readonly tokenMeter = {
      getState: () => ({ usedInputTokens: this.input, usedOutputTokens: this.output }),
      diff: (before: { readonly usedInputTokens: number; readonly usedOutputTokens: number }) => ({
        usedInputTokens: this.input - before.usedInputTokens,
        usedOutputTokens: this.output - before.usedOutputTokens,
      }),
    }
    async clearHistory() {
      this.history = 'clear'
    }
  }

  class LlamaChat {
    readonly #sequence: Sequence
    constructor({ contextSequence }: { readonly contextSequence: LlamaSequence }) {
      this.#sequence = contextSequence as Sequence
    }
    readonly chatWrapper = {
      generateContextState: ({ chatHistory }: { readonly chatHistory: readonly ChatItem[] }) => ({
        contextText: {
          tokenize: (tokenizer: never) => {
            if (tokenizer !== ('words' as unknown)) throw new Error('another tokenizer')
            return tokensOf(chatHistory)
          },
        },
      }),
    }
    async generateResponse(history: ChatItem[], given: GenerateOptions): Promise<LlamaAnswer> {
      const sequence = this.#sequence
      if (sequence.busy) throw new Error('the sequence is in use')
      sequence.busy = true
      most = Math.max(most, ++running)
      generated.push({ history, options: given })
      try {
        return await this.#generate(script(history), given)
      } finally {
        running--
        sequence.busy = false
        sequence.history = 'used'
      }
    }
    async #generate(tokens: readonly string[], given: GenerateOptions): Promise<LlamaAnswer> {
      const { signal, maxTokens, customStopTriggers = [] } = given
      const sequence = this.#sequence
      let response = ''
      if (sequence.history === 'used') given.onTextChunk((response = 'what was said before '))
      let count = 0
      for (const token of tokens) {
        if (count === maxTokens) return { response, metadata: { stopReason: 'maxTokens' } }
        if (token === 'stall') await aborted(signal)
        else if (token === 'deaf') await new Promise(resolve => setTimeout(resolve, 30))
        else await new Promise(resolve => setTimeout(resolve, 0))
        if (signal.aborted) throw signal.reason
        count++
        sequence.output++
        if (token === 'deaf') continue
        if (customStopTriggers.includes(token))
          return { response, metadata: { stopReason: 'customStopTrigger' } }
        response += token
        try {
          given.onTextChunk(token)
        } catch {
          // Printed by the library.
        }
      }
      return { response, metadata: { stopReason: 'eogToken' } }
    }
  }

  async function getLlama(asked: LlamaOptions): Promise<Llama> {
    opened.push(asked)
    alive++
    let disposed = false
    return {
      async loadModel({ modelPath, loadSignal }) {
        await new Promise(resolve => setTimeout(resolve, 1))
        loadSignal?.throwIfAborted()
        if (broken) throw new Error(`Failed to load model ${modelPath}`)
        return {
          tokenizer: 'words',
          trainContextSize,
          async createContext({ contextSize, sequences }) {
            let left = sequences
            return {
              contextSize,
              getSequence() {
                if (left-- === 0) throw new Error('no sequences left')
                return new Sequence(contextSize)
              },
            }
          },
        }
      },
      async createGrammarForJsonSchema(schema: unknown) {
        grammars.push(schema)
        return { schema }
      },
      async dispose() {
        if (!disposed) alive--
        disposed = true
      },
    }
  }

  return {
    getLlama,
    LlamaChat,
    generated,
    grammars,
    opened,
    get alive() {
      return alive
    },
    get most() {
      return most
    },
  }
}

/** A token for each word, and one before each message. */
function tokensOf(history: readonly ChatItem[]): number[] {
  const texts = history.map(item => (item.type === 'model' ? item.response.join(' ') : item.text))
  return texts.flatMap(text => [
    0,
    ...text
      .split(/\s+/)
      .filter(word => word !== '')
      .map(word => word.length),
  ])
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
