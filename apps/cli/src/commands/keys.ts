import { decodeBase64, decodeHex, encodeBase64 } from '@rtfs/core'
import type { TrustedKey, TrustStore } from '@rtfs/interfaces'
import { type KeyStore, openKeyStore, openTrustStore, type SigningKey } from '@rtfs/l4-client/fs'
import { openEmbeddedStore, wasmBytecode } from '@rtfs/sdk'
import { directoryOf } from '../directory.js'
import { type ExitCode, exitCodes } from '../exit-codes.js'
import { NotFoundError, UsageError } from '../failure.js'
import type { CommonFlags } from '../flags.js'
import type { Io } from '../io.js'
import { printJson } from '../report.js'
import { renewText } from './l4-house.js'

export interface KeyFlags extends CommonFlags {
  readonly namespace?: readonly string[] | undefined
  readonly label?: string | undefined
  readonly overlapDays?: string | undefined
}

/** Makes a signing key and trusts it. */
export async function keysNew(label: string | undefined, flags: KeyFlags, io: Io): Promise<ExitCode> {
  const { keys, trust } = stores(flags, io)
  const key = await keys.create(label ?? 'own key')
  const trusted = await trust.trust({ publicKey: key.publicKey, label: key.label, ...namespacesOf(flags) })
  if (flags.json === true) printJson(keyJson(key, trusted), io)
  else {
    io.out(`key         ${key.keyId}\n`)
    io.out(`public key  ${encodeBase64(key.publicKey)}\n`)
    io.out(`signs for   ${trusted.namespaces.join(' ')}\n`)
  }
  return exitCodes.done
}

/** Lists the keys that can sign here, and those that are trusted. */
export async function keysList(flags: KeyFlags, io: Io): Promise<ExitCode> {
  const { keys, trust } = stores(flags, io)
  const own = await keys.list()
  const trusted = await trust.list()
  const all = [
    ...own.map(key =>
      keyJson(
        key,
        trusted.find(each => each.keyId === key.keyId),
      ),
    ),
    ...trusted.filter(key => !own.some(each => each.keyId === key.keyId)).map(key => keyJson(undefined, key)),
  ]
  if (flags.json === true) printJson({ keys: all }, io)
  else if (all.length === 0) io.err('no keys: rtfs keys new makes one\n')
  else for (const key of all) io.out(`${keyLine(key)}\n`)
  return exitCodes.done
}

/** Trusts a key of somebody else. */
export async function keysTrust(text: string, flags: KeyFlags, io: Io): Promise<ExitCode> {
  const publicKey = publicKeyOf(text)
  const label = flags.label === undefined ? {} : { label: flags.label }
  const key = await stores(flags, io).trust.trust({ publicKey, ...label, ...namespacesOf(flags) })
  if (flags.json === true) printJson(keyJson(undefined, key), io)
  else io.out(`trusted ${key.keyId} for ${key.namespaces.join(' ')}\n`)
  return exitCodes.done
}

/** Revokes a trusted key. */
export async function keysRevoke(text: string, flags: KeyFlags, io: Io): Promise<ExitCode> {
  const { trust } = stores(flags, io)
  const wanted = text.startsWith('sha256:') ? text : `sha256:${text}`
  const found = (await trust.list()).filter(key => key.keyId.startsWith(wanted))
  if (found.length === 0) throw new NotFoundError(`no trusted key begins with ${wanted}`)
  if (found.length > 1) throw new UsageError(`${found.length} trusted keys begin with ${wanted}`)
  const key = await trust.revoke(found[0]!.keyId)
  if (flags.json === true) printJson(keyJson(undefined, key), io)
  else io.out(`revoked ${key.keyId}\n`)
  return exitCodes.done
}

/**
 * Replaces a signing key: a new one with the same namespaces signs everything again, the old one stays valid for a
 * while, because others may not know the new one yet.
 */
export async function keysRotate(text: string | undefined, flags: KeyFlags, io: Io): Promise<ExitCode> {
  const { overlapDays = '30' } = flags
  if (!/^\d{1,5}$/.test(overlapDays)) {
    throw new UsageError(`--overlap-days takes a whole number, not '${overlapDays}'`)
  }
  const { keys, trust } = stores(flags, io)
  const now = Date.now()
  const old = await requireOwnKey(text, keys, trust, now)
  const key = await keys.create(flags.label ?? old.label ?? 'own key')
  const { namespaces, validFrom, publicKey, label } = old
  const grant = { publicKey: key.publicKey, label: key.label, namespaces, validFrom: now }
  const trusted = await trust.trust(grant)
  const store = await openEmbeddedStore({
    dir: directoryOf(flags, io),
    bytecode: wasmBytecode(),
    signWith: key.keyId,
  })
  const report = await store.cache.resign({ keyId: old.keyId }).finally(() => store.close())
  // Last: were it first, whoever is interrupted would be left with modules that expire.
  const overlapEnds = now + Number(overlapDays) * 86_400_000
  const validUntil = Math.min(old.validUntil ?? Infinity, overlapEnds)
  const expiring = await trust.trust({
    publicKey,
    namespaces,
    validFrom,
    validUntil,
    ...(label === undefined ? {} : { label }),
  })
  const ok = report.refused.length === 0
  if (flags.json === true) {
    printJson({ ok, key: keyJson(key, trusted), replaced: keyJson(undefined, expiring), ...report }, io)
  } else {
    io.out(`new key     ${key.keyId}\n`)
    io.out(`public key  ${encodeBase64(key.publicKey)}\n`)
    io.out(`old key     ${old.keyId}, valid until ${new Date(validUntil).toISOString()}\n`)
    io.out(renewText(report))
  }
  return ok ? exitCodes.done : exitCodes.invalid
}

/** The key that is named, or the newest; one of those that can sign here and are trusted now. */
async function requireOwnKey(
  text: string | undefined,
  keys: KeyStore,
  trust: TrustStore,
  now: number,
): Promise<TrustedKey> {
  const wanted = text === undefined ? 'sha256:' : text.startsWith('sha256:') ? text : `sha256:${text}`
  const good: TrustedKey[] = []
  for (const { keyId } of (await keys.list()).filter(each => each.keyId.startsWith(wanted))) {
    const key = await trust.find(keyId)
    if (key !== undefined && key.revokedAt === undefined && (key.validUntil ?? Infinity) > now) good.push(key)
  }
  const newest = good.at(-1)
  if (newest === undefined) {
    const what = text === undefined ? '' : ` that begins with ${wanted}`
    throw new NotFoundError(`there is no trusted signing key${what} to replace: rtfs keys new makes one`)
  }
  if (text !== undefined && good.length > 1) {
    throw new UsageError(`${good.length} signing keys begin with ${wanted}`)
  }
  return newest
}

function stores(flags: KeyFlags, io: Io) {
  const dir = directoryOf(flags, io)
  return { keys: openKeyStore({ dir }), trust: openTrustStore({ dir }) }
}

function namespacesOf({ namespace }: KeyFlags) {
  return namespace === undefined ? {} : { namespaces: namespace }
}

/** `undefined` bytes of either spelling, or of another length, are wrong usage. */
function publicKeyOf(text: string): Uint8Array {
  const bytes = /^[0-9a-fA-F]{64}$/.test(text) ? decodeHex(text.toLowerCase()) : decodeBase64(text)
  if (bytes?.length !== 32) throw new UsageError('a public key is 32 bytes in base64 or hexadecimal')
  return bytes
}

interface KeyJson {
  readonly keyId: string
  readonly label: string | null
  /** Base64. */
  readonly publicKey: string
  readonly signs: boolean
  readonly trusted: boolean
  readonly namespaces: readonly string[]
  readonly validUntil: string | null
  readonly revokedAt: string | null
}

function keyJson(own: SigningKey | undefined, trusted: TrustedKey | undefined): KeyJson {
  const { revokedAt, validUntil } = trusted ?? {}
  return {
    keyId: own?.keyId ?? trusted?.keyId ?? '',
    label: trusted?.label ?? own?.label ?? null,
    publicKey: encodeBase64(own?.publicKey ?? trusted?.publicKey ?? new Uint8Array()),
    signs: own !== undefined,
    trusted: trusted !== undefined && revokedAt === undefined,
    namespaces: trusted?.namespaces ?? [],
    validUntil: validUntil === undefined ? null : new Date(validUntil).toISOString(),
    revokedAt: revokedAt === undefined ? null : new Date(revokedAt).toISOString(),
  }
}

function keyLine({ keyId, label, signs, trusted, namespaces, validUntil, revokedAt }: KeyJson): string {
  const until = validUntil === null ? '' : ` until ${validUntil}`
  const role = signs ? 'signs' : 'publisher'
  const state =
    revokedAt === null ? (trusted ? `trusted for ${namespaces.join(' ')}${until}` : 'not trusted') : 'revoked'
  return `${keyId}  ${role}  ${state}  ${label ?? ''}`.trimEnd()
}
