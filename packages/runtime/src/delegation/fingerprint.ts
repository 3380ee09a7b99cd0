import { encodeUtf8, RtfsMap, sha256Hex, typeName, type Value } from '@rtfs/core'
import type { SecurityLevel } from '../host/security.js'

/** 64 bits as 16 hexadecimal digits. */
function hash64(text: string): string {
  return sha256Hex(encodeUtf8(text)).slice(0, 16)
}

const known = new Map<string, string>()

/** The hash of the type names of the arguments. */
export function argumentFingerprint(args: readonly Value[]): string {
  const text = args.map(typeName).join(' ')
  let hash = known.get(text)
  if (hash === undefined) {
    // Few shapes occur; should many, forgetting all of them is cheap.
    if (known.size >= 1000) known.clear()
    known.set(text, (hash = hash64(text)))
  }
  return hash
}

/** The hash of what a decision may depend on besides the call: level, grants, limits, task. */
export function contextHash(context: {
  readonly level: SecurityLevel
  readonly allowed: ReadonlySet<string>
  readonly limits: object
  readonly taskId: Value
}): string {
  const parts = [context.level, [...context.allowed].sort(), context.limits, context.taskId]
  return hash64(JSON.stringify(parts, (_, part) => (part instanceof RtfsMap ? null : part)))
}
