import { fromJs, keyword, languageError, RtfsMap, toJs, unknownCapability, type Value } from '@rtfs/core'
import type {
  CallOptions,
  CapabilitySchema,
  Clock,
  Host,
  HostCallInfo,
  InferenceRequest,
  InferenceScope,
  Json,
  ModelProvider,
  ModelUsage,
} from '@rtfs/interfaces'
import { cacheControlOf } from '../delegation/cache-metadata.js'
import { requireTimeout } from './time-limit.js'

/** What a capability does. Anything `fromJs` takes may be answered. */
export type CapabilityFunction = (args: readonly Value[], call: HostCallInfo, options: CallOptions) => unknown

/** A capability with its types and effect labels. */
export interface CapabilityDefinition extends CapabilitySchema {
  readonly execute: CapabilityFunction
}

/** Capabilities by id. */
export type CapabilityTable =
  | Readonly<Record<string, CapabilityFunction | CapabilityDefinition>>
  | ReadonlyMap<string, CapabilityFunction | CapabilityDefinition>

/** Finds what a capability id does: the runtime's own table, then the host. */
export class Capabilities {
  readonly host: Host | undefined
  readonly #own = new Map<string, CapabilityDefinition>()

  readonly #models: Models | undefined

  constructor(table: CapabilityTable | undefined, host: Host | undefined, clock: Clock, models?: Models) {
    this.host = host
    this.#models = models
    for (const [id, definition] of standardCapabilities(host, clock)) this.#own.set(id, definition)
    const entries = table instanceof Map ? table.entries() : Object.entries(table ?? {})
    for (const [id, definition] of entries) {
      const own = typeof definition === 'function' ? { execute: definition } : definition
      requireTimeout(own.timeoutMs, `timeoutMs of ${id}`)
      this.#own.set(id, own)
    }
  }

  #find(id: string): CapabilityDefinition | undefined {
    return this.#own.get(id) ?? modelCapability(id, this.#models, this.host !== undefined)
  }

  /** True when something may answer for the id. */
  has(id: string): boolean {
    return this.#hostHas(id) || this.#find(id) !== undefined
  }

  #hostHas(id: string): boolean {
    return this.host !== undefined && this.host.hasCapability?.(id) !== false
  }

  schema(id: string): CapabilitySchema | undefined {
    return this.#find(id) ?? this.host?.getCapabilitySchema?.(id)
  }

  /** Milliseconds that a capability has for its answer: its own, else the given. `undefined` is all the time it wants. */
  timeoutMs(id: string, general: number | undefined): number | undefined {
    const own = this.schema(id)?.timeoutMs
    requireTimeout(own, `timeoutMs of ${id}`)
    const timeoutMs = own ?? general
    return timeoutMs === Number.POSITIVE_INFINITY ? undefined : timeoutMs
  }

  /** Performs an effect. The answer, or a promise of it, is not yet a value of the language. */
  execute(id: string, args: readonly Value[], call: HostCallInfo, options: CallOptions): unknown {
    const own = this.#find(id)
    if (own !== undefined) return own.execute(args, call, options)
    if (this.host === undefined || !this.#hostHas(id)) throw unknownCapability(id)
    return this.host.executeCapability(id, args, call, options)
  }
}

/** Model providers by id, and who asks them. */
export interface Models {
  find(id: string): ModelProvider | undefined
  /** Answers are never shared with another scope. */
  readonly scope: InferenceScope
  readonly onAnswer:
    | ((answer: {
        readonly asked: string
        readonly model: string
        readonly usage: ModelUsage | undefined
      }) => void)
    | undefined
}

const modelPrefix = 'model-call:'

/** Calls of models are capabilities `model-call:<id>`: of the registry, else of the host (LANGUAGE §15.5). */
function modelCapability(
  id: string,
  models: Models | undefined,
  hasHost: boolean,
): CapabilityDefinition | undefined {
  if (!id.startsWith(modelPrefix)) return undefined
  const model = id.slice(modelPrefix.length)
  const provider = models?.find(model)
  if (provider === undefined && hasHost) return undefined
  return {
    effects: [':ai'],
    output: ':string',
    // It changes nothing in the world: one that is in doubt is asked again, and paid again.
    idempotent: provider !== undefined,
    // How long a model may take is said where models are registered.
    ...(provider === undefined ? {} : { timeoutMs: Number.POSITIVE_INFINITY }),
    execute: async (args, _call, options) => {
      if (provider === undefined) throw unknownModel(model)
      const cache = cacheControlOf(args[1])
      const answer = await provider.infer(requestOf(model, args), {
        ...options,
        scope: models!.scope,
        ...(cache === undefined ? {} : { cache }),
      })
      models?.onAnswer?.({ asked: model, model: answer.model, usage: answer.usage })
      return answer.text
    },
  }
}

/** The prompt, and what delegation says of the function: `:system`, `:schema`; `:cache` is not the model's business. */
function requestOf(model: string, args: readonly Value[]): InferenceRequest {
  const [prompt, about] = args
  const request = { model, prompt: String(prompt ?? '') }
  if (!(about instanceof RtfsMap)) return request
  const system = about.get(keyword('system'))
  const schema = about.get(keyword('schema'))
  return {
    ...request,
    ...(typeof system === 'string' ? { system } : {}),
    ...(schema === undefined ? {} : { schema: toJs(schema) as Json }),
  }
}

function unknownModel(id: string): Error {
  const message = `Model provider not found: ${id}`
  return languageError('NotImplemented', `Not implemented: ${message}`, { message })
}

/** Capabilities that the runtime answers itself, from ports it has; a table or grant decides as for all others. */
function standardCapabilities(host: Host | undefined, clock: Clock): Map<string, CapabilityDefinition> {
  const standard = new Map<string, CapabilityDefinition>([
    ['ccos.system.current-time', { idempotent: true, execute: () => Math.floor(clock.now() / 1000) }],
    ['ccos.system.current-timestamp-ms', { idempotent: true, execute: () => Math.floor(clock.now()) }],
    // Not for programs: how `with-resource` gives back a handle whose type has no capability for it.
    ['rtfs.resource.release', { execute: args => host?.releaseResource?.(args[0] ?? null) }],
  ])
  if (host?.getContextValue !== undefined) {
    standard.set('ccos.context.get', { execute: args => host.getContextValue?.(keyText(args[0])) ?? null })
  }
  if (host?.setStepContextValue !== undefined) {
    standard.set('ccos.context.set', {
      execute: args => {
        host.setStepContextValue?.(keyText(args[0]), args[1] ?? null)
        return null
      },
    })
  }
  return standard
}

/** A context key is written as a keyword or a string. */
function keyText(key: Value | undefined): string {
  if (typeof key === 'string') return key
  return typeof key === 'object' && key !== null && 'name' in key ? String(key.name) : String(key)
}

/** An answer as a value of the language. */
export function answerValue(id: string, answer: unknown): Value {
  try {
    return fromJs(answer)
  } catch (cause) {
    throw languageError(
      'TypeError',
      `Type error in ${id}: the host answered with something that is no value`,
      {},
      { cause },
    )
  }
}
