import type { VectorIndex } from '@rtfs/interfaces'
import { createExactIndex } from '@rtfs/l4-client'
import { createHnswIndex, type HnswIndexOptions } from './hnsw-index.js'

export interface AdaptiveIndexOptions extends HnswIndexOptions {
  /** Vectors up to which the exact scan is used. Default 4096: below it the scan takes some 0.2 ms and misses nothing. */
  readonly exactUpTo?: number
}

/**
 * An exact scan that becomes an approximate index when it has grown. Building the graph costs about 1.6 ms a vector,
 * once; below the limit it would never pay. Without hnswlib-node it stays exact.
 */
export function createAdaptiveIndex(options: AdaptiveIndexOptions): VectorIndex {
  const { dimension, exactUpTo = 4096 } = options
  let index: VectorIndex = createExactIndex({ dimension })
  /** What the exact index holds, for the graph that takes its place; empty from then on. */
  const vectors = new Map<string, Float32Array>()
  let grown = false

  async function grow(): Promise<void> {
    const graph = await createHnswIndex(options)
    for (const [id, vector] of vectors) await graph.add(id, vector)
    vectors.clear()
    await index.close()
    index = graph
    grown = true
  }

  return {
    specVersion: 1,
    supports: { exact: false, remove: true, persistent: false },
    dimension,
    get size() {
      return index.size
    },
    async add(id, vector, callOptions) {
      await index.add(id, vector, callOptions)
      if (grown) return
      // An id that comes again is the newest, in both indexes.
      vectors.delete(id)
      vectors.set(id, vector.slice())
      if (vectors.size > exactUpTo) await grow()
    },
    async remove(id, callOptions) {
      vectors.delete(id)
      return index.remove(id, callOptions)
    },
    search: (vector, k, callOptions) => index.search(vector, k, callOptions),
    close: () => index.close(),
  }
}
