import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeUtf8, RtfsError, sha256Hex } from '@rtfs/core'
import type { SavableVectorIndex, VectorIndexFactory } from '@rtfs/interfaces'
import { type AdaptiveIndexOptions, createAdaptiveIndex, openAdaptiveIndex } from './adaptive-index.js'

export interface IndexFolderOptions extends Omit<AdaptiveIndexOptions, 'dimension'> {
  /** Where indexes are kept; made when something is saved. What is in it can be removed at any time. */
  readonly dir: string
  /** Vectors from which an index is kept: smaller ones are built faster than read. Default 512. */
  readonly saveFrom?: number
}

/**
 * Adaptive indexes that are kept in a directory between runs, for `createL4Cache({ index })`. What is damaged is begun
 * anew. Several processes may use it at once: the last one to save wins, which costs nobody more than building anew.
 */
export function createIndexFolder(options: IndexFolderOptions): VectorIndexFactory {
  const { dir, saveFrom = 512, ...adaptive } = options
  // The version of the layout, so that another one does not meet these files.
  const folder = join(dir, 'indexes-v1')

  return async ({ dimension, name }) => {
    const indexOptions = { ...adaptive, dimension }
    if (name === undefined) return createAdaptiveIndex(indexOptions)
    const file = join(folder, sha256Hex(encodeUtf8(name)).slice(0, 32))
    const index = await openAdaptiveIndex({ ...indexOptions, file })
    const savable: SavableVectorIndex = {
      specVersion: 1,
      supports: index.supports,
      dimension,
      begunWith: index.note,
      get size() {
        return index.size
      },
      get unsaved() {
        return index.unsaved
      },
      add: (id, vector, call) => index.add(id, vector, call),
      remove: (id, call) => index.remove(id, call),
      search: (vector, k, call) => index.search(vector, k, call),
      clear: () => index.clear(),
      close: () => index.close(),
      async save(note) {
        if (index.size < saveFrom) return false
        try {
          await mkdir(folder, { recursive: true })
        } catch (cause) {
          throw new RtfsError('RTFS_STORE_IO', `cannot make ${folder}`, { cause })
        }
        await index.save(file, note)
        return true
      },
    }
    return savable
  }
}
