import type { Digest } from '@rtfs/core'
import type {
  CallOptions,
  EmbeddingModel,
  ModuleRecord,
  RecordStore,
  VectorIndex,
  VectorIndexFactory,
} from '@rtfs/interfaces'
import { BoundedMap } from './bounded-map.js'
import { isOfModel } from './embedding.js'

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
  /** Takes out what the record store no longer has and forgets everything else: indexes are derived. */
  clear(): void
}

interface Partition {
  readonly index: VectorIndex
  /** Records up to this sequence are in the index. */
  upTo: number
  /** Searches and updates of one partition run one after the other. */
  turn: Promise<unknown>
}

const maxPartitions = 64

export function createPartitions(records: RecordStore, factory: VectorIndexFactory): Partitions {
  const partitions = new BoundedMap<string, Promise<Partition>>(maxPartitions)

  async function open(model: EmbeddingModel): Promise<Partition> {
    return { index: await factory({ dimension: model.dimension }), upTo: 0, turn: Promise.resolve() }
  }

  /** Adds what was published since the last search, by any process. */
  async function catchUp(partition: Partition, key: PartitionKey, options?: CallOptions): Promise<void> {
    const { namespace, interfaceHash, model } = key
    const query = { ...(namespace !== undefined && { namespace }), ...(interfaceHash && { interfaceHash }) }
    const added = await records.find({ ...query, after: partition.upTo }, options)
    // Oldest first, so that equal scores are in the order of publication.
    for (const record of [...added].reverse()) {
      if (isOfModel(record.embedding, model)) await partition.index.add(record.id, record.embedding!.vector)
      partition.upTo = Math.max(partition.upTo, record.sequence)
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
        opening = open(model)
        partitions.set(name, opening)
        opening.catch(() => partitions.delete(name))
      }
      const partition = await opening
      const turn = partition.turn.then(async () => {
        await catchUp(partition, key, options)
        return nearest(partition, vector, k, options)
      })
      partition.turn = turn.catch(() => {})
      return turn
    },
    clear: () => partitions.clear(),
  }
}
