import { type RtfsError, securityViolation } from '@rtfs/core'
import type { CapabilitySchema } from '@rtfs/interfaces'
import { effectLabels } from './effect-labels.js'

/** How far a program may reach (LANGUAGE §15.2). Limits stay on at every level. */
export type SecurityLevel = 'pure' | 'controlled' | 'full'

/** Grants of a runtime. Without them nothing is allowed. */
export interface SecurityOptions {
  /** Default: `controlled` when `allowedCapabilities` is there, else `pure`. */
  readonly level?: SecurityLevel
  /** Capability ids that level `controlled` allows. Default: none. */
  readonly allowedCapabilities?: readonly string[]
  /** Effect labels such as `:network`; when set, every label of a capability must be in it. */
  readonly allowedEffects?: readonly string[]
  /** Effect labels no capability may have. */
  readonly deniedEffects?: readonly string[]
  /** Which capabilities see, with each call, what the host has as context of the run. Default: none. */
  readonly exposeReadonlyContext?: ContextExposure
}

/** Capabilities that may see the context: one of these has to hold. */
export interface ContextExposure {
  /** By id. */
  readonly ids?: readonly string[]
  /** By what their id begins with, such as `acme.`. */
  readonly prefixes?: readonly string[]
  /** By a tag of their schema. */
  readonly tags?: readonly string[]
}

/** Decides about capabilities before the host hears of a call. */
export class Grants {
  readonly level: SecurityLevel
  readonly allowed: ReadonlySet<string>
  readonly #allowedEffects: ReadonlySet<string> | undefined
  readonly #deniedEffects: ReadonlySet<string>
  readonly #exposure: ContextExposure

  constructor(options: SecurityOptions = {}) {
    this.level = options.level ?? (options.allowedCapabilities === undefined ? 'pure' : 'controlled')
    this.allowed = new Set(options.allowedCapabilities)
    this.#allowedEffects = options.allowedEffects && new Set(options.allowedEffects.map(label))
    this.#deniedEffects = new Set(options.deniedEffects?.map(label))
    this.#exposure = options.exposeReadonlyContext ?? {}
  }

  /** True when a capability may see the context of the run. */
  seesContext(capability: string, schema: CapabilitySchema | undefined): boolean {
    const { ids, prefixes, tags } = this.#exposure
    return (
      ids?.includes(capability) === true ||
      prefixes?.some(prefix => capability.startsWith(prefix)) === true ||
      tags?.some(tag => schema?.tags?.includes(tag) === true) === true
    )
  }

  /** The error of a call that is not allowed, `undefined` when it is. */
  refusal(capability: string, schema: CapabilitySchema | undefined): RtfsError | undefined {
    if (this.level === 'pure' || (this.level === 'controlled' && !this.allowed.has(capability))) {
      return securityViolation('call', capability, this.level)
    }
    for (const effect of effectLabels(capability, schema)) {
      if (this.#deniedEffects.has(effect) || this.#allowedEffects?.has(effect) === false) {
        return securityViolation(`effect ${effect}`, capability, this.level)
      }
    }
    return undefined
  }
}

/** `network` and `:Network` are `:network`. */
function label(text: string): string {
  const lower = text.toLowerCase()
  return lower.startsWith(':') ? lower : `:${lower}`
}
