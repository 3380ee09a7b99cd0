import { encodeUtf8, formatValue, sha256Hex, typeName, type Value } from '@rtfs/core'
import type { SecurityLevel } from '../host/security.js'

/** 64 bits as 16 hexadecimal digits. */
function hash64(text: string): string {
  return sha256Hex(encodeUtf8(text)).slice(0, 16)
}

const known = new Map<string, string>()

/** Whether the arguments have these types. */
export function hasTypes(args: readonly Value[], types: readonly string[]): boolean {
  if (args.length !== types.length) return false
  for (let i = 0; i < args.length; i++) if (typeName(args[i]!) !== types[i]) return false
  return true
}

/** The hash of the names of argument types. */
export function typesFingerprint(types: readonly string[]): string {
  const text = types.map(type => `${type.length}:${type}`).join('')
  let hash = known.get(text)
  if (hash === undefined) {
    // Few shapes occur; should many, forgetting all of them is cheap.
    if (known.size >= 1000) known.clear()
    known.set(text, (hash = hash64(text)))
  }
  return hash
}

/** The hash of what a decision may depend on besides the call: level, grants, limits, task, tenant. */
export function contextHash(context: {
  readonly level: SecurityLevel
  readonly allowed: ReadonlySet<string>
  readonly limits: object
  readonly taskId: Value
  readonly tenant: string | undefined
}): string {
  const { level, allowed, limits, taskId, tenant } = context
  return hash64(JSON.stringify([level, [...allowed].sort(), limits, formatValue(taskId), tenant ?? null]))
}

/** The hash of what a program may do: answers of models are not shared between grants. */
export function grantsHash(level: SecurityLevel, allowed: ReadonlySet<string>): string {
  return hash64(JSON.stringify([level, [...allowed].sort()]))
}
