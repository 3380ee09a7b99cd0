import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { RtfsError } from '@rtfs/core'
import type { CollectReport, NearRecord, RenewReport } from '@rtfs/l4-client'
import { defaultMaxBundleSize } from '@rtfs/l4-client'
import { createRtfs } from '@rtfs/sdk'
import { reasonOf } from '@rtfs/sdk/files'
import { directoryOf } from '../directory.js'
import { type ExitCode, exitCodes } from '../exit-codes.js'
import { UsageError } from '../failure.js'
import type { CommonFlags } from '../flags.js'
import type { Io } from '../io.js'
import { whileWorking } from '../progress.js'
import { printJson } from '../report.js'
import { requireModule, withCache } from './l4-upkeep.js'

export interface CollectFlags extends CommonFlags {
  readonly dryRun?: boolean | undefined
  readonly maxRecords?: string | undefined
  readonly maxBytes?: string | undefined
  readonly maxAgeDays?: string | undefined
  readonly graceMinutes?: string | undefined
}

export interface BundleFlags extends CommonFlags {
  readonly namespace?: string | undefined
  readonly maxBytes?: string | undefined
}

export interface SearchFlags extends CommonFlags {
  readonly namespace?: string | undefined
  readonly limit?: string | undefined
}

/** Evicts what is beyond the limits and removes what no module needs. */
export function collectCommand(flags: CollectFlags, io: Io): Promise<ExitCode> {
  const maxRecords = countOf('--max-records', flags.maxRecords)
  const maxBytes = countOf('--max-bytes', flags.maxBytes)
  const days = countOf('--max-age-days', flags.maxAgeDays)
  const minutes = countOf('--grace-minutes', flags.graceMinutes)
  return withCache(flags, io, async cache => {
    const options = {
      dryRun: flags.dryRun === true,
      ...(minutes === undefined ? {} : { graceMs: minutes * 60_000 }),
      limits: {
        ...(maxRecords === undefined ? {} : { maxRecords }),
        ...(maxBytes === undefined ? {} : { maxBytes }),
        ...(days === undefined ? {} : { maxAgeMs: days * 86_400_000 }),
      },
    }
    const report = await whileWorking(io, 'collecting', () => cache.collect(options))
    if (flags.json === true) printJson({ ok: true, ...report }, io)
    else io.out(collectText(report))
    return exitCodes.done
  })
}

/** Keeps a module from being evicted, or no longer. */
export function pinCommand(
  reference: string,
  pinned: boolean,
  flags: CommonFlags,
  io: Io,
): Promise<ExitCode> {
  return withCache(flags, io, async cache => {
    const { record } = await requireModule(cache, reference)
    await cache.setPinned(record.id, pinned)
    const name = `${record.namespace}/${record.name}`
    if (flags.json === true) printJson({ ok: true, id: record.id, name, pinned }, io)
    else io.out(`${pinned ? 'pinned' : 'unpinned'} ${name} ${record.id}\n`)
    return exitCodes.done
  })
}

/** Finds modules by what they are for, whatever their types. A search without a result exits with 1. */
export function searchCommand(text: string, flags: SearchFlags, io: Io): Promise<ExitCode> {
  const k = countOf('--limit', flags.limit)
  const { namespace } = flags
  return withCache(flags, io, async cache => {
    const found = await cache.search(text, {
      ...(k === undefined ? {} : { k }),
      ...(namespace === undefined ? {} : { namespace }),
    })
    if (flags.json === true) printJson({ modules: found.map(foundJson) }, io)
    else for (const each of found) io.out(`${foundText(each)}\n`)
    return found.length === 0 ? exitCodes.failed : exitCodes.done
  })
}

/** Writes modules into one file. */
export function exportCommand(
  file: string,
  references: readonly string[],
  flags: BundleFlags,
  io: Io,
): Promise<ExitCode> {
  return withCache(flags, io, async cache => {
    const ids: string[] = []
    for (const reference of references) ids.push((await requireModule(cache, reference)).record.id)
    const chosen = {
      ...(references.length === 0 ? {} : { ids }),
      ...(flags.namespace === undefined ? {} : { namespace: flags.namespace }),
    }
    const bundle = await whileWorking(io, `writing ${file}`, () => cache.exportBundle(chosen))
    const missing = ids.find(id => !bundle.ids.includes(id))
    if (missing !== undefined) {
      throw new RtfsError('RTFS_NOT_TRUSTED', `${missing} is not exported: it would not be loaded here`)
    }
    try {
      writeFileSync(resolve(io.cwd, file), bundle.bytes)
    } catch (cause) {
      throw new RtfsError('RTFS_STORE_IO', `cannot write ${file}: ${reasonOf(cause)}`, { cause })
    }
    const size = bundle.bytes.length
    if (flags.json === true) printJson({ ok: true, file, size, modules: bundle.ids }, io)
    else io.out(`${bundle.ids.length} modules, ${size} bytes, in ${file}\n`)
    return exitCodes.done
  })
}

/** Adds the modules of a file, each checked like anything from outside. Exits with 3 when one was refused. */
export function importCommand(file: string, flags: BundleFlags, io: Io): Promise<ExitCode> {
  const maxBytes = countOf('--max-bytes', flags.maxBytes) ?? defaultMaxBundleSize
  return withCache(flags, io, async cache => {
    const bytes = readBundleFile(file, maxBytes, io)
    const report = await whileWorking(io, `importing ${file}`, () => cache.importBundle(bytes, { maxBytes }))
    const ok = report.refused.length === 0
    if (flags.json === true) printJson({ ok, ...report }, io)
    else {
      io.out(`${report.imported.length} imported, ${report.existing.length} were there\n`)
      for (const { name, gate, reason } of report.refused) io.out(`refused ${name} at ${gate}: ${reason}\n`)
    }
    return ok ? exitCodes.done : exitCodes.invalid
  })
}

/** Signs with the newest key what other keys have signed. */
export function resignCommand(flags: BundleFlags, io: Io): Promise<ExitCode> {
  return renewCommand('resign', flags, io)
}

/** Embeds anew what another model has embedded. */
export function reindexCommand(flags: BundleFlags, io: Io): Promise<ExitCode> {
  return renewCommand('reindex', flags, io)
}

async function renewCommand(what: 'resign' | 'reindex', flags: BundleFlags, io: Io): Promise<ExitCode> {
  const { namespace } = flags
  const rtfs = createRtfs({ dir: directoryOf(flags, io), ...(namespace === undefined ? {} : { namespace }) })
  try {
    const cache = await rtfs.cache()
    const chosen = namespace === undefined ? {} : { namespace }
    const text = what === 'resign' ? 'signing anew' : 'embedding anew'
    const report = await whileWorking(io, text, () => cache[what](chosen))
    const ok = report.refused.length === 0
    if (flags.json === true) printJson({ ok, ...report }, io)
    else io.out(renewText(report))
    return ok ? exitCodes.done : exitCodes.invalid
  } finally {
    await rtfs.close()
  }
}

/** Compiles modules of another target or ABI anew. Exits with 3 when one was refused. */
export async function recompileCommand(flags: BundleFlags, io: Io): Promise<ExitCode> {
  const { namespace } = flags
  const rtfs = createRtfs({ dir: directoryOf(flags, io), ...(namespace === undefined ? {} : { namespace }) })
  try {
    const chosen = namespace === undefined ? {} : { namespace }
    const report = await whileWorking(io, 'compiling anew', () => rtfs.recompile(chosen))
    const ok = report.refused.length === 0
    if (flags.json === true) printJson({ ok, ...report }, io)
    else {
      io.out(`${report.compiled.length} compiled, ${report.existing} as they should be\n`)
      for (const { name, id, reason } of report.refused) io.out(`refused ${name} ${id}: ${reason}\n`)
    }
    return ok ? exitCodes.done : exitCodes.invalid
  } finally {
    await rtfs.close()
  }
}

/** What was signed anew, in lines. */
export function renewText({ renewed, unchanged, refused }: RenewReport): string {
  const lines = [`${renewed.length} signed anew, ${unchanged} as they should be`]
  for (const { name, id, reason } of refused) lines.push(`refused ${name} ${id}: it ${reason}`)
  return lines.map(line => `${line}\n`).join('')
}

function readBundleFile(file: string, maxBytes: number, io: Io): Uint8Array {
  const path = resolve(io.cwd, file)
  try {
    const { size } = statSync(path)
    if (size > maxBytes) throw new UsageError(`${file} has ${size} bytes; --max-bytes allows ${maxBytes}`)
    return new Uint8Array(readFileSync(path))
  } catch (cause) {
    if (cause instanceof UsageError) throw cause
    throw new RtfsError('RTFS_STORE_IO', `cannot read ${file}: ${reasonOf(cause)}`, { cause })
  }
}

function countOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d{1,15}$/.test(text)) throw new UsageError(`${flag} takes a whole number, not '${text}'`)
  return Number(text)
}

function collectText({ dryRun, evicted, blobs, bytes, waiting, kept }: CollectReport): string {
  const would = dryRun ? 'would be ' : ''
  const lines = evicted.map(({ id, namespace, name, reason }) => {
    return `${would}evicted  ${namespace}/${name} ${id} (${reason})`
  })
  lines.push(`${blobs.length} blobs ${would}removed, ${bytes} bytes; ${waiting} are too new to be removed`)
  lines.push(`kept ${kept.records} modules, ${kept.blobs} blobs, ${kept.bytes} bytes`)
  return lines.map(line => `${line}\n`).join('')
}

function foundJson({ record, score }: NearRecord): object {
  const { id, namespace, name, description, interfaceHash, status } = record
  return { id, name: `${namespace}/${name}`, description, interfaceHash, status, score }
}

function foundText({ record, score }: NearRecord): string {
  const { id, namespace, name, description } = record
  return `${score.toFixed(3)}  ${id.slice(0, 12)}  ${namespace}/${name}  ${description}`
}
