import { RtfsError } from '@rtfs/core'
import type { VectorIndex, VectorMatch } from '@rtfs/interfaces'
import { createExactIndex, requireCount, requireDimension, unitVector } from '@rtfs/l4-client'
import { type Hnswlib, loadHnswlib, type NativeIndex } from './hnswlib.js'
import {
  type Notes,
  readSavedIndex,
  type SavedIndex,
  withPrivateCopy,
  writeSavedIndex,
} from './saved-index.js'

export interface HnswIndexOptions {
  readonly dimension: number
  /** Links of a node. Default 16. */
  readonly m?: number
  /** Candidates looked at while a node is linked. Default 200. */
  readonly efConstruction?: number
  /** Candidates looked at in a search; at least `k` are. Default 200. */
  readonly ef?: number
  /** A saved index to begin with. One that is damaged or of another dimension is left alone, and the index is empty. */
  readonly file?: string
  /** For tests of the fallback: what stands for hnswlib-node. Default: hnswlib-node. */
  readonly hnswlib?: Hnswlib | undefined
}

export interface HnswIndex extends VectorIndex {
  /** `exact` where hnswlib-node cannot be used. */
  readonly kind: 'hnsw' | 'exact'
  /** Ids that it holds, in the order of insertion. An exact index begun anew holds none. */
  ids(): readonly string[]
  /** The note of the saved index that it began with; `undefined` when it began empty. */
  readonly note: string | undefined
  /**
   * Keeps the index as `file`.json and data beside it, with a note of what it was derived from. Where hnswlib-node is
   * missing there is no graph to keep: false.
   */
  save(file: string, note?: string): Promise<boolean>
}

/** Labels of the native index are 32-bit numbers, and wrap silently. */
const maxLabel = 2 ** 32 - 1

/** Deleted nodes still cost time; beyond this share the graph is built anew. */
const maxDeletedShare = 0.5

/**
 * An approximate index on hnswlib-node. Where that is missing, an exact scan with the same interface. The native
 * code aborts the process on wrong input, so everything is checked before it gets there.
 */
export async function createHnswIndex(options: HnswIndexOptions): Promise<HnswIndex> {
  requireDimension(options.dimension)
  const hnswlib = 'hnswlib' in options ? options.hnswlib : await loadHnswlib()
  if (hnswlib === undefined) return exactFallback(options.dimension)
  const saved = options.file === undefined ? undefined : await readSavedIndex(options.file, options.dimension)
  return createNative(hnswlib, options, saved && (await openGraph(hnswlib, saved)))
}

/** A graph that was read from the disk. */
interface Graph {
  readonly native: NativeIndex
  readonly notes: Notes
  /** Greater than all labels, also those of deleted points, which cannot be given again. */
  readonly nextLabel: number
}

/** The graph of a saved index; `undefined` when it is none, or does not hold what its notes say. */
export async function openGraph(hnswlib: Hnswlib, { notes, data }: SavedIndex): Promise<Graph | undefined> {
  const { kind, dimension, ids } = notes
  if (kind !== 'hnsw') return undefined
  const native = new hnswlib.HierarchicalNSW('ip', dimension)
  try {
    await withPrivateCopy(data, path => native.readIndexSync(path))
    const labels = new Set(native.getIdsList())
    if (native.getNumDimensions() !== dimension || ids.some(([label]) => !labels.has(label))) return undefined
    let nextLabel = 0
    for (const label of labels) nextLabel = Math.max(nextLabel, label + 1)
    return { native, notes, nextLabel }
  } catch {
    return undefined
  }
}

function exactFallback(dimension: number): HnswIndex {
  const exact = createExactIndex({ dimension })
  const ids = new Set<string>()
  return {
    specVersion: 1,
    supports: exact.supports,
    kind: 'exact',
    dimension,
    get size() {
      return exact.size
    },
    async add(id, vector, callOptions) {
      await exact.add(id, vector, callOptions)
      ids.delete(id)
      ids.add(id)
    },
    async remove(id, callOptions) {
      ids.delete(id)
      return exact.remove(id, callOptions)
    },
    search: (vector, k, callOptions) => exact.search(vector, k, callOptions),
    ids: () => [...ids],
    note: undefined,
    save: async () => false,
    close: () => exact.close(),
  }
}

function createNative(hnswlib: Hnswlib, options: HnswIndexOptions, saved: Graph | undefined): HnswIndex {
  const { dimension, m = 16, efConstruction = 200, ef = 200 } = options
  const seed = 100
  let native: NativeIndex
  let labels = new Map<string, number>()
  let idOf = new Map<number, string>()
  let nextLabel = 0
  let capacity: number
  let closed = false

  function begin(wanted: number): void {
    native = new hnswlib.HierarchicalNSW('ip', dimension)
    native.initIndex(wanted, m, efConstruction, seed)
    capacity = wanted
  }

  function load(graph: Graph): void {
    native = graph.native
    capacity = native.getMaxElements()
    nextLabel = graph.nextLabel
    for (const [label, id] of graph.notes.ids) {
      labels.set(id, label)
      idOf.set(label, id)
    }
  }

  /** Takes the living nodes into a new graph. */
  function rebuild(): void {
    const living = [...labels].map(([id, label]) => [id, native.getPoint(label)] as const)
    begin(Math.max(1024, living.length * 2))
    labels = new Map()
    idOf = new Map()
    nextLabel = 0
    for (const [id, point] of living) append(id, point)
  }

  function append(id: string, point: readonly number[]): void {
    if (nextLabel >= maxLabel) throw new RtfsError('RTFS_STORE_FULL', 'the index has used up its labels')
    if (nextLabel >= capacity) {
      capacity *= 2
      native.resizeIndex(capacity)
    }
    native.addPoint(point, nextLabel)
    labels.set(id, nextLabel)
    idOf.set(nextLabel, id)
    nextLabel++
  }

  function take(id: string): boolean {
    const label = labels.get(id)
    if (label === undefined) return false
    native.markDelete(label)
    labels.delete(id)
    idOf.delete(label)
    return true
  }

  function requireOpen(signal: AbortSignal | undefined): void {
    if (signal?.aborted) throw new RtfsError('RTFS_ABORTED', 'the call was aborted', { cause: signal.reason })
    if (closed) throw new RtfsError('RTFS_USAGE', 'the index is closed')
  }

  if (saved === undefined) begin(1024)
  else load(saved)

  return {
    specVersion: 1,
    supports: { exact: false, remove: true, persistent: true },
    kind: 'hnsw',
    dimension,
    get size() {
      return labels.size
    },
    async add(id, vector, callOptions) {
      requireOpen(callOptions?.signal)
      const point = Array.from(unitVector(vector, dimension))
      take(id)
      append(id, point)
    },
    async remove(id, callOptions) {
      requireOpen(callOptions?.signal)
      const existed = take(id)
      if (nextLabel > 1024 && labels.size < nextLabel * (1 - maxDeletedShare)) rebuild()
      return existed
    },
    async search(vector, k, callOptions): Promise<readonly VectorMatch[]> {
      requireOpen(callOptions?.signal)
      requireCount(k)
      const point = Array.from(unitVector(vector, dimension))
      const wanted = Math.min(k, labels.size)
      if (wanted === 0) return []
      // Not kept in saved files, and results are wrong below `k`.
      native.setEf(Math.max(ef, wanted))
      const { neighbors, distances } = native.searchKnn(point, wanted)
      return neighbors
        .map((label, i) => ({ label, score: Math.max(-1, Math.min(1, 1 - distances[i]!)) }))
        .sort((a, b) => b.score - a.score || a.label - b.label)
        .flatMap(({ label, score }) => {
          const id = idOf.get(label)
          return id === undefined ? [] : [{ id, score }]
        })
    },
    ids: () => [...labels.keys()],
    note: saved?.notes.note,
    async save(file, note = '') {
      requireOpen(undefined)
      const notes: Notes = { format: 2, kind: 'hnsw', dimension, ids: [...idOf], note }
      await writeSavedIndex(file, notes, path => native.writeIndexSync(path))
      return true
    },
    async close() {
      closed = true
    },
  }
}
