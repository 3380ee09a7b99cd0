import { directoryOf } from '../directory.js'
import { type ExitCode, exitCodes } from '../exit-codes.js'
import { type RunFlags, tierOf } from '../flags.js'
import type { Io } from '../io.js'
import { programFiles } from '../program-files.js'
import { type Progress, withProgress } from '../progress.js'
import { printJson, reportFailure } from '../report.js'
import { readSource } from '../source.js'
import { allTiers, failuresOf, type Tier, type TierOutcome } from '../testing/outcomes.js'
import { maySkip, PassedTests } from '../testing/passed-tests.js'
import { type FileOutcome, outcomesJson, reportFailures, sumLine, tierLine } from '../testing/report-tests.js'
import { parseTestFile, runTestFile, type TestFile } from '../testing/run-file.js'
import { buildId } from '../version.js'
import { printDiagnostics, warningsOf } from '../warnings.js'

export interface TestFlags extends RunFlags {
  /** False: what passed before runs as well. */
  readonly cache?: boolean | undefined
}

/**
 * Runs `deftest` forms and examples in every tier. A tier that does not cover a file is named, and no failure. Code that
 * passed before does not run again.
 */
export async function testCommand(names: readonly string[], flags: TestFlags, io: Io): Promise<ExitCode> {
  const json = flags.json === true
  const chosen = tierOf(flags.tier)
  const tiers = chosen === 'auto' ? allTiers : [chosen]
  const began = performance.now()
  const files: FileOutcome[] = []
  const passed = await openPassed(flags, io)
  try {
    await withProgress(io, async progress => {
      for (const file of programFiles(names, io)) {
        const source = await readSource({ file }, io)
        const parsed = parseTestFile(source, file, io)
        const warnings = [...parsed.parsed.diagnostics, ...warningsOf(parsed.parsed.program)]
        progress.clear()
        printDiagnostics(warnings, source, io)
        const outcomes: TierOutcome[] = []
        for (const tier of tiers) outcomes.push(await testIn(parsed, { tier, flags, io, passed, progress }))
        const tested = { file, source, tiers: outcomes }
        files.push(tested)
        progress.clear()
        reportFailures(tested, io)
        if (!json) for (const each of outcomes) io.out(`${tierLine(each)}\n`)
      }
    })
  } catch (error) {
    return reportFailure(error, json, io)
  } finally {
    await passed?.close()
  }
  const ok = files.every(each => each.tiers.every(outcome => failuresOf(outcome).length === 0))
  if (json) printJson({ ok, outcomes: outcomesJson(files) }, io)
  else {
    const sum = sumLine(files, performance.now() - began)
    if (sum !== undefined) io.out(`${sum}\n`)
  }
  return ok ? exitCodes.done : exitCodes.failed
}

interface Testing {
  readonly tier: Tier
  readonly flags: TestFlags
  readonly io: Io
  readonly passed: PassedTests | undefined
  readonly progress: Progress
}

async function testIn(file: TestFile, { tier, flags, io, passed, progress }: Testing): Promise<TierOutcome> {
  const known = await passed?.find(file, tier, flags)
  if (known !== undefined) return known
  progress.step(`testing ${file.file} in ${tier}`)
  const outcome = await runTestFile(file, tier, flags, io)
  await passed?.keep(file, outcome, flags)
  return outcome
}

/** What passed before; nothing when it must not count, or when it cannot be read: then tests run. */
async function openPassed(flags: TestFlags, io: Io): Promise<PassedTests | undefined> {
  const build = buildId()
  if (build === undefined || flags.cache === false || !maySkip(flags)) return undefined
  try {
    return await PassedTests.open(directoryOf(flags, io), build)
  } catch (error) {
    io.err(`what passed before is not known: ${error instanceof Error ? error.message : String(error)}\n`)
    return undefined
  }
}
