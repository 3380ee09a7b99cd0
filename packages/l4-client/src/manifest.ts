import { type Digest, decodeUtf8, encodeUtf8, parseDigest, RtfsError } from '@rtfs/core'
import { canonicalJson, type Json, parseCanonicalJson } from './canonical-json.js'
import { hasExactly } from './envelope.js'
import { isCapabilityId, isModuleName, isNamespace } from './names.js'

/** The DSSE payload type of a manifest; a change of its fields changes the type. */
export const manifestType = 'application/vnd.rtfs.module.v1+json'

/** Bytes of a compiled module (LIMITS, loader policy). */
export const maxModuleSize = 8 * 1024 * 1024

/** Code units of a description. */
export const maxDescriptionLength = 8 * 1024

/** Everything that is signed about one function compiled for one target. Moments in milliseconds since the epoch. */
export interface ModuleManifest {
  /** The compiled bytes. */
  readonly blob: { readonly sha256: Digest; readonly size: number }
  /** The export that implements the function. */
  readonly export: string
  /** Canonical type text. */
  readonly interface: string
  readonly interfaceHash: Digest
  readonly codeHash: Digest
  readonly description: string
  /** The embedding of the description; `sha256` over its 32-bit floats, little-endian. */
  readonly embedding: {
    readonly sha256: Digest
    readonly model: string
    readonly revision: string
    readonly dimension: number
  } | null
  readonly sourceHash: Digest | null
  readonly irHash: Digest | null
  readonly abi: string
  /** Everything the bytes import, as `module.name`, sorted. */
  readonly imports: readonly string[]
  readonly target: string
  readonly backend: { readonly id: string; readonly version: string }
  readonly namespace: string
  readonly name: string
  /** Counts up with each publication of a name; a trust store may set a floor. */
  readonly version: number
  /** Sorted capability ids. */
  readonly effects: readonly string[]
  /** Limits under which the evidence was made. */
  readonly limits: Readonly<Record<string, number>>
  /** Digest of the evidence: what was run, when, with which result. */
  readonly evidence: Digest
  readonly issuedAt: number
  readonly expiresAt: number | null
}

type Check = (value: Json) => boolean

const text: Check = value => typeof value === 'string'
const shortText: Check = value => typeof value === 'string' && value.length > 0 && value.length <= 256
const digest: Check = value => typeof value === 'string' && parseDigest(value) !== undefined
const count: Check = value => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
const orNull =
  (check: Check): Check =>
  value =>
    value === null || check(value)
const object =
  (fields: Readonly<Record<string, Check>>): Check =>
  value =>
    hasExactly(value, Object.keys(fields)) &&
    Object.entries(fields).every(([key, check]) => check(value[key]!))
const sorted =
  (check: Check): Check =>
  value =>
    Array.isArray(value) && value.every((element, i) => check(element) && (i === 0 || value[i - 1] < element))
const named =
  (check: (name: string) => boolean): Check =>
  value =>
    typeof value === 'string' && check(value)

const fields: Readonly<Record<keyof ModuleManifest, Check>> = {
  blob: object({ sha256: digest, size: value => count(value) && (value as number) <= maxModuleSize }),
  export: shortText,
  interface: text,
  interfaceHash: digest,
  codeHash: digest,
  description: value => typeof value === 'string' && value.length <= maxDescriptionLength,
  embedding: orNull(object({ sha256: digest, model: shortText, revision: shortText, dimension: count })),
  sourceHash: orNull(digest),
  irHash: orNull(digest),
  abi: shortText,
  imports: sorted(shortText),
  target: shortText,
  backend: object({ id: shortText, version: shortText }),
  namespace: named(isNamespace),
  name: named(isModuleName),
  version: value => count(value) && (value as number) >= 1,
  effects: sorted(named(isCapabilityId)),
  limits: value =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(count),
  evidence: digest,
  issuedAt: count,
  expiresAt: orNull(count),
}

/** The bytes that are signed. Throws `RTFS_USAGE` naming the field that is wrong. */
export function encodeManifest(manifest: ModuleManifest): Uint8Array {
  const value = manifest as unknown as Json
  const wrong = wrongField(value)
  if (wrong !== undefined) throw new RtfsError('RTFS_USAGE', `the manifest ${wrong}`)
  return encodeUtf8(canonicalJson(value))
}

/** Reads signed bytes; only the one canonical form with exactly the known fields. Throws `RTFS_ENVELOPE`. */
export function decodeManifest(payload: Uint8Array): ModuleManifest {
  const source = decodeUtf8(payload)
  const value = source === undefined ? undefined : parseCanonicalJson(source)
  if (value === undefined) throw new RtfsError('RTFS_ENVELOPE', 'the manifest is not canonical JSON')
  const wrong = wrongField(value)
  if (wrong !== undefined) throw new RtfsError('RTFS_ENVELOPE', `the manifest ${wrong}`)
  return value as unknown as ModuleManifest
}

function wrongField(value: Json): string | undefined {
  if (!hasExactly(value, Object.keys(fields))) return 'has other fields than those of version 1'
  const wrong = Object.entries(fields).find(([key, check]) => !check(value[key]!))
  return wrong && `has a wrong value in '${wrong[0]}'`
}
