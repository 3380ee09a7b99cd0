import { digestOf, encodeUtf8 } from '@rtfs/core'
import type { BlobStore, Logger } from '@rtfs/interfaces'
import {
  createHashEmbedder,
  createL4Cache,
  createSigner,
  type L4Cache,
  type PublishRequest,
} from '@rtfs/l4-client'
import { createFileBlobStore, createNodeVerifier } from '@rtfs/l4-client/fs'
import { createMemoryTrustStore } from '@rtfs/l4-client/memory'
import { openSqliteRecordStore, type SqliteRecordStore } from '../src/index.js'

const signer = createSigner(new Uint8Array(32).fill(7))

export const interfaceHash = digestOf(encodeUtf8('[:fn [:int] :int]'))

/** A cache over files and SQLite, as every process has it. */
export interface DiskCache {
  readonly cache: L4Cache<Uint8Array>
  readonly records: SqliteRecordStore
  readonly blobs: BlobStore
  close(): Promise<void>
}

export async function openCache(dir: string, logger?: Logger): Promise<DiskCache> {
  const records = await openSqliteRecordStore({ dir, ...(logger && { logger }) })
  const blobs = createFileBlobStore({ dir })
  const cache = createL4Cache<Uint8Array>({
    blobs,
    records,
    trust: createMemoryTrustStore([{ publicKey: signer.publicKey }]),
    signer,
    signatures: createNodeVerifier(),
    embedder: createHashEmbedder(),
    verifier: {
      verify: async () => ({
        verifier: { id: 'test', version: '1' },
        checks: [{ name: 'types', passed: true, cases: 1, detail: 'fine' }],
      }),
    },
    prepare: bytes => bytes,
    namespace: 'acme',
    target: 'wasm32',
    abi: '1',
    ...(logger && { logger }),
  })
  return {
    cache,
    records,
    blobs,
    async close() {
      await cache.close()
      await records.close()
    },
  }
}

export function publication(name: string): PublishRequest {
  return {
    name,
    description: `The function ${name}`,
    interface: '[:fn [:int] :int]',
    interfaceHash,
    codeHash: digestOf(encodeUtf8(`code ${name}`)),
    effects: [],
    examples: [],
    bytes: encodeUtf8(`bytes of ${name} `.repeat(50)),
    exportName: 'f',
    imports: [],
    backend: { id: 'test', version: '1' },
    source: `(defn ${name} [x] x)`,
  }
}
