import { closest } from '@rtfs/core'
import { UsageError } from '../failure.js'

/** What a configuration file says. Every key may be left out. */
export interface Config {
  /** Directory of cache, keys and journal; relative to the file. */
  readonly dir?: string
  readonly offline?: boolean
  readonly tier?: string
  /** Grants, as `--allow` takes them. */
  readonly allow?: readonly string[]
  /** Limits, named as in the flags `--max-…`; `unlimited` lifts one. */
  readonly limits?: Readonly<Partial<Record<LimitName, number | 'unlimited'>>>
}

export const limitNames = ['fuel', 'ms', 'depth', 'output', 'memory'] as const

export type LimitName = (typeof limitNames)[number]

const keys = ['dir', 'offline', 'tier', 'allow', 'limits'] as const

/** Keys that widen what a program may do, or say whose modules are trusted: no file that came with a program sets them. */
const userKeys: ReadonlySet<string> = new Set(['dir', 'allow'])

/** Who wrote a file: the person at the machine, or whoever made the project. */
export type ConfigOrigin = 'user' | 'project'

/** Reads the tables of a file. Throws UsageError that names the file, the key, and what it takes. */
export function readConfig(
  table: Readonly<Record<string, unknown>>,
  file: string,
  origin: ConfigOrigin,
): Config {
  const entries = Object.entries(table)
  for (const [key] of entries) requireKnown(key, keys, file, '')
  const foreign = entries.find(([key]) => origin === 'project' && userKeys.has(key))
  if (foreign !== undefined) {
    const flag = foreign[0] === 'dir' ? '--dir' : '--allow'
    throw new UsageError(
      `${file}: '${foreign[0]}' is not for the file of a project, which may come from anybody; give ${flag}, or set it in your own config.toml`,
    )
  }
  const { dir, offline, tier, allow, limits } = table
  return {
    ...(dir === undefined ? {} : { dir: text(dir, 'dir', file) }),
    ...(offline === undefined ? {} : { offline: flag(offline, 'offline', file) }),
    ...(tier === undefined ? {} : { tier: text(tier, 'tier', file) }),
    ...(allow === undefined ? {} : { allow: texts(allow, 'allow', file) }),
    ...(limits === undefined ? {} : { limits: readLimits(limits, file, origin) }),
  }
}

function readLimits(value: unknown, file: string, origin: ConfigOrigin): NonNullable<Config['limits']> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError(`${file}: 'limits' is a table: [limits]`)
  }
  const limits: Partial<Record<LimitName, number | 'unlimited'>> = {}
  for (const [name, limit] of Object.entries(value)) {
    requireKnown(name, limitNames, file, 'limits.')
    if (limit === 'unlimited' && origin === 'project') {
      throw new UsageError(
        `${file}: 'limits.${name}' of a project is a number; --max-${name} unlimited lifts it`,
      )
    }
    if (limit !== 'unlimited' && !(Number.isSafeInteger(limit) && (limit as number) >= 0)) {
      throw new UsageError(
        `${file}: 'limits.${name}' takes a whole number or "unlimited", not ${shown(limit)}`,
      )
    }
    limits[name as LimitName] = limit as number | 'unlimited'
  }
  return limits
}

function requireKnown(key: string, known: readonly string[], file: string, prefix: string): void {
  if (known.includes(key)) return
  const meant = closest(key, known)
  const hint =
    meant === undefined ? `; there are ${known.join(', ')}` : ` (did you mean '${prefix}${meant}'?)`
  throw new UsageError(`${file}: there is no '${prefix}${key}'${hint}`)
}

function text(value: unknown, key: string, file: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw new UsageError(`${file}: '${key}' takes a text, not ${shown(value)}`)
}

function flag(value: unknown, key: string, file: string): boolean {
  if (typeof value === 'boolean') return value
  throw new UsageError(`${file}: '${key}' takes true or false, not ${shown(value)}`)
}

function texts(value: unknown, key: string, file: string): readonly string[] {
  if (Array.isArray(value) && value.every(each => typeof each === 'string')) return value
  throw new UsageError(`${file}: '${key}' takes a list of texts, not ${shown(value)}`)
}

function shown(value: unknown): string {
  return typeof value === 'object' ? 'that' : JSON.stringify(value)
}
