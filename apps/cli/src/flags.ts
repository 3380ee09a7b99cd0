import type { Limits } from '@rtfs/core'
import { UsageError } from './failure.js'

/** Flags that every command takes. */
export interface CommonFlags {
  /** Where cache, keys and journal live. */
  readonly dir?: string | undefined
  /** Never leave the machine. */
  readonly offline?: boolean | undefined
  /** One JSON document on standard output, nothing else there. */
  readonly json?: boolean | undefined
}

/** Limits as flags; names as on the command line. */
export interface LimitFlags {
  readonly maxFuel?: string | undefined
  readonly maxMs?: string | undefined
  readonly maxDepth?: string | undefined
  readonly maxOutput?: string | undefined
  readonly maxMemory?: string | undefined
}

/** Flags of commands that run programs. */
export interface RunFlags extends CommonFlags, LimitFlags {
  readonly tier?: string | undefined
  readonly allow?: readonly string[] | undefined
}

/** The limits that flags set. `unlimited` lifts one by name. */
export function limitsOf(flags: LimitFlags): Partial<Limits> {
  return {
    ...numberFlag('fuel', '--max-fuel', flags.maxFuel),
    ...numberFlag('deadlineMs', '--max-ms', flags.maxMs),
    ...numberFlag('depth', '--max-depth', flags.maxDepth),
    ...numberFlag('outputBytes', '--max-output', flags.maxOutput),
    ...numberFlag('allocBytes', '--max-memory', flags.maxMemory),
  }
}

function numberFlag(limit: keyof Limits, flag: string, text: string | undefined): Partial<Limits> {
  if (text === undefined) return {}
  if (text === 'unlimited') return { [limit]: Infinity }
  const value = Number(text)
  if (!/^\d+(e\d+)?$/.test(text) || !Number.isSafeInteger(value)) {
    throw new UsageError(`${flag} takes a whole number or 'unlimited', not '${text}'`)
  }
  return { [limit]: value }
}

/** A grant: a capability, with what it is limited to (a path prefix, a host, the beginning of a name). */
export interface Grant {
  readonly capability: string
  readonly scope: string | undefined
}

/** Reads `ID[=SCOPE]`, as `--allow` takes it. */
export function grantOf(text: string): Grant {
  const equals = text.indexOf('=')
  const capability = (equals < 0 ? text : text.slice(0, equals)).replace(/^:/, '')
  if (!/^[^\s=]+$/.test(capability)) throw new UsageError(`--allow takes ID or ID=SCOPE, not '${text}'`)
  const scope = equals < 0 ? undefined : text.slice(equals + 1)
  if (scope === '') throw new UsageError(`--allow ${capability}= names no scope`)
  return { capability, scope }
}

/** Tiers as `--tier` takes them. */
export const tiers = ['auto', 'ast', 'ir', 'wasm'] as const

export type TierChoice = (typeof tiers)[number]

/** Reads `--tier`. */
export function tierOf(text: string | undefined): TierChoice {
  const tier = tiers.find(each => each === (text ?? 'auto'))
  if (tier === undefined) throw new UsageError(`--tier is one of ${tiers.join(', ')}, not '${text}'`)
  return tier
}
