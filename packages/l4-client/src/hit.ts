import { encodeBase64 } from '@rtfs/core'
import type { L4CacheHit, ModuleRecord } from '@rtfs/interfaces'
import { decodeEnvelope } from './envelope.js'

/** The first signature of an envelope, as decisions and journals name it. Throws `RTFS_ENVELOPE`. */
export function signatureText(envelope: string): string {
  return encodeBase64(decodeEnvelope(envelope).signatures[0]!.signature)
}

/** A record as a decision names it. */
export function hitOf(record: ModuleRecord): L4CacheHit {
  return {
    kind: 'l4-cache-hit',
    storagePointer: record.storagePointer,
    moduleId: record.id,
    exportName: record.exportName,
    signature: signatureText(record.envelope),
  }
}
