import type { ModuleRecord } from '@rtfs/interfaces'
import type { L4Cache, ModuleDetails } from '@rtfs/l4-client'
import { createRtfs } from '@rtfs/sdk'
import { directoryOf } from '../directory.js'
import { type ExitCode, exitCodes } from '../exit-codes.js'
import { NotFoundError } from '../failure.js'
import type { CommonFlags } from '../flags.js'
import type { Io } from '../io.js'
import { whileWorking } from '../progress.js'
import { printJson } from '../report.js'

export interface UpkeepFlags extends CommonFlags {
  readonly namespace?: string | undefined
}

export type Cache = L4Cache<unknown>

/** Lists modules. */
export function lsCommand(flags: UpkeepFlags, io: Io): Promise<ExitCode> {
  return withCache(flags, io, async cache => {
    const records = await cache.list(flags.namespace === undefined ? {} : { namespace: flags.namespace })
    if (flags.json === true) printJson({ modules: records.map(recordJson) }, io)
    else for (const record of records) io.out(`${recordLine(record)}\n`)
    return exitCodes.done
  })
}

/** Shows what is known and signed about a module. One that would be refused is shown, too. */
export function showCommand(reference: string, flags: UpkeepFlags, io: Io): Promise<ExitCode> {
  return withCache(flags, io, async cache => {
    const details = await requireModule(cache, reference)
    if (flags.json === true) printJson(detailsJson(details), io)
    else io.out(detailsText(details))
    return exitCodes.done
  })
}

/** Looks at everything in the store. */
export function verifyCommand(flags: UpkeepFlags, io: Io): Promise<ExitCode> {
  return withCache(flags, io, async cache => {
    const { sound, checks, unreferenced } = await whileWorking(io, 'verifying', () => cache.verifyStore())
    if (flags.json === true) printJson({ ok: sound, checks, unreferenced }, io)
    else {
      for (const { name, checked, failures } of checks) {
        io.out(`${failures.length === 0 ? 'ok     ' : 'WRONG  '} ${name}: ${checked} looked at\n`)
        for (const { subject, problem } of failures) io.out(`         ${subject}: ${problem}\n`)
      }
      if (unreferenced.length > 0)
        io.out(`${unreferenced.length} blobs belong to no record; that does no harm\n`)
    }
    return sound ? exitCodes.done : exitCodes.environment
  })
}

/** Counts modules. */
export function statsCommand(flags: UpkeepFlags, io: Io): Promise<ExitCode> {
  return withCache(flags, io, async cache => {
    const stats = await cache.stats()
    if (flags.json === true) printJson({ dir: directoryOf(flags, io), ...stats }, io)
    else {
      io.out(`directory  ${directoryOf(flags, io)}\n`)
      io.out(`records    ${stats.records}\n`)
      for (const [status, count] of Object.entries(stats.byStatus)) io.out(`  ${status.padEnd(9)}${count}\n`)
      for (const [namespace, count] of Object.entries(stats.byNamespace))
        io.out(`namespace ${namespace}: ${count}\n`)
    }
    return exitCodes.done
  })
}

/** Revokes a module: it is never used again. */
export function revokeCommand(reference: string, flags: UpkeepFlags, io: Io): Promise<ExitCode> {
  return withCache(flags, io, async cache => {
    const { record } = await requireModule(cache, reference)
    await cache.lower(record.id, 'Revoked')
    const name = `${record.namespace}/${record.name}`
    if (flags.json === true) printJson({ ok: true, id: record.id, name, status: 'Revoked' }, io)
    else io.out(`revoked ${name} ${record.id}\n`)
    return exitCodes.done
  })
}

/** A module by id, beginning of an id, or name. */
export async function requireModule(cache: Cache, reference: string): Promise<ModuleDetails> {
  const details = await cache.show(reference)
  if (details === undefined) throw new NotFoundError(`there is no module '${reference}'`)
  return details
}

/** Opens the cache for one command. */
export async function withCache(
  flags: CommonFlags,
  io: Io,
  work: (cache: Cache) => Promise<ExitCode>,
): Promise<ExitCode> {
  const rtfs = createRtfs({ dir: directoryOf(flags, io) })
  try {
    return await work(await rtfs.cache())
  } finally {
    await rtfs.close()
  }
}

function recordJson(record: ModuleRecord): object {
  const { embedding, envelope: _, createdAt, lastUsedAt, ...rest } = record
  return {
    ...rest,
    embeddedBy: embedding === undefined ? null : `${embedding.model}@${embedding.revision}`,
    createdAt: new Date(createdAt).toISOString(),
    lastUsedAt: lastUsedAt === undefined ? null : new Date(lastUsedAt).toISOString(),
  }
}

function recordLine({ id, namespace, name, status, uses, effects, description }: ModuleRecord): string {
  const reach = effects.length === 0 ? 'pure' : effects.join(' ')
  return `${id.slice(0, 12)}  ${status.padEnd(8)}  ${namespace}/${name}  ${reach}  ${uses} uses  ${description}`
}

function detailsJson({ record, manifest, keyIds, refusedBy, evidence }: ModuleDetails): object {
  return {
    record: recordJson(record),
    manifest: manifest ?? null,
    signedBy: keyIds,
    refusedBy: refusedBy ?? null,
    evidence: evidence ?? null,
  }
}

function detailsText({ record, manifest, keyIds, refusedBy, evidence }: ModuleDetails): string {
  const rows: (readonly [string, string])[] = [
    ['module', `${record.namespace}/${record.name}`],
    ['id', record.id],
    ['status', record.status],
    ['task', record.description],
    ['code', record.codeHash],
    ['interface', record.interfaceHash],
    ['blob', record.storagePointer],
    ['target', `${record.target} ${record.abi}`],
    ['effects', record.effects.join(' ') || 'none'],
    ['uses', `${record.uses}, ${record.failures} failed`],
  ]
  if (manifest !== undefined) {
    rows.splice(3, 0, ['signature', manifest.interface])
    rows.push(['version', String(manifest.version)], ['issued', new Date(manifest.issuedAt).toISOString()])
  }
  for (const keyId of keyIds) rows.push(['signed by', keyId])
  for (const { name, passed, cases, detail } of evidence?.checks ?? []) {
    rows.push(['tested', `${name}: ${passed ? 'passed' : 'failed'}, ${cases} cases; ${detail}`])
  }
  if (refusedBy !== undefined) rows.push(['REFUSED', `at ${refusedBy.gate}: ${refusedBy.reason}`])
  return rows.map(([label, text]) => `${label.padEnd(10)} ${text}\n`).join('')
}
