import { writeFile } from 'node:fs/promises'
import type { VectorIndex } from '@rtfs/interfaces'
import { createExactIndex, vectorBytes, vectorOfBytes } from '@rtfs/l4-client'
import { createHnswIndex, type HnswIndex, type HnswIndexOptions } from './hnsw-index.js'
import { type Notes, readSavedIndex, type SavedIndex, writeSavedIndex } from './saved-index.js'

export interface AdaptiveIndexOptions extends Omit<HnswIndexOptions, 'file'> {
  /** Vectors up to which the exact scan is used. Default 4096: below it the scan takes some 0.2 ms and misses nothing. */
  readonly exactUpTo?: number
  /** Milliseconds before a graph is built: a process that ends sooner has no use for it. Default 2000. */
  readonly growAfterMs?: number
}

export interface AdaptiveIndex extends VectorIndex {
  readonly kind: 'exact' | 'hnsw'
  /** While a graph is being built. It resolves when the graph has taken over, or was given up. */
  readonly growing: Promise<void> | undefined
  /** The note of the saved index that it began with; `undefined` when it began empty. */
  readonly note: string | undefined
  /** Vectors that are not in what was saved last, and removals. */
  readonly unsaved: number
  /** Keeps the index as `file`.json and data beside it, graph or not, with a note of what it was derived from. */
  save(file: string, note: string): Promise<void>
  clear(): Promise<void>
}

/** Milliseconds that building takes at a time, and leaves to others in between. */
const slice = { workMs: 5, restMs: 2 }

/**
 * An exact scan that becomes an approximate index when it has grown. The graph, some 0.5 to 1.6 ms a vector, is built a
 * slice at a time while the scan goes on answering; it does not keep the process alive. Without hnswlib-node it stays
 * exact.
 */
export function createAdaptiveIndex(options: AdaptiveIndexOptions): AdaptiveIndex {
  return createIndex(options, undefined)
}

/** An adaptive index that begins with what was saved as `file`, if that is whole and of the same dimension. */
export async function openAdaptiveIndex(
  options: AdaptiveIndexOptions & { readonly file: string },
): Promise<AdaptiveIndex> {
  const saved = await readSavedIndex(options.file, options.dimension)
  if (saved === undefined) return createIndex(options, undefined)
  if (saved.notes.kind === 'hnsw') {
    const graph = await createHnswIndex(options)
    return createIndex(options, graph.note === undefined ? undefined : { graph, note: graph.note })
  }
  const vectors = vectorsOf(saved)
  if (vectors === undefined) return createIndex(options, undefined)
  const exact = createExactIndex(options)
  for (const [id, vector] of vectors) await exact.add(id, vector)
  return createIndex(options, { exact, vectors, note: saved.notes.note })
}

/** Vectors by id; `undefined` when one of them is none. */
function vectorsOf({ notes, data }: SavedIndex): Map<string, Float32Array> | undefined {
  const { dimension, ids } = notes
  const size = dimension * 4
  if (data.length !== ids.length * size) return undefined
  const vectors = new Map<string, Float32Array>()
  for (const [i, [, id]] of ids.entries()) {
    const vector = vectorOfBytes(data.subarray(i * size, (i + 1) * size))
    if (vector === undefined) return undefined
    vectors.set(id, vector)
  }
  return vectors
}

/** What was saved. */
type Beginning =
  | { readonly graph: HnswIndex; readonly note: string }
  | { readonly exact: VectorIndex; readonly vectors: Map<string, Float32Array>; readonly note: string }

function createIndex(options: AdaptiveIndexOptions, begun: Beginning | undefined): AdaptiveIndex {
  const { dimension, exactUpTo = 4096, growAfterMs = 2000 } = options
  let grown = begun !== undefined && 'graph' in begun ? begun.graph : undefined
  let index: VectorIndex =
    grown ?? (begun !== undefined && 'exact' in begun ? begun.exact : createExactIndex({ dimension }))
  /** What the exact index holds, for the graph that takes its place; empty from then on. */
  const vectors = begun !== undefined && 'vectors' in begun ? begun.vectors : new Map<string, Float32Array>()
  let growing: Promise<void> | undefined
  /** The graph that is being built, and what has still to go into it. */
  let next: { readonly graph: HnswIndex; readonly queue: string[] } | undefined
  let mayGrow = true
  let unsaved = 0

  async function grow(): Promise<void> {
    // Whoever is adding many goes first, too.
    await rest(growAfterMs)
    if (!mayGrow) return
    const built = await createHnswIndex(options)
    if (built.kind === 'exact') {
      mayGrow = false
      return
    }
    if (!mayGrow) return
    next = { graph: built, queue: [...vectors.keys()] }
    const { queue } = next
    let at = 0
    while (next !== undefined && next.graph === built) {
      const until = performance.now() + slice.workMs
      while (at < queue.length && performance.now() < until) {
        const id = queue[at++]!
        const vector = vectors.get(id)
        if (vector !== undefined) await built.add(id, vector)
      }
      if (at === queue.length) {
        next = undefined
        vectors.clear()
        await index.close()
        index = built
        grown = built
        // A graph is worth more than the vectors that may have been saved.
        unsaved += built.size
        return
      }
      await rest(slice.restMs)
    }
    await built.close()
  }

  function growIfLarge(): void {
    if (grown !== undefined || vectors.size <= exactUpTo || !mayGrow || growing !== undefined) return
    growing = grow()
      .catch(() => {
        // It goes on as it is: exact.
        mayGrow = false
        next = undefined
      })
      .finally(() => {
        growing = undefined
      })
  }

  growIfLarge()
  return {
    specVersion: 1,
    supports: { exact: false, remove: true, persistent: true },
    dimension,
    note: begun?.note,
    get kind() {
      return grown === undefined ? ('exact' as const) : ('hnsw' as const)
    },
    get growing() {
      return growing
    },
    get unsaved() {
      return unsaved
    },
    get size() {
      return index.size
    },
    async add(id, vector, callOptions) {
      const [target, copy] = [index, vector instanceof Float32Array ? vector.slice() : vector]
      await target.add(id, copy, callOptions)
      unsaved++
      if (grown !== undefined) {
        // The graph took over in between.
        if (target !== grown) await grown.add(id, copy)
        return
      }
      // An id that comes again is the newest, in both indexes.
      vectors.delete(id)
      vectors.set(id, copy)
      next?.queue.push(id)
      growIfLarge()
    },
    async remove(id, callOptions) {
      const target = index
      const existed = await target.remove(id, callOptions)
      if (!existed) return false
      unsaved++
      vectors.delete(id)
      if (grown !== undefined && target !== grown) await grown.remove(id)
      await next?.graph.remove(id)
      return true
    },
    search: (vector, k, callOptions) => index.search(vector, k, callOptions),
    async save(file, note) {
      const counted = unsaved
      if (grown !== undefined) await grown.save(file, note)
      else {
        const held = [...vectors]
        const ids = held.map(([id], i) => [i, id] as const)
        const notes: Notes = { format: 2, kind: 'exact', dimension, ids, note }
        await writeSavedIndex(file, notes, path => writeFile(path, allBytes(held, dimension), { flag: 'wx' }))
      }
      unsaved -= counted
    },
    async clear() {
      next = undefined
      await growing
      await index.close()
      index = createExactIndex({ dimension })
      grown = undefined
      vectors.clear()
      unsaved = 0
    },
    async close() {
      mayGrow = false
      next = undefined
      await index.close()
    },
  }
}

function allBytes(vectors: readonly (readonly [string, Float32Array])[], dimension: number): Uint8Array {
  const bytes = new Uint8Array(vectors.length * dimension * 4)
  for (const [i, [, vector]] of vectors.entries()) bytes.set(vectorBytes(vector), i * dimension * 4)
  return bytes
}

/** A pause that does not keep the process alive. */
function rest(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms).unref())
}
