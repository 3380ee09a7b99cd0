import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { RtfsError } from '@rtfs/core'
import { createIndexFolder } from '@rtfs/index-hnsw'
import type { BlobStore, Embedder, Logger, PreparedModule, Signer } from '@rtfs/interfaces'
import {
  type AcceptanceHook,
  coversNamespace,
  createHashEmbedder,
  createL4Cache,
  createTieredBlobStore,
  type L4Cache,
  type L4CacheOptions,
  type Metrics,
} from '@rtfs/l4-client'
import {
  createFileBlobStore,
  createNodeVerifier,
  type FileTrustStore,
  type KeyStore,
  openKeyStore,
  openTrustStore,
} from '@rtfs/l4-client/fs'
import { openSqliteRecordStore } from '@rtfs/store-sqlite'
import { createRunner, createVerifier } from './verifier.js'
import type { Bytecode } from './wasm.js'

/** Namespace of what is published without one. */
export const defaultNamespace = 'local'

export interface StoreOptions {
  /** Directory of the cache and the keys; made when something is written. */
  readonly dir: string
  readonly bytecode: Bytecode
  readonly namespace?: string
  readonly logger?: Logger
  /** Sign with this key of the directory. Default: the newest that it trusts for the namespace. */
  readonly signWith?: string
  /** Told of queries, loads and publications. */
  readonly metrics?: Metrics
  /** Judges a similar module where there are no examples: a model, a person. */
  readonly acceptance?: AcceptanceHook
  /** Turns descriptions into vectors. Default: hashed words. */
  readonly embedder?: Embedder
  /** Where blobs are looked for that the directory does not have, and put, too. Default: none. */
  readonly remotes?: readonly BlobStore[]
  /** Make and trust a signing key when the directory has none. Default false: then nothing can be published. */
  readonly makeKey?: boolean
}

/** The module cache of a directory, with the keys that sign for it and those it trusts. */
export interface EmbeddedStore {
  readonly dir: string
  readonly cache: L4Cache<PreparedModule>
  readonly blobs: BlobStore
  readonly keys: KeyStore
  readonly trust: FileTrustStore
  close(): Promise<void>
}

/**
 * Opens the embedded module cache: blobs as files, records in SQLite, keys and trust beside them; safe for several
 * processes at once. Signs with the newest key of the directory that it trusts.
 */
export async function openEmbeddedStore(options: StoreOptions): Promise<EmbeddedStore> {
  const { bytecode, namespace = defaultNamespace, logger } = options
  const dir = resolve(options.dir)
  makeDirectory(dir)
  const keys = openKeyStore({ dir })
  const trust = openTrustStore({ dir })
  const files = createFileBlobStore({ dir })
  const { remotes = [] } = options
  const blobs =
    remotes.length === 0
      ? files
      : createTieredBlobStore({ local: files, remotes, ...(logger === undefined ? {} : { logger }) })
  const records = await openSqliteRecordStore({ dir, ...(logger === undefined ? {} : { logger }) })
  const { executor } = bytecode
  const { signWith, metrics, acceptance, embedder = createHashEmbedder() } = options
  const signer =
    signWith === undefined
      ? await findSigner(keys, trust, namespace, options.makeKey === true)
      : await keys.signer(signWith)
  const parts: L4CacheOptions<PreparedModule> = {
    blobs,
    records,
    trust,
    namespace,
    target: executor.targetId,
    abi: executor.abiVersion,
    prepare: (bytes, manifest) =>
      executor.prepare(bytes, { imports: manifest.imports, exports: [manifest.export] }),
    ...(signer === undefined ? {} : { signer }),
    signatures: createNodeVerifier(),
    verifier: createVerifier(bytecode),
    runner: createRunner(bytecode),
    embedder,
    index: createIndexFolder({ dir }),
    ...(metrics === undefined ? {} : { metrics }),
    ...(acceptance === undefined ? {} : { acceptance }),
    ...(logger === undefined ? {} : { logger }),
  }
  const cache = createL4Cache(parts)
  return {
    dir,
    blobs,
    cache,
    keys,
    trust,
    async close() {
      await cache.close()
      await records.close()
      await blobs.close()
    },
  }
}

function makeDirectory(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const kind = code === 'ENOSPC' ? 'RTFS_STORE_FULL' : 'RTFS_STORE_READ_ONLY'
    throw new RtfsError(kind, `cannot make the directory ${dir}: ${code ?? 'unknown fault'}`, { cause })
  }
}

/** The newest key that may sign for the namespace now; made and trusted when there is none and it is asked for. */
async function findSigner(
  keys: KeyStore,
  trust: FileTrustStore,
  namespace: string,
  make: boolean,
): Promise<Signer | undefined> {
  const now = Date.now()
  for (const { keyId } of [...(await keys.list())].reverse()) {
    const key = await trust.find(keyId)
    if (key === undefined || key.revokedAt !== undefined || !coversNamespace(key.namespaces, namespace))
      continue
    if (key.validFrom <= now && (key.validUntil ?? Infinity) > now) return keys.signer(keyId)
  }
  if (!make) return undefined
  const { keyId, publicKey } = await keys.create('made for the first publication')
  await trust.trust({ publicKey, label: 'own key' })
  return keys.signer(keyId)
}
