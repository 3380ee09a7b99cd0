import { type Digest, encodeUtf8, sha256Hex } from '@rtfs/core'
import { canonicalJson } from './canonical-json.js'

/** What a record is about: one function, compiled for one target and ABI, in one namespace. */
export interface RecordKey {
  readonly namespace: string
  readonly interfaceHash: Digest
  readonly codeHash: Digest
  readonly target: string
  readonly abi: string
}

/** The id of the record of a function: 32 hex digits that follow from its key, the same in every store. */
export function recordIdOf(key: RecordKey): string {
  const { namespace, interfaceHash, codeHash, target, abi } = key
  return sha256Hex(encodeUtf8(canonicalJson([namespace, interfaceHash, codeHash, target, abi]))).slice(0, 32)
}
