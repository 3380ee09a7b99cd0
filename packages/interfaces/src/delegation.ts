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
  readonly semanticEmbedding?: Float32Array
  readonly metadata?: CallMetadata
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

/** Decides where a call runs; depends on nothing but the context, its rules and its caches. */
export interface DelegationEngine {
  readonly name: string
  /** Changes whenever a decision taken before may no longer hold; the runtime memoises per call site and epoch. */
  readonly epoch: number
  /** False when the engine never has anything to say about this function, so that calls cost nothing. */
  concerns(fnSymbol: string): boolean
  decide(context: CallContext, options?: CallOptions): DelegationDecision | Promise<DelegationDecision>
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

/** A request to a model. */
export interface InferenceRequest {
  readonly model: string
  readonly prompt: string
  readonly system?: string
  readonly maxTokens?: number
  readonly temperature?: number
}

export interface InferenceResponse {
  readonly text: string
  /** The model that answered. */
  readonly model: string
  readonly usage?: { readonly inputTokens: number; readonly outputTokens: number; readonly costUsd?: number }
}

/** Talks to a model. */
export interface ModelProvider {
  readonly id: string
  infer(request: InferenceRequest, options?: CallOptions): Promise<InferenceResponse>
}

/** A cache that may forget; keys are canonical text. `undefined` is a miss. */
export interface CacheStore<T> {
  get(key: string, options?: CallOptions): Promise<T | undefined>
  set(key: string, value: T, options?: CallOptions & { readonly expiresAt?: number }): Promise<void>
  delete(key: string, options?: CallOptions): Promise<void>
  clear(options?: CallOptions): Promise<void>
  close(): Promise<void>
}
