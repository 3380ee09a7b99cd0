import type { Limits } from '@rtfs/core'
import { type Grant, grantOf, type TierChoice, tiers } from '../flags.js'

/** One line of input that can be run. */
export interface EvalRequest {
  readonly id: unknown
  readonly source: string
  readonly context: string | undefined
  readonly files: Readonly<Record<string, string>> | undefined
  readonly tier: TierChoice
  readonly allow: readonly Grant[]
  readonly limits: Partial<Limits>
}

/** A line that cannot be run: what is wrong with it, and the id where there was one. */
export class InvalidRequestError extends Error {
  override readonly name: string = 'InvalidRequestError'
  readonly id: unknown

  constructor(message: string, id: unknown = null) {
    super(message)
    this.id = id
  }
}

type Fields = Readonly<Record<string, unknown>>

/** Limits by their names in a request. */
const limitNames = { fuel: 'fuel', ms: 'deadlineMs', depth: 'depth', output: 'outputBytes' } as const

/** Reads a request. Fields that are not known are left alone; `null` counts as left out. */
export function parseRequest(line: string): EvalRequest {
  let data: unknown
  try {
    data = JSON.parse(line)
  } catch (cause) {
    throw new InvalidRequestError(
      `the line is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`,
    )
  }
  if (!isObject(data)) throw new InvalidRequestError('a request is a JSON object')
  const id = data['id'] ?? null
  const fail = (message: string): never => {
    throw new InvalidRequestError(message, id)
  }
  const { source } = data
  if (typeof source !== 'string') return fail('"source" must be a string')
  return {
    id,
    source,
    context: textOf(data['context'], fail),
    files: filesOf(data['files'], fail),
    tier: tierOf(data['tier'], fail),
    allow: grantsOf(data['allow'], fail),
    limits: limitsOf(data['limits'], fail),
  }
}

type Fail = (message: string) => never

function textOf(value: unknown, fail: Fail): string | undefined {
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' ? value : fail('"context" must be a string: the text of an RTFS map')
}

function filesOf(value: unknown, fail: Fail): Readonly<Record<string, string>> | undefined {
  if (value === undefined || value === null) return undefined
  if (!isObject(value) || Object.values(value).some(text => typeof text !== 'string')) {
    return fail('"files" must be an object of texts by path')
  }
  return value as Readonly<Record<string, string>>
}

function tierOf(value: unknown, fail: Fail): TierChoice {
  if (value === undefined || value === null) return 'auto'
  return tiers.find(tier => tier === value) ?? fail(`"tier" must be one of ${tiers.join(', ')}`)
}

function grantsOf(value: unknown, fail: Fail): readonly Grant[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value) || value.some(item => typeof item !== 'string')) {
    return fail('"allow" must be an array of strings: capability or capability=scope')
  }
  try {
    return value.map(grantOf)
  } catch (cause) {
    return fail(cause instanceof Error ? cause.message : String(cause))
  }
}

function limitsOf(value: unknown, fail: Fail): Partial<Limits> {
  if (value === undefined || value === null) return {}
  if (!isObject(value)) return fail('"limits" must be an object')
  const limits: { -readonly [K in keyof Limits]?: number } = {}
  for (const [name, limit] of Object.entries(value)) {
    if (!Object.hasOwn(limitNames, name)) {
      return fail(`"limits" has ${Object.keys(limitNames).join(', ')}, not "${name}"`)
    }
    if (limit === null) continue
    if (typeof limit !== 'number' || !Number.isFinite(limit) || limit < 0) {
      return fail(`"limits.${name}" must be a number of at least 0`)
    }
    limits[limitNames[name as keyof typeof limitNames]] = Math.floor(limit)
  }
  return limits
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
