import { type Digest, RtfsError } from '@rtfs/core'
import { interfaceHash } from '@rtfs/ir'
import { parseType } from '@rtfs/parser'

/** The interface hash of a function type given as text. Throws `RTFS_USAGE` for a text that is no function type. */
export function interfaceOf(signature: string, effects: readonly string[]): Digest {
  const { type, diagnostics } = parseType(signature)
  const error = diagnostics.find(item => item.severity === 'error')
  if (type === undefined || error !== undefined) {
    throw new RtfsError('RTFS_USAGE', `'${signature}' is no type: ${error?.message ?? 'it does not parse'}`)
  }
  if (type.kind !== 'function') {
    throw new RtfsError('RTFS_USAGE', `'${signature}' is no function type; expected [:=> [:int] :int]`)
  }
  return interfaceHash(type, effects)
}
