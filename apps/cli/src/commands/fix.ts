import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Diagnostic, type Fix, RtfsError, SourceText } from '@rtfs/core'
import { reasonOf } from '@rtfs/sdk/files'
import { type ExitCode, exitCodes } from '../exit-codes.js'
import { UsageError } from '../failure.js'
import type { CommonFlags } from '../flags.js'
import type { Io } from '../io.js'
import { lineDiff } from '../line-diff.js'
import { programFiles } from '../program-files.js'
import { printJson } from '../report.js'
import { readSource } from '../source.js'
import { printDiagnostics } from '../warnings.js'
import { diagnosticsOf } from './check.js'

export interface FixFlags extends CommonFlags {
  readonly check?: boolean | undefined
  readonly unsafe?: boolean | undefined
}

/** What became of a file. */
interface Fixed {
  readonly file: string
  readonly applied: readonly string[]
  /** Errors that are left. */
  readonly errors: number
}

/** Mending one error may uncover the next; more rounds than this go in circles. */
const maxRounds = 50

/** Applies the fixes that diagnostics offer, the safe ones only unless `--unsafe`, and shows what changes. */
export async function fixCommand(files: readonly string[], flags: FixFlags, io: Io): Promise<ExitCode> {
  if (files.includes('-') && files.length > 1) throw new UsageError('- stands alone')
  const outcomes: Fixed[] = []
  for (const file of programFiles(files, io)) {
    const source = await readSource({ file }, io)
    const { text, applied } = mended(source, file, flags.unsafe === true, io)
    const left = diagnosticsOf(new SourceText(text, source.file), file, io)
    const errors = left.filter(item => item.severity === 'error')
    outcomes.push({ file, applied, errors: errors.length })
    // Standard input has its result on standard output, so what changed goes beside it.
    const tell = file === '-' || flags.json === true ? io.err : io.out
    if (applied.length > 0) {
      for (const title of applied) tell(`${file}: ${title}\n`)
      tell(lineDiff(source.text, text, file === '-' || flags.json === true ? io.errorColor : io.color))
    }
    if (file === '-' && flags.check !== true && flags.json !== true) io.out(text)
    else if (applied.length > 0 && flags.check !== true && file !== '-') write(file, text, io)
    printDiagnostics(errors, new SourceText(text, source.file), io)
    if (errors.length > 0 && flags.unsafe !== true && errors.some(item => item.fixes.length > 0)) {
      io.err(`${file}: --unsafe applies what is only likely to be meant\n`)
    }
  }
  if (flags.json === true)
    printJson({ ok: outcomes.every(({ errors }) => errors === 0), files: outcomes }, io)
  if (outcomes.some(({ errors }) => errors > 0)) return exitCodes.invalid
  return flags.check === true && outcomes.some(({ applied }) => applied.length > 0)
    ? exitCodes.failed
    : exitCodes.done
}

function mended(source: SourceText, file: string, unsafe: boolean, io: Io) {
  const applied: string[] = []
  let { text } = source
  for (let round = 0; round < maxRounds; round++) {
    const found = nextFixes(diagnosticsOf(new SourceText(text, source.file), file, io), unsafe)
    if (found.length === 0) break
    for (const fix of found) {
      text = apply(text, fix)
      applied.push(fix.title)
    }
  }
  return { text, applied }
}

/** Fixes of one round, the last place first, so that those before it keep their places; none overlap. */
function nextFixes(diagnostics: readonly Diagnostic[], unsafe: boolean): readonly Fix[] {
  const found = diagnostics.flatMap(item => item.fixes.filter(fix => fix.safe || unsafe).slice(0, 1))
  const sorted = found.filter(({ edits }) => edits.length > 0).sort((a, b) => startOf(b) - startOf(a))
  const chosen: Fix[] = []
  for (const fix of sorted) {
    const next = chosen.at(-1)
    const end = Math.max(...fix.edits.map(edit => edit.end))
    if (next === undefined || end < startOf(next)) chosen.push(fix)
  }
  return chosen
}

function startOf({ edits }: Fix): number {
  return Math.min(...edits.map(edit => edit.start))
}

function apply(text: string, { edits }: Fix): string {
  const backwards = [...edits].sort((a, b) => b.start - a.start)
  return backwards.reduce((now, edit) => now.slice(0, edit.start) + edit.text + now.slice(edit.end), text)
}

function write(file: string, text: string, io: Io): void {
  try {
    writeFileSync(resolve(io.cwd, file), text)
  } catch (cause) {
    throw new RtfsError('RTFS_STORE_IO', `cannot write ${file}: ${reasonOf(cause)}`, { cause })
  }
}
