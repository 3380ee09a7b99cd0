import { type Digest, decodeUtf8, encodeUtf8 } from '@rtfs/core'
import type { VerificationReport } from '@rtfs/interfaces'
import { canonicalJson, type Json, parseCanonicalJson } from './canonical-json.js'

/** What was run on which bytes, when, with which result; kept as a blob whose digest is signed. */
export interface Evidence extends VerificationReport {
  readonly interfaceHash: Digest
  readonly codeHash: Digest
  readonly blob: Digest
  readonly target: string
  readonly abi: string
  /** Milliseconds since the epoch. */
  readonly verifiedAt: number
}

export function encodeEvidence(evidence: Evidence): Uint8Array {
  return encodeUtf8(canonicalJson(evidence as unknown as Json))
}

/** `undefined` for bytes that `encodeEvidence` did not write. */
export function decodeEvidence(bytes: Uint8Array): Evidence | undefined {
  const text = decodeUtf8(bytes)
  return text === undefined ? undefined : (parseCanonicalJson(text) as unknown as Evidence | undefined)
}
