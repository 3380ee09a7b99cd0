import type { ModuleRecord } from '@rtfs/interfaces'
import { createRtfs, type RtfsOptions } from '@rtfs/sdk'
import { openReach } from '../capabilities/reach.js'
import { directoryOf } from '../directory.js'
import { type ExitCode, exitCodes } from '../exit-codes.js'
import { grantOf, limitsOf, type RunFlags } from '../flags.js'
import type { Io } from '../io.js'
import { parseLiteral } from '../literals.js'
import { printResult, reportFailure } from '../report.js'
import { requireModule } from './l4-upkeep.js'

/** Calls a module of the cache with RTFS values. */
export async function callCommand(
  reference: string,
  words: readonly string[],
  flags: RunFlags,
  io: Io,
): Promise<ExitCode> {
  const json = flags.json === true
  const args = words.map((word, i) => parseLiteral(word, `argument ${i + 1}`))
  const { waits: _, ...grants } = await openReach((flags.allow ?? []).map(grantOf), {
    sink: json ? io.err : io.out,
    cwd: io.cwd,
    env: io.env,
    dir: directoryOf(flags, io),
    offline: flags.offline === true,
  })
  const options = { dir: directoryOf(flags, io), ...grants }
  const { id, namespace } = await find(reference, options)
  // Asked for by name or id, a module is wanted from the namespace that it is in.
  const rtfs = createRtfs({ ...options, namespace })
  try {
    printResult(await rtfs.call(id, args, { limits: limitsOf(flags) }), json, io)
    return exitCodes.done
  } catch (error) {
    // Places are those of the call that the sdk makes, which nobody here wrote.
    return reportFailure(error, json, io, null)
  } finally {
    await rtfs.close()
  }
}

async function find(reference: string, options: RtfsOptions): Promise<ModuleRecord> {
  const rtfs = createRtfs(options)
  try {
    return (await requireModule(await rtfs.cache(), reference)).record
  } finally {
    await rtfs.close()
  }
}
