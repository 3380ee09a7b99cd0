import { type Digest, digestOf, encodeUtf8, RtfsError } from '@rtfs/core'
import type {
  CallOptions,
  FunctionExample,
  ModuleRecord,
  RecordEmbedding,
  VerificationReport,
} from '@rtfs/interfaces'
import { throwIfAborted } from './abort.js'
import { defaultThreshold } from './accept.js'
import { SingleFlight } from './bounded-map.js'
import { checkRecord } from './check-record.js'
import type { CacheCore } from './core.js'
import { signedEmbedding } from './embedding.js'
import { type Evidence, encodeEvidence } from './evidence.js'
import { isRefusal, refusal } from './gates.js'
import type { Loader } from './load.js'
import { encodeManifest, type ModuleManifest, maxModuleSize } from './manifest.js'
import { requireNamespace } from './names.js'
import { recordIdOf } from './record-id.js'
import { recordOfManifest, unstored } from './record-of.js'
import { type Demand, requireDigest } from './request.js'
import { signManifest } from './sign-manifest.js'

/** A compiled function to be verified, signed and stored. */
export interface PublishRequest {
  /** Default: that of the cache. */
  readonly namespace?: string
  readonly name: string
  /** Counts up with each publication of the name. Default 1. */
  readonly version?: number
  readonly description: string
  /** Canonical type text. */
  readonly interface: string
  readonly interfaceHash: string
  readonly codeHash: string
  readonly effects: readonly string[]
  /** Handed to the verifier. */
  readonly examples: readonly FunctionExample[]
  readonly bytes: Uint8Array
  readonly exportName: string
  readonly imports: readonly string[]
  /** Default: those of the cache. */
  readonly target?: string
  readonly abi?: string
  readonly backend: { readonly id: string; readonly version: string }
  /** Canonical IR, to be stored too. */
  readonly ir?: Uint8Array
  /** RTFS text, to be stored too. */
  readonly source?: string
  /** Limits under which the evidence was made. Default: none named. */
  readonly limits?: Readonly<Record<string, number>>
  /** Milliseconds since the epoch. Default: never. */
  readonly expiresAt?: number
}

export interface StoredBlob {
  readonly kind: 'wasm' | 'ir' | 'source' | 'evidence'
  readonly digest: Digest
  readonly size: number
}

export interface PublishAnswer {
  /** `replaced`: the one stored before could no longer be loaded. */
  readonly outcome: 'published' | 'replaced' | 'existing'
  /** One sentence. */
  readonly reason: string
  readonly record: ModuleRecord
  readonly manifest: ModuleManifest
  /** What was tested; `undefined` when the module was there already. */
  readonly report: VerificationReport | undefined
  /** What was stored; empty when the module was there already. */
  readonly blobs: readonly StoredBlob[]
  /** The keys that signed it. */
  readonly keyIds: readonly string[]
  /** Other modules of the same interface whose descriptions are almost the same; nearest first. */
  readonly nearDuplicates: readonly NearDuplicate[]
}

export interface NearDuplicate {
  readonly id: string
  /** `namespace/name`. */
  readonly name: string
  readonly score: number
}

/** Blobs that were stored so long before their record are stored again. */
const renewAfterMs = 30_000

export function createPublish<P>(core: CacheCore<P>, loader: Loader<P>) {
  const { options: cache, clock, counters, logger } = core
  const flights = new SingleFlight<PublishAnswer>()

  /**
   * Verifies, stores the blobs, signs, and adds the record, in this order: whatever ends it leaves the whole module
   * or nothing that a query can see. Publishing the same function again answers with the one that is there.
   */
  async function publish(request: PublishRequest, options?: CallOptions): Promise<PublishAnswer> {
    throwIfAborted(options)
    const key = keyOf(request)
    const id = recordIdOf(key)
    const startedAt = clock.monotonic()
    const answer = await flights.run(id, () => publishOnce(request, key, id))
    core.metrics.count('rtfs_l4_publications', { outcome: answer.outcome })
    core.metrics.observe('rtfs_l4_publication', {}, (clock.monotonic() - startedAt) / 1000)
    logger.log('info', 'l4.publish', {
      module: id,
      outcome: answer.outcome,
      namespace: key.namespace,
      name: answer.record.name,
      pointer: answer.record.storagePointer,
      keyIds: answer.keyIds,
    })
    return answer
  }

  function keyOf(request: PublishRequest) {
    return {
      namespace: requireNamespace(request.namespace ?? cache.namespace),
      interfaceHash: requireDigest(request.interfaceHash),
      codeHash: requireDigest(request.codeHash),
      target: request.target ?? cache.target,
      abi: request.abi ?? cache.abi,
    }
  }

  async function publishOnce(request: PublishRequest, key: Key, id: string): Promise<PublishAnswer> {
    await core.freshness.refresh()
    const before = await cache.records.get(id)
    if (before !== undefined) {
      const usable = await usableManifest(before, key)
      if (!isRefusal(usable)) return existing(before, usable.manifest, usable.keyIds)
      refuseRevoked(before)
      logger.log('warn', 'l4.replace', { module: id, gate: usable.gate, reason: usable.reason })
    }

    const report = await verify(request, key)
    const prepared = await prepare(request, key, report)
    const nearDuplicates = await findNearDuplicates(prepared, id)
    await putAll(prepared)
    const storedAt = clock.monotonic()
    const envelope = await signManifest(prepared.manifest, cache.signer)
    const record = recordOfManifest(prepared.manifest, prepared.embedding, envelope)
    const approval = await checkRecord(unstored(record), demandFor(key), core)
    if (isRefusal(approval)) {
      throw new RtfsError(
        'RTFS_NOT_TRUSTED',
        `what this key signs would not be loaded here: it ${approval.reason}`,
      )
    }

    const replacing = before === undefined ? {} : { replacing: before.sequence }
    // Far within the grace period of collectors, whatever has kept us.
    if (clock.monotonic() - storedAt > renewAfterMs) await putAll(prepared)
    const insertion = await cache.records.insert(record, replacing)
    if (!insertion.inserted) return lostRace(insertion.record, key)
    // A collector that was killed at the wrong moment may have taken one with it; nothing is acknowledged without it.
    await putMissing(prepared)
    // It is published; that this process cannot look again now must not say otherwise.
    await core.freshness.refresh().catch(() => {})
    counters.published++
    const tested = report.checks.map(check => `${check.name} (${check.cases})`).join(', ')
    return {
      outcome: before === undefined ? 'published' : 'replaced',
      reason: `tested ${tested}; signed by ${approval.keyIds.join(', ')}; stored ${prepared.manifest.blob.sha256}`,
      record: insertion.record,
      manifest: prepared.manifest,
      report,
      blobs: prepared.blobs.map(({ kind, digest, bytes }) => ({ kind, digest, size: bytes.length })),
      keyIds: approval.keyIds,
      nearDuplicates,
    }
  }

  async function putAll({ blobs }: Prepared): Promise<void> {
    for (const { kind, digest, bytes } of blobs) {
      await cache.blobs.put(digest, bytes, { compressible: kind === 'source' })
    }
  }

  async function putMissing({ blobs }: Prepared): Promise<void> {
    for (const { kind, digest, bytes } of blobs) {
      // It was stored; that this process cannot look again now must not say otherwise.
      const found = await cache.blobs.stat(digest).catch(() => true)
      if (found === undefined) {
        await cache.blobs.put(digest, bytes, { compressible: kind === 'source' })
      }
    }
  }

  /** Modules of the same interface that are described almost alike: perhaps the same function, written twice. */
  async function findNearDuplicates(
    { manifest, embedding }: Prepared,
    id: string,
  ): Promise<readonly NearDuplicate[]> {
    const { embedder, nearDuplicateFrom = defaultThreshold } = cache
    if (embedder === undefined || embedding === undefined) return []
    const { namespace, interfaceHash, name } = manifest
    const key = { namespace, interfaceHash, model: embedder.model }
    const near = await core.partitions.search(key, embedding.vector, 4)
    const found = near
      .filter(
        ({ record, score }) => record.id !== id && record.status !== 'Revoked' && score >= nearDuplicateFrom,
      )
      .map(({ record, score }) => ({ id: record.id, name: `${record.namespace}/${record.name}`, score }))
    if (found.length > 0) {
      logger.log('warn', 'l4.near-duplicate', {
        module: id,
        namespace,
        name,
        near: found.map(each => each.id),
      })
    }
    return found
  }

  function existing(
    record: ModuleRecord,
    manifest: ModuleManifest,
    keyIds: readonly string[],
  ): PublishAnswer {
    counters.existing++
    const reason = `the same function is there as ${record.namespace}/${record.name}`
    return {
      outcome: 'existing',
      reason,
      record,
      manifest,
      report: undefined,
      blobs: [],
      keyIds,
      nearDuplicates: [],
    }
  }

  /** Another process published the same function meanwhile. */
  async function lostRace(record: ModuleRecord, key: Key): Promise<PublishAnswer> {
    refuseRevoked(record)
    const usable = await usableManifest(record, key)
    if (!isRefusal(usable)) return existing(record, usable.manifest, usable.keyIds)
    throw new RtfsError(
      'RTFS_NOT_TRUSTED',
      `another publisher stored the same function, which ${usable.reason}`,
    )
  }

  function refuseRevoked(record: ModuleRecord): void {
    if (record.status !== 'Revoked') return
    throw new RtfsError(
      'RTFS_NOT_TRUSTED',
      `this code was revoked in namespace ${record.namespace}: ${record.id}`,
    )
  }

  async function usableManifest(record: ModuleRecord, key: Key) {
    const aside = core.quarantine.find(record)
    if (aside !== undefined) return refusal('quarantine', aside.reason)
    const approval = await checkRecord(record, demandFor(key), core)
    if (isRefusal(approval)) return core.refused(record, approval)
    const bytes = await loader.bytesOf(record, approval.manifest)
    return isRefusal(bytes) ? bytes : approval
  }

  async function verify(request: PublishRequest, key: Key): Promise<VerificationReport> {
    const { verifier } = cache
    if (verifier === undefined) {
      throw new RtfsError(
        'RTFS_NOT_VERIFIED',
        'this cache has no verifier, and only verified modules are published',
      )
    }
    const { name, examples, bytes, exportName, imports, ir, source } = request
    if (bytes.length > maxModuleSize) {
      throw new RtfsError(
        'RTFS_MODULE_REJECTED',
        `the module has ${bytes.length} bytes, at most ${maxModuleSize} are allowed`,
      )
    }
    const effects = sorted(request.effects)
    const report = await verifier.verify({
      ...key,
      name,
      interface: request.interface,
      effects,
      examples,
      bytes,
      exportName,
      imports,
      ir,
      source,
    })
    const failed = report.checks.filter(check => !check.passed)
    if (failed.length > 0) {
      const what = failed.map(check => `${check.name}: ${check.detail}`).join('; ')
      throw new RtfsError(
        'RTFS_NOT_VERIFIED',
        `${name} was not published, ${failed.length} checks failed: ${what}`,
      )
    }
    if (report.checks.length === 0) {
      throw new RtfsError('RTFS_NOT_VERIFIED', `${name} was not published, the verifier checked nothing`)
    }
    return report
  }

  async function prepare(request: PublishRequest, key: Key, report: VerificationReport): Promise<Prepared> {
    const { verifier, checks } = report
    // Whoever publishes may change the array while we wait; what was hashed is what is stored.
    const bytes = request.bytes.slice()
    const blob = digestOf(bytes)
    const issuedAt = clock.now()
    const evidence: Evidence = {
      verifier: { id: verifier.id, version: verifier.version },
      checks: checks.map(({ name, passed, cases, detail }) => ({ name, passed, cases, detail })),
      ...hashesOf(key),
      blob,
      verifiedAt: issuedAt,
    }
    const blobs: Prepared['blobs'] = [
      blobOf('evidence', encodeEvidence(evidence)),
      ...(request.source === undefined ? [] : [blobOf('source', encodeUtf8(request.source))]),
      ...(request.ir === undefined ? [] : [blobOf('ir', request.ir.slice())]),
      blobOf('wasm', bytes),
    ]
    const digestOfKind = (kind: StoredBlob['kind']) =>
      blobs.find(stored => stored.kind === kind)?.digest ?? null
    const embedding = await embed(request.description)
    const manifest: ModuleManifest = {
      ...key,
      name: request.name,
      version: request.version ?? 1,
      description: request.description,
      embedding: embedding === undefined ? null : signedEmbedding(embedding),
      interface: request.interface,
      effects: sorted(request.effects),
      blob: { sha256: blob, size: bytes.length },
      export: request.exportName,
      imports: sorted(request.imports),
      backend: { id: request.backend.id, version: request.backend.version },
      irHash: digestOfKind('ir'),
      sourceHash: digestOfKind('source'),
      evidence: digestOfKind('evidence')!,
      limits: { ...request.limits },
      issuedAt,
      expiresAt: request.expiresAt ?? null,
    }
    encodeManifest(manifest)
    await loader.prepareNew(bytes, manifest)
    return { manifest, blobs, embedding }
  }

  async function embed(description: string): Promise<RecordEmbedding | undefined> {
    const { embedder } = cache
    if (embedder === undefined) return undefined
    const [vector] = await embedder.embed([description])
    return { vector: vector!, model: embedder.model.id, revision: embedder.model.revision }
  }

  return publish
}

type Key = Parameters<typeof recordIdOf>[0]

interface Prepared {
  readonly manifest: ModuleManifest
  readonly blobs: readonly {
    readonly kind: StoredBlob['kind']
    readonly digest: Digest
    readonly bytes: Uint8Array
  }[]
  readonly embedding: RecordEmbedding | undefined
}

function demandFor(key: Key): Demand {
  return { ...key, grants: () => true }
}

function hashesOf({ interfaceHash, codeHash, target, abi }: Key) {
  return { interfaceHash, codeHash, target, abi }
}

function blobOf(kind: StoredBlob['kind'], bytes: Uint8Array) {
  return { kind, bytes, digest: digestOf(bytes) }
}

function sorted(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort()
}
