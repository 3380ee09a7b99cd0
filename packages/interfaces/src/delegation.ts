import type { Value } from '@rtfs/core'
import type { CallOptions } from './common.js'

/** What a delegation engine is asked about one call (LANGUAGE §15.5). */
export interface CallContext {
  /** Qualified name recorded when the function was defined. */
  readonly fnSymbol: string
  /** 64-bit hash of the argument type names, 16 hexadecimal digits. */
  readonly argTypeFingerprint: string
  /** 64-bit hash of grants, limits, task and tenant, 16 hexadecimal digits. */
  readonly runtimeContextHash: string
  /** Vector of the task, worked out when an engine first asks for it; `undefined` without an embedder or a task. */
  semanticEmbedding?(options?: CallOptions): Promise<Float32Array | undefined>
  readonly metadata?: CallMetadata
  /** Names of the argument types, in order: `integer`, `string`, `map`. */
  readonly argTypes?: readonly string[]
  /** How sensitive the call's data is, as `:data-class` metadata of the function or the runtime says: `pii`. */
  readonly dataClass?: string
  /** What the cache needs to know of the function; absent when the runtime has no IR of it. */
  readonly fn?: FunctionDescription
}

export interface CallMetadata {
  readonly confidence?: number
  readonly reasoning?: string
  readonly context?: Readonly<Record<string, string>>
  readonly source?: string
}

/** The function behind a call, as the module cache sees it. Hashes as `sha256:<hex>`. */
export interface FunctionDescription {
  readonly symbol: string
  readonly signature: string
  readonly interfaceHash: string
  /** `undefined` for a declaration without a body. */
  readonly codeHash: string | undefined
  readonly task: string | undefined
  readonly examples: readonly FunctionExample[]
  /** `^:delegation :l4` permits same-interface hits. */
  readonly allowsInterfaceHit: boolean
}

/** One `:examples` entry: arguments and the expected value, or the kind of error expected. */
export type FunctionExample =
  | { readonly args: readonly Value[]; readonly expected: Value }
  | { readonly args: readonly Value[]; readonly throws: string }

/** Where a call runs. */
export type ExecTarget =
  | { readonly kind: 'local-pure' }
  | { readonly kind: 'local-model'; readonly id: string }
  | { readonly kind: 'remote-model'; readonly id: string }
  | L4CacheHit

/** A module of the cache that passed every gate. The runtime loads it with every check, and falls back if one fails. */
export interface L4CacheHit {
  readonly kind: 'l4-cache-hit'
  /** `sha256:<hex>` of the blob. */
  readonly storagePointer: string
  /** Id of the record. */
  readonly moduleId: string
  /** Export that implements the function, as the manifest names it. */
  readonly exportName: string
  readonly signature: string
}

/** A decision and why it was taken; `trace` holds a line per rule or cache asked, in order. */
export interface DelegationDecision {
  readonly target: ExecTarget
  /** Name of the engine that decided. */
  readonly source: string
  readonly reason: string
  readonly confidence: number
  readonly trace: readonly string[]
}

/**
 * Decides where a call runs; depends on nothing but the context, its rules and its caches. An asynchronous decision
 * is an effect of the run, recorded in its journal.
 */
export interface DelegationEngine {
  readonly name: string
  /** Changes whenever a decision taken before may no longer hold; the runtime memoises per call site and epoch. */
  readonly epoch: number
  /** False when the engine never has anything to say about this function, so that calls cost nothing. */
  concerns(fnSymbol: string): boolean
  decide(context: CallContext, options?: CallOptions): DelegationDecision | Promise<DelegationDecision>
  /**
   * Why data of this call may not go to a target, `undefined` when it may. Asked for hints of authors too, which
   * bypass `decide`.
   */
  veto?(context: CallContext, target: ExecTarget): string | undefined
}

/** How a module of the cache may be chosen (ARCHITECTURE §5). */
export type LookupMode = 'same-code' | 'same-interface' | 'semantic'

/**
 * What turns a similar module into a hit. `behaviour`: the caller's examples pass on it, or its description is the
 * same text, or a configured hook takes it. `similarity`: the score alone; an explicit opt-in that decisions name.
 */
export type AcceptMode = 'behaviour' | 'similarity'

/** What an engine asks the module cache. Modes are tried in order; the first hit is taken. */
export interface ModuleLookupRequest {
  readonly fn: FunctionDescription
  readonly modes: readonly LookupMode[]
  readonly accept: AcceptMode
  /** Cosine similarity for `accept: 'similarity'`. */
  readonly threshold: number
}

export interface ModuleLookupAnswer {
  readonly hit: L4CacheHit | undefined
  /** One sentence: what was found, or which gate refused. */
  readonly reason: string
  readonly similarity: number | undefined
  /** A line per mode and candidate, in order. */
  readonly trace: readonly string[]
}

/** The module cache as an engine sees it. */
export interface ModuleLookup {
  /** Changes when a module is published, revoked or removed. */
  readonly epoch: number
  find(request: ModuleLookupRequest, options?: CallOptions): Promise<ModuleLookupAnswer>
}

/** A JSON value, as models take and give them. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** One earlier message of a conversation. */
export interface ModelMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool'
  readonly content: string
  /** For `tool`: the call that this answers. */
  readonly toolCallId?: string
}

/** A tool that a model may ask to be called. */
export interface ModelTool {
  readonly name: string
  readonly description?: string
  /** JSON Schema of its arguments. */
  readonly parameters: Json
}

/** A request to a model. */
export interface InferenceRequest {
  readonly model: string
  /** The last message of the user. */
  readonly prompt: string
  readonly system?: string
  /** Messages before the prompt. */
  readonly messages?: readonly ModelMessage[]
  readonly maxTokens?: number
  readonly temperature?: number
  readonly topP?: number
  readonly seed?: number
  readonly stop?: readonly string[]
  readonly tools?: readonly ModelTool[]
  /** JSON Schema that the answer has to fit. */
  readonly schema?: Json
}

/** What a model used; money in US dollars. */
export interface ModelUsage {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly costUsd?: number
}

export interface InferenceResponse {
  readonly text: string
  /** The model that answered. */
  readonly model: string
  readonly usage?: ModelUsage
  /** Why the model stopped, in its words: `stop`, `length`, `tool_calls`. */
  readonly finishReason?: string
  /** Tools it wants called; `arguments` is JSON text that nobody has checked. */
  readonly toolCalls?: readonly { readonly id: string; readonly name: string; readonly arguments: string }[]
}

/** Who asks: an answer is never given to anybody with another scope. */
export interface InferenceScope {
  readonly tenant?: string
  /** Hash of grants and data class, or the name of a policy. */
  readonly policy?: string
}

/** How the caches treat one call. */
export interface CacheControl {
  /** Milliseconds the answer is kept. Default: that of the cache. */
  readonly ttlMs?: number
  /** Only answers that are at most so old, in milliseconds. */
  readonly maxAgeMs?: number
  /** Ask the model whatever is known, and keep the answer. */
  readonly refresh?: boolean
  /** Neither look nor keep. */
  readonly noStore?: boolean
  /** Answers of one namespace are not seen in another. */
  readonly namespace?: string
}

export interface InferenceOptions extends CallOptions {
  /** Told of the answer as it comes; the parts together are `text`. Without it nothing is streamed. */
  readonly onText?: (part: string) => void
  readonly scope?: InferenceScope
  readonly cache?: CacheControl
}

/** Talks to a model. */
export interface ModelProvider {
  readonly id: string
  /** Changes when the same request may be answered otherwise: a model's version. Part of cache keys. */
  readonly revision?: string
  infer(request: InferenceRequest, options?: InferenceOptions): Promise<InferenceResponse>
}

/** Counters of a cache since it was made. */
export interface CacheStatistics {
  readonly name: string
  readonly entries: number
  /** Rough size of keys and values; 0 where nobody counts. */
  readonly bytes: number
  readonly hits: number
  /** By reason: `absent`, `expired`, `too-old`, `refresh`, `no-store`, … */
  readonly misses: Readonly<Record<string, number>>
  readonly puts: number
  readonly evictions: number
  /** Age of the entries that were hit, in milliseconds. */
  readonly hitAgeMs: { readonly mean: number; readonly max: number }
  /** Time of look-ups, in milliseconds. */
  readonly latencyMs: { readonly mean: number; readonly max: number }
}

/**
 * A cache that may forget at any time; keys are canonical text. `undefined` is a miss. What `set` has acknowledged is
 * there for every later `get`, also after the process was killed where `supports.persistent` is true, until it is
 * deleted, expires or is evicted.
 */
export interface CacheStore<T> {
  readonly specVersion: 1
  readonly supports: { readonly persistent: boolean }
  get(key: string, options?: CallOptions): Promise<T | undefined>
  /** `expiresAt`: milliseconds since the epoch. */
  set(key: string, value: T, options?: CallOptions & { readonly expiresAt?: number }): Promise<void>
  delete(key: string, options?: CallOptions): Promise<void>
  clear(options?: CallOptions): Promise<void>
  /** The entries whose keys begin so, in the order of their keys; says nothing of their use. */
  entries(prefix: string, options?: CallOptions): AsyncIterable<readonly [key: string, value: T]>
  /** Entries, rough bytes, and how many were evicted since it was opened. */
  usage(): { readonly entries: number; readonly bytes: number; readonly evictions: number }
  close(): Promise<void>
}
