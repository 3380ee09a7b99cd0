import type {
  BlobStore,
  Clock,
  Embedder,
  Logger,
  ModuleVerifier,
  ProgramRunner,
  RecordStore,
  Signer,
  TrustStore,
  VectorIndexFactory,
  Verifier,
} from '@rtfs/interfaces'
import type { AcceptanceHook } from './accept.js'
import type { ModuleManifest } from './manifest.js'
import type { Metrics } from './metrics.js'

/** What a module cache is made of. `P` is whatever `prepare` makes of checked bytes. */
export interface L4CacheOptions<P> {
  readonly blobs: BlobStore
  readonly records: RecordStore
  readonly trust: TrustStore
  /**
   * Makes runnable code of bytes that passed every other check: the loader policy, then the executor. Gets the very
   * buffer whose digest was checked. Throws `RTFS_MODULE_REJECTED` for bytes that must not run.
   */
  readonly prepare: (bytes: Uint8Array, manifest: ModuleManifest) => P | Promise<P>
  /** Namespace of requests and publications that name none. */
  readonly namespace: string
  /** Target and ABI of the executor; those of requests and publications that name none. */
  readonly target: string
  readonly abi: string
  /** Signs what is published. Without one, `publish` throws `RTFS_KEY`. */
  readonly signer?: Signer
  /** Default: plain JavaScript. In Node take the faster one of `./fs`. */
  readonly signatures?: Verifier
  /** Verifies what is published. Without one, `publish` throws `RTFS_NOT_VERIFIED`. */
  readonly verifier?: ModuleVerifier
  /** Runs callers' examples on candidates. */
  readonly runner?: ProgramRunner
  /** Embeds descriptions. Without one, modules are not found by likeness. */
  readonly embedder?: Embedder
  /** Default: the exact scan. */
  readonly index?: VectorIndexFactory
  readonly acceptance?: AcceptanceHook
  /** Similarity from which a module with the same interface is named as a near duplicate. Default 0.95. */
  readonly nearDuplicateFrom?: number
  /** Told of queries, loads and publications. Default: nobody is. */
  readonly metrics?: Metrics
  readonly clock?: Clock
  readonly logger?: Logger
  /** How long a change by another process, a revocation among them, may go unnoticed. Default 1000. */
  readonly refreshMs?: number
  /** Prepared modules that are kept. Default 256. */
  readonly maxPrepared?: number
  /** Bytes of the modules whose prepared code is kept. Default 64 MiB. */
  readonly maxPreparedBytes?: number
}
