import { fromJs, languageError, unknownCapability, type Value } from '@rtfs/core'
import type { CallOptions, CapabilitySchema, Clock, Host, HostCallInfo } from '@rtfs/interfaces'

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

  constructor(table: CapabilityTable | undefined, host: Host | undefined, clock: Clock) {
    this.host = host
    for (const [id, definition] of standardCapabilities(host, clock)) this.#own.set(id, definition)
    const entries = table instanceof Map ? table.entries() : Object.entries(table ?? {})
    for (const [id, definition] of entries) {
      this.#own.set(id, typeof definition === 'function' ? { execute: definition } : definition)
    }
  }

  /** True when something may answer for the id. */
  has(id: string): boolean {
    return this.#own.has(id) || this.host !== undefined
  }

  schema(id: string): CapabilitySchema | undefined {
    return this.#own.get(id) ?? this.host?.getCapabilitySchema?.(id)
  }

  /** Performs an effect. The answer, or a promise of it, is not yet a value of the language. */
  execute(id: string, args: readonly Value[], call: HostCallInfo, options: CallOptions): unknown {
    const own = this.#own.get(id)
    if (own !== undefined) return own.execute(args, call, options)
    if (this.host === undefined) throw unknownCapability(id)
    return this.host.executeCapability(id, args, call, options)
  }
}

/** Capabilities that the runtime answers itself, from ports it has; a table or grant decides as for all others. */
function standardCapabilities(host: Host | undefined, clock: Clock): Map<string, CapabilityDefinition> {
  const standard = new Map<string, CapabilityDefinition>([
    ['ccos.system.current-time', { execute: () => Math.floor(clock.now() / 1000) }],
    ['ccos.system.current-timestamp-ms', { execute: () => Math.floor(clock.now()) }],
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
