import { encodeUtf8, RtfsError, sha256Hex } from '@rtfs/core'
import type { InferenceRequest, InferenceScope, Json } from '@rtfs/interfaces'

/** Counts up when keys are made otherwise, so that entries of another form are never found. */
const keyVersion = 'rtfs-inference-1'

/** What an answer depends on besides the request. */
export interface KeyOptions {
  /** Id of the provider that is asked; it may send the request's `model` elsewhere. */
  readonly provider: string
  /** `revision` of the provider. */
  readonly revision?: string | undefined
  readonly scope?: InferenceScope | undefined
  readonly namespace?: string | undefined
}

/**
 * The key of a request in L2: SHA-256, 64 hex digits, over everything an answer depends on: provider, revision, tenant,
 * policy, namespace, model, system prompt, messages, prompt, parameters, tools, schema. Every part is named and prefixed
 * with its length, so that no two requests have the same text. Object keys of JSON are sorted. A string with a lone
 * surrogate is refused with `RTFS_USAGE`: its bytes would be those of another string.
 */
export function keygen(request: InferenceRequest, options: KeyOptions): string {
  return hash([...scopeParts(request, options), part('prompt', request.prompt)].join(''))
}

/** The key of what two requests must share before their texts are compared in L3: all but the prompt. */
export function scopeKeyOf(request: InferenceRequest, options: KeyOptions): string {
  return hash(`${part('for', 'similarity')}${scopeParts(request, options).join('')}`)
}

/** The text that is compared in L3. */
export function similarityTextOf(request: InferenceRequest): string {
  return request.prompt
}

function scopeParts(request: InferenceRequest, options: KeyOptions): readonly string[] {
  const { scope } = options
  const parts = [
    part('version', keyVersion),
    part('provider', options.provider),
    optional('revision', options.revision),
    optional('tenant', scope?.tenant),
    optional('policy', scope?.policy),
    optional('namespace', options.namespace),
    part('model', request.model),
    optional('system', request.system),
    number('max-tokens', request.maxTokens),
    number('temperature', request.temperature),
    number('top-p', request.topP),
    number('seed', request.seed),
  ]
  for (const { role, content, toolCallId } of request.messages ?? []) {
    parts.push(part('role', role), part('content', content), optional('tool-call', toolCallId))
  }
  for (const stop of request.stop ?? []) parts.push(part('stop', stop))
  for (const { name, description, parameters } of request.tools ?? []) {
    parts.push(
      part('tool', name),
      optional('about', description),
      part('parameters', canonicalJson(parameters)),
    )
  }
  if (request.schema !== undefined) parts.push(part('schema', canonicalJson(request.schema)))
  return parts
}

function part(name: string, text: string): string {
  return `${name.length}:${name}${text.length}:${text}`
}

/** Absent is not the same as empty. */
function optional(name: string, text: string | undefined): string {
  return text === undefined ? part(`no-${name}`, '') : part(name, text)
}

function number(name: string, value: number | undefined): string {
  return optional(name, value === undefined ? undefined : Object.is(value, -0) ? '0' : String(value))
}

const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

function hash(text: string): string {
  if (loneSurrogate.test(text)) {
    throw new RtfsError('RTFS_USAGE', 'a request with a lone surrogate has no cache key')
  }
  return sha256Hex(encodeUtf8(text))
}

const maxDepth = 100

/** JSON with sorted keys. Refuses what is nested deeper than 100. */
function canonicalJson(value: Json, depth = 0): string {
  if (depth > maxDepth)
    throw new RtfsError('RTFS_USAGE', `JSON nested deeper than ${maxDepth} has no cache key`)
  if (Array.isArray(value)) return `[${value.map(item => canonicalJson(item, depth + 1)).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value as { readonly [key: string]: Json })
    entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item, depth + 1)}`).join(',')}}`
  }
  // Well-formed JSON.stringify writes lone surrogates as escapes: they do not collide.
  return JSON.stringify(value)
}
