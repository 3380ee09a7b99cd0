import { createFileModuleLoader } from '@rtfs/sdk/files'
import { openLineInput } from '../capabilities/input.js'
import { openReach } from '../capabilities/reach.js'
import { directoryOf } from '../directory.js'
import { execute } from '../execute.js'
import type { ExitCode } from '../exit-codes.js'
import { exitCodes } from '../exit-codes.js'
import { UsageError } from '../failure.js'
import { grantOf, limitsOf, type RunFlags, tierOf } from '../flags.js'
import type { Io } from '../io.js'
import { printResult, reportFailure } from '../report.js'
import { readSource, type SourceChoice } from '../source.js'

export interface ProgramFlags extends RunFlags {
  readonly expression?: string | undefined
  readonly journal?: string | undefined
  readonly fn?: string | undefined
  readonly args?: string | undefined
}

/** Runs a program, or one of its functions, and prints the value. */
export async function runCommand(file: string | undefined, flags: ProgramFlags, io: Io): Promise<ExitCode> {
  return runSource({ file, expression: flags.expression }, flags, io)
}

/** Runs the program of a choice; `rtfs eval` uses it too. */
export async function runSource(choice: SourceChoice, flags: ProgramFlags, io: Io): Promise<ExitCode> {
  const json = flags.json === true
  const tier = tierOf(flags.tier)
  const limits = limitsOf(flags)
  const call = await callOf(flags)
  const dir = directoryOf(flags, io)
  const lines = openLineInput(io.input)
  const reach = await openReach((flags.allow ?? []).map(grantOf), {
    sink: json ? io.err : io.out,
    cwd: io.cwd,
    env: io.env,
    dir,
    // A program that comes from standard input is all that is in there.
    ...(choice.file === '-' ? {} : { input: { lines, prompt: io.err } }),
    offline: flags.offline === true,
  })
  const source = await readSource(choice, io)
  const entry = choice.file === '-' ? undefined : choice.file
  const modules = createFileModuleLoader({ cwd: io.cwd, entry })
  const journal = await openJournal(flags, dir)
  try {
    const result = await execute({
      source,
      reach,
      options: { modules, ...(journal && { journal }) },
      runId: flags.journal,
      tier,
      limits,
      dir,
      call,
      io,
    })
    printResult(result, json, io)
    return exitCodes.done
  } catch (error) {
    return reportFailure(error, json, io)
  } finally {
    await lines.close()
    await journal?.close()
  }
}

/** Where the effects of the run are kept, so that it goes on after its process was killed. */
async function openJournal({ journal }: ProgramFlags, dir: string) {
  if (journal === undefined) return undefined
  if (journal === '') throw new UsageError('--journal takes a name')
  const { openSqliteJournalStore } = await import('@rtfs/sdk')
  return openSqliteJournalStore({ dir })
}

async function callOf({ fn, args }: ProgramFlags) {
  if (fn === undefined) {
    if (args !== undefined) throw new UsageError('--args needs --fn NAME')
    return undefined
  }
  if (args === undefined) return { name: fn, args: [] }
  const { parseArguments } = await import('../literals.js')
  return { name: fn, args: parseArguments(args, '--args') }
}
