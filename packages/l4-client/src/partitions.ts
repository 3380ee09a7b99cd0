import type { Digest } from '@rtfs/core'
import type {
  CallOptions,
  EmbeddingModel,
  Logger,
  ModuleRecord,
  RecordQuery,
  RecordStore,
  SavableVectorIndex,
  VectorIndex,
  VectorIndexFactory,
} from '@rtfs/interfaces'
import { BoundedMap } from './bounded-map.js'
import { isOfModel } from './embedding.js'
import { faultText } from './faults.js'

/** Records whose embeddings may be compared: of one interface in one namespace, or of all where it is left out. */
export interface PartitionKey {
  readonly namespace: string | undefined
  readonly interfaceHash: Digest | undefined
  readonly model: EmbeddingModel
}

/** A record near to what was asked, and how near. */
export interface NearRecord {
  readonly record: ModuleRecord
  readonly score: number
}

/** The nearest records of a partition, read afresh; the index only says which. */
export interface Partitions {
  search(
    key: PartitionKey,
    vector: Float32Array,
    k: number,
    options?: CallOptions,
  ): Promise<readonly NearRecord[]>
  /** Forgets the indexes of this process: they are derived. */
  clear(): void
  /** Saves what can be saved and is worth it. */
  close(): Promise<void>
}

interface Partition {
  readonly index: VectorIndex | SavableVectorIndex
  readonly query: RecordQuery
  /** Records up to this sequence are in the index. */
  upTo: number
  /** Id of the record with that sequence. */
  newest: string
  /** Searches and updates of one partition run one after the other. */
  turn: Promise<unknown>
}

const maxPartitions = 64
const pageSize = 500

export function createPartitions(
  records: RecordStore,
  factory: VectorIndexFactory,
  logger: Logger,
): Partitions {
  const partitions = new BoundedMap<string, Promise<Partition>>(maxPartitions)

  async function open(name: string, key: PartitionKey, options?: CallOptions): Promise<Partition> {
    const { namespace, interfaceHash, model } = key
    const index = await factory({ dimension: model.dimension, name })
    const query = { ...(namespace !== undefined && { namespace }), ...(interfaceHash && { interfaceHash }) }
    const partition: Partition = { index, query, upTo: 0, newest: '', turn: Promise.resolve() }
    if (!isSavable(index) || index.begunWith === undefined) return partition
    const noted = readNote(index.begunWith)
    // Sequences are never used twice, so the record that the index ended with says whether this is the same store.
    const newest = noted && (await records.get(noted.newest, options))
    if (noted !== undefined && newest?.sequence === noted.upTo) return { ...partition, ...noted }
    await index.clear()
    return partition
  }

  /** Adds what was published since the last search, by any process. */
  async function catchUp(partition: Partition, model: EmbeddingModel, options?: CallOptions): Promise<void> {
    const { index, query, upTo: after } = partition
    const added: { readonly id: string; readonly vector: Float32Array }[] = []
    let { upTo, newest } = partition
    let before = Number.MAX_SAFE_INTEGER
    // Pages, because whole records are many times the size of their vectors.
    while (true) {
      const page = await records.find({ ...query, after, before, limit: pageSize }, options)
      for (const { id, sequence, embedding } of page) {
        if (sequence > upTo) {
          upTo = sequence
          newest = id
        }
        if (isOfModel(embedding, model)) added.push({ id, vector: embedding!.vector })
      }
      if (page.length < pageSize) break
      before = page.at(-1)!.sequence
    }
    // Oldest first, so that equal scores are in the order of publication.
    for (const { id, vector } of added.reverse()) await index.add(id, vector)
    partition.upTo = upTo
    partition.newest = newest
  }

  /** A fault leaves the index as it is, only unsaved: it can be built anew. */
  async function save({ index, upTo, newest }: Partition, isLast: boolean): Promise<void> {
    if (!isSavable(index) || upTo === 0 || !isWorthSaving(index, isLast)) return
    try {
      await index.save(JSON.stringify([1, upTo, newest]))
    } catch (cause) {
      logger.log('warn', 'l4.index-not-saved', { reason: faultText(cause) })
    }
  }

  /**
   * The nearest `k` that are not revoked, with the revoked ones met on the way, so that a decision can name them.
   * Records that are gone are taken out of the index and the search is made again.
   */
  async function nearest(partition: Partition, vector: Float32Array, k: number, options?: CallOptions) {
    const { index } = partition
    for (let wanted = k; ; wanted *= 2) {
      const matches = await index.search(vector, wanted, options)
      const near: NearRecord[] = []
      let usable = 0
      for (const { id, score } of matches) {
        if (usable === k) break
        const record = await records.get(id, options)
        if (record === undefined) {
          if (index.supports.remove) await index.remove(id)
          continue
        }
        near.push({ record, score })
        if (record.status !== 'Revoked') usable++
      }
      if (usable === k || matches.length < wanted) return near
    }
  }

  return {
    async search(key, vector, k, options) {
      const { namespace, interfaceHash, model } = key
      const name = JSON.stringify([
        namespace ?? null,
        interfaceHash ?? null,
        model.id,
        model.revision,
        model.dimension,
      ])
      let opening = partitions.get(name)
      if (opening === undefined) {
        opening = open(name, key, options)
        partitions.set(name, opening)
        opening.catch(() => partitions.delete(name))
      }
      const partition = await opening
      const turn = partition.turn.then(async () => {
        await catchUp(partition, model, options)
        return nearest(partition, vector, k, options)
      })
      partition.turn = turn.catch(() => {}).then(() => save(partition, false))
      return turn
    },
    clear: () => partitions.clear(),
    async close() {
      for (const opening of partitions.values()) {
        const partition = await opening.catch(() => undefined)
        if (partition === undefined) continue
        await partition.turn
        await save(partition, true)
        await partition.index.close()
      }
      partitions.clear()
    },
  }
}

function isSavable(index: VectorIndex | SavableVectorIndex): index is SavableVectorIndex {
  return 'save' in index
}

/** Saving writes all of the index: while it is in use, only after so many changes that this costs less than they did. */
export function isWorthSaving({ unsaved, size }: SavableVectorIndex, isLast: boolean): boolean {
  return isLast ? unsaved > 0 && unsaved * 64 >= size : unsaved >= Math.max(256, size / 8)
}

function readNote(note: string): { readonly upTo: number; readonly newest: string } | undefined {
  try {
    const [format, upTo, newest] = JSON.parse(note) as readonly unknown[]
    if (format === 1 && Number.isSafeInteger(upTo) && typeof newest === 'string')
      return { upTo: upTo as number, newest }
  } catch {}
  return undefined
}
