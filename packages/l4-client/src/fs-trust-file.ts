import { decodeBase64, decodeUtf8, encodeBase64, encodeUtf8, RtfsError } from '@rtfs/core'
import type { TrustedKey } from '@rtfs/interfaces'
import { isModuleName, isNamespace } from './names.js'
import { isNamespacePattern, trustedKeyOf } from './trusted-key.js'

/** The lowest version of a module that is accepted. */
export interface Floor {
  readonly namespace: string
  readonly name: string
  readonly version: number
}

/** What `trust.json` holds. */
export interface TrustFile {
  readonly keys: readonly TrustedKey[]
  readonly floors: readonly Floor[]
}

export const emptyTrust: TrustFile = { keys: [], floors: [] }

/** Text for people to read; moments as ISO 8601. */
export function encodeTrustFile({ keys, floors }: TrustFile): Uint8Array {
  const file = {
    version: 1,
    keys: keys.map(key => ({
      keyId: key.keyId,
      publicKey: encodeBase64(key.publicKey),
      label: key.label ?? null,
      namespaces: key.namespaces,
      validFrom: momentText(key.validFrom),
      validUntil: momentText(key.validUntil),
      revokedAt: momentText(key.revokedAt),
    })),
    floors,
  }
  return encodeUtf8(`${JSON.stringify(file, undefined, 2)}\n`)
}

/** Throws `RTFS_STORE_CORRUPT`: a file that is not understood in full is not trusted in part. */
export function decodeTrustFile(bytes: Uint8Array, path: string): TrustFile {
  try {
    const file = asObject(JSON.parse(decodeUtf8(bytes) ?? ''), ['version', 'keys', 'floors'])
    if (file['version'] !== 1) throw new Error(`version ${String(file['version'])}`)
    return { keys: asArray(file['keys']).map(readKey), floors: asArray(file['floors']).map(readFloor) }
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : 'unreadable'
    throw new RtfsError(
      'RTFS_STORE_CORRUPT',
      `${path} cannot be understood, so no key is trusted: ${problem}`,
      { cause },
    )
  }
}

const keyFields = ['keyId', 'publicKey', 'label', 'namespaces', 'validFrom', 'validUntil', 'revokedAt']

function readKey(value: unknown): TrustedKey {
  const entry = asObject(value, keyFields)
  const publicKey = decodeBase64(asText(entry['publicKey']))
  if (publicKey === undefined) throw new Error('a public key is not base64')
  const namespaces = asArray(entry['namespaces']).map(asText)
  const wrong = namespaces.find(namespace => !isNamespacePattern(namespace))
  if (wrong !== undefined) throw new Error(`'${wrong}' is no namespace`)
  const key = trustedKeyOf({ publicKey, namespaces })
  if (key.keyId !== entry['keyId']) throw new Error(`key ${String(entry['keyId'])} has another public key`)
  return {
    ...key,
    label: entry['label'] === null ? undefined : asText(entry['label']),
    validFrom: readMoment(entry['validFrom']) ?? 0,
    validUntil: readMoment(entry['validUntil']),
    revokedAt: readMoment(entry['revokedAt']),
  }
}

function readFloor(value: unknown): Floor {
  const entry = asObject(value, ['namespace', 'name', 'version'])
  const namespace = asText(entry['namespace'])
  const name = asText(entry['name'])
  const version = entry['version']
  if (!isNamespace(namespace) || !isModuleName(name) || !Number.isSafeInteger(version))
    throw new Error('a wrong floor')
  return { namespace, name, version: version as number }
}

function momentText(moment: number | undefined): string | null {
  return moment === undefined ? null : new Date(moment).toISOString()
}

function readMoment(value: unknown): number | undefined {
  if (value === null) return undefined
  const moment = Date.parse(asText(value))
  if (!Number.isFinite(moment)) throw new Error(`'${String(value)}' is no moment`)
  return moment
}

function asObject(value: unknown, fields: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('an object was expected')
  const unknown = Object.keys(value).find(field => !fields.includes(field))
  if (unknown !== undefined) throw new Error(`unknown field '${unknown}'`)
  const missing = fields.find(field => !Object.hasOwn(value, field))
  if (missing !== undefined) throw new Error(`field '${missing}' is missing`)
  return value as Readonly<Record<string, unknown>>
}

function asArray(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error('a list was expected')
  return value
}

function asText(value: unknown): string {
  if (typeof value !== 'string') throw new Error('a text was expected')
  return value
}
