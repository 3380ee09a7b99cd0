/**
 * What this package uses of node-llama-cpp 3.22, so that it compiles, and is tested, without it. Comments say what the
 * library does where its declarations do not.
 */
export interface LlamaLibrary {
  getLlama(options: LlamaOptions): Promise<Llama>
  readonly LlamaChat: new (options: { readonly contextSequence: LlamaSequence }) => LlamaChat
}

export interface LlamaOptions {
  readonly gpu: LlamaGpu
  /** `never`: nothing is compiled. */
  readonly build: 'never'
  /** `true`: nothing is downloaded. */
  readonly skipDownload: true
  readonly progressLogs: false
  readonly maxThreads: number
  readonly logger: (level: string, message: string) => void
}

export type LlamaGpu = 'auto' | 'metal' | 'cuda' | 'vulkan' | false

export interface Llama {
  loadModel(options: { readonly modelPath: string; readonly loadSignal?: AbortSignal }): Promise<LlamaModel>
  /** Ignores keywords it does not know: `{}` becomes `null`, a missing `additionalProperties` none. */
  createGrammarForJsonSchema(schema: never): Promise<LlamaGrammar>
  /** Also disposes its models and their contexts. */
  dispose(): Promise<void>
}

export interface LlamaModel {
  readonly tokenizer: unknown
  readonly trainContextSize: number
  createContext(options: {
    readonly sequences: number
    /** Of each sequence. */
    readonly contextSize: number
    readonly threads: number
    readonly createSignal?: AbortSignal
  }): Promise<LlamaContext>
}

export interface LlamaContext {
  /** May be less than what was asked for, when memory is short. */
  readonly contextSize: number
  getSequence(): LlamaSequence
}

export interface TokenCounts {
  readonly usedInputTokens: number
  readonly usedOutputTokens: number
}

export interface LlamaSequence {
  readonly tokenMeter: { getState(): TokenCounts; diff(before: TokenCounts): TokenCounts }
  clearHistory(): Promise<void>
}

/** A grammar holds native memory, which goes with its `Llama`. */
export type LlamaGrammar = object

export type ChatItem =
  | { type: 'system'; text: string }
  | { type: 'user'; text: string }
  | { type: 'model'; response: string[] }

export interface GenerateOptions {
  /** Errors that it throws are printed by the library and go no further. */
  readonly onTextChunk: (text: string) => void
  /** Ends the generation after the token it is at; the call then rejects with the signal's reason. */
  readonly signal: AbortSignal
  /** 0 means no limit: the text then slides through the context for ever. */
  readonly maxTokens: number
  readonly temperature?: number
  readonly topP?: number
  readonly seed?: number
  readonly customStopTriggers?: readonly string[]
  readonly grammar?: never
}

export interface LlamaChat {
  readonly chatWrapper: {
    generateContextState(options: { readonly chatHistory: readonly ChatItem[] }): {
      readonly contextText: { tokenize(tokenizer: never): readonly number[] }
    }
  }
  /** Cuts the history without a word when it does not fit into the context. */
  generateResponse(history: ChatItem[], options: GenerateOptions): Promise<LlamaAnswer>
}

export interface LlamaAnswer {
  readonly response: string
  readonly metadata: {
    readonly stopReason:
      | 'eogToken'
      | 'stopGenerationTrigger'
      | 'customStopTrigger'
      | 'functionCalls'
      | 'maxTokens'
      | 'abort'
  }
}
