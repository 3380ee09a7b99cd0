import type { Digest } from '@rtfs/core'
import type { NewModuleRecord } from '@rtfs/interfaces'
import type { Demand } from './request.js'

/** The blobs that a record names, the module first. */
export function pointersOf(record: NewModuleRecord): readonly Digest[] {
  const { storagePointer, evidencePointer, irPointer, sourcePointer } = record
  return [storagePointer, evidencePointer, irPointer, sourcePointer].filter(pointer => pointer !== undefined)
}

/** What a record says of itself: for asking whether it is good, not whether it fits anybody. */
export function ownDemand(record: NewModuleRecord): Demand {
  const { namespace, interfaceHash, codeHash, target, abi } = record
  return { namespace, interfaceHash, codeHash, target, abi, grants: () => true }
}
