import type { NewModuleRecord, RecordEmbedding } from '@rtfs/interfaces'
import type { ModuleManifest } from './manifest.js'
import { recordIdOf } from './record-id.js'

/** The record of a signed manifest: its columns are copies of what is signed. */
export function recordOfManifest(
  manifest: ModuleManifest,
  embedding: RecordEmbedding | undefined,
  envelope: string,
): NewModuleRecord {
  const { namespace, name, interfaceHash, codeHash, target, abi, effects, description } = manifest
  return {
    id: recordIdOf(manifest),
    namespace,
    name,
    interfaceHash,
    codeHash,
    target,
    abi,
    storagePointer: manifest.blob.sha256,
    irPointer: manifest.irHash ?? undefined,
    sourcePointer: manifest.sourceHash ?? undefined,
    evidencePointer: manifest.evidence,
    exportName: manifest.export,
    effects,
    description,
    embedding,
    status: 'Verified',
    envelope,
    createdAt: manifest.issuedAt,
  }
}

/** A record that is about to be inserted, as the checks look at records. */
export function unstored(record: NewModuleRecord) {
  return { ...record, sequence: 0, lastUsedAt: undefined, uses: 0, failures: 0, pinned: false }
}
