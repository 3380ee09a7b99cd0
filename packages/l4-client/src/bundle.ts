import {
  concatBytes,
  type Digest,
  decodeBase64,
  decodeUtf8,
  digestOf,
  encodeBase64,
  encodeUtf8,
  parseDigest,
  RtfsError,
} from '@rtfs/core'
import type { CallOptions, RecordEmbedding } from '@rtfs/interfaces'
import { canonicalJson, type Json, parseCanonicalJson } from './canonical-json.js'
import { checkRecord, refuseBytes } from './check-record.js'
import type { CacheCore } from './core.js'
import { vectorBytes, vectorOfBytes } from './embedding.js'
import { decodeEnvelope, hasExactly, maxEnvelopeSize } from './envelope.js'
import { faultText, isCallersFault } from './faults.js'
import { isRefusal } from './gates.js'
import type { Loader } from './load.js'
import { decodeManifest, type ModuleManifest } from './manifest.js'
import { ownDemand, pointersOf } from './pointers.js'
import { recordOfManifest, unstored } from './record-of.js'

/** How a bundle begins; a change of its form changes this. */
const magic = encodeUtf8('rtfs-bundle-v1\n')

const maxRecords = 100_000
const maxHeaderSize = 64 * 1024 * 1024

/** Bytes of a bundle that is read, unless the caller says otherwise. */
export const defaultMaxBundleSize = 256 * 1024 * 1024

export interface ImportReport {
  readonly imported: readonly string[]
  /** Already there. */
  readonly existing: readonly string[]
  readonly refused: readonly { readonly name: string; readonly gate: string; readonly reason: string }[]
}

interface Header {
  readonly records: readonly { readonly envelope: string; readonly embedding: Float32Array | undefined }[]
  readonly blobs: readonly { readonly digest: Digest; readonly size: number }[]
}

/**
 * Modules in one file: a line that says what it is, four bytes with the length of a header in canonical JSON, the
 * header, then the blobs one after the other. There are no names and nothing is compressed, so that a bundle can
 * neither lead elsewhere nor grow; what is signed in it are the envelopes, which bind every blob by its digest.
 */
export function createBundles<P>(core: CacheCore<P>, loader: Loader<P>) {
  const { blobs, records } = core.options

  /** The modules of a namespace, or those with these ids; what is not trusted here is left out. */
  async function exportBundle(
    options: CallOptions & { readonly namespace?: string; readonly ids?: readonly string[] } = {},
  ): Promise<{ readonly bytes: Uint8Array; readonly ids: readonly string[] }> {
    const { namespace, ids, ...call } = options
    await core.freshness.refresh()
    const chosen: { envelope: string; embedding: string | null }[] = []
    const exported: string[] = []
    const contents = new Map<Digest, Uint8Array>()
    for await (const record of records.list(call)) {
      if (record.status !== 'Verified') continue
      if (namespace !== undefined && record.namespace !== namespace) continue
      if (ids !== undefined && !ids.includes(record.id)) continue
      if (isRefusal(await checkRecord(record, ownDemand(record), core))) continue
      for (const digest of pointersOf(record)) {
        const bytes = contents.get(digest) ?? (await blobs.get(digest, call))
        if (bytes === undefined)
          throw new RtfsError('RTFS_BLOB_CORRUPT', `${record.id} has no blob ${digest}`)
        contents.set(digest, bytes)
      }
      const { embedding, envelope } = record
      chosen.push({ envelope, embedding: embedding ? encodeBase64(vectorBytes(embedding.vector)) : null })
      exported.push(record.id)
    }
    const header = encodeUtf8(
      canonicalJson({
        records: chosen,
        blobs: [...contents].map(([sha256, { length }]) => ({ sha256, size: length })),
      }),
    )
    const length = new Uint8Array(4)
    new DataView(length.buffer).setUint32(0, header.length)
    return { bytes: concatBytes(magic, length, header, ...contents.values()), ids: exported }
  }

  /**
   * Adds the modules of a bundle, each checked like anything that comes from outside: envelope, signature by a key
   * that is trusted here, columns, digests, loader policy. One that is refused does not keep the others out. Throws
   * `RTFS_ENVELOPE` for a file that is not a whole bundle.
   */
  async function importBundle(
    bytes: Uint8Array,
    options: CallOptions & { readonly maxBytes?: number } = {},
  ): Promise<ImportReport> {
    const { maxBytes = defaultMaxBundleSize, ...call } = options
    if (bytes.length > maxBytes) throw malformed(`has ${bytes.length} bytes, at most ${maxBytes} are read`)
    const { header, contents } = readBundle(bytes)
    await core.freshness.refresh()
    const imported: string[] = []
    const existing: string[] = []
    const refused: { name: string; gate: string; reason: string }[] = []
    for (const { envelope, embedding } of header.records) {
      let name = 'unknown'
      try {
        const manifest = decodeManifest(decodeEnvelope(envelope).payload)
        name = `${manifest.namespace}/${manifest.name}`
        const record = recordOfManifest(manifest, embeddingOf(manifest, embedding), envelope)
        const approval = await checkRecord(unstored(record), ownDemand(record), core)
        if (isRefusal(approval)) {
          refused.push({ name, gate: approval.gate, reason: approval.reason })
          continue
        }
        const missing = pointersOf(record).find(digest => !contents.has(digest))
        const module = contents.get(record.storagePointer)
        const wrong = refuseBytes(module, manifest)
        if (missing !== undefined || wrong !== undefined) {
          refused.push({ name, gate: 'blob', reason: wrong?.reason ?? `has no blob ${missing}` })
          continue
        }
        await loader.prepareNew(module!, manifest)
        for (const digest of pointersOf(record).slice(1)) {
          const compressible = digest === record.sourcePointer
          await blobs.put(digest, contents.get(digest)!, { ...call, compressible })
        }
        await blobs.put(record.storagePointer, module!, call)
        const insertion = await records.insert(record, call)
        if (insertion.record.status === 'Revoked') {
          refused.push({ name, gate: 'revocation', reason: 'was revoked here' })
        } else (insertion.inserted ? imported : existing).push(record.id)
      } catch (cause) {
        if (isCallersFault(cause) || isStoreFault(cause)) throw cause
        refused.push({ name, gate: 'loader', reason: faultText(cause) })
      }
    }
    await core.freshness.refresh()
    const counts = { imported: imported.length, existing: existing.length, refused: refused.length }
    core.logger.log('info', 'l4.import', counts)
    return { imported, existing, refused }
  }

  return { exportBundle, importBundle }
}

function isStoreFault(cause: unknown): boolean {
  return cause instanceof RtfsError && cause.code.startsWith('RTFS_STORE_')
}

function embeddingOf(
  manifest: ModuleManifest,
  vector: Float32Array | undefined,
): RecordEmbedding | undefined {
  const { embedding } = manifest
  if (embedding === null || vector === undefined) return undefined
  return { vector, model: embedding.model, revision: embedding.revision }
}

function readBundle(bytes: Uint8Array): {
  readonly header: Header
  readonly contents: ReadonlyMap<Digest, Uint8Array>
} {
  const start = magic.length + 4
  if (bytes.length < start || magic.some((byte, i) => bytes[i] !== byte)) {
    throw malformed('does not begin as bundles of version 1 do')
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(magic.length)
  if (length > maxHeaderSize || start + length > bytes.length) throw malformed('has a header that is cut off')
  const text = decodeUtf8(bytes.subarray(start, start + length))
  const header = text === undefined ? undefined : headerOf(parseCanonicalJson(text))
  if (header === undefined) throw malformed('has a header of another form')
  const contents = new Map<Digest, Uint8Array>()
  let offset = start + length
  for (const { digest, size } of header.blobs) {
    if (size > bytes.length - offset) throw malformed('is cut off')
    const blob = bytes.slice(offset, offset + size)
    if (digestOf(blob) !== digest) throw malformed(`has other bytes than ${digest}`)
    if (contents.has(digest)) throw malformed(`holds ${digest} twice`)
    contents.set(digest, blob)
    offset += size
  }
  if (offset !== bytes.length) throw malformed('has bytes behind its end')
  return { header, contents }
}

function headerOf(value: Json | undefined): Header | undefined {
  if (value === undefined || !hasExactly(value, ['records', 'blobs'])) return undefined
  const { records, blobs } = value
  if (!Array.isArray(records) || !Array.isArray(blobs) || records.length > maxRecords) return undefined
  const read: Header['records'][number][] = []
  for (const record of records) {
    if (!hasExactly(record, ['envelope', 'embedding'])) return undefined
    const { envelope, embedding } = record
    if (typeof envelope !== 'string' || envelope.length > maxEnvelopeSize) return undefined
    if (embedding !== null && typeof embedding !== 'string') return undefined
    const bytes = embedding === null ? undefined : decodeBase64(embedding)
    const vector = bytes && vectorOfBytes(bytes)
    if (embedding !== null && vector === undefined) return undefined
    read.push({ envelope, embedding: vector })
  }
  const listed: Header['blobs'][number][] = []
  for (const blob of blobs) {
    if (!hasExactly(blob, ['sha256', 'size'])) return undefined
    const digest = typeof blob['sha256'] === 'string' ? parseDigest(blob['sha256']) : undefined
    const size = blob['size']
    if (digest === undefined || !Number.isSafeInteger(size) || (size as number) < 0) return undefined
    listed.push({ digest, size: size as number })
  }
  return { records: read, blobs: listed }
}

function malformed(problem: string): RtfsError {
  return new RtfsError('RTFS_ENVELOPE', `the bundle ${problem}`)
}
