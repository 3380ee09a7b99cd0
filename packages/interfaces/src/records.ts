import type { Digest } from '@rtfs/core'
import type { CallOptions } from './common.js'

/**
 * What a record says about its module. `Verified` follows from the signed evidence; a record may only be lowered:
 * to `Pending` (set aside until somebody looks) or to `Revoked` (never again).
 */
export type ValidationStatus = 'Verified' | 'Pending' | 'Revoked'

/** The embedding of a module's description, and the model that made it; never compared across models. */
export interface RecordEmbedding {
  readonly vector: Float32Array
  readonly model: string
  readonly revision: string
}

/** A module as it is handed to a record store: one function, compiled for one target. */
export interface NewModuleRecord {
  /** Follows from namespace, interface hash, code hash, target and ABI, so that it is the same everywhere. */
  readonly id: string
  readonly namespace: string
  readonly name: string
  readonly interfaceHash: Digest
  readonly codeHash: Digest
  readonly target: string
  readonly abi: string
  /** Blob of the compiled bytes. */
  readonly storagePointer: Digest
  /** Blob of the canonical IR. */
  readonly irPointer: Digest | undefined
  /** Blob of the RTFS text. */
  readonly sourcePointer: Digest | undefined
  /** Blob of the evidence: what was run, when, with which result. */
  readonly evidencePointer: Digest
  /** The export that implements the function. */
  readonly exportName: string
  /** Sorted capability ids. */
  readonly effects: readonly string[]
  readonly description: string
  readonly embedding: RecordEmbedding | undefined
  readonly status: ValidationStatus
  /** The signed envelope, as text. What it signs wins over every column. */
  readonly envelope: string
  readonly createdAt: number
}

/** A row of `rtfs_modules`. */
export interface ModuleRecord extends NewModuleRecord {
  /** Given by the store; later insertions have greater ones. */
  readonly sequence: number
  readonly lastUsedAt: number | undefined
  readonly uses: number
  /** Uses whose module failed to load or to run. */
  readonly failures: number
  /** Never evicted. */
  readonly pinned: boolean
}

/** Every field that is present has to be equal. */
export interface RecordQuery {
  readonly namespace?: string
  readonly name?: string
  readonly interfaceHash?: Digest
  readonly codeHash?: Digest
  readonly target?: string
  readonly abi?: string
  /** Only records with a greater sequence. */
  readonly after?: number
  /** Only records with a smaller sequence. */
  readonly before?: number
  /** At most so many. Default: all. */
  readonly limit?: number
}

export interface RecordInsertion {
  /** True when the record was stored; false when one with the same id was there, which `record` then is. */
  readonly inserted: boolean
  readonly record: ModuleRecord
}

export interface InsertOptions extends CallOptions {
  /**
   * The sequence of a record with the same id that this one takes the place of, if it is still the one stored and
   * not revoked. For records whose blob or signature has gone bad, and for new signatures. Counts and the pin stay.
   */
  readonly replacing?: number
}

/** Uses of one module since the last report. */
export interface RecordUse {
  readonly id: string
  readonly uses: number
  readonly failures: number
  readonly lastUsedAt: number
}

/** A record or part of the store that cannot be read. */
export interface RecordProblem {
  readonly subject: string
  readonly problem: string
}

/**
 * Keeps the records of the module cache. Insertion is idempotent by (namespace, interface hash, code hash, target,
 * ABI) and durable when it resolves. A record that cannot be read is left out, reported to the logger and listed by
 * `check`; a store that cannot be read throws `RTFS_STORE_CORRUPT`.
 */
export interface RecordStore {
  readonly specVersion: 1
  /** `shared`: several processes may have it open at once. */
  readonly supports: { readonly persistent: boolean; readonly shared: boolean }
  insert(record: NewModuleRecord, options?: InsertOptions): Promise<RecordInsertion>
  get(id: string, options?: CallOptions): Promise<ModuleRecord | undefined>
  /** Newest first. */
  find(query: RecordQuery, options?: CallOptions): Promise<readonly ModuleRecord[]>
  /** All records, oldest first. */
  list(options?: CallOptions): AsyncIterable<ModuleRecord>
  /** False when there is no such record. Raising a status throws `RTFS_USAGE`. */
  setStatus(id: string, status: ValidationStatus, options?: CallOptions): Promise<boolean>
  /** False when there is no such record. Does not change the epoch. */
  setPinned(id: string, pinned: boolean, options?: CallOptions): Promise<boolean>
  /** Adds to the use counts. Does not change the epoch. */
  touch(uses: readonly RecordUse[], options?: CallOptions): Promise<void>
  /** False when there was none. */
  delete(id: string, options?: CallOptions): Promise<boolean>
  /**
   * Runs `task` with those of `digests` that no record names, while no process can insert one. Revoked records name
   * nothing: they are kept to say that their code is revoked, not to be run.
   */
  whileUnreferenced(
    digests: readonly Digest[],
    task: (unreferenced: readonly Digest[]) => Promise<void>,
    options?: CallOptions,
  ): Promise<void>
  /** Counts up with every insertion, deletion and change of status, by any process. */
  epoch(options?: CallOptions): Promise<number>
  /** What cannot be read; empty for a sound store. */
  check(options?: CallOptions): Promise<readonly RecordProblem[]>
  close(): Promise<void>
}
