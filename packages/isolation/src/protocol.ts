import type { Limits } from '@rtfs/core'
import { malformed, type Wire } from './wire.js'
import type { WireError } from './wire-error.js'

/** The result of an effect that the host performed, in the order in which the code asked. */
export type Recorded =
  | { readonly capability: string; readonly value: Wire }
  | { readonly capability: string; readonly error: WireError }

/** One call. Everything is structured-cloneable. */
export interface Request {
  readonly id: number
  readonly targetId: string
  /** Names the module and how it is prepared: the same key is the same prepared module. */
  readonly key: string
  /** Left out when this worker was sent them under the same key before. */
  readonly bytes: Uint8Array | undefined
  readonly imports: readonly string[]
  readonly exports: readonly string[]
  readonly debug: Uint8Array | undefined
  readonly exportName: string
  readonly args: readonly Wire[]
  readonly limits: Limits
  readonly recorded: readonly Recorded[]
}

/** What a worker answers. `need-bytes`: it forgot the module; `effect`: perform this and call again with its result. */
export type Reply =
  | { readonly id: number; readonly kind: 'value'; readonly value: Wire; readonly fuel: number }
  | { readonly id: number; readonly kind: 'error'; readonly error: WireError; readonly fuel: number }
  | {
      readonly id: number
      readonly kind: 'effect'
      readonly capability: string
      readonly args: readonly Wire[]
    }
  | { readonly id: number; readonly kind: 'need-bytes' }

/** Checks the frame of a reply; values and errors inside are checked when they are read. RTFS_DECODE. */
export function parseReply(message: unknown): Reply {
  if (typeof message !== 'object' || message === null) throw malformed()
  const reply = message as Partial<Record<string, unknown>>
  if (!Number.isSafeInteger(reply['id'])) throw malformed()
  switch (reply['kind']) {
    case 'value':
    case 'error':
      if (typeof reply['fuel'] !== 'number') throw malformed()
      break
    case 'effect':
      if (typeof reply['capability'] !== 'string' || !Array.isArray(reply['args'])) throw malformed()
      break
    case 'need-bytes':
      break
    default:
      throw malformed()
  }
  return message as Reply
}
