import { digestOf } from '@rtfs/core'
import type { Clock, ModuleRecord, TrustedKey, TrustStore, Verifier } from '@rtfs/interfaces'
import { checkRevocation, checkSignatures, checkTrust, goodUntil } from './check-trust.js'
import { signedEmbedding } from './embedding.js'
import { decodeEnvelope, type Envelope, maxEnvelopeSize } from './envelope.js'
import { damage, type Gate, isRefusal, type Refusal, refusal } from './gates.js'
import { decodeManifest, type ModuleManifest, manifestType, maxDescriptionLength } from './manifest.js'
import { recordIdOf } from './record-id.js'
import { type Demand, refuseByDemand } from './request.js'

/** What checks need of the outside. */
export interface CheckContext {
  readonly trust: TrustStore
  readonly signatures: Verifier
  readonly clock: Clock
  /** Envelopes whose form and signatures were found good; emptied whenever the trust store changes. */
  readonly memo: Map<string, SignedEnvelope>
}

/** An envelope in strict form with valid signatures, and the keys that made them. */
export interface SignedEnvelope {
  readonly envelope: Envelope
  readonly keys: readonly TrustedKey[]
  /** What it signs, once somebody asked: it follows from the text alone. */
  signed?: SignedContent
}

interface SignedContent {
  readonly manifest: ModuleManifest
  /** Id of the record of such a module. */
  readonly id: string
}

const maxMemo = 1024

/** A record whose envelope is good; only its blob is still to be looked at. */
export interface Approval {
  readonly manifest: ModuleManifest
  readonly keyIds: readonly string[]
  /** The moment at which a key or the manifest expires. */
  readonly until: number
}

/** The gates of a record that need nothing but its columns. */
export function refuseByColumns(record: ModuleRecord, demand: Demand): Refusal | undefined {
  const mismatch = refuseByDemand(record, demand)
  if (mismatch !== undefined) return mismatch
  return record.status === 'Verified' ? undefined : refusal('status', `has status ${record.status}`)
}

/**
 * Every check up to the blob, in the order of LIMITS: sizes, strict form of the envelope, signature by a key trusted
 * for the namespace, canonical payload, equality with the request, equality with the record, revocation and floor.
 * A fault of the trust store throws.
 */
export async function checkRecord(
  record: ModuleRecord,
  demand: Demand,
  context: CheckContext,
): Promise<Approval | Refusal> {
  const now = context.clock.now()
  if (record.envelope.length > maxEnvelopeSize) return damage('size', 'has an envelope that is too large')
  if (record.description.length > maxDescriptionLength)
    return damage('size', 'has a description that is too long')

  const signed = await checkEnvelope(record.envelope, context)
  if (isRefusal(signed)) return signed
  const signers = checkTrust(signed.keys, demand.namespace, now)
  if (isRefusal(signers)) return signers

  const content = contentOf(signed)
  if (isRefusal(content)) return content
  const { manifest } = content

  return (
    refuseByDemand(manifest, demand) ??
    compareWithRecord(content, record) ??
    (record.status === 'Verified' ? undefined : refusal('revocation', `has status ${record.status}`)) ??
    (await checkRevocation(manifest, signers, now, context.trust)) ?? {
      manifest,
      keyIds: signers.map(key => key.keyId),
      until: goodUntil(manifest, signers),
    }
  )
}

/** The manifest in its canonical form. Frozen, because all that ask for it get the same one. */
function contentOf(envelope: SignedEnvelope): SignedContent | Refusal {
  if (envelope.signed !== undefined) return envelope.signed
  const manifest = orDamage('payload', () => frozen(decodeManifest(envelope.envelope.payload)))
  if (isRefusal(manifest)) return manifest
  envelope.signed = { manifest, id: recordIdOf(manifest) }
  return envelope.signed
}

function frozen<T extends object>(value: T): T {
  for (const part of Object.values(value)) {
    if (typeof part === 'object' && part !== null) frozen(part)
  }
  return Object.freeze(value)
}

/** Form and signatures. Only what is good is remembered: "not trusted" may be otherwise at the next call. */
async function checkEnvelope(text: string, context: CheckContext): Promise<SignedEnvelope | Refusal> {
  const known = context.memo.get(text)
  if (known !== undefined) return known
  const envelope = orDamage('envelope', () => decodeEnvelope(text))
  if (isRefusal(envelope)) return envelope
  if (envelope.payloadType !== manifestType)
    return damage('envelope', `has an envelope of ${envelope.payloadType}`)
  const keys = await checkSignatures(envelope, context)
  if (isRefusal(keys)) return keys
  const signed: SignedEnvelope = { envelope, keys }
  if (context.memo.size >= maxMemo) context.memo.clear()
  context.memo.set(text, signed)
  return signed
}

/** Columns are copies of what is signed, for look-ups; one that differs says that the record was changed. */
function compareWithRecord({ manifest, id }: SignedContent, record: ModuleRecord): Refusal | undefined {
  const column = differentColumn(manifest, id, record)
  return column === undefined ? undefined : damage('record', `has another ${column} than was signed`)
}

function differentColumn(manifest: ModuleManifest, id: string, record: ModuleRecord): string | undefined {
  if (id !== record.id) return 'id'
  if (manifest.interfaceHash !== record.interfaceHash) return 'interface hash'
  if (manifest.codeHash !== record.codeHash) return 'code hash'
  if (manifest.namespace !== record.namespace) return 'namespace'
  if (manifest.target !== record.target) return 'target'
  if (manifest.abi !== record.abi) return 'abi'
  if (manifest.blob.sha256 !== record.storagePointer) return 'storage pointer'
  if (manifest.irHash !== (record.irPointer ?? null)) return 'ir pointer'
  if (manifest.sourceHash !== (record.sourcePointer ?? null)) return 'source pointer'
  if (manifest.evidence !== record.evidencePointer) return 'evidence pointer'
  if (manifest.export !== record.exportName) return 'export name'
  if (manifest.name !== record.name) return 'name'
  if (manifest.description !== record.description) return 'description'
  if (manifest.effects.join(' ') !== record.effects.join(' ')) return 'effects'
  const embedding = record.embedding && signedEmbedding(record.embedding)
  if (embeddingText(manifest.embedding) !== embeddingText(embedding)) return 'embedding'
  return undefined
}

function embeddingText(embedding: ModuleManifest['embedding'] | undefined): string {
  if (!embedding) return ''
  const { sha256, model, revision, dimension } = embedding
  return JSON.stringify([sha256, model, revision, dimension])
}

/** The blob is what was signed, to the last bit. */
export function refuseBytes(bytes: Uint8Array | undefined, manifest: ModuleManifest): Refusal | undefined {
  const { sha256, size } = manifest.blob
  if (bytes === undefined) return damage('blob', `has no blob ${sha256}`)
  if (bytes.length !== size) return damage('blob', `has a blob of ${bytes.length} bytes, ${size} were signed`)
  return digestOf(bytes) === sha256 ? undefined : damage('blob', `has a blob with other bytes than ${sha256}`)
}

function orDamage<T>(gate: Gate, read: () => T): T | Refusal {
  try {
    return read()
  } catch (cause) {
    return damage(gate, cause instanceof Error ? cause.message : String(cause))
  }
}
